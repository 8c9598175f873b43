//! Results for people, as someone who follows a chat would like to read it.

mod clock;
mod message;

use std::{collections::VecDeque, time::Duration};

use twin_client::{
    Answer, EndKind, EndReason, Gap, GapReason, LinkState, LiveEvent,
    api::Item,
    event::Event,
    id::MessageId,
    model::{AuthorType, Message, SentMessage, Session},
};
use twin_emulator::Addresses;

use self::{clock::Clock, message::Shown};
use crate::{
    failure::Failure,
    render::{Attempt, Audience, Unsent, plain},
};

/// How many of one's own messages are remembered, to say which was read.
const REMEMBERED: usize = 64;
/// How much of a message that is only referred to is shown, in characters.
const QUOTED: usize = 40;
/// What stands before what is told without a time, or goes on with what is above.
const INDENT: &str = "         ";

/// Makes lines for people.
#[derive(Debug)]
pub(crate) struct TextRenderer {
    audience: Audience,
    clock: Clock,
    /// Whether a link has been lost: before that nothing can have been missed.
    was_away: bool,
    /// The messages that were sent from here.
    own: VecDeque<(MessageId, String)>,
}

impl TextRenderer {
    pub(super) fn new(audience: Audience) -> Self {
        Self {
            audience,
            clock: Clock::new(),
            was_away: false,
            own: VecDeque::new(),
        }
    }

    pub(super) fn event(&self, event: &LiveEvent) -> String {
        let session = event.session.as_ref().map(|session| session.short());
        let missed = self.was_away && event.recovered;
        let told = match &event.event {
            Event::MessageCreated(message) => {
                let at = message.created_at.as_ref();
                let lines = Shown::from(&**message).lines();
                return self.at(at, session, missed, lines);
            }
            Event::MessageRead(read) => {
                match self.own.iter().find(|(id, _)| *id == read.message_id) {
                    Some((_, body)) => format!("✓ read: “{body}”"),
                    None => "✓ read".to_owned(),
                }
            }
            Event::OperatorChanged(changed) => {
                let name = changed.operator_name.as_deref();
                let now = name.unwrap_or(changed.operator_id.as_str());
                match &changed.previous_operator_name {
                    Some(before) => format!("→ {now} has taken over from {before}"),
                    None => format!("→ {now} has taken over"),
                }
            }
            Event::OperatorLoggedOut(out) => {
                format!("→ operator {} has logged out", out.operator_id)
            }
            Event::OperatorStatusChanged(changed) => format!(
                "→ operator {} is now {}",
                changed.operator_id,
                changed.current_status.as_str().to_lowercase()
            ),
            Event::SessionClosed(closed) => match closed.session_rating_required {
                Some(true) => "■ the session is closed; please rate it".to_owned(),
                _ => "■ the session is closed".to_owned(),
            },
            Event::TypingIndicator(typing) => {
                let line = format!("{INDENT}… {} is typing", someone(&typing.author_type));
                return self.tagged(session, plain::line(&line));
            }
            Event::Unreadable(unreadable) => {
                let name = unreadable.name.as_str();
                format!("? {name}: cannot be read: {}", unreadable.reason)
            }
            _ => {
                let name = event.name.as_deref().unwrap_or("data without a name");
                format!("? {name}: {}", shortened(event.raw.get(), 200))
            }
        };
        self.at(None, session, missed, vec![told])
    }

    pub(super) fn gap(&self, gap: &Gap) -> String {
        let session = gap.session.as_ref().map(|session| session.short());
        let why = match gap.reason {
            GapReason::ChannelLost => "the platform took the channel away",
            GapReason::Jump => "some are missing in between",
            GapReason::NotRecovered => "the connection was away for too long",
            GapReason::Overflow => "too many waited to be shown",
            GapReason::Start => "they came before the connection was up",
            GapReason::Unreadable => "something came that cannot be read",
            _ => "it is not known why",
        };
        let line = if gap.filled {
            format!("~ something may have been missed ({why}); the messages are back, as follows")
        } else {
            format!("~ something may have been missed here: {why}")
        };
        self.at(None, session, false, vec![line])
    }

    pub(super) fn state(&mut self, state: &LinkState) -> Option<String> {
        self.was_away |= matches!(state, LinkState::Waiting { .. });
        match state {
            LinkState::Closed { reason } if reason.kind == EndKind::Asked => None,
            LinkState::Closed { reason } => Some(self.told(format!("× {reason}"))),
            LinkState::Connected { .. } => Some(self.told("• connected".to_owned())),
            LinkState::Waiting {
                retry_in, reason, ..
            } => Some(self.waiting(reason, *retry_in)),
            _ => None,
        }
    }

    pub(super) fn attempt(&self, attempt: &Attempt<'_>) -> Option<String> {
        match attempt {
            Attempt::Begun => None,
            Attempt::Failed { retry_in, reason } => Some(self.waiting(reason, *retry_in)),
        }
    }

