//! Where a link leads, and what opens it: the address of each dial and each request.

use http::Uri;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use twin_protocol::{id::SessionId, link::Query};

use crate::config::Endpoints;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Centrifugo,
    /// Opened by the id of this session: one link, one session.
    SocketIo(SessionId),
}

/// An address that cannot be made; it never is shown.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the session's id makes no address")]
pub(super) struct NoAddress;

impl Route {
    /// The address of a WebSocket.
    pub(super) fn socket(&self, endpoints: &Endpoints, query: &Query) -> Result<Uri, NoAddress> {
        match self {
            Self::Centrifugo => Ok(endpoints.centrifugo.to_uri()),
            Self::SocketIo(key) => {
                let base = endpoints.socketio.as_str();
                // `http` becomes `ws`, `https` becomes `wss`.
                let rest = base.strip_prefix("http").unwrap_or(base);
                below(&format!("ws{rest}"), key, query)
            }
        }
    }

    /// The address of an HTTP request.
    pub(super) fn request(&self, endpoints: &Endpoints, query: &Query) -> Result<Uri, NoAddress> {
        match self {
            // Centrifugo is not asked by HTTP.
            Self::Centrifugo => Err(NoAddress),
            Self::SocketIo(key) => below(endpoints.socketio.as_str(), key, query),
        }
    }
}

/// The session's own parameter first, then the protocol's; the path ends with a slash, without
/// which the servers know nothing (facts on Socket.IO, 1.1).
fn below(base: &str, key: &SessionId, query: &Query) -> Result<Uri, NoAddress> {
    let key = utf8_percent_encode(key.as_str(), NON_ALPHANUMERIC);
    let address = format!("{base}/?key={key}&{query}");
    address.parse().map_err(|_| NoAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_comes_first_and_is_encoded() {
        let endpoints = Endpoints::emulator("https://a.example").unwrap();
        let route = Route::SocketIo("a b&c".into());
        let query = Query::new().with("EIO", "3").with("transport", "websocket");
        let tail = "://a.example/operator/socket.io/?key=a%20b%26c&EIO=3&transport=websocket";
        let socket = route.socket(&endpoints, &query).unwrap();
        assert_eq!(socket.to_string(), format!("wss{tail}"));
        let request = route.request(&endpoints, &query).unwrap();
        assert_eq!(request.to_string(), format!("https{tail}"));
    }
}
