//! Frames to messages. It holds what has come and is not whole yet; whoever drops a pending read
//! loses nothing.

use bytes::{Buf, Bytes, BytesMut};

use crate::{
    fast_websocket::header::{Header, Kind, Violation},
    websocket::{CloseFrame, Message, Utf8Bytes},
};

/// A first read asks for this much: most messages fit.
const SMALL_READ: usize = 4 << 10;
/// No read asks for more: a header that promises gigabytes gets no memory before they come.
const LARGE_READ: usize = 64 << 10;

/// What came, joined to messages.
#[derive(Debug)]
pub(super) struct Reader {
    buffer: BytesMut,
    /// The head of the frame whose body is awaited.
    awaited: Option<Header>,
    open: Option<Open>,
    max_message: usize,
    /// How much the next read asks for.
    next_read: usize,
    /// How much the last one gave.
    last_read: usize,
}

/// A message of which fragments came.
#[derive(Debug)]
struct Open {
    is_text: bool,
    body: BytesMut,
}

/// Something whole.
#[derive(Debug, PartialEq)]
pub(super) enum Received {
    Close(Option<CloseFrame>),
    Message(Message),
    Ping(Bytes),
    Pong,
}

/// Why nothing more can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    TooLarge,
    Violation(Violation),
}

impl From<Violation> for Unreadable {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}

impl Reader {
    pub(super) fn new(max_message: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            awaited: None,
            open: None,
            max_message,
            next_read: SMALL_READ,
            last_read: 0,
        }
    }

    /// Room for the next read.
    pub(super) fn room(&mut self) -> &mut BytesMut {
        let held = self.buffer.len();
        let missing = self.awaited.map_or(0, |header| {
            usize::try_from(header.length)
                .unwrap_or(usize::MAX)
                .saturating_sub(held)
        });
        let wanted = missing.clamp(self.next_read, LARGE_READ);
        // With the beginning of a message that is held it makes a whole read: so the same memory
        // serves again, where nothing is kept any more of what it has served for.
        let room = (LARGE_READ - held.min(LARGE_READ)).max(SMALL_READ);
        self.buffer.reserve(wanted.min(room));
        &mut self.buffer
    }

    /// A read gave `count` bytes: reads grow while they are filled, and shrink when they are not.
    pub(super) fn came(&mut self, count: usize) {
        self.last_read = count;
        self.next_read = if count >= self.next_read {
            (self.next_read * 2).min(LARGE_READ)
        } else {
            SMALL_READ
        };
    }

    /// Whether the last read gave so much that more may be waiting.
    pub(super) fn has_read_much(&self) -> bool {
        self.last_read >= SMALL_READ
    }

    /// Gives the memory back while nothing is awaited: most connections are idle most of the time.
    pub(super) fn rest(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// Whether the peer has begun something that is not whole.
    pub(super) fn is_in_the_middle(&self) -> bool {
        !self.buffer.is_empty() || self.awaited.is_some() || self.open.is_some()
    }

    /// The next whole thing of what has come; `None` when more must come first.
    pub(super) fn next(&mut self) -> Result<Option<Received>, Unreadable> {
        loop {
            let header = match self.awaited {
                Some(header) => header,
                None => {
                    let Some((header, size)) = Header::read(&self.buffer)? else {
                        return Ok(None);
                    };
                    self.check(header)?;
                    self.buffer.advance(size);
                    self.awaited = Some(header);
                    header
                }
            };
            // No longer than the limit, which is a `usize`.
            let length = header.length as usize;
            if self.buffer.len() < length {
                return Ok(None);
            }
            self.awaited = None;
            let body = self.buffer.split_to(length);
            if let Some(received) = self.join(header, body)? {
                return Ok(Some(received));
            }
        }
    }

    /// Whether the frame may come now, and is not more than may be kept.
    fn check(&self, header: Header) -> Result<(), Unreadable> {
        let before = match (header.kind, &self.open) {
            (Kind::Text | Kind::Binary, Some(_)) => return Err(Violation::Nested.into()),
            (Kind::Continuation, None) => return Err(Violation::Stray.into()),
            (Kind::Continuation, Some(open)) => open.body.len(),
            _ => 0,
        };
        let room = self.max_message - before;
        if header.length > room as u64 {
            return Err(Unreadable::TooLarge);
        }
        Ok(())
    }

    fn join(&mut self, header: Header, body: BytesMut) -> Result<Option<Received>, Violation> {
        match header.kind {
            Kind::Ping => Ok(Some(Received::Ping(body.freeze()))),
            Kind::Pong => Ok(Some(Received::Pong)),
            Kind::Close => close(&body).map(|frame| Some(Received::Close(frame))),
            Kind::Text | Kind::Binary if header.last => {
                message(header.kind == Kind::Text, body).map(Some)
            }
            Kind::Text | Kind::Binary => {
                // A copy: the slice would pin a whole read buffer for as long as fragments come.
                let body = BytesMut::from(&body[..]);
                self.open = Some(Open {
                    is_text: header.kind == Kind::Text,
                    body,
                });
                Ok(None)
            }
            Kind::Continuation => {
                let Some(mut open) = self.open.take() else {
                    return Err(Violation::Stray);
                };
                open.body.extend_from_slice(&body);
                if header.last {
                    return message(open.is_text, open.body).map(Some);
                }
                self.open = Some(open);
                Ok(None)
            }
        }
    }
}

