//! JSON kept as it came.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::wire;

/// One JSON value, byte for byte as it came: numbers, escapes, key order, doubled keys.
///
/// It may be a slice of the frame in which it came, and then keeps that whole frame in memory:
/// whoever stores it for long takes a copy with [`detached`](Self::detached).
///
/// `Debug` shows its length only: payloads hold what people write to each other, and links that
/// open without a password.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Bytes);

impl RawJson {
    /// Checks that `json` is one JSON value, and keeps it.
    ///
    /// # Errors
    ///
    /// When it is not UTF-8 or not one JSON value.
    pub fn new(json: impl Into<Bytes>) -> Result<Self, serde_json::Error> {
        let json = json.into();
        serde_json::from_slice::<&RawValue>(&json)?;
        Ok(Self(json))
    }

    /// Keeps `part`, a JSON value that a decoder has just read from `frame`, without copying it
    /// where it lies inside of `frame`.
    ///
    /// The caller vouches for `part` being one JSON value.
    pub(crate) fn slice_of(frame: &Bytes, part: &str) -> Self {
        let part = part.as_bytes();
        let frame_start = frame.as_ptr() as usize;
        let part_start = part.as_ptr() as usize;
        let inside =
            part_start >= frame_start && part_start + part.len() <= frame_start + frame.len();
        Self(if inside {
            frame.slice_ref(part)
        } else {
            Bytes::copy_from_slice(part)
        })
    }

    /// `null`.
    pub(crate) const fn null() -> Self {
        Self(Bytes::from_static(b"null"))
    }

    /// The text.
    pub fn get(&self) -> &str {
        // Every constructor has seen this as UTF-8; looking again costs some forty nanoseconds a
        // kilobyte and saves `unsafe`.
        simdutf8::basic::from_utf8(&self.0).expect("checked at construction")
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes of the text, without copying them.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// A copy that keeps nothing else in memory.
    #[must_use]
    pub fn detached(&self) -> Self {
        Self(Bytes::copy_from_slice(&self.0))
    }

    /// Reads it as a `T`. A struct is read from an object alone, by the names of its fields, and not
    /// from a list as serde has it otherwise; but for structs in enums and flattened fields.
    ///
    /// # Errors
    ///
    /// When its shape is not that of a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        wire::from_str(self.get())
    }
}

impl From<Box<RawValue>> for RawJson {
    fn from(value: Box<RawValue>) -> Self {
        let text: Box<str> = value.into();
        Self(Bytes::from(String::from(text)))
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &RawValue =
            serde_json::from_str(self.get()).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_byte_for_byte() {
        let text = r#"{"a" : 1.0, "a":1e400, "b":"\u0436", "c":123456789012345678901234567890}"#;
        let raw = RawJson::new(text).unwrap();
        assert_eq!(raw.get(), text);
        assert_eq!(serde_json::to_string(&raw).unwrap(), text);
        assert_eq!(serde_json::from_str::<RawJson>(text).unwrap().get(), text);
    }

    #[test]
    fn a_slice_of_a_frame_shares_its_memory() {
        let frame = Bytes::from_static(br#"{"data":[1, 2]}"#);
        #[derive(Deserialize)]
        struct Outer<'a> {
            #[serde(borrow)]
            data: &'a RawValue,
        }
        let outer: Outer<'_> = serde_json::from_slice(&frame).unwrap();
        let raw = RawJson::slice_of(&frame, outer.data.get());
        assert_eq!(raw.get(), "[1, 2]");
        assert_eq!(raw.as_bytes().as_ptr(), frame[8..].as_ptr());
        assert_ne!(raw.detached().as_bytes().as_ptr(), frame[8..].as_ptr());
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        for text in ["", "{", "1 2", "\u{1}", "{]"] {
            assert!(RawJson::new(text).is_err(), "{text:?}");
        }
        assert!(RawJson::new(vec![b'"', 0xff, b'"']).is_err());
    }
}
