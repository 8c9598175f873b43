//! Results as lines: for people ([`text`]) and for programs ([`json`]). Nothing here prints.

pub(crate) mod json;
pub(crate) mod plain;
pub(crate) mod text;

use twin_client::{
    Answer, Delivery, EndReason, Error, LinkChange, Timestamp,
    api::{BaseUrl, ContentHead, Item},
    model::{File, Message, SentMessage, Session},
};
use twin_emulator::Addresses;

use self::text::TextRenderer;
use crate::{args::Format, failure::Failure};

/// Makes lines of results.
#[derive(Debug)]
pub(crate) enum Renderer {
    /// One JSON object a line.
    Json,
    /// For people.
    Text(Box<TextRenderer>),
}

/// For whom sessions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Someone who looks at one session.
    One,
    /// Someone who looks at several, and wants to know which it is.
    Several,
}

/// A message that is not known to have been taken by the platform.
#[derive(Debug)]
pub(crate) struct Unsent<'a> {
    pub(crate) session: &'a str,
    pub(crate) body: &'a str,
    /// Whether the platform has certainly not taken it.
    pub(crate) certain: bool,
    pub(crate) error: &'a Error,
}

impl Unsent<'_> {
    /// What has become of it, and why.
    pub(crate) fn failure(&self) -> Failure {
        let what = match self.certain {
            true => "not sent",
            false => "perhaps not sent",
        };
        Failure::of_client(what, self.error)
    }
}

/// A file that has come.
#[derive(Debug)]
pub(crate) struct Downloaded<'a> {
    pub(crate) id: &'a str,
    pub(crate) head: &'a ContentHead,
    pub(crate) size: u64,
    pub(crate) path: &'a str,
}

/// A login that has succeeded.
#[derive(Debug)]
pub(crate) struct LoggedIn<'a> {
    pub(crate) email: &'a str,
    pub(crate) iam: &'a BaseUrl,
    pub(crate) expires: Option<&'a Timestamp>,
    pub(crate) file: &'a str,
}

/// An attempt at what comes before a live link: finding an emulator, starting a session.
#[derive(Debug)]
pub(crate) enum Attempt<'a> {
    Begun,
    Failed {
        retry_in: std::time::Duration,
        reason: &'a EndReason,
    },
}

