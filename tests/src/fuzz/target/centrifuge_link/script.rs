//! The steps of a script, one a line. A line that is no step is a message from the server.
//!
//! | step | what happens |
//! | --- | --- |
//! | `join S`, `fresh S`, `leave S`, `close`, `renew`, `suspend`, `resume` | the link's user asks for it; `fresh`: from the first event on |
//! | `open`, `lost`, `binary`, `progress`, `unreadable` | news of the present socket |
//! | `end CODE` | a close frame; `end` alone: an empty one |
//! | `refuse STATUS`, `fail` | the dial fails |
//! | `old` | news of the first socket, whichever is the present one |
//! | `answer` | the server answers honestly what was asked |
//! | `pub S OFFSET` | a publication in the session's channel |
//! | `pass MS`, `late MS` | time passes, stopping at each deadline, or all at once |

use std::{str, time::Duration};

use twin_protocol::link::{
    CloseFrame, Command, DialFailure, DialFailureKind, Join, JoinStart, SocketInput,
};

use super::message;

pub(super) enum Step {
    Answer,
    Command(Command),
    Hear(SocketInput),
    HearOld(SocketInput),
    Late(Duration),
    Pass(Duration),
}

/// Ids of sessions are no longer than this, as the platform's are not.
const LONGEST_ID: usize = 40;

pub(super) fn read(line: &[u8]) -> Step {
    let text = str::from_utf8(line).ok();
    text.and_then(step)
        .unwrap_or_else(|| Step::Hear(SocketInput::Text(message(line))))
}

fn step(line: &str) -> Option<Step> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match verb {
        "answer" => Step::Answer,
        "join" => Step::Command(Command::Join(Join::new(id(rest).into(), JoinStart::Now))),
        "fresh" => Step::Command(Command::Join(Join::new(id(rest).into(), JoinStart::First))),
        "leave" => Step::Command(Command::Leave(id(rest).into())),
        "close" => Step::Command(Command::Close),
        "renew" => Step::Command(Command::ReconnectNow),
        "suspend" => Step::Command(Command::Suspend),
        "resume" => Step::Command(Command::Resume),
        "open" => Step::Hear(SocketInput::Opened),
        "lost" => Step::Hear(SocketInput::Lost("reset".into())),
        "binary" => Step::Hear(SocketInput::Binary(message(rest.as_bytes()))),
        "progress" => Step::Hear(SocketInput::Progress),
        "unreadable" => Step::Hear(SocketInput::Unreadable("too long".into())),
        "end" => Step::Hear(SocketInput::Closed(CloseFrame {
            code: rest.parse().ok(),
            reason: "over".into(),
        })),
        "refuse" => failed(DialFailureKind::Refused {
            status: rest.parse().ok()?,
        }),
        "fail" => failed(DialFailureKind::Unreachable),
        "old" => Step::HearOld(SocketInput::Opened),
        "pub" => Step::Hear(SocketInput::Text(publication(rest)?.into())),
        "pass" => Step::Pass(Duration::from_millis(rest.parse::<u32>().ok()?.into())),
        "late" => Step::Late(Duration::from_millis(rest.parse::<u32>().ok()?.into())),
        _ => return None,
    })
}

fn failed(kind: DialFailureKind) -> Step {
    Step::Hear(SocketInput::DialFailed(DialFailure::new(kind, "no")))
}

fn id(text: &str) -> &str {
    text.char_indices()
        .nth(LONGEST_ID)
        .map_or(text, |(end, _)| &text[..end])
}

fn publication(words: &str) -> Option<String> {
    let (session, offset) = words.rsplit_once(' ')?;
    let offset: u64 = offset.parse().ok()?;
    let publication = serde_json::json!({
        "data": {"event": "chatMessageRead", "payload": {"messageId": format!("m{offset}")}},
        "offset": offset,
    });
    let push =
        serde_json::json!({"channel": format!("widget:{}", id(session)), "pub": publication});
    Some(serde_json::json!({ "push": push }).to_string())
}
