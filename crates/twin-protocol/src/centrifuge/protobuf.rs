//! Frames in Protobuf: messages with their lengths before them, several in one binary message.
//!
//! What the application publishes is bytes to Protobuf, and JSON to the platform: what is no JSON
//! is told apart, and is an event that cannot be read.

mod commands;
mod messages;
mod wire;

use std::borrow::Cow;

use serde_json::value::RawValue;

pub(super) use self::commands::encode;
use self::{
    messages::{Push as PushMessage, Reply},
    wire::Malformed,
};
use crate::centrifuge::{
    frames::FrameError,
    reply::{
        Answer, ConnectResult, Disconnect, Expiry, Incoming, Publication, Push, PushKind,
        ReplyError, Subscription, Text,
    },
};

/// What the frames of one binary message say, in order. After the first that cannot be read nothing
/// more comes.
pub(super) struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Frames<'a> {
    pub(super) const fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Incoming<'a>, FrameError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = wire::take_bytes(&mut self.rest).and_then(incoming);
        if read.is_err() {
            self.rest = &[];
        }
        Some(read.map_err(|Malformed(words)| FrameError(words.to_owned())))
    }
}

/// A frame of no length is a ping.
fn incoming(frame: &[u8]) -> Result<Incoming<'_>, Malformed> {
    let reply = Reply::decode(frame)?;
    let Reply {
        id, error, push, ..
    } = reply;
    Ok(match (id, push) {
        (0, Some(push)) => Incoming::Push(push.into()),
        (0, None) if error.is_some() => return Err(Malformed("an error without an id")),
        (0, None) => Incoming::Ping,
        (id, _) => {
            let answer = match (error, reply.connect, reply.rpc, reply.refresh) {
                (Some(error), ..) => Err(ReplyError {
                    code: error.code,
                    message: error.message.to_owned(),
                    temporary: error.temporary,
                }),
                (_, Some(connect), ..) => Ok(Answer::Connect(connect.into())),
                (_, _, Some(rpc), _) => Ok(Answer::Rpc(json(rpc.data).unwrap_or_default())),
                (.., Some(refresh)) => Ok(Answer::Refresh(Expiry {
                    expires: refresh.expires,
                    ttl: refresh.ttl,
                })),
                _ => Ok(Answer::Other),
            };
            Incoming::Reply { id, answer }
        }
    })
}

/// The JSON that stands in bytes; `Ok(None)` where there are none.
fn json(bytes: &[u8]) -> Result<Option<&RawValue>, Malformed> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = wire::text(bytes)?;
    serde_json::from_str(text)
        .map(Some)
        .map_err(|_| Malformed("data that is no JSON"))
}

impl<'a> From<messages::ConnectResult<'a>> for ConnectResult<'a> {
    fn from(connect: messages::ConnectResult<'a>) -> Self {
        let subs = connect.subs.into_iter();
        Self {
            subs: subs
                .map(|(channel, sub)| (Cow::Borrowed(channel), Some(sub.into())))
                .collect(),
            ping: connect.ping,
            pong: connect.pong,
            expires: connect.expires,
            ttl: connect.ttl,
        }
    }
}

impl<'a> From<messages::SubscribeResult<'a>> for Subscription<'a> {
    fn from(sub: messages::SubscribeResult<'a>) -> Self {
        Self {
            recoverable: sub.recoverable,
            epoch: Some(Text(Cow::Borrowed(sub.epoch))),
            offset: sub.offset,
            publications: sub.publications.into_iter().map(Into::into).collect(),
            recovered: sub.recovered,
        }
    }
}

impl<'a> From<messages::Publication<'a>> for Publication<'a> {
    fn from(publication: messages::Publication<'a>) -> Self {
        let data = json(publication.data);
        Self {
            is_json: data.is_ok(),
            data: data.unwrap_or_default(),
            offset: publication.offset,
            epoch: Some(Text(Cow::Borrowed(publication.epoch))),
        }
    }
}

impl<'a> From<PushMessage<'a>> for Push<'a> {
    fn from(push: PushMessage<'a>) -> Self {
        let kind = if let Some(publication) = push.r#pub {
            PushKind::Publication(publication.into(), None)
        } else if let Some(sub) = push.subscribe {
            PushKind::Subscribe(Subscription {
                recoverable: sub.recoverable,
                epoch: Some(Text(Cow::Borrowed(sub.epoch))),
                offset: sub.offset,
                ..Subscription::default()
            })
        } else if push.unsubscribe.is_some() {
            PushKind::Unsubscribe
        } else if let Some(message) = push.message {
            match json(message.data) {
                Ok(data) => PushKind::Message(data),
                Err(_) => PushKind::Unreadable,
            }
        } else if let Some(disconnect) = push.disconnect {
            PushKind::Disconnect(Disconnect {
                // No code of a server is longer; what is judges itself as none that is known.
                code: disconnect.code.try_into().unwrap_or_default(),
                reason: disconnect.reason.to_owned(),
            })
        } else if let Some(refresh) = push.refresh {
            PushKind::Refresh(Expiry {
                expires: refresh.expires,
                ttl: refresh.ttl,
            })
        } else {
            PushKind::Other
        };
        Self {
            channel: Cow::Borrowed(push.channel),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_what_cannot_be_read() {
        for message in [&[2, 0x0b, 0, 0, 0][..], &[9, 0, 0]] {
            let mut frames = Frames::new(message);
            assert!(matches!(frames.next(), Some(Err(_))), "{message:?}");
            assert!(frames.next().is_none(), "{message:?}");
        }
        assert_eq!(Frames::new(&[0, 0]).count(), 2);
    }
}
