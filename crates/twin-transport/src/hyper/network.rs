//! How connections are made.

use std::{sync::Arc, time::Duration};

use crate::hyper::{Dial, Proxy, Roots, TcpDialer, Tls, TlsError};

/// How connections are made: who dials, through which proxy, with which TLS, in what time. Cheap to
/// clone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Network {
    /// How long dialling, proxy and TLS may take together. Default: 10 s.
    pub connect_timeout: Duration,
    /// Who opens byte streams. Default: [`TcpDialer`].
    pub dialer: Arc<dyn Dial>,
    /// The proxy. Default: none.
    pub proxy: Proxy,
    /// How `https` and `wss` are secured.
    pub tls: Tls,
}

impl Network {
    /// TCP without a proxy, secured by `tls`.
    pub fn new(tls: Tls) -> Self {
        let connect_timeout = Duration::from_secs(10);
        Self {
            connect_timeout,
            dialer: Arc::new(TcpDialer::new(connect_timeout)),
            proxy: Proxy::none(),
            tls,
        }
    }

    /// TCP without a proxy, with the compiled-in cryptography and the platform's roots.
    ///
    /// # Errors
    ///
    /// As [`Tls::new`].
    pub fn with_platform_roots() -> Result<Self, TlsError> {
        Ok(Self::new(Tls::new(&Roots::Platform)?))
    }
}
