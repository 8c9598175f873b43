//! WebSocket frames as a client may send them, also wrongly, and as a server sends them.
//!
//! Byte by byte, so that nothing between a transcript and a server mends what was recorded.

use serde::Deserialize;

/// The mask of all frames: any is as good as another.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What of a frame is not as usual.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Oddities {
    #[serde(rename = "final")]
    is_final: Option<bool>,
    masked: Option<bool>,
    reserved: u8,
    opcode: Option<u8>,
}

/// What a frame is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// A frame of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) opcode: Opcode,
    pub(super) is_final: bool,
    pub(super) payload: Vec<u8>,
}

impl Opcode {
    fn of(number: u8) -> Option<Self> {
        let known = [
            Self::Continuation,
            Self::Text,
            Self::Binary,
            Self::Close,
            Self::Ping,
            Self::Pong,
        ];
        known.into_iter().find(|opcode| *opcode as u8 == number)
    }
}

/// The bytes of a client's frame.
pub(super) fn encode(opcode: Opcode, payload: &[u8], oddities: Oddities) -> Vec<u8> {
    let is_final = oddities.is_final.unwrap_or(true);
    let is_masked = oddities.masked.unwrap_or(true);
    let opcode = oddities.opcode.unwrap_or(opcode as u8);
    let mut bytes = vec![u8::from(is_final) << 7 | oddities.reserved | opcode];
    let mask_bit = u8::from(is_masked) << 7;
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..126), _) => bytes.push(mask_bit | length),
        (_, Ok(length)) => {
            bytes.push(mask_bit | 126);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(mask_bit | 127);
            bytes.extend((payload.len() as u64).to_be_bytes());
        }
    }
    if is_masked {
        bytes.extend(MASK);
        bytes.extend(
            payload
                .iter()
                .zip(MASK.iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
    } else {
        bytes.extend(payload);
    }
    bytes
}

/// Takes a server's frame off the front of `bytes`; `None` where it is not whole yet.
///
/// # Panics
///
/// When a server sends what no server may.
pub(super) fn take(bytes: &mut Vec<u8>) -> Option<Frame> {
    let (&first, rest) = bytes.split_first()?;
    let (&second, rest) = rest.split_first()?;
    assert_eq!(second & 0x80, 0, "a server's frames are not masked");
    assert_eq!(first & 0x70, 0, "no extension was agreed on");
    let (length, head) = match second {
        126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => (u64::from_be_bytes(*rest.first_chunk()?), 10),
        length => (u64::from(length), 2),
    };
    let end = head + usize::try_from(length).expect("a length that fits");
    let payload = bytes.get(head..end)?.to_vec();
    bytes.drain(..end);
    Some(Frame {
        opcode: Opcode::of(first & 0x0f).expect("an opcode that there is"),
        is_final: first & 0x80 != 0,
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_masked_and_whole_unless_they_are_to_be_odd() {
        let usual = encode(Opcode::Text, b"Hi", Oddities::default());
        assert_eq!(
            usual,
            [0x81, 0x82, 0x37, 0xfa, 0x21, 0x3d, b'H' ^ 0x37, b'i' ^ 0xfa]
        );
        let odd = r#"{"final":false,"masked":false,"reserved":64,"opcode":0}"#;
        let odd = encode(Opcode::Text, b"Hi", serde_json::from_str(odd).unwrap());
        assert_eq!(odd, [0x40, 0x02, b'H', b'i']);
    }

    #[test]
    fn frames_of_every_length_are_read_once_they_are_whole() {
        let unmasked: Oddities = serde_json::from_str(r#"{"masked":false}"#).unwrap();
        for length in [0, 125, 126, 65_535, 65_536] {
            let sent = vec![b'x'; length];
            let bytes = encode(Opcode::Text, &sent, unmasked);
            let mut half = bytes[..bytes.len() - 1].to_vec();
            assert_eq!(take(&mut half), None);
            let mut more = [bytes, vec![0x88]].concat();
            let frame = take(&mut more).unwrap();
            assert_eq!((frame.opcode, frame.payload.len()), (Opcode::Text, length));
            assert_eq!(more, [0x88]);
        }
    }
}
