//! The recorded message, with an id of its own each time.

/// `chatMessageCreated` as the platform's article shows it, with a longer text: 1.5 KB, of which
/// some 600 bytes are Cyrillic.
const RECORDED: &str = include_str!("message.json");

/// The end of the message's id, which counts up.
const COUNTED: &str = "391ebbdfda44";

/// Offsets begin here, so that all have the same length.
pub(crate) const FIRST_OFFSET: u64 = 1_000_000_000;

/// A text in which numbers of fixed length are written over.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    before: String,
    between: String,
    after: String,
}

impl Template {
    /// The message between `before` and `after`; `%` in `after` stands for the offset.
    pub(crate) fn new(before: &str, after: &str) -> Self {
        let message = RECORDED.trim_end();
        let (head, tail) = message.split_once(COUNTED).expect("the message has an id");
        let (end, rest) = after.split_once('%').unwrap_or((after, ""));
        Self {
            before: format!("{before}{head}"),
            between: format!("{tail}{end}"),
            after: rest.to_owned(),
        }
    }

    /// Appends it with this number.
    pub(crate) fn write(&self, number: u64, with_offset: bool, frame: &mut String) {
        use std::fmt::Write as _;

        frame.push_str(&self.before);
        // Writing to a string cannot fail.
        let _ = write!(frame, "{number:012x}");
        frame.push_str(&self.between);
        if with_offset {
            let _ = write!(frame, "{}", FIRST_OFFSET + number);
        }
        frame.push_str(&self.after);
    }

    /// How long it is at least, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.before.len() + self.between.len() + self.after.len() + 22
    }
}
