//! Proxies: which requests go through one, and the way through it.

use std::fmt;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

/// Which proxy stands between us and a host. Requests go through it by `CONNECT`, plain ones too,
/// or by SOCKS 5 (`socks5://`, `socks5h://`).
///
/// `Debug` shows nothing of the proxy's address, which may hold a password.
#[derive(Clone, Default)]
pub struct Proxy {
    matcher: Option<std::sync::Arc<Matcher>>,
}

/// An address that is no proxy's.
#[derive(Debug, thiserror::Error)]
#[error("not the address of a proxy: it must begin with http:// or socks5:// and name a host")]
pub struct ProxyError;

impl Proxy {
    /// No proxy.
    pub const fn none() -> Self {
        Self { matcher: None }
    }

    /// The usual variables: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, and the same in
    /// lower case.
    pub fn from_env() -> Self {
        Self {
            matcher: Some(Matcher::from_env().into()),
        }
    }

    /// One proxy for everything but the hosts of `except` (a list with commas, as in `NO_PROXY`).
    ///
    /// # Errors
    ///
    /// When `address` is not that of a proxy.
    pub fn all(address: &str, except: &str) -> Result<Self, ProxyError> {
        let uri: Uri = address.parse().map_err(|_| ProxyError)?;
        let known = matches!(uri.scheme_str(), Some("http" | "socks5" | "socks5h"));
        if !known || uri.host().is_none_or(str::is_empty) {
            return Err(ProxyError);
        }
        let matcher = Matcher::builder()
            .all(address.to_owned())
            .no(except.to_owned())
            .build();
        Ok(Self {
            matcher: Some(matcher.into()),
        })
    }

    /// The proxy for `destination`, where there is one.
    pub(super) fn for_destination(&self, destination: &Uri) -> Option<Intercept> {
        self.matcher.as_ref()?.intercept(destination)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = if self.matcher.is_some() {
            "<set>"
        } else {
            "none"
        };
        write!(f, "Proxy({some})")
    }
}
