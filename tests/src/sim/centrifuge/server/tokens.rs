//! Tokens of connections: how long they are good, and what becomes of a connection whose token is
//! not. A token says itself until when it is good: `until-SECONDS`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Said, Server, Task};
use crate::sim::centrifuge::line::{Line, Mark};

/// How long a connection may go on with an expired token.
const LEEWAY: Duration = Duration::from_secs(25);

/// The token that a source gives at `now`.
pub(in crate::sim::centrifuge) fn token(now: Duration, ttl: u64) -> String {
    format!("until-{}", now.as_secs() + ttl)
}

impl Server {
    /// Until when the token of a command is good. `None`, and an answer, where it is not.
    pub(super) fn admit(
        &mut self,
        now: Duration,
        conn: u64,
        id: u64,
        token: &Value,
    ) -> Option<Duration> {
        let token = token.as_str().unwrap_or_default();
        let seconds = token.strip_prefix("until-").and_then(|it| it.parse().ok());
        let Some(until) = seconds.map(Duration::from_secs) else {
            self.wrong(format!("a token that nobody gave: {token:?}"));
            return None;
        };
        if until > now {
            return Some(until);
        }
        self.refuse(conn, id, 109, false);
        None
    }

    /// A connection is allowed until then. Gives for how many seconds that is.
    pub(super) fn allow(&mut self, now: Duration, conn: u64, until: Duration) -> u64 {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.allowed_until = Some(until);
        }
        let task = Task::Expire { conn, until };
        self.said.push(Said::Later(until + LEEWAY - now, task));
        (until - now).as_secs().max(1)
    }

    pub(super) fn expire(&mut self, conn: u64, until: Duration) {
        let state = self.conns.get(&conn);
        if state.is_some_and(|state| state.allowed_until == Some(until)) {
            self.conns.remove(&conn);
            self.said.push(Said::Expired(conn));
        }
    }

    /// Answers the renewal of a token.
    pub(super) fn refresh(&mut self, now: Duration, conn: u64, id: u64, command: &Value) {
        let token = &command["refresh"]["token"];
        if let Some(until) = self.admit(now, conn, id, token) {
            let ttl = self.allow(now, conn, until);
            let allowed = json!({ "expires": true, "ttl": ttl });
            let mut line = Line::reply(id, "refresh", &allowed);
            line.marks.push(Mark::Allowed { ttl });
            self.said.push(Said::Line(conn, line));
        }
    }
}
