//! Small damage to an input, of the kinds that find mistakes in readers of text protocols.

use fastrand::Rng;

/// No input grows beyond this many bytes.
const LONGEST: usize = 16 * 1024;

/// What is worth inserting whole: the joints of JSON and of the frames around it.
const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\n",
    b"\r\n",
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"-0",
    b"1e400",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"0.1",
    b"\"\"",
    b"\\u0000",
    b"\\ud800",
    b"\\ud83d\\ude00",
    b"\xd0",
    b"\xf0\x9f\x98\x80",
    b"\xff",
    b"\0",
    b"\"id\":",
    b"\"event\":",
    b"\"payload\":",
    b"\"data\":",
    b"\"push\":",
    b"\"pub\":",
    b"\"offset\":",
    b"\"subs\":",
    b"\"error\":",
    b"+00:00",
    b"Z",
    b"9999-12-31T23:59:59.999999999",
    b"%2F",
    b"../",
    b"://",
];

/// A damaged copy of `input`, sometimes with a part of `other` in it.
pub(super) fn mutate(input: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..random.usize(1..=6) {
        damage(&mut bytes, other, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], random: &mut Rng) {
    let part = part_of(bytes.len(), random);
    match random.u8(0..9) {
        0 => flip_bit(bytes, random),
        1 => replace_byte(bytes, random),
        2 => {
            bytes.drain(part);
        }
        3 => {
            // What comes twice: keys, lines, brackets.
            let twice = bytes[part.clone()].to_vec();
            insert(bytes, part.end, &twice);
        }
        4 => bytes.truncate(part.end),
        5 => {
            let piece = &other[part_of(other.len(), random)];
            insert(bytes, part.start, piece);
        }
        6 => {
            let depth = random.usize(1..400);
            let bracket = if random.bool() { b"[" } else { b"{" };
            insert(bytes, part.start, &bracket.repeat(depth));
        }
        _ => {
            let token = TOKENS[random.usize(..TOKENS.len())];
            insert(bytes, part.start, token);
        }
    }
}

fn flip_bit(bytes: &mut [u8], random: &mut Rng) {
    if !bytes.is_empty() {
        bytes[random.usize(..bytes.len())] ^= 1 << random.u8(0..8);
    }
}

fn replace_byte(bytes: &mut [u8], random: &mut Rng) {
    if !bytes.is_empty() {
        bytes[random.usize(..bytes.len())] = random.u8(..);
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// A part of something `length` long: mostly short, anywhere, perhaps empty.
fn part_of(length: usize, random: &mut Rng) -> std::ops::Range<usize> {
    let start = random.usize(..=length);
    let longest = if random.u8(0..4) == 0 {
        length - start
    } else {
        (length - start).min(16)
    };
    start..start + random.usize(..=longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs() {
        let inputs = |seed| {
            let mut random = Rng::with_seed(seed);
            let mut input = || mutate(br#"{"event":"a"}"#, b"[1]", &mut random);
            [input(), input(), input()]
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }

    #[test]
    fn inputs_stay_bounded_whatever_they_start_from() {
        let mut random = Rng::with_seed(7);
        let mut bytes = Vec::new();
        for _ in 0..20_000 {
            let other = bytes.clone();
            bytes = mutate(&bytes, &other, &mut random);
            assert!(bytes.len() <= LONGEST);
        }
    }
}