impl Renderer {
    pub(crate) fn new(format: Format, audience: Audience) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Text => Self::Text(Box::new(TextRenderer::new(audience))),
        }
    }

    /// An event, or a gap.
    pub(crate) fn delivery(&mut self, delivery: &Delivery) -> Option<String> {
        match (self, delivery) {
            (Self::Json, Delivery::Event(event)) => Some(json::event(event)),
            (Self::Json, Delivery::Gap(gap)) => Some(json::gap(gap)),
            (Self::Text(text), Delivery::Event(event)) => Some(text.event(event)),
            (Self::Text(text), Delivery::Gap(gap)) => Some(text.gap(gap)),
            // What a later client may deliver has no line yet.
            _ => None,
        }
    }

    /// The state of a live link.
    pub(crate) fn link(&mut self, change: &LinkChange) -> Option<String> {
        match self {
            Self::Json => json::state(change.link, &change.state, &change.sessions),
            Self::Text(text) => text.state(&change.state),
        }
    }

    /// An attempt before there is a live link, as that of the first one to be.
    pub(crate) fn attempt(
        &mut self,
        number: u32,
        attempt: &Attempt<'_>,
        sessions: &[String],
    ) -> Option<String> {
        match self {
            Self::Json => Some(json::attempt(number, attempt, sessions)),
            Self::Text(text) => text.attempt(attempt),
        }
    }

    /// A session that is chatted in from now on. Programs see it in the states.
    pub(crate) fn opened(&self, session: &str) -> Option<String> {
        match self {
            Self::Json => None,
            Self::Text(text) => Some(text.opened(session)),
        }
    }

    /// What may be typed.
    pub(crate) fn help(&self, help: &str) -> Option<String> {
        match self {
            Self::Json => None,
            Self::Text(_) => Some(help.to_owned()),
        }
    }

    /// Something typed that could not be done.
    pub(crate) fn notice(&self, failure: &Failure) -> String {
        match self {
            Self::Json => json::notice(failure),
            Self::Text(text) => text.notice(failure),
        }
    }

    /// What the client itself says, where it does not stand there already. Programs know.
    pub(crate) fn said(&self, body: &str) -> Option<String> {
        match self {
            Self::Json => None,
            Self::Text(text) => Some(text.said(body)),
        }
    }

    /// A message that the platform has taken. To people who chat there is nothing to tell.
    pub(crate) fn sent(
        &mut self,
        session: &str,
        body: &str,
        message: &SentMessage,
    ) -> Option<String> {
        match self {
            Self::Json => Some(json::sent(session, message)),
            Self::Text(text) => {
                text.remember(body, message);
                None
            }
        }
    }

    /// A message of which that is not known.
    pub(crate) fn unsent(&mut self, unsent: &Unsent<'_>) -> String {
        match self {
            Self::Json => json::unsent(unsent),
            Self::Text(text) => text.unsent(unsent),
        }
    }

    /// A message of the platform's list.
    pub(crate) fn listed(&mut self, session: &str, message: &Item<Message>) -> String {
        match self {
            Self::Json => json::listed(session, message),
            Self::Text(text) => text.listed(message),
        }
    }

    /// What a bot has answered; nothing where it says nothing to people.
    pub(crate) fn dialog(&self, answer: &Answer) -> Option<String> {
        match self {
            Self::Json => Some(json::dialog(answer)),
            Self::Text(_) => text::dialog(answer),
        }
    }

    /// A dialog that goes on; its line of JSON has named it already.
    pub(crate) fn kept(&self, dialog: &str) -> Option<String> {
        match self {
            Self::Json => None,
            Self::Text(_) => Some(text::kept(dialog)),
        }
    }

    /// A file that the platform has taken; people want its id.
    pub(crate) fn uploaded(&self, path: &str, file: &Item<File>) -> String {
        match (self, file.read()) {
            (Self::Json, _) => json::uploaded(path, file),
            (Self::Text(_), Ok(file)) => plain::line(file.id.as_str()),
            (Self::Text(_), Err(_)) => plain::line(file.raw().get()),
        }
    }

    /// A file that has come; people want to know where it is.
    pub(crate) fn downloaded(&self, file: &Downloaded<'_>) -> String {
        match self {
            Self::Json => json::downloaded(file),
            Self::Text(_) => plain::line(file.path),
        }
    }

    /// A session of the platform's list.
    pub(crate) fn session(&self, session: &Item<Session>) -> String {
        match self {
            Self::Json => json::session(session),
            Self::Text(text) => text.session(session),
        }
    }

    /// That someone has logged in.
    pub(crate) fn logged_in(&self, login: &LoggedIn<'_>) -> String {
        match self {
            Self::Json => json::logged_in(login),
            Self::Text(_) => {
                let text = format!("logged in as {}, kept in {}", login.email, login.file);
                plain::line(&text)
            }
        }
    }

    /// The answer to a call, the body as it came; one that is no JSON is text to programs. To people an
    /// empty one says nothing.
    pub(crate) fn answer(&self, operation: &str, body: &str) -> Option<String> {
        match self {
            Self::Json => Some(json::answer(operation, body)),
            Self::Text(_) => (!body.is_empty()).then(|| plain::lines(body).join("\n")),
        }
    }

    /// A call that can be made.
    pub(crate) fn operation(&self, name: &str, about: &str) -> String {
        match self {
            Self::Json => json::operation(name, about),
            Self::Text(_) => format!("{name:24} {about}"),
        }
    }

    /// A field of a call.
    pub(crate) fn field(&self, name: &str, form: &str, required: bool, about: &str) -> String {
        match self {
            Self::Json => json::field(name, form, required, about),
            Self::Text(_) => {
                let mark = if required { "*" } else { " " };
                format!("{mark} {name:20} {form:12} {about}")
            }
        }
    }

    /// The line that says why the work failed.
    pub(crate) fn failure(&self, failure: &Failure) -> Option<String> {
        match self {
            Self::Json => Some(json::error(failure)),
            Self::Text(_) => None,
        }
    }

    /// An emulator that accepts connections; `program` is how this program was called.
    pub(crate) fn ready(&self, addresses: &Addresses, program: &str) -> String {
        match self {
            Self::Json => json::ready(addresses),
            Self::Text(_) => text::ready(addresses, program),
        }
    }
}
