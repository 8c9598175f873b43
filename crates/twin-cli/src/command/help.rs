//! `twin help`: a command explained, or the JSON lines with the words of `kind`.

use clap::CommandFactory as _;
use twin_client::{EndKind, ErrorKind, GapReason};

use super::Run;
use crate::{
    args::{Args, HelpArgs},
    failure::End,
};

/// The kinds of errors, with what each means.
const ERRORS: &[(ErrorKind, &str)] = &[
    (
        ErrorKind::Forbidden,
        "the token does not suffice (HTTP 403)",
    ),
    (ErrorKind::Internal, "a fault of this program"),
    (ErrorKind::InvalidInput, "what was given cannot be used"),
    (
        ErrorKind::Io,
        "a file, a pipe or an address of this machine",
    ),
    (
        ErrorKind::JoinRefused,
        "the platform refused to let this client listen to a session",
    ),
    (ErrorKind::NotFound, "it does not exist (HTTP 404)"),
    (
        ErrorKind::Protocol,
        "the answer is not what the platform promises",
    ),
    (
        ErrorKind::Refused,
        "the platform refused, with another HTTP status or an error reply",
    ),
    (
        ErrorKind::Terminated,
        "the platform ended the live connection for good",
    ),
    (ErrorKind::Timeout, "nothing came in time"),
    (ErrorKind::Tls, "TLS failed"),
    (ErrorKind::TooLarge, "it is larger than allowed here"),
    (
        ErrorKind::Unauthorized,
        "a valid token is wanted (HTTP 401)",
    ),
    (
        ErrorKind::Unreachable,
        "no connection could be made, or it broke",
    ),
];

/// The kinds of reasons for which attempts and links end.
const ENDS: &[(EndKind, &str)] = &[
    (EndKind::Asked, "this program closed it"),
    (
        EndKind::Closed,
        "the server closed the connection; it can be made again",
    ),
    (EndKind::Forbidden, "the server forbids it (HTTP 403)"),
    (
        EndKind::JoinRefused,
        "the platform refused to let this client listen to a session",
    ),
    (EndKind::Lost, "the connection broke"),
    (
        EndKind::NoToken,
        "the token could not be had or renewed just now",
    ),
    (
        EndKind::NotFound,
        "the server does not know the address (HTTP 404)",
    ),
    (
        EndKind::Planned,
        "this program reconnects to be granted another session",
    ),
    (
        EndKind::Protocol,
        "the server said what the protocol does not allow",
    ),
    (
        EndKind::Refused,
        "the server refused, with an HTTP status or an error reply",
    ),
    (
        EndKind::Renewed,
        "this program connects anew, as it was asked to",
    ),
    (
        EndKind::Terminated,
        "the server ended the connection for good",
    ),
    (
        EndKind::Timeout,
        "the server did not answer, or fell silent",
    ),
    (EndKind::Tls, "TLS failed"),
    (EndKind::Unauthorized, "the server wants valid credentials"),
    (EndKind::Unreachable, "no connection could be made"),
];

/// Why events may be missing.
const GAPS: &[(GapReason, &str)] = &[
    (GapReason::ChannelLost, "the server took the channel away"),
    (GapReason::Jump, "offsets are missing in between"),
    (
        GapReason::NoRecovery,
        "the link came back, and over this channel the server gives nothing back",
    ),
    (
        GapReason::NotRecovered,
        "the server could not give back what was missed",
    ),
    (GapReason::Overflow, "more waited than may wait"),
    (
        GapReason::Start,
        "published between the start of the session and the first connection",
    ),
    (
        GapReason::Unreadable,
        "something came that is not even JSON",
    ),
];

