//! WebSocket frames as a server writes and reads them, good and bad (RFC 6455, section 5.2). Written
//! apart from the crate's own reader, so that one mistake cannot cancel another.

use crate::suite::server::Peer;

/// First bytes of frames: the last of its message, or not.
pub(super) const TEXT: u8 = 0x81;
pub(super) const TEXT_BEGINS: u8 = 0x01;
pub(super) const BINARY: u8 = 0x82;
pub(super) const BINARY_BEGINS: u8 = 0x02;
pub(super) const GOES_ON: u8 = 0x00;
pub(super) const ENDS: u8 = 0x80;
pub(super) const CLOSE: u8 = 0x88;
pub(super) const PING: u8 = 0x89;
pub(super) const PONG: u8 = 0x8a;

/// A frame without a mask, as a server sends them.
pub(super) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(length as u8),
        length @ 126..=0xffff => {
            bytes.push(126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

/// A close frame with a code and a reason.
pub(super) fn close(code: u16, reason: &str) -> Vec<u8> {
    frame(CLOSE, [&code.to_be_bytes()[..], reason.as_bytes()].concat())
}

/// A frame of the client, unmasked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) first: u8,
    pub(super) payload: Vec<u8>,
    pub(super) mask: [u8; 4],
}

impl Frame {
    /// The code of a close frame.
    pub(super) fn code(&self) -> Option<u16> {
        assert_eq!(self.first, CLOSE, "a close frame is wanted");
        let code = self.payload.first_chunk::<2>()?;
        Some(u16::from_be_bytes(*code))
    }
}

impl Peer {
    /// The client's next frame.
    pub(super) async fn frame(&mut self) -> Frame {
        let frame = self.try_frame().await;
        frame.expect("a frame comes before the end")
    }

    /// The same, `None` where the client closes the connection.
    pub(super) async fn try_frame(&mut self) -> Option<Frame> {
        let head = self.bytes(2).await?;
        assert_eq!(head[1] & 0x80, 0x80, "a client masks every frame");
        let length = match head[1] & 0x7f {
            126 => {
                let length = self.bytes(2).await?;
                usize::from(u16::from_be_bytes([length[0], length[1]]))
            }
            127 => {
                let length = self.bytes(8).await?;
                let length = length
                    .iter()
                    .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
                usize::try_from(length).expect("the client sends no gigabytes")
            }
            short => usize::from(short),
        };
        let mask: [u8; 4] = self.bytes(4).await?.try_into().expect("four are four");
        let mut payload = self.bytes(length).await?;
        for (at, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[at % 4];
        }
        Some(Frame {
            first: head[0],
            payload,
            mask,
        })
    }
}
