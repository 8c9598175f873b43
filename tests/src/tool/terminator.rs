//! TLS before a server that speaks none, with a certificate that was made for the run.

use std::{io, net::SocketAddr, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// A port that speaks TLS. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Terminator {
    pub(super) address: SocketAddr,
    /// The certificate, in PEM: whoever trusts it can connect.
    pub(super) certificate: String,
    task: AbortHandle,
}

impl Terminator {
    /// Before the server at `upstream`.
    pub(super) async fn before(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (acceptor, certificate) = acceptor().map_err(io::Error::other)?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust it, or speaks no TLS, has said so itself.
                    let mut secured = acceptor.accept(stream).await?;
                    let mut server = TcpStream::connect(upstream).await?;
                    tokio::io::copy_bidirectional(&mut secured, &mut server).await
                });
            }
        });
        Ok(Self {
            address,
            certificate,
            task: task.abort_handle(),
        })
    }
}

impl Drop for Terminator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn acceptor() -> Result<(TlsAcceptor, String), Box<dyn std::error::Error + Send + Sync>> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".into()])?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), cert.pem()))
}
