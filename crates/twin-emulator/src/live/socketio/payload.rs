//! The bodies of polls: several packets in one, in either of two framings.
//!
//! Text framing is `<length>:<packet>`, binary framing `<0 or 1><digits as bytes><255><packet>`.
//! What `<length>` counts in text framing depends on who counts: Node UTF-16 units; Python bytes
//! when it writes, characters when it reads.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;

use super::{flavour::Flavour, packet::Packet};

/// The types that answers have.
pub(super) const BINARY_TYPE: &str = "application/octet-stream";
const TEXT_TYPE: &str = "text/plain; charset=UTF-8";

/// How packets go into a body: its content type, and its bytes.
pub(super) fn write(packets: &[Packet], flavour: Flavour, base64: bool) -> (&'static str, Vec<u8>) {
    let is_binary = |packet: &Packet| matches!(packet, Packet::Binary(_));
    let framed = match flavour {
        _ if base64 => false,
        Flavour::Node => packets.iter().any(is_binary),
        Flavour::Python => true,
    };
    let mut body = Vec::new();
    for packet in packets {
        match (packet, framed) {
            (Packet::Binary(bytes), true) => frame(&mut body, 1, &[&[4], &bytes[..]].concat()),
            (Packet::Text(text), true) => frame(&mut body, 0, text.as_bytes()),
            (Packet::Binary(bytes), false) => {
                count(&mut body, &format!("b4{}", BASE64.encode(bytes)), flavour);
            }
            (Packet::Text(text), false) => count(&mut body, text, flavour),
        }
    }
    (if framed { BINARY_TYPE } else { TEXT_TYPE }, body)
}

fn frame(body: &mut Vec<u8>, kind: u8, packet: &[u8]) {
    body.push(kind);
    body.extend(packet.len().to_string().bytes().map(|digit| digit - b'0'));
    body.push(255);
    body.extend_from_slice(packet);
}

fn count(body: &mut Vec<u8>, packet: &str, flavour: Flavour) {
    let length = match flavour {
        Flavour::Node => packet.encode_utf16().count(),
        Flavour::Python => packet.len(),
    };
    body.extend_from_slice(format!("{length}:{packet}").as_bytes());
}

/// The packets of a body that a client has posted, by its first byte; `None` where it is none.
pub(super) fn read(body: &[u8], flavour: Flavour) -> Option<Vec<Packet>> {
    match body.first() {
        None => Some(Vec::new()),
        Some(0 | 1) => read_frames(body),
        Some(_) => read_counted(std::str::from_utf8(body).ok()?, flavour),
    }
}

fn read_frames(mut body: &[u8]) -> Option<Vec<Packet>> {
    let mut packets = Vec::new();
    while let [kind, rest @ ..] = body {
        let end = rest.iter().position(|byte| *byte == 255)?;
        let mut length = 0_usize;
        for digit in &rest[..end] {
            length = length.checked_mul(10)?.checked_add(usize::from(*digit))?;
        }
        let packet = rest[end + 1..].get(..length)?;
        body = &rest[end + 1 + length..];
        packets.push(match (kind, packet) {
            (0, packet) => Packet::text(std::str::from_utf8(packet).ok()?),
            (1, [_, bytes @ ..]) => Packet::Binary(Bytes::copy_from_slice(bytes)),
            _ => return None,
        });
    }
    Some(packets)
}

fn read_counted(mut body: &str, flavour: Flavour) -> Option<Vec<Packet>> {
    let mut packets = Vec::new();
    while !body.is_empty() {
        let (length, rest) = body.split_once(':')?;
        let length: usize = length.parse().ok()?;
        let mut counted = 0;
        let mut end = 0;
        for character in rest.chars() {
            if counted >= length {
                break;
            }
            counted += match flavour {
                Flavour::Node => character.len_utf16(),
                Flavour::Python => 1,
            };
            end += character.len_utf8();
        }
        if counted != length {
            return None;
        }
        let (packet, rest) = rest.split_at(end);
        body = rest;
        packets.push(match packet.strip_prefix("b4") {
            Some(encoded) => Packet::Binary(BASE64.decode(encoded).ok()?.into()),
            None => Packet::text(packet),
        });
    }
    Some(packets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets() -> Vec<Packet> {
        vec![
            Packet::text("42[\"дa🙂\"]"),
            Packet::Binary(Bytes::from_static(&[0, 255, 58])),
            Packet::text("2"),
        ]
    }

    #[test]
    fn what_is_written_in_binary_framing_or_in_nodes_text_is_read_again() {
        for (flavour, base64) in [
            (Flavour::Node, false),
            (Flavour::Node, true),
            (Flavour::Python, false),
        ] {
            let (_, body) = write(&packets(), flavour, base64);
            assert_eq!(
                read(&body, flavour),
                Some(packets()),
                "{flavour:?} {base64}"
            );
        }
    }

    #[test]
    fn lengths_count_what_each_server_counts() {
        let text = [Packet::text("4я🙂")];
        let body = |flavour| String::from_utf8(write(&text, flavour, true).1).unwrap();
        assert_eq!(body(Flavour::Node), "4:4я🙂");
        assert_eq!(body(Flavour::Python), "7:4я🙂");
        assert_eq!(
            read("3:4я🙂".as_bytes(), Flavour::Python),
            Some(text.to_vec())
        );
        assert_eq!(read("3:4я🙂".as_bytes(), Flavour::Node), None);
    }

    #[test]
    fn what_is_no_payload_is_refused() {
        for body in ["x", "9:2", ":", "2", "-1:2", "\u{0}\u{1}", "1:b4%%"] {
            assert_eq!(read(body.as_bytes(), Flavour::Node), None, "{body:?}");
        }
        assert_eq!(
            read(
                &[
                    0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255
                ],
                Flavour::Node
            ),
            None
        );
    }
}
