//! A client over hyper, rustls, fastwebsockets and tokio.

use std::time::Duration;

use twin_transport::{
    FastWebSocketConnector, HttpLimits, HyperTransport, Network, Reached, Tls, TokioRuntime,
};

use super::Client;
use crate::{
    config::Config,
    error::{Error, ErrorKind},
};

/// Longer than anyone waits here, for the largest file too.
const LONG: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Client {
    /// A client over the transports that are compiled in. It is made inside of a tokio runtime with
    /// time and I/O enabled, and lives in it.
    ///
    /// # Errors
    ///
    /// With kind [`InvalidInput`](ErrorKind::InvalidInput) outside of a tokio runtime, with
    /// [`Tls`](ErrorKind::Tls) where TLS cannot be set up as [`Config::roots`] asks.
    pub fn new(config: Config) -> Result<Self, Error> {
        let failed = |kind| move |what: &str| Error::new(kind, Reached::No, what);
        let runtime = TokioRuntime::current().map_err(|error| {
            failed(ErrorKind::InvalidInput)("looking for a tokio runtime").with_source(error)
        })?;
        let tls = Tls::new(&config.roots)
            .map_err(|error| failed(ErrorKind::Tls)("setting up TLS").with_source(error))?;
        let mut network = Network::new(tls);
        network.connect_timeout = config.connect_timeout;
        network.proxy = config.proxy.clone();
        // The client keeps the time of calls itself, for any transport, and a link that of its polls:
        // to such a server silence for minutes is nothing unusual.
        let mut limits = HttpLimits::default();
        limits.answer_timeout = LONG;
        limits.idle_timeout = LONG;
        Self::builder(config)
            .http(HyperTransport::with_limits(&network, limits))
            .web_socket(FastWebSocketConnector::new(&network))
            .runtime(runtime)
            .build()
    }
}
