//! Puts packets with bytes together: a packet of text says how many binary messages belong to it,
//! and they follow one by one, over HTTP perhaps in another answer.

use bytes::Bytes;

use crate::socketio::{
    Config,
    packet::{Kind, Packet, ROOT},
};

/// A packet of Socket.IO with everything that belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub(super) kind: Kind,
    pub(super) id: Option<u64>,
    /// The namespace, where it is not the root.
    pub(super) foreign: Option<Box<str>>,
    /// The data, UTF-8: a slice of the frame in which it came, or a copy.
    data: Bytes,
    pub(super) binary: Vec<Bytes>,
}

impl Whole {
    fn new(packet: &Packet<'_>, frame: &Bytes) -> Self {
        Self {
            kind: packet.kind,
            id: packet.id,
            foreign: (packet.namespace != ROOT).then(|| packet.namespace.into()),
            data: slice_of(frame, packet.data),
            binary: Vec::new(),
        }
    }

    /// The data as text, and the memory it lies in.
    pub(super) fn data(&self) -> (&str, &Bytes) {
        let text = simdutf8::basic::from_utf8(&self.data).expect("it was cut out of text");
        (text, &self.data)
    }
}

/// `text` without a copy, where it lies inside of `frame`: it does not where it had to be repaired.
fn slice_of(frame: &Bytes, text: &str) -> Bytes {
    let inside = frame.as_ptr_range().contains(&text.as_ptr());
    if inside {
        frame.slice_ref(text.as_bytes())
    } else {
        Bytes::copy_from_slice(text.as_bytes())
    }
}

/// The packet whose binary messages are not all here, if there is one.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembler {
    begun: Option<Begun>,
}

#[derive(Clone, Debug)]
struct Begun {
    whole: Whole,
    missing: usize,
    bytes: usize,
}

/// What a binary message led to.
#[derive(Clone, Debug)]
pub(super) enum Attached {
    /// It was the last that was missing.
    Complete(Whole),
    /// More are missing.
    Incomplete,
    /// No packet waits for one.
    NotDue,
    /// The bytes are more than may be kept.
    TooMuch,
}

impl Assembler {
    /// The packet that waits for binary messages, as far as it has come: another packet has come
    /// instead, so they will not.
    pub(super) fn cut_short(&mut self) -> Option<Whole> {
        self.begun.take().map(|begun| begun.whole)
    }

    /// Takes in a packet; gives it back where nothing more belongs to it.
    ///
    /// # Errors
    ///
    /// When more belongs to it than may be kept.
    pub(super) fn begin(
        &mut self,
        packet: &Packet<'_>,
        frame: &Bytes,
        config: &Config,
    ) -> Result<Option<Whole>, &'static str> {
        let mut whole = Whole::new(packet, frame);
        if packet.attachments == 0 {
            return Ok(Some(whole));
        }
        if packet.attachments > config.max_attachments {
            return Err("a packet with more attachments than may be kept");
        }
        // What waits shall not keep all that came with it in memory.
        whole.data = Bytes::copy_from_slice(&whole.data);
        self.begun = Some(Begun {
            whole,
            missing: packet.attachments,
            bytes: 0,
        });
        Ok(None)
    }

    /// Takes in a binary message.
    pub(super) fn attach(&mut self, bytes: &Bytes, config: &Config) -> Attached {
        let Some(begun) = &mut self.begun else {
            return Attached::NotDue;
        };
        begun.bytes = begun.bytes.saturating_add(bytes.len());
        if begun.bytes > config.max_attachment_bytes {
            return Attached::TooMuch;
        }
        begun.whole.binary.push(Bytes::copy_from_slice(bytes));
        begun.missing -= 1;
        if begun.missing > 0 {
            return Attached::Incomplete;
        }
        match self.cut_short() {
            Some(whole) => Attached::Complete(whole),
            None => Attached::NotDue,
        }
    }
}
