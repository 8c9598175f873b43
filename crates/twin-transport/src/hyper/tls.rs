//! TLS as a value: which cryptography, whom to trust.

use std::{fmt, sync::Arc};

pub use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore, client::WantsClientCert};

use crate::hyper::roots::Roots;

/// How connections are secured. Cheap to clone; share one, since building it may read every root
/// of the system.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

/// TLS that cannot be set up as asked.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {problem}")]
pub struct TlsError {
    problem: &'static str,
    #[source]
    source: Option<rustls::Error>,
}

impl TlsError {
    const fn new(problem: &'static str) -> Self {
        Self {
            problem,
            source: None,
        }
    }

    fn with_source(problem: &'static str, source: rustls::Error) -> Self {
        Self {
            problem,
            source: Some(source),
        }
    }
}

impl Tls {
    /// TLS 1.2 and 1.3 by the compiled-in cryptography, trusting `roots`. Where both are compiled
    /// in, it is aws-lc-rs, which knows more.
    ///
    /// # Errors
    ///
    /// When no cryptography or none of the roots asked for is compiled in, or a root is broken.
    pub fn new(roots: &Roots) -> Result<Self, TlsError> {
        let provider = compiled_in().ok_or(TlsError::new("no cryptography is compiled in"))?;
        Self::with_provider(provider, roots)
    }

    /// The same by cryptography of your own choice.
    ///
    /// # Errors
    ///
    /// When none of the roots asked for is compiled in, or a root is broken, or the cryptography
    /// cannot do TLS 1.2 or 1.3.
    pub fn with_provider(provider: Arc<CryptoProvider>, roots: &Roots) -> Result<Self, TlsError> {
        // Never `ClientConfig::builder()`: it panics where another crate of the program has chosen
        // another process-wide provider.
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::with_source("unfit cryptography", error))?;
        let builder = match roots {
            Roots::Custom(certificates) => {
                let mut store = RootCertStore::empty();
                for certificate in certificates {
                    store
                        .add(certificate.clone())
                        .map_err(|error| TlsError::with_source("a root is broken", error))?;
                }
                builder.with_root_certificates(store)
            }
            Roots::Platform => platform(builder, provider)?,
            Roots::WebPki => {
                let store = mozilla().ok_or(TlsError::new("roots-webpki is not compiled in"))?;
                builder.with_root_certificates(store)
            }
        };
        Ok(Self {
            config: Arc::new(builder.with_no_client_auth()),
        })
    }

    /// A configuration of your own, for client certificates or pinning. Its ALPN is set by who
    /// uses it.
    pub fn from_config(config: ClientConfig) -> Self {
        Self {
            config: Arc::new(config),
        }
    }

    /// The configuration with this ALPN.
    pub(super) fn with_alpn(&self, protocols: &[&[u8]]) -> Arc<ClientConfig> {
        let mut config = ClientConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Arc::new(config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

type Unverified = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;
type Verified = rustls::ConfigBuilder<ClientConfig, WantsClientCert>;

fn platform(builder: Unverified, provider: Arc<CryptoProvider>) -> Result<Verified, TlsError> {
    #[cfg(feature = "roots-platform")]
    match rustls_platform_verifier::Verifier::new(provider) {
        Ok(verifier) => {
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier)));
        }
        // An empty store, as in a container; anything else would be strange, and then Mozilla's
        // roots are no worse.
        Err(error) => tracing::debug!(target: "twin::tls", %error, "no platform roots"),
    }
    #[cfg(not(feature = "roots-platform"))]
    drop(provider);
    let problem = "the system trusts nobody, and roots-webpki is not compiled in";
    Ok(builder.with_root_certificates(mozilla().ok_or(TlsError::new(problem))?))
}

fn mozilla() -> Option<RootCertStore> {
    #[cfg(feature = "roots-webpki")]
    return Some(RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    });
    #[cfg(not(feature = "roots-webpki"))]
    None
}

fn compiled_in() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "tls-aws-lc-rs")]
    return Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "tls-ring", not(feature = "tls-aws-lc-rs")))]
    return Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc-rs")))]
    None
}
