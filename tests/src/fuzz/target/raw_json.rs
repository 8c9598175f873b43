//! JSON that is kept as it came.

use bytes::Bytes;
use twin_protocol::raw::RawJson;

/// What is taken is kept byte for byte, and is written as it was read.
pub fn raw_json(data: &[u8]) {
    let Ok(raw) = RawJson::new(Bytes::copy_from_slice(data)) else {
        return;
    };
    assert_eq!(raw.as_bytes(), data);
    assert_eq!(raw.get().as_bytes(), data);
    assert_eq!(raw.detached(), raw);
    let written = serde_json::to_string(&raw).expect("JSON can be written");
    assert_eq!(written, raw.get().trim());
    let read: RawJson = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(read.get(), written);
}
