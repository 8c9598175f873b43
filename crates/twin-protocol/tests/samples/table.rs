//! Which sample is what.

use serde_json::Value;
use twin_protocol::{
    event::payload::{
        MessageCreated, MessageRead, OperatorChanged, OperatorLoggedOut, OperatorStatusChanged,
        SessionClosed, TypingIndicator,
    },
    model::{Dialog, MessageDraft, SentMessage, SessionDraft, StartedSession},
};

use crate::check;

/// One sample.
pub(crate) struct Sample {
    /// Its file.
    pub(crate) file: &'static str,
    /// The name of the event that it is the payload of.
    pub(crate) event: Option<&'static str>,
    /// The check by the type that fits it.
    pub(crate) check: fn(&Value, &[&str]),
    /// The fields without which it cannot be read; `*` is any item of a list.
    pub(crate) needed: &'static [&'static str],
}

const LINK: &str = "a link writes or reads it: see the module `link`";

/// Samples that no type reads by itself, and why.
pub(crate) const ELSEWHERE: [(&str, &str); 4] = [
    ("centrifugo.connect.data.json", LINK),
    ("centrifugo.connect.reply.json", LINK),
    ("centrifugo.rpc.joinSession.data.json", LINK),
    ("centrifugo.rpc.joinSession.reply.json", LINK),
];

const MESSAGE: &[&str] = &[
    "authorType",
    "attachments/*/id",
    "keyboard/buttons/*/text",
    "keyboard/buttons/*/type",
    "replyToMessage/id",
];

/// All others.
pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        file: "bot.webhook.dialog.json",
        event: None,
        check: check::<Dialog>,
        needed: &["dialogId"],
    },
    Sample {
        file: "centrifugo.chatMessageCreated.json",
        event: Some("chatMessageCreated"),
        check: check::<MessageCreated>,
        needed: MESSAGE,
    },
    Sample {
        file: "centrifugo.chatMessageRead.json",
        event: Some("chatMessageRead"),
        check: check::<MessageRead>,
        needed: &["messageId"],
    },
    Sample {
        file: "centrifugo.operatorChanged.json",
        event: Some("operatorChanged"),
        check: check::<OperatorChanged>,
        needed: &["operatorId"],
    },
    Sample {
        file: "centrifugo.sessionClosed.json",
        event: Some("sessionClosed"),
        check: check::<SessionClosed>,
        needed: &["sessionId"],
    },
    Sample {
        file: "centrifugo.showTypingIndicator.json",
        event: Some("showTypingIndicator"),
        check: check::<TypingIndicator>,
        needed: &["authorType"],
    },
    Sample {
        file: "rest.sendMessage.reply.json",
        event: None,
        check: check::<SentMessage>,
        needed: &["id", "createdAt"],
    },
    Sample {
        file: "rest.sendMessage.request.json",
        event: None,
        check: check::<MessageDraft>,
        needed: &["body"],
    },
    Sample {
        file: "rest.startSession.reply.json",
        event: None,
        check: check::<StartedSession>,
        // Whatever is wrong with one of its messages, the session is started.
        needed: &["id", "startedAt", "ttl"],
    },
    Sample {
        file: "rest.startSession.request.json",
        event: None,
        check: check::<SessionDraft>,
        needed: &["name"],
    },
    Sample {
        file: "socketio.chatMessageCreatedEmit.bot.json",
        event: Some("chatMessageCreated"),
        check: check::<MessageCreated>,
        needed: MESSAGE,
    },
    Sample {
        file: "socketio.chatMessageCreatedEmit.operator.json",
        event: Some("chatMessageCreated"),
        check: check::<MessageCreated>,
        needed: MESSAGE,
    },
    Sample {
        file: "socketio.chatMessageReadEmit.json",
        event: Some("chatMessageRead"),
        check: check::<MessageRead>,
        needed: &["messageId"],
    },
    Sample {
        file: "socketio.operatorChangedEmit.first.json",
        event: Some("operatorChanged"),
        check: check::<OperatorChanged>,
        needed: &["operatorId"],
    },
    Sample {
        file: "socketio.operatorChangedEmit.switch.json",
        event: Some("operatorChanged"),
        check: check::<OperatorChanged>,
        needed: &["operatorId"],
    },
    Sample {
        file: "socketio.operatorLoggedOutEmit.json",
        event: Some("operatorLoggedOut"),
        check: check::<OperatorLoggedOut>,
        needed: &["operatorId"],
    },
    Sample {
        file: "socketio.operatorStatusChangedEmit.json",
        event: Some("operatorStatusChanged"),
        check: check::<OperatorStatusChanged>,
        needed: &["operatorId", "currentStatus"],
    },
    Sample {
        file: "socketio.showTypingIndicatorEmit.json",
        event: Some("showTypingIndicator"),
        check: check::<TypingIndicator>,
        needed: &["authorType"],
    },
];
