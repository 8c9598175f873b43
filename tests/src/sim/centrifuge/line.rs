//! What the server says, with what that entitles the client to.

use serde_json::Value;

/// One line of a frame.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Line {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

/// What a line means to whoever judges the client. The client does not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Mark {
    /// The platform agreed to a join, when so many events of the session were published.
    Agreed { session: String, serial: u64 },
    /// It says how long the connection is allowed, in seconds.
    Allowed { ttl: u64 },
    /// It is this event of a session.
    Event { session: String, serial: u64 },
    /// The channel of a session is given. Its events after `base` will come.
    Granted { session: String, base: u64 },
    /// It is the reply to the connect command.
    Greeted,
    /// It proves that the server is alive, once the connection is made.
    Life,
    /// Events of a session up to this one may be missing without a fault of the client's.
    MayMiss { session: String, up_to: u64 },
    /// The server says that it could not recover what the client asked for: that has to be told.
    MustTell { session: String, up_to: u64 },
    /// The stream says of itself that nothing was in it before: of events up to this one nobody
    /// can know.
    Forgotten { session: String, up_to: u64 },
    /// This event of a session was recovered.
    Recovered { session: String, serial: u64 },
}

impl Line {
    /// The reply to the command of this number.
    pub(super) fn reply(id: u64, kind: &str, value: &Value) -> Self {
        Self {
            text: format!(r#"{{"id":{id},"{kind}":{value}}}"#),
            marks: Vec::new(),
        }
    }
}
