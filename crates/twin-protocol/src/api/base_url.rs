//! The address below which a service answers.

use std::{fmt, str::FromStr};

use http::Uri;

/// The address below which a service answers, as `https://chats-api.twin24.ai/api/v1`.
///
/// Scheme `http` or `https`, a host, perhaps a port and a path; no user info, no query, no
/// fragment. Kept without slashes at its end.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Box<str>);

/// A text that is no [`BaseUrl`]. The text is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a base address: {reason}")]
pub struct BaseUrlError {
    reason: &'static str,
}

impl BaseUrl {
    /// Checks and keeps the address.
    ///
    /// # Errors
    ///
    /// When it is no absolute `http` or `https` address, or has user info, a query or a fragment.
    pub fn parse(url: &str) -> Result<Self, BaseUrlError> {
        let refuse = |reason| Err(BaseUrlError { reason });
        // `Uri` drops a fragment silently.
        if url.contains('#') {
            return refuse("it has a fragment");
        }
        let Ok(uri) = url.parse::<Uri>() else {
            return refuse("it is no URL");
        };
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return refuse("it does not start with http:// or https://");
        }
        let Some(authority) = uri
            .authority()
            .filter(|authority| !authority.host().is_empty())
        else {
            return refuse("it names no host");
        };
        if authority.as_str().contains('@') {
            return refuse("it has user info");
        }
        if uri.query().is_some() {
            return refuse("it has a query");
        }
        Ok(Self(url.trim_end_matches('/').into()))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        Self::parse(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_address_is_kept_without_the_last_slash() {
        for url in [
            "http://127.0.0.1:8080/api/v1",
            "http://127.0.0.1:8080/api/v1//",
        ] {
            assert_eq!(
                BaseUrl::parse(url).unwrap().as_str(),
                "http://127.0.0.1:8080/api/v1"
            );
        }
        assert_eq!(
            BaseUrl::parse("https://[::1]/").unwrap().as_str(),
            "https://[::1]"
        );
    }

    #[test]
    fn what_is_no_service_address_is_refused_without_repeating_it() {
        for url in [
            "",
            "/",
            "chats-api.twin24.ai",
            "chats-api.twin24.ai/api",
            "ws://a.example",
            "http://",
            "http://user:secret@a.example",
            "http://a.example/?token=secret",
            "http://a.example/#secret",
            "http://a.example/with space",
            "http://пример.рф",
        ] {
            let error = BaseUrl::parse(url).expect_err(url);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
