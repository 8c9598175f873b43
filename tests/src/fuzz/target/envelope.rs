//! The data of a publication, of which nothing is certain.

use bytes::Bytes;
use twin_protocol::{
    event::{Envelope, Event},
    raw::RawJson,
};

/// Whatever is JSON becomes an event, and none of it is lost.
pub fn envelope(data: &[u8]) {
    let Ok(data) = RawJson::new(Bytes::copy_from_slice(data)) else {
        return;
    };
    let envelope = Envelope::decode(&data);
    let payload = envelope.payload.get();
    assert!(
        RawJson::new(payload.to_owned()).is_ok(),
        "the payload is no JSON: {payload:?}"
    );
    assert!(
        data.get().contains(payload),
        "the payload is not what came: {payload:?}"
    );
    if envelope.name.is_none() {
        assert_eq!(
            payload.trim(),
            data.get().trim(),
            "without a name, the payload is all that came"
        );
        assert!(matches!(envelope.event, Event::Unrecognized));
    }
    if let Some(known) = envelope.event.name() {
        assert_eq!(envelope.name.as_deref(), Some(known.as_str()));
    }
    if let Some(session) = envelope.event.session_id() {
        assert_eq!(envelope.session_id().as_ref(), Some(session));
    }
    // Reading it again gives the same: no state, no chance.
    let again = Envelope::decode(&data);
    assert_eq!(
        (again.name, again.payload),
        (envelope.name, envelope.payload)
    );
}