fn message(is_text: bool, body: BytesMut) -> Result<Received, Violation> {
    let body = body.freeze();
    let message = if is_text {
        Message::Text(Utf8Bytes::new(body).map_err(|_| Violation::Utf8)?)
    } else {
        Message::Binary(body)
    };
    Ok(Received::Message(message))
}

/// Code and reason of a close frame. Any code is taken: servers pass on what an application says,
/// 9000 too.
fn close(body: &[u8]) -> Result<Option<CloseFrame>, Violation> {
    match body {
        [] => Ok(None),
        [_] => Err(Violation::CloseBody),
        [high, low, reason @ ..] => Ok(Some(CloseFrame {
            code: u16::from_be_bytes([*high, *low]),
            reason: String::from_utf8_lossy(reason).into_owned(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], chunk: usize) -> (Vec<Received>, Option<Unreadable>) {
        let mut reader = Reader::new(1000);
        let mut received = Vec::new();
        for part in bytes.chunks(chunk) {
            reader.room().extend_from_slice(part);
            loop {
                match reader.next() {
                    Ok(Some(whole)) => received.push(whole),
                    Ok(None) => break,
                    Err(unreadable) => return (received, Some(unreadable)),
                }
            }
        }
        (received, None)
    }

    fn frame(first: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match body.len() {
            length @ ..=125 => bytes.push(length as u8),
            length => {
                bytes.push(126);
                bytes.extend((length as u16).to_be_bytes());
            }
        }
        bytes.extend(body);
        bytes
    }

    fn text(text: &str) -> Received {
        Received::Message(Message::Text(text.to_owned().into()))
    }

    #[test]
    fn any_cutting_of_the_bytes_gives_the_same() {
        let bytes = [
            frame(0x81, b"one"),
            frame(0x01, "дв".as_bytes()),
            frame(0x89, b"ping"),
            frame(0x00, &"а".as_bytes()[..1]),
            frame(0x80, &"а".as_bytes()[1..]),
            frame(0x82, &[7; 300]),
            frame(0x8a, b""),
            frame(0x88, b"\x03\xe8bye"),
        ]
        .concat();
        let expected = [
            text("one"),
            Received::Ping(Bytes::from_static(b"ping")),
            text("два"),
            Received::Message(Message::Binary(vec![7; 300].into())),
            Received::Pong,
            Received::Close(Some(CloseFrame {
                code: 1000,
                reason: "bye".into(),
            })),
        ];
        for chunk in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(
                read(&bytes, chunk),
                (expected.iter().map(clone).collect(), None),
                "{chunk}"
            );
        }
    }

    fn clone(received: &Received) -> Received {
        match received {
            Received::Close(frame) => Received::Close(frame.clone()),
            Received::Message(message) => Received::Message(message.clone()),
            Received::Ping(body) => Received::Ping(body.clone()),
            Received::Pong => Received::Pong,
        }
    }

    #[test]
    fn a_message_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
        assert_eq!(read(&frame(0x82, &[0; 1000]), 64).1, None);
        assert_eq!(
            read(&frame(0x82, &[0; 1001]), 64).1,
            Some(Unreadable::TooLarge)
        );
        let parts = [frame(0x02, &[0; 600]), frame(0x80, &[0; 401])].concat();
        assert_eq!(read(&parts, 64).1, Some(Unreadable::TooLarge));
        let promise = [0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(read(&promise, 64).1, Some(Unreadable::TooLarge));
    }

    #[test]
    fn broken_messages_are_refused() {
        for (bytes, violation) in [
            (
                [frame(0x01, b"a"), frame(0x81, b"b")].concat(),
                Violation::Nested,
            ),
            (frame(0x80, b"a"), Violation::Stray),
            (frame(0x88, b"x"), Violation::CloseBody),
            (frame(0x81, &[0xff]), Violation::Utf8),
            (
                [frame(0x01, b"a"), frame(0x80, &[0xd0])].concat(),
                Violation::Utf8,
            ),
        ] {
            assert_eq!(read(&bytes, 64).1, Some(violation.into()));
        }
    }

    #[test]
    fn an_idle_reader_holds_no_memory() {
        let mut reader = Reader::new(1000);
        reader.room().extend_from_slice(&frame(0x81, b"a"));
        assert!(reader.next().unwrap().is_some());
        reader.rest();
        assert_eq!(reader.buffer.capacity(), 0);
        assert!(!reader.is_in_the_middle());
    }
}