    fn waiting(&self, reason: &EndReason, retry_in: Duration) -> String {
        let seconds = retry_in.as_secs_f64();
        self.told(format!(
            "• not connected ({reason}); trying again in {seconds:.1} s"
        ))
    }

    pub(super) fn opened(&self, session: &str) -> String {
        let session = plain::line(session);
        self.told(format!("• session {session}; type a message, or /help"))
    }

    pub(super) fn notice(&self, failure: &Failure) -> String {
        self.told(format!("× {}", failure.text))
    }

    /// What the client itself has said.
    pub(super) fn said(&self, body: &str) -> String {
        let mut lines = plain::lines(body);
        let first = lines.first().map_or("", String::as_str);
        let first = format!("you: {first}");
        match lines.first_mut() {
            Some(line) => *line = first,
            None => lines.push(first),
        }
        self.at(None, None, false, lines)
    }

    /// Remembers a message of one's own, to say when it is read.
    pub(super) fn remember(&mut self, body: &str, message: &SentMessage) {
        if self.own.len() == REMEMBERED {
            self.own.pop_front();
        }
        self.own
            .push_back((message.id.clone(), shortened(body, QUOTED)));
    }

    pub(super) fn unsent(&self, unsent: &Unsent<'_>) -> String {
        let body = shortened(unsent.body, QUOTED);
        self.told(format!("× “{body}” {}", unsent.failure().text))
    }

    pub(super) fn session(&self, session: &Item<Session>) -> String {
        let Ok(session) = session.read() else {
            return plain::line(session.raw().get());
        };
        let started = session.started_at.as_ref();
        let started = started.map_or_else(|| "-".into(), |_| self.clock.show(started));
        let status = session.status.as_deref().unwrap_or("-");
        let name = session.name.as_deref().unwrap_or_default();
        plain::line(&format!(
            "{}  {started:19}  {status:10}  {name}",
            session.id.as_str()
        ))
    }

    pub(super) fn listed(&self, message: &Item<Message>) -> String {
        match message.read() {
            Ok(message) => {
                let at = Some(&message.created_at);
                self.at(at, None, false, Shown::from(message).lines())
            }
            Err(reason) => {
                let raw = shortened(message.raw().get(), 200);
                self.told(format!("? a message that cannot be read ({reason}): {raw}"))
            }
        }
    }

    fn told(&self, line: String) -> String {
        self.at(None, None, false, vec![line])
    }

    /// `lines` with the time before the first.
    fn at(
        &self,
        time: Option<&twin_client::Timestamp>,
        session: Option<&str>,
        missed: bool,
        lines: Vec<String>,
    ) -> String {
        let mut text = self.clock.show(time);
        text.push(' ');
        if missed {
            text.push_str("(missed) ");
        }
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                text.push('\n');
                text.push_str(INDENT);
            }
            text.push_str(&plain::line(line));
        }
        self.tagged(session, text)
    }

    /// `text` with the session before it, where there are several.
    fn tagged(&self, session: Option<&str>, text: String) -> String {
        match self.audience {
            Audience::One => text,
            Audience::Several => {
                let session = plain::line(session.unwrap_or("-"));
                text.lines()
                    .map(|line| format!("{session:8}  {line}"))
                    .collect::<Vec<_>>()
                    .join("\n")
            }
        }
    }
}

/// What a bot has answered in a direct dialog.
pub(super) fn dialog(answer: &Answer) -> Option<String> {
    let lines = answer.messages().iter().flat_map(|item| match item.read() {
        Ok(message) => Shown::from(message).lines(),
        Err(_) => vec![plain::line(item.raw().get())],
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

pub(super) fn kept(dialog: &str) -> String {
    format!("The dialog goes on with --dialog {}", plain::line(dialog))
}

/// Who writes or types, for people.
fn someone(author: &AuthorType) -> &str {
    match author {
        AuthorType::Bot => "the bot",
        AuthorType::Client => "the client",
        AuthorType::Operator => "the operator",
        other => other.as_str(),
    }
}

/// The beginning of `text`, in one line.
fn shortened(text: &str, most: usize) -> String {
    let line = plain::line(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// An emulator that accepts connections, and what to do with it.
pub(super) fn ready(addresses: &Addresses, program: &str) -> String {
    let Addresses {
        http,
        widget,
        chats,
        bot,
        iam,
        centrifugo,
        socketio,
        ..
    } = addresses;
    let mut lines = vec![
        format!("The platform is on this machine: {http}"),
        String::new(),
    ];
    let services = [
        ("widget gateway", Some(widget)),
        ("chats", Some(chats)),
        ("bot dialogs", bot.as_ref()),
        ("identity", iam.as_ref()),
        ("live events", Some(centrifugo)),
        ("Socket.IO", socketio.as_ref()),
    ];
    for (name, url) in services {
        lines.extend(url.map(|url| format!("  {name:14}  {url}")));
    }
    lines.extend([
        String::new(),
        "Type in another terminal:".to_owned(),
        String::new(),
        format!("  {program} --emulator {http} chat any-chat-id"),
        String::new(),
        "Ctrl-C stops it.".to_owned(),
    ]);
    lines.join("\n")
}
