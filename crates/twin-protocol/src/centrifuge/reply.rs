//! What the server says: replies to commands, pushes, pings. Borrowed from the frame they came in.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny},
};
use serde_json::value::RawValue;

use crate::{centrifuge::usual::Usual, event::Envelope, wire::null_as_default};

/// One thing that the server says.
#[derive(Debug)]
pub(super) enum Incoming<'a> {
    Ping,
    Push(Push<'a>),
    Reply {
        id: u32,
        answer: Result<Answer<'a>, ReplyError>,
    },
}

/// A reply that is no error.
#[derive(Debug)]
pub(super) enum Answer<'a> {
    Connect(ConnectResult<'a>),
    /// Of a kind of which nothing is made, or without any result.
    Other,
    Refresh(Expiry),
    /// With the result's data, which may be absent.
    Rpc(Option<&'a RawValue>),
}

/// An error reply. What a backend answers goes through unchecked, so code and message may be
/// absent (capture `rpc-errors`).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct ReplyError {
    #[serde(deserialize_with = "null_as_default")]
    pub(super) code: u32,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) message: String,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) temporary: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConnectResult<'a> {
    #[serde(borrow, deserialize_with = "null_as_default")]
    pub(super) subs: BTreeMap<Cow<'a, str>, Option<Subscription<'a>>>,
    /// The interval of the server's pings in seconds; 0: it sends none.
    #[serde(deserialize_with = "null_as_default")]
    pub(super) ping: u32,
    /// Whether pings are to be answered.
    #[serde(deserialize_with = "null_as_default")]
    pub(super) pong: bool,
    /// Whether the connection's token has to be renewed, see [`Expiry`].
    #[serde(deserialize_with = "null_as_default")]
    pub(super) expires: bool,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) ttl: u32,
}

impl ConnectResult<'_> {
    pub(super) const fn expiry(&self) -> Expiry {
        Expiry {
            expires: self.expires,
            ttl: self.ttl,
        }
    }
}

/// When the connection's token has to be renewed.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct Expiry {
    #[serde(deserialize_with = "null_as_default")]
    pub(super) expires: bool,
    /// In so many seconds.
    #[serde(deserialize_with = "null_as_default")]
    pub(super) ttl: u32,
}

/// A subscription that the server made: in a connect reply, or as a push.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Subscription<'a> {
    #[serde(deserialize_with = "null_as_default")]
    pub(super) recoverable: bool,
    #[serde(borrow)]
    pub(super) epoch: Option<Text<'a>>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) offset: u64,
    #[serde(borrow, deserialize_with = "null_as_default")]
    pub(super) publications: Vec<Publication<'a>>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) recovered: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Publication<'a> {
    #[serde(borrow)]
    pub(super) data: Option<&'a RawValue>,
    /// Whether the data, where there is any, is JSON: in a JSON frame it cannot be anything else.
    #[serde(skip, default = "yes")]
    pub(super) is_json: bool,
    /// 0 for what was published past the history.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(super) offset: u64,
    /// Newer servers say it with every live publication.
    #[serde(default, borrow)]
    pub(super) epoch: Option<Text<'a>>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug)]
pub(super) struct Push<'a> {
    /// Empty where none was named.
    pub(super) channel: Cow<'a, str>,
    pub(super) kind: PushKind<'a>,
}

#[derive(Debug)]
pub(super) enum PushKind<'a> {
    Disconnect(Disconnect),
    /// Data outside of any channel.
    Message(Option<&'a RawValue>),
    /// Join, leave, and whatever a later server may say.
    Other,
    /// With what it says, where that has been read already.
    Publication(Publication<'a>, Option<Envelope>),
    /// The server itself has renewed what the connection is allowed.
    Refresh(Expiry),
    Subscribe(Subscription<'a>),
    /// Data outside of any channel that is no JSON.
    Unreadable,
    Unsubscribe,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Disconnect {
    #[serde(deserialize_with = "null_as_default")]
    pub(super) code: u16,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) reason: String,
}

/// A JSON string, borrowed where it has no escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// The envelope as it stands on the wire.
#[derive(Deserialize)]
struct Wire<'a> {
    id: Option<u32>,
    error: Option<ReplyError>,
    #[serde(borrow)]
    push: Option<WirePush<'a>>,
    #[serde(borrow)]
    connect: Option<ConnectResult<'a>>,
    #[serde(borrow)]
    rpc: Option<WireRpc<'a>>,
    refresh: Option<Expiry>,
}

#[derive(Deserialize)]
struct WirePush<'a> {
    #[serde(borrow)]
    channel: Option<Text<'a>>,
    #[serde(borrow)]
    r#pub: Option<Publication<'a>>,
    #[serde(borrow)]
    subscribe: Option<Subscription<'a>>,
    unsubscribe: Option<IgnoredAny>,
    #[serde(borrow)]
    message: Option<WireMessage<'a>>,
    disconnect: Option<Disconnect>,
    refresh: Option<Expiry>,
}

#[derive(Deserialize)]
struct WireRpc<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Incoming<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Ok(match (wire.id.unwrap_or_default(), wire.push) {
            (0, Some(push)) => Self::Push(push.into()),
            (0, None) if wire.error.is_some() => {
                return Err(de::Error::custom("an error without an id"));
            }
            (0, None) => Self::Ping,
            (id, _) => {
                let answer = match (wire.error, wire.connect, wire.rpc, wire.refresh) {
                    (Some(error), ..) => Err(error),
                    (_, Some(connect), ..) => Ok(Answer::Connect(connect)),
                    (_, _, Some(rpc), _) => Ok(Answer::Rpc(rpc.data)),
                    (.., Some(expiry)) => Ok(Answer::Refresh(expiry)),
                    _ => Ok(Answer::Other),
                };
                Self::Reply { id, answer }
            }
        })
    }
}

impl<'a> From<Usual<'a>> for Push<'a> {
    fn from(usual: Usual<'a>) -> Self {
        let publication = Publication {
            data: None,
            is_json: true,
            offset: usual.offset,
            epoch: None,
        };
        Self {
            channel: Cow::Borrowed(usual.channel),
            kind: PushKind::Publication(publication, Some(usual.envelope)),
        }
    }
}

impl<'a> From<WirePush<'a>> for Push<'a> {
    fn from(wire: WirePush<'a>) -> Self {
        let channel = wire
            .channel
            .map(|Text(channel)| channel)
            .unwrap_or_default();
        let kind = if let Some(publication) = wire.r#pub {
            PushKind::Publication(publication, None)
        } else if let Some(subscription) = wire.subscribe {
            PushKind::Subscribe(subscription)
        } else if wire.unsubscribe.is_some() {
            PushKind::Unsubscribe
        } else if let Some(message) = wire.message {
            PushKind::Message(message.data)
        } else if let Some(disconnect) = wire.disconnect {
            PushKind::Disconnect(disconnect)
        } else if let Some(expiry) = wire.refresh {
            PushKind::Refresh(expiry)
        } else {
            PushKind::Other
        };
        Self { channel, kind }
    }
}
