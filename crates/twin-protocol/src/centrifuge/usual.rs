//! The publication that nearly always comes, read in one pass.
//!
//! `{"push":{"channel":C,"pub":{"data":D,"offset":N}}}` is what a server writes for a live
//! publication in a channel with history, byte for byte but for C, D and N (capture `push-burst`).
//! A decoder that knows nothing of that walks over D once to find its end and once to read it. Here
//! its end is taken from the end of the line: what stands between is D exactly if it is one JSON
//! value, which its own decoder finds out. Whatever does not fit is left to the decoder of all
//! forms.

use bytes::Bytes;

use crate::event::Envelope;

/// What such a line says.
#[derive(Debug)]
pub(super) struct Usual<'a> {
    pub(super) channel: &'a str,
    pub(super) offset: u64,
    pub(super) envelope: Envelope,
}

impl<'a> Usual<'a> {
    /// Reads a line of `message`; `None` where it is anything else, or anything is wrong with it.
    pub(super) fn read(message: &Bytes, line: &'a str) -> Option<Self> {
        let rest = line.strip_prefix(r#"{"push":{"channel":""#)?;
        let (channel, rest) = rest.split_once('"')?;
        if channel.bytes().any(|byte| byte == b'\\' || byte < b' ') {
            return None;
        }
        let rest = rest.strip_prefix(r#","pub":{"data":"#)?;
        let rest = rest.strip_suffix("}}}")?;
        let before = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &rest[before.len()..];
        let data = before.strip_suffix(r#","offset":"#)?;
        if digits.starts_with('0') {
            return None;
        }
        Some(Self {
            channel,
            offset: digits.parse().ok()?,
            envelope: Envelope::decode_usual(message, data)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, u64, String)> {
        let message = Bytes::copy_from_slice(line.as_bytes());
        let line = std::str::from_utf8(&message).unwrap();
        let Usual {
            channel,
            offset,
            envelope,
        } = Usual::read(&message, line)?;
        Some((
            channel.to_owned(),
            offset,
            envelope.payload.get().to_owned(),
        ))
    }

    const DATA: &str = r#"{"event":"chatMessageRead","payload":{"messageId":"m"}}"#;

    fn line(channel: &str, data: &str, offset: &str) -> String {
        format!(r#"{{"push":{{"channel":"{channel}","pub":{{"data":{data},"offset":{offset}}}}}}}"#)
    }

    #[test]
    fn the_usual_line_is_read() {
        let payload = r#"{"messageId":"m"}"#.to_owned();
        let expected = Some(("widget:a".to_owned(), 7, payload));
        assert_eq!(read(&line("widget:a", DATA, "7")), expected);
        let channel = read(&line("a b", DATA, "7")).map(|it| it.0);
        assert_eq!(channel.as_deref(), Some("a b"));
        let most = u64::MAX.to_string();
        assert_eq!(read(&line("a", DATA, &most)).map(|it| it.1), Some(u64::MAX));
    }

    #[test]
    fn what_only_looks_like_it_is_left_to_the_decoder_of_all_forms() {
        for line in [
            line("wid\\u0067et:a", DATA, "7"),
            line("wid\tget:a", DATA, "7"),
            line("a", DATA, ""),
            line("a", DATA, "07"),
            line("a", DATA, "-7"),
            line("a", DATA, "7.5"),
            line("a", DATA, "99999999999999999999"),
            // More than the data stands before the offset.
            line("a", &format!(r#"{DATA},"tags":{{"a":"b"}}"#), "7"),
            line("a", &format!("{DATA}}}"), "7"),
            line(
                "a",
                r#"{"event":"chatMessageRead","payload":{"messageId":"m"}"#,
                "7",
            ),
            line(
                "a",
                r#"{"event":"chatMessageRead","payload":{"messageId":5.5}}"#,
                "7",
            ),
            line("a", r#"{"event":"unknown","payload":{}}"#, "7"),
            format!("{} ", line("a", DATA, "7")),
            "{}".to_owned(),
        ] {
            assert_eq!(read(&line), None, "{line}");
        }
    }
}
