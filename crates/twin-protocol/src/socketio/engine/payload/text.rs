//! The text framing, whose lengths are counted in whatever the writer's language counts.
//!
//! The protocol says "characters". JavaScript counts UTF-16 units, so nearly every server does;
//! Python's servers count bytes (`raw-json.py-server.js-client.poll`); and a reader in Python counts
//! code points. They differ only where a packet is not ASCII. The unit that comes out even, with
//! every packet beginning like a packet, is the one that was meant.

use std::borrow::Cow;

use super::{BrokenFraming, Piece};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Byte,
    CodePoint,
    Utf16,
}

/// In the order in which they are tried.
const UNITS: [Unit; 3] = [Unit::Utf16, Unit::Byte, Unit::CodePoint];

#[derive(Clone, Debug)]
pub(super) struct TextFraming<'a> {
    rest: &'a str,
    unit: Unit,
}

impl<'a> TextFraming<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let unit = if text.is_ascii() {
            Unit::Byte
        } else {
            meant(text)
        };
        Self { rest: text, unit }
    }
}

impl<'a> Iterator for TextFraming<'a> {
    type Item = Result<Piece<'a>, BrokenFraming>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (piece, rest) = match cut(self.rest, self.unit) {
            Some((packet, rest)) => (Ok(Piece::Text(Cow::Borrowed(packet))), rest),
            None => (Err(BrokenFraming), ""),
        };
        self.rest = rest;
        Some(piece)
    }
}

/// The first packet and what follows it.
fn cut(text: &str, unit: Unit) -> Option<(&str, &str)> {
    let (length, rest) = text.split_once(':')?;
    if !length.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let length: usize = length.parse().ok()?;
    let end = end_of(rest, length, unit)?;
    Some((&rest[..end], &rest[end..]))
}

/// Where the first `length` units of `text` end.
fn end_of(text: &str, length: usize, unit: Unit) -> Option<usize> {
    if unit == Unit::Byte {
        return text.is_char_boundary(length).then_some(length);
    }
    let mut left = length;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        let units = match unit {
            Unit::Utf16 => character.len_utf16(),
            Unit::Byte | Unit::CodePoint => 1,
        };
        left = left.checked_sub(units)?;
    }
    (left == 0).then_some(text.len())
}

/// The unit that fits best: that comes out even with packets that look like packets, that comes out
/// even, that goes furthest.
fn meant(text: &str) -> Unit {
    let mut best = (Fit::default(), Unit::Utf16);
    for unit in UNITS {
        let fit = fit(text, unit);
        if fit > best.0 {
            best = (fit, unit);
        }
    }
    best.1
}

/// How well a unit fits; the better the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    is_even: bool,
    looks_right: bool,
    consumed: usize,
}

fn fit(text: &str, unit: Unit) -> Fit {
    let mut rest = text;
    let mut looks_right = true;
    while let Some((packet, after)) = cut(rest, unit) {
        looks_right &=
            packet.starts_with(['0', '1', '2', '3', '4', '5', '6', 'b']) || packet.is_empty();
        rest = after;
    }
    Fit {
        is_even: rest.is_empty(),
        looks_right,
        consumed: text.len() - rest.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<String, BrokenFraming>> {
        TextFraming::new(text)
            .map(|piece| {
                piece.map(|piece| match piece {
                    Piece::Binary(bytes) => panic!("bytes in text: {bytes:?}"),
                    Piece::Text(text) => text.into_owned(),
                })
            })
            .collect()
    }

    const PACKETS: [&str; 5] = ["6", "42[\"ж👋\"]", "3", "42[\"👨‍👩‍👧\"]", "2"];

    fn framed(length: impl Fn(&str) -> usize) -> String {
        let framed = PACKETS.map(|packet| format!("{}:{packet}", length(packet)));
        framed.concat()
    }

    #[test]
    fn every_unit_that_was_met_is_read() {
        let expected = PACKETS.map(|packet| Ok(packet.to_owned()));
        assert_eq!(
            read(&framed(|packet| packet.encode_utf16().count())),
            expected
        );
        assert_eq!(read(&framed(str::len)), expected);
        assert_eq!(read(&framed(|packet| packet.chars().count())), expected);
    }

    #[test]
    fn utf_16_wins_where_more_than_one_comes_out_even() {
        // In bytes it would be two packets: "4жжж" and "6".
        assert_eq!(read("7:4жжж1:6"), [Ok("4жжж1:6".to_owned())]);
    }

    #[test]
    fn empty_packets_are_packets() {
        assert_eq!(read("0:"), [Ok(String::new())]);
        assert_eq!(read("0:1:6"), [Ok(String::new()), Ok("6".to_owned())]);
    }

    #[test]
    fn what_comes_before_the_break_is_read() {
        for body in [
            "1:62",
            "1:62:4",
            "1:6:4",
            "1:6+1:4",
            "1:6-1:4",
            "1:699999999999999999999999:4",
            "1:61:ж1",
        ] {
            assert_eq!(
                read(body),
                [Ok("6".to_owned()), Err(BrokenFraming)][..],
                "{body}"
            );
        }
        assert_eq!(read("<html>"), [Err(BrokenFraming)]);
    }

    #[test]
    fn where_two_units_fit_the_first_is_meant_and_where_none_does_the_one_that_goes_furthest() {
        let packets = |text| read(text).into_iter().map(Result::ok).collect::<Vec<_>>();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(packets("3:4😀01:6"), [some("4😀"), some("6")]);
        assert_eq!(packets("2:4é2:4я5:4"), [some("4é"), some("4я"), None]);
    }
}
