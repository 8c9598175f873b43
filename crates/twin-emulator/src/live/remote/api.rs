//! Where a real Centrifugo is, and what opens its HTTP API.

use std::fmt;

use http::{HeaderValue, Uri};

use crate::{addresses::CENTRIFUGO_PATH, error::Error};

/// Where a real Centrifugo is, and what opens its HTTP API; for
/// [`Builder::centrifugo_api`](crate::Builder::centrifugo_api).
///
/// The server has to ask the emulator as its backend: its connect, rpc and subscribe proxies are
/// to point to `/centrifugo/proxy/connect`, `/centrifugo/proxy/rpc` and
/// `/centrifugo/proxy/subscribe` of the emulator, and it needs the namespace `widget`.
#[derive(Clone)]
pub struct CentrifugoApi {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
    pub(super) key: HeaderValue,
    websocket: String,
}

impl CentrifugoApi {
    /// An API at `url`, up to and including `/api`, that is opened by `key`. Clients find the
    /// server's WebSocket at the same host, below `/centrifugo/connection/websocket`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setting`](crate::ErrorKind::Setting) if `url` is no `http` address without
    /// query and user info (TLS is not spoken: the emulator belongs beside its server), or `key` is
    /// empty or cannot be a header.
    pub fn new(url: &str, key: &str) -> Result<Self, Error> {
        let uri: Uri = url
            .parse()
            .map_err(|_| Error::setting("the address of Centrifugo's API is no URL"))?;
        if uri.scheme_str() != Some("http") {
            return Err(Error::setting(
                "the address of Centrifugo's API does not begin with http://",
            ));
        }
        let authority = uri.authority().filter(|it| !it.as_str().contains('@'));
        let (Some(authority), None) = (authority, uri.query()) else {
            return Err(Error::setting(
                "the address of Centrifugo's API has user info or a query",
            ));
        };
        let mut key = HeaderValue::from_str(key)
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| Error::setting("the key of Centrifugo's API is no key"))?;
        key.set_sensitive(true);
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            path: uri.path().trim_end_matches('/').to_owned(),
            key,
            websocket: format!("ws://{authority}{CENTRIFUGO_PATH}"),
        })
    }

    /// The same server with its WebSocket at another address: `ws://` or `wss://`.
    #[must_use]
    pub fn websocket(mut self, url: impl Into<String>) -> Self {
        self.websocket = url.into();
        self
    }

    /// What clients are told.
    pub(crate) fn websocket_url(&self) -> &str {
        &self.websocket
    }

    /// As a `Host` header has it.
    pub(super) fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for CentrifugoApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CentrifugoApi")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("path", &self.path)
            .field("key", &"<redacted>")
            .field("websocket", &self.websocket)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn clients_find_the_server_beside_its_api() {
        for (url, authority, path, websocket) in [
            (
                "http://127.0.0.1:8000/api",
                "127.0.0.1:8000",
                "/api",
                "ws://127.0.0.1:8000/centrifugo/connection/websocket",
            ),
            (
                "http://live/inner/api/",
                "live:80",
                "/inner/api",
                "ws://live/centrifugo/connection/websocket",
            ),
            (
                "http://[::1]:9/api",
                "[::1]:9",
                "/api",
                "ws://[::1]:9/centrifugo/connection/websocket",
            ),
        ] {
            let api = CentrifugoApi::new(url, "secret").unwrap();
            assert_eq!(
                (api.authority().as_str(), api.path.as_str()),
                (authority, path)
            );
            assert_eq!(api.websocket_url(), websocket);
            assert!(!format!("{api:?}").contains("secret"));
        }
        let api = CentrifugoApi::new("http://live/api", "k").unwrap();
        assert_eq!(api.websocket("wss://a/b").websocket_url(), "wss://a/b");
    }

    #[test]
    fn what_cannot_be_an_address_or_a_key_is_refused_without_repeating_it() {
        for (url, key) in [
            ("", "secret"),
            ("/api", "secret"),
            ("https://live/api", "secret"),
            ("http://me:secret@live/api", "secret"),
            ("http://live/api?key=secret", "secret"),
            ("http://live/api", ""),
            ("http://live/api", "secret\n"),
        ] {
            let error = CentrifugoApi::new(url, key).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Setting);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
