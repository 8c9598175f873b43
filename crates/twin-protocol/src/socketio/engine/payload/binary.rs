//! The binary framing: lengths in bytes, whatever is counted by them.

use bytes::Bytes;
use memchr::memchr;

use super::{BrokenFraming, Piece};

/// No length has more digits: a body is never longer.
const MOST_DIGITS: usize = 10;

#[derive(Clone, Debug)]
pub(super) struct BinaryFraming<'a> {
    body: &'a Bytes,
    at: usize,
}

impl<'a> BinaryFraming<'a> {
    pub(super) const fn new(body: &'a Bytes) -> Self {
        Self { body, at: 0 }
    }

    fn cut(&mut self) -> Option<Piece<'a>> {
        let rest = &self.body[self.at..];
        let (kind, rest) = rest.split_first()?;
        let digits = memchr(0xff, &rest[..rest.len().min(MOST_DIGITS + 1)])?;
        let mut length = 0_usize;
        for digit in &rest[..digits] {
            if *digit > 9 {
                return None;
            }
            length = length.checked_mul(10)?.checked_add((*digit).into())?;
        }
        let start = self.at + 1 + digits + 1;
        let end = start.checked_add(length)?;
        let packet = self.body.get(start..end)?;
        self.at = end;
        match kind {
            0 => Some(Piece::Text(String::from_utf8_lossy(packet))),
            1 => Some(Piece::Binary(self.body.slice(start..end))),
            _ => None,
        }
    }
}

impl<'a> Iterator for BinaryFraming<'a> {
    type Item = Result<Piece<'a>, BrokenFraming>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.body.len() {
            return None;
        }
        let piece = self.cut().ok_or(BrokenFraming);
        if piece.is_err() {
            self.at = self.body.len();
        }
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static [u8]) -> Vec<Result<String, BrokenFraming>> {
        let body = Bytes::from_static(body);
        let pieces = super::super::decode(&body);
        pieces
            .map(|piece| {
                piece.map(|piece| match piece {
                    Piece::Binary(bytes) => format!("{bytes:?}"),
                    Piece::Text(text) => text.into_owned(),
                })
            })
            .collect()
    }

    #[test]
    fn text_and_bytes_stand_side_by_side() {
        assert_eq!(
            read(b"\0\x01\xff6\x01\x02\xff\x04a\0\x01\x00\xff4\xd0\xb6\xf0\x9f\x91\x8b123"),
            [
                Ok("6".to_owned()),
                Ok("b\"\\x04a\"".to_owned()),
                Ok("4ж👋123".to_owned())
            ]
        );
        // A length of none digits is none, as JavaScript reads it.
        assert_eq!(
            read(b"\0\xff\0\x01\xff3"),
            [Ok(String::new()), Ok("3".into())]
        );
    }

    #[test]
    fn text_that_is_not_utf_8_is_kept_as_far_as_it_is() {
        assert_eq!(read(b"\0\x03\xff4a\xff"), [Ok("4a\u{fffd}".to_owned())]);
    }

    #[test]
    fn what_comes_before_the_break_is_read() {
        for body in [
            &b"\0\x01\xff6\0\x05\xff42"[..],
            b"\0\x01\xff6\0\x0a\xff4",
            b"\0\x01\xff6\x02\x01\xff4",
            b"\0\x01\xff6\0\x01",
            b"\0\x01\xff6\0",
            b"\0\x01\xff61:4",
            b"\0\x01\xff6\0\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\xff4",
        ] {
            assert_eq!(read(body), [Ok("6".to_owned()), Err(BrokenFraming)]);
        }
    }

    #[test]
    fn a_length_has_at_most_ten_digits() {
        let ten = &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, b'2'];
        assert_eq!(read(ten), [Ok("2".to_owned())]);
        let eleven = &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, b'2'];
        assert_eq!(read(eleven), [Err(BrokenFraming)]);
        let no_digit = &[
            0, 10, 0xff, b'2', b'2', b'2', b'2', b'2', b'2', b'2', b'2', b'2', b'2',
        ];
        assert_eq!(read(no_digit), [Err(BrokenFraming)]);
        let words = "the framing of an HTTP body is broken";
        assert_eq!(BrokenFraming.to_string(), words);
    }
}
