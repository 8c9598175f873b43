//! The lines of a replay: `state`, `event` and `gap` as the `twin` tool prints them, and what the
//! machine sent, and notes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::value::RawValue;
use twin_protocol::{
    event::Event,
    link::{EndReason, Gap, LinkEvent, LinkState, Position},
};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Event {
        session: Option<&'a str>,
        event: Option<&'a str>,
        payload: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<PositionFields<'a>>,
        recovered: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        unreadable: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        arguments: Option<usize>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        binary: Vec<String>,
    },
    Gap {
        session: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        channel: Option<&'a str>,
        reason: &'a str,
    },
    Note {
        conn: u64,
        line: usize,
        text: &'a str,
    },
    Sent {
        conn: u64,
        frame: &'a str,
    },
    State {
        state: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_in_ms: Option<u128>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Reason<'a>>,
        link: u32,
        sessions: &'a [String],
    },
}

#[derive(Serialize)]
struct PositionFields<'a> {
    channel: &'a str,
    offset: u64,
    epoch: &'a str,
}

#[derive(Serialize)]
struct Reason<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

fn reason(reason: &EndReason) -> Reason<'_> {
    Reason {
        kind: reason.kind.as_str(),
        code: reason.code,
        text: reason.text.as_deref(),
    }
}

fn print(line: &Line<'_>) -> String {
    serde_json::to_string(line).expect("a line holds nothing that JSON cannot")
}

pub(super) fn event(event: &LinkEvent) -> String {
    // Between the tokens of a value a line break means nothing; inside of them it cannot stand.
    let payload = event.envelope.payload.get().replace(['\n', '\r'], " ");
    let payload: &RawValue = serde_json::from_str(&payload).expect("a payload is JSON");
    let position = event.position.as_ref().map(
        |Position {
             channel,
             offset,
             epoch,
         }| {
            PositionFields {
                channel,
                offset: *offset,
                epoch,
            }
        },
    );
    let unreadable = match &event.envelope.event {
        Event::Unreadable(unreadable) => Some(unreadable.reason.as_str()),
        _ => None,
    };
    print(&Line::Event {
        session: event.session.as_ref().map(|session| session.as_str()),
        event: event.envelope.name.as_deref(),
        payload,
        position,
        recovered: event.recovered,
        unreadable,
        arguments: Some(event.envelope.arguments).filter(|count| *count != 1),
        binary: event
            .envelope
            .binary
            .iter()
            .map(|bytes| STANDARD.encode(bytes))
            .collect(),
    })
}

pub(super) fn gap(gap: &Gap) -> String {
    print(&Line::Gap {
        session: gap.session.as_ref().map(|session| session.as_str()),
        channel: gap.channel.as_deref(),
        reason: gap.reason.as_str(),
    })
}

pub(super) fn note(conn: u64, line: usize, text: &str) -> String {
    print(&Line::Note { conn, line, text })
}

pub(super) fn sent(conn: u64, frame: &str) -> String {
    print(&Line::Sent { conn, frame })
}

pub(super) fn state(state: &LinkState, link: u32, sessions: &[String]) -> String {
    let line = |state, attempt, retry_in_ms, reason| {
        print(&Line::State {
            state,
            attempt,
            retry_in_ms,
            reason,
            link,
            sessions,
        })
    };
    match state {
        LinkState::Closed { reason: why } => line("closed", None, None, Some(reason(why))),
        LinkState::Connected { attempt } => line("connected", Some(*attempt), None, None),
        LinkState::Connecting { attempt } => line("connecting", Some(*attempt), None, None),
        LinkState::Waiting {
            attempt,
            retry_in,
            reason: why,
        } => line(
            "waiting",
            Some(*attempt),
            Some(retry_in.as_millis()),
            Some(reason(why)),
        ),
        // A state that a later version adds has no line yet.
        other => panic!("no line for {other:?}"),
    }
}
