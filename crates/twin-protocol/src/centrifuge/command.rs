//! Commands, as the client writes them: one JSON object a line, several lines a message.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    id::{SessionId, UserId},
    secret::Secret,
};

/// The answer to a ping.
pub(super) const PONG: &str = "{}";

/// A message may hold 65,536 bytes (the server's default limit); this leaves room for one long
/// command after the mark was passed.
const MESSAGE_MARK: usize = 15 * 1024;

/// A command with its id.
#[derive(Debug, Serialize)]
pub(super) struct Command<'a> {
    #[serde(flatten)]
    pub(super) request: Request<'a>,
    pub(super) id: u32,
}

/// What is asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Request<'a> {
    Connect(Connect<'a>),
    Refresh { token: &'a Secret },
    Rpc(JoinSession<'a>),
    Subscribe { channel: &'a str },
    Unsubscribe { channel: &'a str },
}

/// The first command of a connection.
#[derive(Debug, Serialize)]
pub(super) struct Connect<'a> {
    data: ConnectData<'a>,
    /// The platform wants every client to call itself `js` (its integration article).
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a Secret>,
    /// Where to go on, by channel.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    subs: BTreeMap<String, Recover<'a>>,
}

#[derive(Debug, Serialize)]
struct ConnectData<'a> {
    application: &'static str,
    settings: Settings<'a>,
}

#[derive(Debug, Serialize)]
struct Settings<'a> {
    #[serde(rename = "userId", skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a UserId>,
    sessions: Vec<&'a SessionId>,
}

impl<'a> Connect<'a> {
    pub(super) fn new(
        user_id: Option<&'a UserId>,
        sessions: Vec<&'a SessionId>,
        subs: BTreeMap<String, Recover<'a>>,
    ) -> Self {
        let settings = Settings { user_id, sessions };
        let data = ConnectData {
            application: "widget",
            settings,
        };
        Self {
            data,
            name: "js",
            token: None,
            subs,
        }
    }

    /// The same with a token.
    pub(super) const fn with_token(mut self, token: Option<&'a Secret>) -> Self {
        self.token = token;
        self
    }
}

/// From where on a channel's publications are wanted. Without a position: from the first that the
/// server still has.
#[derive(Debug, Serialize)]
pub(super) struct Recover<'a> {
    recover: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<&'a str>,
}

impl<'a> Recover<'a> {
    pub(super) const fn from_the_first() -> Self {
        Self {
            recover: true,
            offset: None,
            epoch: None,
        }
    }

    pub(super) const fn after(offset: u64, epoch: &'a str) -> Self {
        Self {
            recover: true,
            offset: Some(offset),
            epoch: Some(epoch),
        }
    }
}

/// The platform's own call: listen to one more session.
#[derive(Debug, Serialize)]
pub(super) struct JoinSession<'a> {
    method: &'static str,
    data: JoinSessionData<'a>,
}

#[derive(Debug, Serialize)]
struct JoinSessionData<'a> {
    id: &'a SessionId,
}

impl<'a> JoinSession<'a> {
    pub(super) const fn new(id: &'a SessionId) -> Self {
        Self {
            method: "joinSession",
            data: JoinSessionData { id },
        }
    }
}

/// Lines on their way into as few messages as the server's limit allows.
#[derive(Debug, Default)]
pub(super) struct Batch {
    full: Vec<String>,
    open: String,
}

impl Batch {
    pub(super) fn push(&mut self, id: u32, request: Request<'_>) {
        let line = serde_json::to_string(&Command { request, id })
            .expect("commands hold nothing that JSON cannot");
        self.push_line(&line);
    }

    pub(super) fn push_line(&mut self, line: &str) {
        if self.open.len() + line.len() > MESSAGE_MARK && !self.open.is_empty() {
            self.full.push(std::mem::take(&mut self.open));
        }
        if !self.open.is_empty() {
            self.open.push('\n');
        }
        self.open.push_str(line);
    }

    /// The messages, in order.
    pub(super) fn into_messages(self) -> impl Iterator<Item = String> {
        let open = Some(self.open).filter(|open| !open.is_empty());
        self.full.into_iter().chain(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u32, request: Request<'_>) -> String {
        serde_json::to_string(&Command { request, id }).unwrap()
    }

    #[test]
    fn commands_read_as_the_article_has_them() {
        let session = SessionId::from("s-1");
        let user = UserId::from("u-1");
        let connect = Connect::new(Some(&user), vec![&session], BTreeMap::new());
        assert_eq!(
            line(1, Request::Connect(connect)),
            r#"{"connect":{"data":{"application":"widget","settings":{"userId":"u-1","sessions":["s-1"]}},"name":"js"},"id":1}"#
        );
        let subs = [
            ("a".to_owned(), Recover::after(7, "e")),
            ("b".to_owned(), Recover::from_the_first()),
        ];
        let connect = Connect::new(None, vec![&session], subs.into());
        assert_eq!(
            line(2, Request::Connect(connect)),
            r#"{"connect":{"data":{"application":"widget","settings":{"sessions":["s-1"]}},"name":"js","subs":{"a":{"recover":true,"offset":7,"epoch":"e"},"b":{"recover":true}}},"id":2}"#
        );
        assert_eq!(
            line(3, Request::Rpc(JoinSession::new(&session))),
            r#"{"rpc":{"method":"joinSession","data":{"id":"s-1"}},"id":3}"#
        );
        assert_eq!(
            line(
                4,
                Request::Subscribe {
                    channel: "widget:\n"
                }
            ),
            r#"{"subscribe":{"channel":"widget:\n"},"id":4}"#
        );
    }

    #[test]
    fn a_batch_is_cut_before_the_servers_limit() {
        let mut batch = Batch::default();
        for _ in 0..1000 {
            batch.push_line(&"x".repeat(200));
        }
        let messages: Vec<_> = batch.into_messages().collect();
        assert!(
            messages
                .iter()
                .all(|message| message.len() <= MESSAGE_MARK + 1)
        );
        assert_eq!(
            messages.iter().flat_map(|message| message.lines()).count(),
            1000
        );
        assert_eq!(Batch::default().into_messages().count(), 0);
    }
}
