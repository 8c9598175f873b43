//! Events on their way to the link's user.

use bytes::Bytes;

use crate::{
    event::{Envelope, Event},
    link::{AckId, LinkEvent, Outbox, Report},
    raw::RawJson,
    socketio::machine::{assembler::Whole, core::Core},
};

/// Reports an event. Says whether the session is over with it.
pub(super) fn event(core: &Core, whole: Whole, ack: Option<AckId>, out: &mut Outbox) -> bool {
    let (list, frame) = whole.data();
    let envelope = Envelope::decode_arguments(frame, list, whole.binary.clone());
    let is_over = matches!(envelope.event, Event::SessionClosed(_));
    report(core, envelope, ack, out);
    is_over
}

/// Reports an error packet of a session that is let in: an event, to JavaScript by this name.
pub(super) fn error(core: &Core, whole: &Whole, out: &mut Outbox) {
    let (data, _) = whole.data();
    let list = match data {
        "" => r#"["error"]"#.to_owned(),
        data => format!(r#"["error",{data}]"#),
    };
    let frame = Bytes::from(list.clone());
    let envelope = Envelope::decode_arguments(&frame, &list, Vec::new());
    report(core, envelope, None, out);
}

/// A connection is opened with the session's key: whatever comes over it is the session's.
fn report(core: &Core, envelope: Envelope, ack: Option<AckId>, out: &mut Outbox) {
    let mut event = LinkEvent::new(core.session.clone(), envelope);
    event.ack = ack;
    out.report(Report::Event(Box::new(event)));
}

/// The arguments of an acknowledgement: the list as it came; what is not JSON as a list of its text.
pub(super) fn arguments(whole: &Whole) -> RawJson {
    let (list, frame) = whole.data();
    if list.starts_with('[') {
        if let Ok(arguments) = RawJson::new(frame.clone()) {
            return arguments;
        }
    }
    let list = if list.is_empty() {
        "[]".to_owned()
    } else {
        serde_json::to_string(&[list]).expect("a string is written to memory")
    };
    RawJson::new(list).expect("what was just written is JSON")
}
