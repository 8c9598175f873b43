//! Plain byte streams to a host and a port.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use http::Uri;
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use crate::error::{Error, ErrorKind, Reached};

/// A byte stream in both directions.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// Opens byte streams. Hand in one of your own to dial in another way: through a tunnel, a Unix
/// socket, a simulated network.
#[async_trait]
pub trait Dial: fmt::Debug + Send + Sync + 'static {
    /// Connects to `host`, a name or an IP address without brackets, at `port`.
    ///
    /// # Errors
    ///
    /// When no connection can be made: [`Unreachable`](ErrorKind::Unreachable) or
    /// [`TimedOut`](ErrorKind::TimedOut).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the attempt.
    async fn dial(&self, host: &str, port: u16) -> Result<Box<dyn Io>, Error>;
}

/// Dials over TCP: resolves the name, tries the addresses of both families (happy eyeballs), sends
/// small messages at once.
#[derive(Clone, Debug)]
pub struct TcpDialer {
    connector: HttpConnector,
}

impl TcpDialer {
    /// A dialer that gives each attempt `timeout` over all addresses of the host.
    pub fn new(timeout: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(timeout));
        connector.set_keepalive(Some(Duration::from_secs(60)));
        Self { connector }
    }
}

#[async_trait]
impl Dial for TcpDialer {
    async fn dial(&self, host: &str, port: u16) -> Result<Box<dyn Io>, Error> {
        let shown = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let context = format!("connecting to {shown}");
        let uri: Uri =
            format!("http://{shown}")
                .parse()
                .map_err(|error: http::uri::InvalidUri| {
                    Error::new(ErrorKind::InvalidRequest, Reached::No, context.as_str())
                        .with_source(error)
                })?;
        match self.connector.clone().call(uri).await {
            Ok(stream) => Ok(Box::new(TokioIo::into_inner(stream))),
            Err(error) => {
                let kind = if timed_out(&error) {
                    ErrorKind::TimedOut
                } else {
                    ErrorKind::Unreachable
                };
                Err(Error::new(kind, Reached::No, context).with_source(error))
            }
        }
    }
}

fn timed_out(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            if error.kind() == std::io::ErrorKind::TimedOut {
                return true;
            }
        }
        next = error.source();
    }
    false
}
