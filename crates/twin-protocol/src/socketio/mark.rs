//! What a client of the platform says over this channel.

use serde_json::json;

use crate::{
    event::EventName,
    id::MessageId,
    link::{Argument, Emit, EmitId},
    raw::RawJson,
};

/// The receipt for a message: `chatMessageReadEmit` with its id.
///
/// The integration article says that receipts are given over this channel too, without showing how:
/// that it is this event is assumed.
pub fn mark_read(id: EmitId, message: &MessageId) -> Emit {
    let payload = json!({ "messageId": message }).to_string();
    let payload = RawJson::new(payload).expect("what was just written is JSON");
    let name = format!("{}Emit", EventName::MessageRead.as_str());
    Emit::new(id, name, vec![Argument::Json(payload)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socketio::{engine::Frame, packet};

    #[test]
    fn a_receipt_names_the_message() {
        let emit = mark_read(EmitId::new(1), &"m\"1".into());
        let frames = packet::event(&emit.name, &emit.arguments, None);
        let text = r#"42["chatMessageReadEmit",{"messageId":"m\"1"}]"#;
        assert_eq!(frames, [Frame::Text(text.to_owned())]);
    }
}
