//! What the emulator can play in more than one way: what is not known of the platform, and faults.

use serde::{Deserialize, Serialize};

use super::envelope::EnvelopeForm;
use crate::live::socketio::SocketIoBehaviour;

/// How the emulator behaves where the platform's behaviour is not known, and what it does wrong on
/// purpose.
///
/// As JSON for `PUT /_emulator/behaviour`: field names in camel case, absent fields as in the
/// default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Behaviour {
    /// By what a connection gets the channels of its sessions.
    pub grant: Grant,
    /// Which channels there are.
    pub channels: ChannelPlan,
    /// How an event and its payload are wrapped.
    pub envelope: EnvelopeForm,
    /// Whether event names end in `Emit`, as they do over Socket.IO.
    pub emit_suffix: bool,
    /// Whether the answers in a start reply come as events as well.
    pub start_answers: StartAnswers,
    /// What `joinSession` answers for a session that there is not, or that is closed.
    pub unknown_session: UnknownSession,
    /// What to answer to connects instead of letting them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_fault: Option<Fault>,
    /// To how many connects; `None`: to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_fault_times: Option<u32>,
    /// How long the answer to a connect takes, in milliseconds: over ten seconds, and the link is
    /// closed with 3502.
    pub connect_delay_ms: u64,
    /// What to answer to `joinSession` instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_fault: Option<Fault>,
    /// To how many calls of it; `None`: to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_fault_times: Option<u32>,
    /// How long `joinSession` takes, in milliseconds.
    pub join_delay_ms: u64,
    /// What to answer to a client's own subscribe instead. [`Fault::Unsuccessful`] is no answer to
    /// it, and means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe_fault: Option<Fault>,
    /// To how many of them; `None`: to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribe_fault_times: Option<u32>,
    /// How the Socket.IO side behaves.
    pub socketio: SocketIoBehaviour,
    /// How long an answer of a bot waits before it is posted to the webhook, in milliseconds. Those
    /// behind it wait, too.
    pub webhook_delay_ms: u64,
    /// How often each is posted again.
    pub webhook_repeats: u32,
    /// What goes wrong with posts to the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_fault: Option<WebhookFault>,
    /// With how many of them; `None`: with all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_fault_times: Option<u32>,
}

/// By what a connection gets the channels of its sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Grant {
    /// By the connect's list, and by `joinSession` for those that are not on it.
    #[default]
    Both,
    /// By the connect's list alone: joining a session later brings no channel.
    Connect,
    /// By `joinSession` alone: the connect reply has no `subs`.
    Join,
}

/// Which channels there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ChannelPlan {
    /// `widget:<session id>` for each session.
    #[default]
    Session,
    /// `widget:<user id>` for all sessions of a user: the `userId` of the connect that named
    /// them, or the client id of a session that no such connect has named.
    User,
}

/// Whether the answers in a start reply come as events as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum StartAnswers {
    /// They are in the reply alone.
    #[default]
    Reply,
    /// They are in the reply, and come as events.
    ReplyAndEvents,
}

/// What `joinSession` answers for a session that there is not, or that is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum UnknownSession {
    /// An error reply with code 404.
    Error,
    /// `{"success":false}`.
    #[default]
    Unsuccessful,
}

/// What to answer instead of the usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is closed.
    Disconnect {
        /// The code of the close frame; 3000: no frame, the connection is cut.
        code: u16,
        /// Its reason; over 123 bytes: no frame either.
        #[serde(default)]
        reason: String,
    },
    /// An error reply.
    Error {
        /// Its code.
        code: u32,
        /// Its text.
        #[serde(default)]
        message: String,
        /// Whether it says that it may pass.
        #[serde(default)]
        temporary: bool,
    },
    /// To `joinSession`, `{"success":false}`; to a connect, a reply without channels.
    Unsuccessful,
}

/// What goes wrong with posts to the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WebhookFault {
    /// The connection ends in the middle of the body.
    Cut,
    /// It is never posted.
    Lost,
}

impl Behaviour {
    pub(super) fn take_connect_fault(&mut self) -> Option<Fault> {
        take(&mut self.connect_fault, &mut self.connect_fault_times)
    }

    pub(super) fn take_join_fault(&mut self) -> Option<Fault> {
        take(&mut self.join_fault, &mut self.join_fault_times)
    }

    pub(super) fn take_subscribe_fault(&mut self) -> Option<Fault> {
        take(&mut self.subscribe_fault, &mut self.subscribe_fault_times)
    }

    pub(crate) fn take_webhook_fault(&mut self) -> Option<WebhookFault> {
        take(&mut self.webhook_fault, &mut self.webhook_fault_times)
    }
}

/// The fault, if it still applies; its last time uses it up.
fn take<F: Clone>(fault: &mut Option<F>, times: &mut Option<u32>) -> Option<F> {
    let Some(left) = times else {
        return fault.clone();
    };
    let now = (*left > 0).then(|| fault.clone()).flatten();
    *left = left.saturating_sub(1);
    if *left == 0 {
        *fault = None;
        *times = None;
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lasts_as_often_as_it_says() {
        let mut behaviour: Behaviour = serde_json::from_str(
            r#"{"connectFault":{"error":{"code":1001,"temporary":true}},"connectFaultTimes":2}"#,
        )
        .unwrap();
        let taken: Vec<bool> = (0..3)
            .map(|_| behaviour.take_connect_fault().is_some())
            .collect();
        assert_eq!(taken, [true, true, false]);
        assert_eq!(behaviour, Behaviour::default());
        behaviour.join_fault = Some(Fault::Unsuccessful);
        assert!((0..9).all(|_| behaviour.take_join_fault().is_some()));
    }
}
