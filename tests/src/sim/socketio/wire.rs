//! How packets are packed: those of a body, and bytes on a socket.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;

/// A body of packets, as a server writes it: each with its length in UTF-16 code units.
pub(super) fn frame(packets: &[String]) -> Bytes {
    let framed = packets
        .iter()
        .map(|packet| format!("{}:{packet}", packet.encode_utf16().count()));
    framed.collect::<String>().into()
}

/// What a packet is on a socket if it holds bytes. By HTTP it is text.
pub(super) fn bytes(packet: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(packet.strip_prefix("b4")?).ok()?;
    Some([&[4], &bytes[..]].concat())
}

/// The packets of a body: each a zero, the digits of its length in bytes, 255, and its text.
pub(super) fn unframe(body: &Bytes) -> Result<Vec<String>, String> {
    let mut rest = &body[..];
    let mut packets = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == 255) {
        let digits = rest[..end].iter().skip(1);
        let length = digits.fold(0, |length, digit| length * 10 + usize::from(*digit));
        let packet = rest.get(end + 1..=end + length);
        let packet = packet.and_then(|packet| std::str::from_utf8(packet).ok());
        packets.push(packet.ok_or("a body that cannot be read")?.to_owned());
        rest = &rest[end + 1 + length..];
    }
    Ok(packets)
}
