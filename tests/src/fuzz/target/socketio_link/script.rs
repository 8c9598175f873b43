//! The steps of a script, one a line, after the line with the config. A line that is no step is a
//! message of text over the socket.
//!
//! | step | what happens |
//! | --- | --- |
//! | `join S`, `fresh S`, `leave S`, `close`, `renew`, `suspend`, `resume` | the link's user asks for it; `fresh`: from the first event on |
//! | `emit JSON`, `ask MS JSON`, `wait MS JSON`, `bytes N` | an emit: plain, with an acknowledgement, with patience, with so many binary arguments |
//! | `respond JSON` | the user acknowledges the last event that asked for it |
//! | `open`, `lost`, `progress`, `unreadable`, `fail` | news of the socket |
//! | `end CODE` | a close frame; `end` alone: an empty one |
//! | `refuse STATUS` | the dial fails |
//! | `binary TEXT` | a message of bytes: of a message's kind, `raw TEXT`: as it stands |
//! | `get STATUS BODY`, `got PACKET` | the question is answered, with a body as it stands or with one packet |
//! | `post STATUS` | the message is answered |
//! | `nothing`, `dripping`, `too-long` | the question fails, its answer drips, is too long |
//! | `old` | news of what was asked first |
//! | `answer` | the server answers honestly whatever is asked |
//! | `pass MS`, `late MS` | time passes, stopping at each deadline, or all at once |

use std::{str, time::Duration};

use bytes::Bytes;
use twin_protocol::{
    link::{
        Argument, CloseFrame, Command, DialFailure, DialFailureKind, ExchangeInput, Join,
        JoinStart, SocketInput,
    },
    raw::RawJson,
    socketio::engine::{Frame, payload},
};

use super::bytes;

pub(super) enum Step {
    Answer,
    Command(Command),
    /// Arguments, patience, time for an acknowledgement.
    Emit(Vec<Argument>, Option<Duration>, Option<Duration>),
    Get(ExchangeInput),
    Hear(SocketInput),
    Late(Duration),
    Old(SocketInput),
    Pass(Duration),
    Post(ExchangeInput),
    Respond(Vec<Argument>),
}

pub(super) fn read(line: &[u8]) -> Step {
    let text = str::from_utf8(line).ok();
    text.and_then(step)
        .unwrap_or_else(|| Step::Hear(SocketInput::Text(bytes(line))))
}

fn step(line: &str) -> Option<Step> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match verb {
        "answer" => Step::Answer,
        "join" => Step::Command(Command::Join(Join::new(rest.into(), JoinStart::Now))),
        "fresh" => Step::Command(Command::Join(Join::new(rest.into(), JoinStart::First))),
        "leave" => Step::Command(Command::Leave(rest.into())),
        "close" => Step::Command(Command::Close),
        "renew" => Step::Command(Command::ReconnectNow),
        "suspend" => Step::Command(Command::Suspend),
        "resume" => Step::Command(Command::Resume),
        "emit" => Step::Emit(arguments(rest), None, None),
        "ask" => {
            let (time, json) = rest.split_once(' ')?;
            Step::Emit(arguments(json), None, Some(millis(time)?))
        }
        "wait" => {
            let (time, json) = rest.split_once(' ')?;
            Step::Emit(arguments(json), Some(millis(time)?), None)
        }
        "bytes" => {
            let argument = Argument::Binary(Bytes::from_static(b"abc"));
            let count = rest.parse::<u8>().ok()?;
            Step::Emit(vec![argument; count.into()], None, None)
        }
        "respond" => Step::Respond(arguments(rest)),
        "open" => Step::Hear(SocketInput::Opened),
        "lost" => Step::Hear(SocketInput::Lost("reset".into())),
        "progress" => Step::Hear(SocketInput::Progress),
        "unreadable" => Step::Hear(SocketInput::Unreadable("too long".into())),
        "fail" => Step::Hear(SocketInput::DialFailed(failure())),
        "end" => Step::Hear(SocketInput::Closed(CloseFrame {
            code: rest.parse().ok(),
            reason: "over".into(),
        })),
        "refuse" => {
            let status = rest.parse().ok()?;
            let kind = DialFailureKind::Refused { status };
            Step::Hear(SocketInput::DialFailed(DialFailure::new(kind, "no")))
        }
        "binary" => {
            let Frame::Binary(packet) = Frame::binary(rest.as_bytes()) else {
                return None;
            };
            Step::Hear(SocketInput::Binary(packet))
        }
        "raw" => Step::Hear(SocketInput::Binary(bytes(rest.as_bytes()))),
        "get" => {
            let (status, body) = rest.split_once(' ').unwrap_or((rest, ""));
            Step::Get(answer(status, bytes(body.as_bytes()))?)
        }
        "got" => {
            let frame = [Frame::Text(rest.to_owned())];
            Step::Get(answer("200", payload::encode(&frame))?)
        }
        "post" => Step::Post(answer(rest, Bytes::from_static(b"ok"))?),
        "nothing" => Step::Get(ExchangeInput::Failed(failure())),
        "dripping" => Step::Get(ExchangeInput::Progress),
        "too-long" => Step::Get(ExchangeInput::Unreadable("too long".into())),
        "old" => Step::Old(SocketInput::Opened),
        "pass" => Step::Pass(millis(rest)?),
        "late" => Step::Late(millis(rest)?),
        _ => return None,
    })
}

fn failure() -> DialFailure {
    DialFailure::new(DialFailureKind::Unreachable, "no")
}

fn answer(status: &str, body: Bytes) -> Option<ExchangeInput> {
    let status = status.parse().ok()?;
    Some(ExchangeInput::Answered { status, body })
}

fn millis(text: &str) -> Option<Duration> {
    Some(Duration::from_millis(text.parse::<u32>().ok()?.into()))
}

fn arguments(json: &str) -> Vec<Argument> {
    let json = RawJson::new(json.to_owned()).ok();
    json.into_iter().map(Argument::Json).collect()
}
