//! Connections to where a URI points: dialled, through the proxy, secured.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::legacy::connect::proxy::{SocksV5, Tunnel},
    rt::TokioIo,
};
use rustls::ClientConfig;
use tower_service::Service;

use crate::{
    BoxFuture,
    error::{Error, ErrorKind, Reached},
    hyper::{
        Network,
        connection::{Connection, Opening},
        failure,
    },
};

/// A connection, secured where the scheme says so.
pub(crate) type Stream = MaybeHttpsStream<TokioIo<Connection>>;

/// Makes connections for one set of application protocols.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    network: Network,
    tls: Arc<ClientConfig>,
}

impl Connector {
    /// Connections that may speak HTTP/2, if the server wants to.
    pub(crate) fn for_http(network: &Network) -> Self {
        // hyper-rustls wants to see no ALPN where it adds its own; here it is set by hand, as one
        // configuration serves both kinds of connections.
        let tls = network.tls.with_alpn(&[b"h2", b"http/1.1"]);
        Self {
            network: network.clone(),
            tls,
        }
    }

    /// Connections that can be upgraded, which HTTP/2's cannot.
    pub(crate) fn for_upgrade(network: &Network) -> Self {
        Self {
            network: network.clone(),
            tls: network.tls.with_alpn(&[b"http/1.1"]),
        }
    }

    /// Connects to the host of `uri`, whose scheme is `http` or `https`.
    pub(crate) async fn connect(self, uri: Uri) -> Result<Stream, Error> {
        let context = format!(
            "connecting to {}",
            uri.authority().map_or("", |host| host.as_str())
        );
        let limit = self.network.connect_timeout;
        match tokio::time::timeout(limit, self.try_connect(uri, &context)).await {
            Ok(connected) => connected,
            Err(_) => Err(Error::new(ErrorKind::TimedOut, Reached::No, context)),
        }
    }

    async fn try_connect(self, uri: Uri, context: &str) -> Result<Stream, Error> {
        let opening = Arc::new(Opening::default());
        let direct = Direct {
            network: self.network.clone(),
            opening: Arc::clone(&opening),
        };
        let connected = match self.network.proxy.for_destination(&uri) {
            None => HttpsConnector::from((direct, self.tls)).call(uri).await,
            Some(proxy)
                if proxy
                    .uri()
                    .scheme_str()
                    .is_some_and(|s| s.starts_with("socks")) =>
            {
                let mut socks = SocksV5::new(proxy.uri().clone(), direct);
                if let Some((user, password)) = proxy.raw_auth() {
                    socks = socks.with_auth(user.to_owned(), password.to_owned());
                }
                HttpsConnector::from((socks, self.tls)).call(uri).await
            }
            Some(proxy) => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                HttpsConnector::from((tunnel, self.tls)).call(uri).await
            }
        };
        connected.map_err(|error| failure::connecting(error, &opening, context))
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Stream, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

/// Dials what a URI names, be it the server or its proxy.
#[derive(Clone, Debug)]
struct Direct {
    network: Network,
    opening: Arc<Opening>,
}

impl Service<Uri> for Direct {
    type Response = TokioIo<Connection>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { network, opening } = self.clone();
        Box::pin(async move {
            let Some(host) = uri.host() else {
                let context = "connecting to an address without a host";
                return Err(Error::new(ErrorKind::InvalidRequest, Reached::No, context));
            };
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let port = uri.port_u16().unwrap_or_else(|| match uri.scheme_str() {
                Some("https") => 443,
                Some("socks5" | "socks5h") => 1080,
                _ => 80,
            });
            let io = network.dialer.dial(host, port).await?;
            Ok(TokioIo::new(Connection::new(io, opening)))
        })
    }
}
