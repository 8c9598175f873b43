//! The commands of a client, read as Centrifugo 6.2 reads them.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{
    fields::{Fields, Malformed},
    stream::Position,
};

/// One line of a client's frame.
#[derive(Debug)]
pub(super) enum Command<'a> {
    /// An empty command: the answer to a ping.
    Pong,
    /// A request that has no id and gets no reply.
    Send,
    /// A request with its id, which is above 0.
    Request(u32, Request<'a>),
}

/// What a client asks for.
#[derive(Debug)]
pub(super) enum Request<'a> {
    Connect(Connect<'a>),
    History {
        channel: String,
    },
    Ping,
    Presence {
        channel: String,
    },
    Publish {
        channel: String,
        data: Option<&'a RawValue>,
    },
    Refresh {
        token: String,
    },
    Rpc {
        method: String,
        data: Option<&'a RawValue>,
    },
    SubRefresh,
    Subscribe(Subscribe),
    Unsubscribe {
        channel: String,
    },
}

/// The fields of a connect that matter.
#[derive(Debug)]
pub(super) struct Connect<'a> {
    pub(super) token: String,
    pub(super) name: String,
    pub(super) data: Option<&'a RawValue>,
    /// From where to recover which channel: only those with `recover`.
    pub(super) recover: BTreeMap<String, Position>,
}

/// The fields of a subscribe that matter.
#[derive(Debug)]
pub(super) struct Subscribe {
    pub(super) channel: String,
    pub(super) recover: Option<Position>,
}

impl<'a> Command<'a> {
    /// Reads one line.
    pub(super) fn decode(line: &'a str) -> Result<Self, Malformed> {
        let fields = Fields::first_in(line)?;
        let id: u32 = fields.read("id")?;
        // In the order in which the server looks for them (facts, 1.2).
        let request = if let Some(connect) = fields.object("connect")? {
            Some(Request::Connect(Connect::read(&connect)?))
        } else if let Some(subscribe) = fields.object("subscribe")? {
            Some(Request::Subscribe(Subscribe::read(&subscribe)?))
        } else if let Some(unsubscribe) = fields.object("unsubscribe")? {
            let channel = unsubscribe.read("channel")?;
            Some(Request::Unsubscribe { channel })
        } else if let Some(publish) = fields.object("publish")? {
            let channel = publish.read("channel")?;
            let data = publish.raw("data");
            Some(Request::Publish { channel, data })
        } else if let Some(presence) = fields.object("presence")? {
            let channel = presence.read("channel")?;
            Some(Request::Presence { channel })
        } else if let Some(presence) = fields.object("presence_stats")? {
            let channel = presence.read("channel")?;
            Some(Request::Presence { channel })
        } else if let Some(history) = fields.object("history")? {
            let channel = history.read("channel")?;
            Some(Request::History { channel })
        } else if fields.object("ping")?.is_some() {
            Some(Request::Ping)
        } else if let Some(rpc) = fields.object("rpc")? {
            let method = rpc.read("method")?;
            // Unlike elsewhere, a `null` here is data (capture `rpc-requests`); to the backend
            // both mean the same.
            let data = rpc.raw("data");
            Some(Request::Rpc { method, data })
        } else if fields.object("send")?.is_some() {
            return Ok(Self::Send);
        } else if let Some(refresh) = fields.object("refresh")? {
            let token = refresh.read("token")?;
            Some(Request::Refresh { token })
        } else if fields.object("sub_refresh")?.is_some() {
            Some(Request::SubRefresh)
        } else {
            None
        };
        match (id, request) {
            (0, None) => Ok(Self::Pong),
            (0, Some(_)) | (_, None) => Err(Malformed),
            (id, Some(request)) => Ok(Self::Request(id, request)),
        }
    }
}

impl<'a> Connect<'a> {
    fn read(fields: &Fields<'a>) -> Result<Self, Malformed> {
        let mut recover = BTreeMap::new();
        for (channel, wanted) in fields.object("subs")?.unwrap_or_default().entries() {
            let wanted: Fields<'_> = serde_json::from_str(wanted.get())?;
            if let Some(position) = position(&wanted)? {
                recover.insert(channel, position);
            }
        }
        Ok(Self {
            token: fields.read("token")?,
            name: fields.read("name")?,
            data: fields.raw("data"),
            recover,
        })
    }
}

impl Subscribe {
    fn read(fields: &Fields<'_>) -> Result<Self, Malformed> {
        let delta: String = fields.read("delta")?;
        if !delta.is_empty() && delta != "fossil" {
            return Err(Malformed);
        }
        Ok(Self {
            channel: fields.read("channel")?,
            recover: position(fields)?,
        })
    }
}

