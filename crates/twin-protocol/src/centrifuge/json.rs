//! Frames: one or many JSON values, one a line.

use bytes::Bytes;
use memchr::memchr;

use crate::{
    centrifuge::{frames::FrameError, reply::Incoming, usual::Usual},
    wire::without_contents,
};

/// What the frames of one text message say, in order. After the first that cannot be read nothing
/// more comes.
///
/// The server puts one value on a line and no line break into a value (capture `push-burst`).
/// A value over several lines is read all the same: a proxy or another server may write so.
pub(super) struct Frames<'a> {
    message: &'a Bytes,
    rest: &'a str,
    failed: bool,
}

impl<'a> Frames<'a> {
    /// The frames of `message`, which is the text `text`.
    pub(super) const fn new(message: &'a Bytes, text: &'a str) -> Self {
        Self {
            message,
            rest: text,
            failed: false,
        }
    }

    /// Cuts off the next line that is not blank.
    fn next_line(&mut self) -> Option<&'a str> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (line, rest) = match memchr(b'\n', self.rest.as_bytes()) {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, ""),
            };
            if !line.trim_ascii().is_empty() {
                self.rest = rest;
                return Some(line);
            }
            self.rest = rest;
        }
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Incoming<'a>, FrameError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let whole = self.rest;
        let line = self.next_line()?;
        if let Some(usual) = Usual::read(self.message, line) {
            return Some(Ok(Incoming::Push(usual.into())));
        }
        let read = match serde_json::from_str(line) {
            Err(error) if error.is_eof() && !self.rest.is_empty() => {
                let mut values = serde_json::Deserializer::from_str(whole).into_iter();
                let first = values.next()?;
                self.rest = &whole[values.byte_offset()..];
                first
            }
            read => read,
        };
        self.failed = read.is_err();
        Some(read.map_err(|error| FrameError(without_contents(&error))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centrifuge::reply::{Answer, PushKind};

    fn kinds(message: &str) -> Vec<&'static str> {
        let message = Bytes::copy_from_slice(message.as_bytes());
        let text = std::str::from_utf8(&message).unwrap();
        Frames::new(&message, text)
            .map(|frame| match frame {
                Ok(Incoming::Ping) => "ping",
                Ok(Incoming::Push(push)) => match push.kind {
                    PushKind::Disconnect(_) => "disconnect",
                    PushKind::Message(_) => "message",
                    PushKind::Other => "other push",
                    PushKind::Refresh(_) => "refresh",
                    PushKind::Publication(..) => "publication",
                    PushKind::Subscribe(_) => "subscribe",
                    PushKind::Unreadable => "unreadable message",
                    PushKind::Unsubscribe => "unsubscribe",
                },
                Ok(Incoming::Reply { answer: Err(_), .. }) => "error",
                Ok(Incoming::Reply {
                    answer: Ok(answer), ..
                }) => match answer {
                    Answer::Connect(_) => "connected",
                    Answer::Other => "other reply",
                    Answer::Refresh(_) => "refreshed",
                    Answer::Rpc(_) => "rpc",
                },
                Err(_) => "unreadable",
            })
            .collect()
    }

    #[test]
    fn a_message_holds_many_frames_of_any_kind() {
        let message = concat!(
            r#"{"id":1,"connect":{"client":"c","subs":{"a":{},"b":null},"ping":25,"pong":true}}"#,
            "\n",
            r#"{"id":2,"error":{"code":105,"message":"already subscribed"}}"#,
            "\r\n{}\n{ }\n\n",
            r#"{"push":{"channel":"a","pub":{"data":null,"offset":3}}}"#,
            "\n",
            r#"{"id":3,"rpc":{}}"#,
            "\n",
        );
        assert_eq!(
            kinds(message),
            ["connected", "error", "ping", "ping", "publication", "rpc"]
        );
    }

    #[test]
    fn pushes_are_told_apart() {
        for (push, kind) in [
            (r#"{"channel":"a","join":{"info":{}}}"#, "other push"),
            (r#"{"channel":"a","subscribe":{}}"#, "subscribe"),
            (
                r#"{"channel":"a","unsubscribe":{"code":2000,"reason":"x"}}"#,
                "unsubscribe",
            ),
            (r#"{"unsubscribe":{"code":2000}}"#, "unsubscribe"),
            (r#"{"message":{"data":5}}"#, "message"),
            (
                r#"{"disconnect":{"code":3001,"reason":"shutdown"}}"#,
                "disconnect",
            ),
            (r#"{"refresh":{"expires":true,"ttl":1}}"#, "refresh"),
            ("{}", "other push"),
        ] {
            assert_eq!(kinds(&format!(r#"{{"push":{push}}}"#)), [kind], "{push}");
        }
    }

    #[test]
    fn a_value_over_several_lines_is_read() {
        let message = "{\n\"id\": 1,\n\"rpc\": {}\n}\n{}";
        assert_eq!(kinds(message), ["rpc", "ping"]);
    }

    #[test]
    fn nothing_follows_what_cannot_be_read() {
        for message in [
            "<html>\n{}",
            "[]\n{}",
            "{\n{}",
            "null",
            r#"{"id":-1}"#,
            r#"{"id":"1"}"#,
            r#"{"id":1,"connect":5}"#,
            r#"{"push":{"channel":"a","pub":{"offset":-1}}}"#,
            r#"{"error":{"code":1}}"#,
        ] {
            assert_eq!(kinds(message), ["unreadable"], "{message}");
        }
        assert_eq!(kinds("{}\n{]\n{}"), ["ping", "unreadable"]);
        assert_eq!(kinds(""), Vec::<&str>::new());
    }
}
