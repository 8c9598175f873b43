//! Commands, as the client writes them: one JSON object a line, several lines a message; or the same
//! in Protobuf.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    centrifuge::{Codec, protobuf},
    id::{SessionId, UserId},
    link::{Action, SocketId},
    secret::Secret,
};

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
    pub(super) data: ConnectData<'a>,
    /// The platform wants every client to call itself `js` (its integration article).
    pub(super) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<&'a Secret>,
    /// Where to go on, by channel.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) subs: BTreeMap<String, Recover<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct ConnectData<'a> {
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
    pub(super) recover: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) epoch: Option<&'a str>,
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
    pub(super) method: &'static str,
    pub(super) data: JoinSessionData<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct JoinSessionData<'a> {
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

/// Commands on their way into as few messages as the server's limit allows.
#[derive(Debug, Default)]
pub(super) struct Batch {
    codec: Codec,
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Batch {
    pub(super) const fn new(codec: Codec) -> Self {
        Self {
            codec,
            full: Vec::new(),
            open: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, id: u32, request: Request<'_>) {
        let mut command = Vec::new();
        match self.codec {
            Codec::Json => serde_json::to_writer(&mut command, &Command { request, id })
                .expect("commands hold nothing that JSON cannot"),
            Codec::Protobuf => protobuf::encode(id, &request, &mut command),
        }
        self.push_command(&command);
    }

    /// The answer to a ping: a command that says nothing.
    pub(super) fn push_pong(&mut self) {
        self.push_command(match self.codec {
            Codec::Json => b"{}",
            Codec::Protobuf => &[0],
        });
    }

    fn push_command(&mut self, command: &[u8]) {
        if self.open.len() + command.len() > MESSAGE_MARK && !self.open.is_empty() {
            self.full.push(std::mem::take(&mut self.open));
        }
        if !self.open.is_empty() && self.codec == Codec::Json {
            self.open.push(b'\n');
        }
        self.open.extend_from_slice(command);
    }

    /// What sends them over a socket, in order.
    pub(super) fn into_actions(self, socket: SocketId) -> impl Iterator<Item = Action> {
        let open = Some(self.open).filter(|open| !open.is_empty());
        let messages = self.full.into_iter().chain(open);
        messages.map(move |message| match self.codec {
            Codec::Json => {
                let text = String::from_utf8(message).expect("JSON is UTF-8");
                Action::Send(socket, text)
            }
            Codec::Protobuf => Action::SendBinary(socket, message.into()),
        })
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
            batch.push_command("x".repeat(200).as_bytes());
        }
        let messages: Vec<_> = batch
            .into_actions(SocketId::FIRST)
            .map(|action| match action {
                Action::Send(_, text) => text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(
            messages
                .iter()
                .all(|message| message.len() <= MESSAGE_MARK + 1)
        );
        assert_eq!(
            messages.iter().flat_map(|message| message.lines()).count(),
            1000
        );
        assert_eq!(Batch::default().into_actions(SocketId::FIRST).count(), 0);
    }

    fn messages_of(lengths: &[usize]) -> Vec<usize> {
        let mut batch = Batch::default();
        for &length in lengths {
            batch.push_command("x".repeat(length).as_bytes());
        }
        let lengths = batch
            .into_actions(SocketId::FIRST)
            .map(|action| match action {
                Action::Send(_, text) => text.len(),
                other => panic!("{other:?}"),
            });
        lengths.collect()
    }

    #[test]
    fn commands_share_a_message_up_to_the_mark() {
        let rest = 15 * 1024 - 1000;
        assert_eq!(messages_of(&[1000, rest]), [1000 + 1 + rest]);
        assert_eq!(messages_of(&[1000, rest + 1]), [1000, rest + 1]);
        // One that is longer alone is a message of its own.
        assert_eq!(messages_of(&[20_000]), [20_000]);
    }
}
