//! The head of a frame that a server sends (RFC 6455, section 5.2), and what it must not be.

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Binary,
    Close,
    Continuation,
    Ping,
    Pong,
    Text,
}

impl Kind {
    const fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// The head of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Whether it is the last of its message.
    pub(super) last: bool,
    /// How many bytes follow.
    pub(super) length: u64,
}

/// Why a frame is not what the protocol allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    #[error("a close frame with a body of one byte")]
    CloseBody,
    #[error("a control frame in fragments or of more than 125 bytes")]
    Control,
    #[error("a length that is not written in the shortest form")]
    Length,
    #[error("a masked frame from a server")]
    Masked,
    #[error("a new message inside of another")]
    Nested,
    #[error("an unknown opcode")]
    Opcode,
    #[error("a reserved bit without an extension")]
    Reserved,
    #[error("a continuation of nothing")]
    Stray,
    #[error("text that is not UTF-8")]
    Utf8,
}

impl Header {
    /// Reads the head at the beginning of `bytes`: the head and its length, or `None` where it is
    /// not whole yet.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Violation> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(Violation::Reserved);
        }
        let kind = match first & 0x0f {
            0x0 => Kind::Continuation,
            0x1 => Kind::Text,
            0x2 => Kind::Binary,
            0x8 => Kind::Close,
            0x9 => Kind::Ping,
            0xa => Kind::Pong,
            _ => return Err(Violation::Opcode),
        };
        if second & 0x80 != 0 {
            return Err(Violation::Masked);
        }
        let last = first & 0x80 != 0;
        let short = second & 0x7f;
        if kind.is_control() && (!last || short > 125) {
            return Err(Violation::Control);
        }
        let (length, size) = match short {
            126 => match rest.first_chunk::<2>() {
                Some(length) => (u64::from(u16::from_be_bytes(*length)), 4),
                None => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(length) => (u64::from_be_bytes(*length), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        let least = match size {
            4 => 126,
            10 => 1 << 16,
            _ => 0,
        };
        if length < least {
            return Err(Violation::Length);
        }
        Ok(Some((Self { kind, last, length }, size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_length_are_read_and_cut_ones_wait() {
        for (bytes, length) in [
            (&[0x81, 0][..], 0),
            (&[0x81, 125], 125),
            (&[0x81, 126, 0, 126], 126),
            (&[0x81, 126, 0xff, 0xff], 0xffff),
            (&[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0], 0x1_0000),
        ] {
            let header = Header {
                kind: Kind::Text,
                last: true,
                length,
            };
            assert_eq!(Header::read(bytes), Ok(Some((header, bytes.len()))));
            for cut in 0..bytes.len() {
                assert_eq!(Header::read(&bytes[..cut]), Ok(None));
            }
        }
    }

    #[test]
    fn what_a_server_must_not_send_is_refused() {
        for (bytes, violation) in [
            (&[0xc1, 0][..], Violation::Reserved),
            (&[0x83, 0], Violation::Opcode),
            (&[0x81, 0x80], Violation::Masked),
            (&[0x09, 0], Violation::Control),
            (&[0x8a, 126, 0, 126], Violation::Control),
            (&[0x81, 126, 0, 125], Violation::Length),
            (
                &[0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
                Violation::Length,
            ),
        ] {
            assert_eq!(Header::read(bytes), Err(violation));
        }
    }
}