const LINES: &str = "\
With --format json each line of stdout is one JSON object, its type first. Fields may be added, never
renamed or removed; a field with `?` may be absent. unreadable says why the platform's own text, which
stands beside it, cannot be read; what is taken from there is then null or absent.

  ready    http, widget, chats, bot?, iam?, centrifugo, socketio?
           `twin emulator` accepts connections.
  state    state, attempt, retry_in_ms?, reason? {kind, code?, text?}, link, sessions
           A live link: connecting, connected, waiting (with retry_in_ms and reason), closed (with
           reason, the last of its link).
  event    session, event, payload, arguments?, binary?, position? {channel, offset, epoch}, recovered,
           origin?, unreadable?
           What happened in a session, or in none that is known (null). payload is the text as it
           came. origin: `list` from the list of messages, `start` from the reply to the start. Over
           Socket.IO: arguments, of which payload is the list where there is not one; binary, the bytes
           for which there are placeholders in payload, in base64.
  gap      session, channel?, reason, filled?
           Events may be missing here.
  message  session, id, createdAt, message?, unreadable?
           A message that the platform has taken, or has in its list.
  session  session, chat, name?, status?, startedAt?, details, unreadable?
           `twin sessions`: a session of the platform's list; details is its own text.
  login    email, iam, expires?, file
           `twin login`: whose tokens are kept, of which service, until when, and where.
  dialog   id, status?, last, messages
           `twin bot ask`: what the bot has answered, its messages as they came. last: the dialog is
           over.
  file     id, name?, contentType?, size?, path, file?, unreadable?
           A file that the platform has taken (`twin upload`; file is the platform's own text) or
           given (`twin download`). path: where it is on this machine.
  answer   operation, body?
           `twin api`: what the platform answered, as it came; no body where it is empty.
  operation  operation, about
           `twin api` alone: a call that can be made.
  field    field, form, required, about
           `twin api CALL --fields`: a field of the call.
  unsent   session, outcome, body, reason {kind, code?, text}
           `twin chat`: a message that the platform has not taken (`not_sent`), or perhaps not
           (`unknown`).
  notice   kind, code?, text
           `twin chat`: something typed could not be done; the chat goes on.
  error    kind, code?, text
           Why the exit code is 1; the last line.";

pub(super) async fn run(help: &HelpArgs, run: &Run) -> Result<(), End> {
    let topic: Vec<&str> = help.topic.iter().map(String::as_str).collect();
    let text = match topic.as_slice() {
        ["json"] => json(),
        words => explain(words)?,
    };
    run.output.line(text.trim_end().to_owned()).await
}

/// The help of the command that these words lead to, one below the other.
fn explain(words: &[&str]) -> Result<String, End> {
    let mut twin = Args::command();
    // Gives the commands the flags that all have.
    twin.build();
    if words.is_empty() {
        return Ok(twin.render_help().to_string());
    }
    let mut command = &mut twin;
    for word in words {
        command = command.find_subcommand_mut(word).ok_or_else(|| {
            let words = crate::render::plain::line(&words.join(" "));
            End::Usage(format!(
                "there is no command `{words}` to explain, see `twin help`"
            ))
        })?;
    }
    Ok(command.render_long_help().to_string())
}

fn json() -> String {
    let mut text = LINES.to_owned();
    let errors = ERRORS.iter().map(|(kind, means)| (kind.as_str(), *means));
    let ends = ENDS.iter().map(|(kind, means)| (kind.as_str(), *means));
    let gaps = GAPS.iter().map(|(reason, means)| (reason.as_str(), *means));
    list(
        &mut text,
        "kind of `error`, `notice`, and in `unsent`",
        errors,
    );
    list(&mut text, "kind in the reason of `state`", ends);
    list(&mut text, "reason of `gap`", gaps);
    text
}

fn list<'a>(text: &mut String, title: &str, words: impl Iterator<Item = (&'a str, &'a str)>) {
    text.push_str(&format!("\n\n{title}:\n"));
    for (word, means) in words {
        text.push_str(&format!("\n  {word:14} {means}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_once_in_alphabetical_order() {
        let errors = ERRORS.iter().map(|(kind, _)| kind.as_str());
        let ends = ENDS.iter().map(|(kind, _)| kind.as_str());
        let gaps = GAPS.iter().map(|(reason, _)| reason.as_str());
        for words in [errors.collect::<Vec<_>>(), ends.collect(), gaps.collect()] {
            assert!(words.windows(2).all(|pair| pair[0] < pair[1]), "{words:?}");
        }
    }
}
