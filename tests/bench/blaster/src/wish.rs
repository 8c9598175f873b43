//! What a client wants: the query of its URL.

use tokio_tungstenite::tungstenite::http::Uri;

/// What a client wants.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) is_socketio: bool,
    /// How many events.
    pub(crate) count: u64,
    /// How many replies stand in one frame.
    pub(crate) replies: u64,
}

impl Wish {
    /// What `uri` asks for: `?count=N&replies=N`, or `/N/socket.io/`. What it does not say is no event
    /// at all, and one reply a frame.
    pub(crate) fn of(uri: &Uri) -> Self {
        let mut path = uri.path().trim_matches('/').split('/').rev();
        if path.next() == Some("socket.io") {
            let count = path.next().and_then(|count| count.parse().ok());
            return Self {
                is_socketio: true,
                count: count.unwrap_or(0),
                replies: 1,
            };
        }
        let query = uri.query().unwrap_or_default();
        let number = |name: &str| {
            let (_, value) =
                form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
            value.parse().ok()
        };
        Self {
            is_socketio: false,
            count: number("count").unwrap_or(0),
            replies: number("replies").unwrap_or(1).max(1),
        }
    }
}
