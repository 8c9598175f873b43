//! Commands of Centrifugo's HTTP API as they stand in a batch (facts, 5.3).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::live::{LiveError, Published};

/// One command.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Command {
    Disconnect {
        #[serde(flatten)]
        target: Target,
        disconnect: Disconnect,
    },
    HistoryRemove {
        channel: String,
    },
    Publish {
        channel: String,
        data: Box<RawValue>,
    },
    Subscribe {
        #[serde(flatten)]
        target: Target,
        channel: String,
    },
    Unsubscribe {
        #[serde(flatten)]
        target: Target,
        channel: String,
    },
}

/// Which connections: all of the user without a name, who is everybody here, or one of them.
#[derive(Debug, Serialize)]
pub(super) struct Target {
    user: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
}

/// How a connection is ended.
#[derive(Debug, Serialize)]
pub(super) struct Disconnect {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Target {
    pub(super) fn client(client: &str) -> Self {
        Self {
            user: "",
            client: Some(client.to_owned()),
        }
    }

    pub(super) fn everyone() -> Self {
        Self {
            user: "",
            client: None,
        }
    }
}

impl Command {
    /// How many bytes it takes, as far as that can become much.
    pub(super) fn size(&self) -> usize {
        64 + match self {
            Self::Disconnect { disconnect, .. } => disconnect.reason.len(),
            Self::HistoryRemove { channel }
            | Self::Subscribe { channel, .. }
            | Self::Unsubscribe { channel, .. } => channel.len(),
            Self::Publish { channel, data } => channel.len() + data.get().len(),
        }
    }
}

/// The body of a batch. Its commands are carried out one after another.
#[derive(Serialize)]
pub(super) struct Batch<'a> {
    pub(super) commands: Vec<&'a Command>,
}

/// The answer to a batch.
#[derive(Deserialize)]
pub(super) struct Replies {
    pub(super) replies: Vec<Reply>,
}

/// The answer to one command; results without anything in them are passed over.
#[derive(Deserialize)]
pub(super) struct Reply {
    error: Option<ErrorReply>,
    publish: Option<PublishResult>,
}

#[derive(Deserialize)]
struct ErrorReply {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct PublishResult {
    #[serde(default)]
    offset: u64,
    #[serde(default)]
    epoch: String,
}

impl From<Reply> for Result<Published, LiveError> {
    fn from(reply: Reply) -> Self {
        match (reply.error, reply.publish) {
            (Some(ErrorReply { code, message }), _) => Err(LiveError::Refused { code, message }),
            (None, Some(PublishResult { offset, epoch })) => Ok(Published { offset, epoch }),
            (None, None) => Ok(Published::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_the_api_reads_them() {
        let data = RawValue::from_string(r#"{ "a" : 1.0 }"#.into()).unwrap();
        let channel = String::from("widget:1");
        let commands = [
            Command::Publish {
                channel: channel.clone(),
                data,
            },
            Command::Disconnect {
                target: Target::everyone(),
                disconnect: Disconnect {
                    code: 4000,
                    reason: "r".into(),
                },
            },
            Command::Subscribe {
                target: Target::client("c"),
                channel: channel.clone(),
            },
            Command::HistoryRemove { channel },
        ];
        let batch = Batch {
            commands: commands.iter().collect(),
        };
        let expected = concat!(
            r#"{"commands":[{"publish":{"channel":"widget:1","data":{ "a" : 1.0 }}},"#,
            r#"{"disconnect":{"user":"","disconnect":{"code":4000,"reason":"r"}}},"#,
            r#"{"subscribe":{"user":"","client":"c","channel":"widget:1"}},"#,
            r#"{"history_remove":{"channel":"widget:1"}}]}"#,
        );
        assert_eq!(serde_json::to_string(&batch).unwrap(), expected);
    }
}
