//! Events as frames.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::sim::client::date;

pub(super) struct Event {
    number: u64,
    /// Its name and payload.
    arguments: String,
    attached: u64,
}

impl Event {
    /// A message was read; so many attachments come with it.
    pub(super) fn read(session: &str, number: u64, attached: u64) -> Self {
        let places: Vec<_> = (0..attached)
            .map(|place| format!(r#"{{"_placeholder":true,"num":{place}}}"#))
            .collect();
        let files = match attached {
            0 => String::new(),
            _ => format!(r#","files":[{}]"#, places.join(",")),
        };
        Self {
            number,
            arguments: format!(
                r#"["chatMessageReadEmit",{{"messageId":"{session}-{number}"{files}}}]"#
            ),
            attached,
        }
    }

    pub(super) fn message(session: &str, number: u64, at: Duration) -> Self {
        let date = date(at);
        Self {
            number,
            arguments: format!(
                r#"["chatMessageCreatedEmit",{{"id":"{session}-{number}","authorType":"BOT","body":"b","createdAt":"{date}","sessionId":"{session}"}}]"#
            ),
            attached: 0,
        }
    }

    /// The session is over.
    pub(super) fn last(session: &str, number: u64) -> Self {
        Self {
            number,
            arguments: format!(
                r#"["sessionClosedEmit",{{"messageId":"{session}-{number}","chatId":"c","sessionId":"{session}","sessionRatingRequired":false}}]"#
            ),
            attached: 0,
        }
    }

    /// One frame of text, and one for each attachment, as it goes by HTTP. `id` is that of the
    /// acknowledgement that it asks for, if it does.
    pub(super) fn frames(&self, id: &str) -> Vec<String> {
        let Self {
            number,
            ref arguments,
            attached,
        } = *self;
        if attached == 0 {
            return vec![format!("42{id}{arguments}")];
        }
        let text = format!("45{attached}-{id}{arguments}");
        let bytes =
            (0..attached).map(|place| format!("b4{}", BASE64.encode(attachment(number, place))));
        std::iter::once(text).chain(bytes).collect()
    }
}

/// What is attached to an event at this place.
pub(in super::super) fn attachment(number: u64, place: u64) -> Vec<u8> {
    format!("{number}/{place}").into_bytes()
}