/// The position from which to recover, if recovery is asked for.
fn position(fields: &Fields<'_>) -> Result<Option<Position>, Malformed> {
    let position = Position {
        offset: fields.read("offset")?,
        epoch: fields.read("epoch")?,
    };
    Ok(fields.read::<bool>("recover")?.then_some(position))
}

/// The lines of a frame: one newline at its end ends the last line, any other empty line is
/// malformed when its turn comes (capture `bad-lines`).
pub(super) fn lines(frame: &str) -> impl Iterator<Item = &str> {
    frame.strip_suffix('\n').unwrap_or(frame).split('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Captures `bad-first`, `bad-ids`, `bad-json`, `bad-requests`.
    #[test]
    fn what_the_protocol_does_not_promise_is_malformed() {
        for line in [
            "",
            " ",
            "\r",
            "hello",
            "{not json",
            "null",
            "42",
            r#"[{"id":2,"rpc":{}}]"#,
            r#"{"id":2}"#,
            r#"{"id":2,"dance":{}}"#,
            r#"{"id":2,"rpc":null}"#,
            r#"{"id":2,"rpc":7}"#,
            r#"{"id":0,"rpc":{}}"#,
            r#"{"rpc":{}}"#,
            r#"{"id":-1,"rpc":{}}"#,
            r#"{"id":4294967296,"rpc":{}}"#,
            r#"{"id":"2","rpc":{}}"#,
            r#"{"id":2,"rpc":{"method":5}}"#,
            r#"{"id":2,"subscribe":{"channel":"widget:1","delta":"zip"}}"#,
            r#"{"id":2,"subscribe":{"channel":"widget:1","offset":1.0}}"#,
        ] {
            assert!(Command::decode(line).is_err(), "{line}");
        }
    }

    #[test]
    fn reading_is_as_lenient_as_the_server_is() {
        for (line, expected) in [
            (r#"{"ID":2,"RPC":{"Method":"joinSession"}}"#, "joinSession"),
            (r#"  { "id" : 2 , "rpc" : { "method" : "m" } }  "#, "m"),
            (r#"{"id":1,"id":2,"rpc":{"method":"a","method":"b"}}"#, "b"),
            (r#"{"id":2,"rpc":{"method":"m"}} {"id":3,"rpc":{}}"#, "m"),
            (r#"{"id":2,"rpc":{"\u006dethod":"m"},"more":[1]}"#, "m"),
            ("{\"id\":2,\"rpc\":{\"method\":\"m\"}}\r", "m"),
        ] {
            let decoded = Command::decode(line);
            let Ok(Command::Request(2, Request::Rpc { method, .. })) = decoded else {
                panic!("{line}: {decoded:?}");
            };
            assert_eq!(method, expected, "{line}");
        }
        for line in ["{}", "{ }", r#"{"id":0}"#, r#"{"id":null}"#] {
            assert!(matches!(Command::decode(line), Ok(Command::Pong)), "{line}");
        }
        let both = r#"{"id":2,"rpc":{},"subscribe":{"channel":"c"}}"#;
        let decoded = Command::decode(both);
        assert!(matches!(
            decoded,
            Ok(Command::Request(2, Request::Subscribe(_)))
        ));
    }

    /// Capture `bad-lines`.
    #[test]
    fn one_newline_at_the_end_is_no_line() {
        for (frame, expected) in [
            ("a", vec!["a"]),
            ("a\n", vec!["a"]),
            ("a\n\n", vec!["a", ""]),
            ("\na", vec!["", "a"]),
            ("a\n\nb", vec!["a", "", "b"]),
            ("", vec![""]),
            ("\n", vec![""]),
        ] {
            assert_eq!(lines(frame).collect::<Vec<_>>(), expected, "{frame:?}");
        }
    }

    #[test]
    fn positions_count_only_where_recovery_is_asked_for() {
        let line = r#"{"id":1,"connect":{"subs":{
            "a":{"recover":true,"offset":3,"epoch":"e"},
            "b":{"offset":3,"epoch":"e"},
            "c":{"recover":true}}}}"#;
        let Ok(Command::Request(1, Request::Connect(connect))) = Command::decode(line) else {
            panic!("not read");
        };
        assert_eq!(connect.recover.len(), 2);
        assert_eq!(connect.recover["a"].offset, 3);
        assert_eq!(connect.recover["c"], Position::default());
    }
}
