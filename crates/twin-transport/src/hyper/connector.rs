//! Connections to where a URI points: dialled, through the proxy, secured.

use std::{
    error::Error as StdError,
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
        let context = format!("connecting to {}", host_and_port(&uri));
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
        let Some(proxy) = self.network.proxy.for_destination(&uri) else {
            return self.secure(direct, uri, opening, context).await;
        };
        match proxy.uri().scheme_str() {
            Some("http") => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                self.secure(tunnel, with_port(uri), opening, context).await
            }
            Some("socks5" | "socks5h") => {
                let mut socks = SocksV5::new(proxy.uri().clone(), direct);
                if let Some((user, password)) = proxy.raw_auth() {
                    socks = socks.with_auth(user.to_owned(), password.to_owned());
                }
                self.secure(socks, with_port(uri), opening, context).await
            }
            _ => {
                let context =
                    format!("{context} through a proxy of another kind than http and socks5");
                Err(Error::new(ErrorKind::InvalidRequest, Reached::No, context))
            }
        }
    }

    /// Dials by `dial`, and secures the connection where the scheme says so.
    async fn secure<D>(
        self,
        dial: D,
        uri: Uri,
        opening: Arc<Opening>,
        context: &str,
    ) -> Result<Stream, Error>
    where
        D: Service<Uri, Response = TokioIo<Connection>> + Clone + Send + 'static,
        D::Error: Into<Box<dyn StdError + Send + Sync>>,
        D::Future: Send + 'static,
    {
        let listen = Listen {
            dial,
            opening: Arc::clone(&opening),
        };
        let connected = HttpsConnector::from((listen, self.tls)).call(uri).await;
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

/// The host and port, without user and password.
fn host_and_port(uri: &Uri) -> &str {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

/// The same with the port that its scheme stands for: a proxy must be told.
fn with_port(uri: Uri) -> Uri {
    let port = match uri.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    if uri.port().is_some() {
        return uri;
    }
    let authority = format!("{}:{port}", host_and_port(&uri)).parse();
    let mut parts = uri.clone().into_parts();
    match authority {
        Ok(authority) => parts.authority = Some(authority),
        Err(_) => return uri,
    }
    Uri::from_parts(parts).unwrap_or(uri)
}

/// Dials, and then listens to how the peer begins to speak: what a proxy says before is not the
/// peer's word.
#[derive(Clone, Debug)]
struct Listen<D> {
    dial: D,
    opening: Arc<Opening>,
}

impl<D> Service<Uri> for Listen<D>
where
    D: Service<Uri>,
    D::Error: Into<Box<dyn StdError + Send + Sync>>,
    D::Future: Send + 'static,
{
    type Response = D::Response;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.dial.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialling = self.dial.call(uri);
        let opening = Arc::clone(&self.opening);
        Box::pin(async move {
            let dialled = dialling.await.map_err(Into::into)?;
            opening.listen();
            Ok(dialled)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_told_the_port_and_no_password() {
        for (uri, told) in [
            ("http://chat.example/a?b", "http://chat.example:80/a?b"),
            ("https://chat.example/", "https://chat.example:443/"),
            ("https://[::1]/", "https://[::1]:443/"),
            (
                "https://user:pass@chat.example/",
                "https://chat.example:443/",
            ),
            ("http://chat.example:8000/", "http://chat.example:8000/"),
        ] {
            assert_eq!(with_port(uri.parse().unwrap()), told);
        }
    }
}
