//! What the server says, with the fields in its order and empty ones left out, as the captures
//! show it.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use super::stream::Publication;

/// An error reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ErrorReply {
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) code: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) temporary: bool,
}

impl ErrorReply {
    /// A permanent error.
    pub(crate) fn new(code: u32, message: &str) -> Self {
        Self {
            code,
            message: message.to_owned(),
            temporary: false,
        }
    }
}

/// One message of the server.
#[derive(Default, Serialize)]
pub(super) struct Reply<'a> {
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) push: Option<Push<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) connect: Option<ConnectResult<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subscribe: Option<SubscribeResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unsubscribe: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rpc: Option<RpcResult<'a>>,
}

impl Reply<'_> {
    /// The message as it goes on the wire.
    pub(super) fn encode(&self) -> Utf8Bytes {
        let text = serde_json::to_string(self).expect("maps with text keys always encode");
        text.into()
    }

    /// An error reply as it goes on the wire.
    pub(super) fn error(id: u32, error: ErrorReply) -> Utf8Bytes {
        let error = Some(error);
        let reply = Reply {
            id,
            error,
            ..Reply::default()
        };
        reply.encode()
    }

    /// A push as it goes on the wire.
    pub(super) fn push(channel: &str, news: News<'_>) -> Utf8Bytes {
        let push = Some(Push { channel, news });
        let reply = Reply {
            push,
            ..Reply::default()
        };
        reply.encode()
    }
}

#[derive(Serialize)]
pub(super) struct Empty {}

#[derive(Serialize)]
pub(super) struct Push<'a> {
    channel: &'a str,
    #[serde(flatten)]
    news: News<'a>,
}

/// What a push brings.
#[derive(Serialize)]
pub(super) enum News<'a> {
    #[serde(rename = "pub")]
    Publication(PublicationReply<'a>),
    #[serde(rename = "subscribe")]
    Subscribe(SubscribeResult),
    #[serde(rename = "unsubscribe")]
    Unsubscribe { code: u32, reason: &'a str },
}

#[derive(Serialize)]
pub(super) struct PublicationReply<'a> {
    pub(super) data: &'a RawValue,
    #[serde(skip_serializing_if = "is_zero_offset")]
    pub(super) offset: u64,
}

#[derive(Serialize)]
pub(super) struct ConnectResult<'a> {
    pub(super) client: &'a str,
    pub(super) version: &'a str,
    #[serde(skip_serializing_if = "Subs::is_empty")]
    pub(super) subs: Subs,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) ping: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) pong: bool,
}

/// Results by channel, in the order in which they were granted.
pub(super) struct Subs(pub(super) Vec<(String, SubscribeResult)>);

impl Subs {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Subs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (channel, result) in &self.0 {
            map.serialize_entry(channel, result)?;
        }
        map.end()
    }
}

#[derive(Default, Serialize)]
pub(super) struct SubscribeResult {
    #[serde(skip_serializing_if = "is_false")]
    pub(super) recoverable: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) epoch: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) publications: Vec<Recovered>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) recovered: bool,
    #[serde(skip_serializing_if = "is_zero_offset")]
    pub(super) offset: u64,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) positioned: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) was_recovering: bool,
}

/// A recovered publication.
pub(super) struct Recovered(pub(super) Publication);

impl Serialize for Recovered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reply = PublicationReply {
            data: &self.0.data,
            offset: self.0.offset,
        };
        reply.serialize(serializer)
    }
}

#[derive(Serialize)]
pub(super) struct RpcResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<&'a RawValue>,
}

/// `data` without raw newlines, which would end the message; everything else as it came (capture
/// `data-pretty`).
pub(super) fn single_line(data: Box<RawValue>) -> Arc<RawValue> {
    if !data.get().contains('\n') {
        return data.into();
    }
    let text = data.get().replace('\n', "");
    let data = RawValue::from_string(text);
    // In JSON, raw newlines stand between tokens only; two tokens that only a newline parts
    // do not exist.
    data.expect("JSON stays JSON without its newlines").into()
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_zero_offset(value: &u64) -> bool {
    *value == 0
}
