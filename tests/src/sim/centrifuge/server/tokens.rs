//! Tokens of connections: how long they are good, and what becomes of a connection whose token is
//! not. A token says itself until when it is good: `until-SECONDS`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Said, Server, Task};

/// How long a connection may go on with an expired token.
const LEEWAY: Duration = Duration::from_secs(25);

/// The token that a source gives at `now`.
pub(in crate::sim::centrifuge) fn token(now: Duration, ttl: u64) -> String {
    format!("until-{}", now.as_secs() + ttl)
}

impl Server {
    /// From now on a client that can have tokens lets no connection expire.
    pub(in super::super) fn be_sound_from(&mut self, moment: Duration) {
        self.sound_from = moment;
    }

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

    /// A connection is allowed until then. Gives what a reply says of it.
    pub(super) fn allow(&mut self, now: Duration, conn: u64, until: Duration) -> Value {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.allowed_until = Some(until);
        }
        let task = Task::Expire { conn, until };
        self.said.push(Said::Later(until + LEEWAY - now, task));
        let ttl = (until - now).as_secs().max(1);
        json!({ "expires": true, "ttl": ttl })
    }

    pub(super) fn expire(&mut self, now: Duration, conn: u64, until: Duration) {
        let state = self.conns.get(&conn);
        if state.is_some_and(|state| state.allowed_until == Some(until)) {
            if now > self.sound_from {
                self.wrong(format!("the token of {conn} has not been renewed"));
            }
            self.close(conn, 3005);
        }
    }

    /// Answers the renewal of a token.
    pub(super) fn refresh(&mut self, now: Duration, conn: u64, id: u64, command: &Value) {
        let token = &command["refresh"]["token"];
        if let Some(until) = self.admit(now, conn, id, token) {
            let allowed = self.allow(now, conn, until);
            self.reply(conn, id, "refresh", &allowed);
        }
    }
}
