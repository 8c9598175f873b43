//! A message as people read it, whether it came as an event or from a list.

use twin_client::{
    event::MessageCreated,
    model::{Attachment, AuthorType, DialogMessage, Keyboard, Message, MessageAction},
};

use super::{QUOTED, shortened, someone};
use crate::{quick_replies, render::plain};

/// How wide a row of quick replies becomes where the message does not say.
const WIDTH: usize = 72;

/// What is shown of a message.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    author: &'a AuthorType,
    name: Option<&'a str>,
    body: &'a str,
    reply_to: Option<&'a str>,
    attachments: &'a [Attachment],
    actions: &'a [MessageAction],
    answers: &'a [String],
    keyboard: Option<&'a Keyboard>,
}

impl<'a> From<&'a MessageCreated> for Shown<'a> {
    fn from(message: &'a MessageCreated) -> Self {
        let reply_to = message.reply_to_message.as_ref();
        Self {
            author: &message.author_type,
            name: message.author_name.as_deref(),
            body: &message.body,
            reply_to: reply_to.map(|reply| reply.body.as_deref().unwrap_or_default()),
            attachments: &message.attachments,
            actions: &message.actions,
            answers: &message.answers,
            keyboard: message.keyboard.as_ref(),
        }
    }
}

impl<'a> From<&'a Message> for Shown<'a> {
    fn from(message: &'a Message) -> Self {
        let reply_to = message.reply_to.as_ref();
        Self {
            author: &message.author_type,
            name: message.author_name.as_deref(),
            body: message.body.as_deref().unwrap_or_default(),
            reply_to: reply_to.map(|reply| reply.body.as_deref().unwrap_or_default()),
            attachments: &message.attachments,
            actions: &[],
            answers: &message.answers,
            keyboard: message.keyboard.as_ref(),
        }
    }
}

impl<'a> From<&'a DialogMessage> for Shown<'a> {
    fn from(message: &'a DialogMessage) -> Self {
        let actions = message.actions.as_ref();
        Self {
            author: &AuthorType::Bot,
            name: None,
            body: message.body.as_deref().unwrap_or_default(),
            reply_to: None,
            attachments: &message.attachments,
            actions: actions.map_or(&[], |actions| actions.list()),
            answers: &message.answers,
            keyboard: None,
        }
    }
}

impl Shown<'_> {
    pub(super) fn lines(&self) -> Vec<String> {
        let author = match self.name {
            Some(name) if !name.trim().is_empty() => plain::line(name),
            _ => someone(self.author).to_owned(),
        };
        let mut lines = plain::lines(self.body);
        let first = lines.first().map_or("", String::as_str);
        let first = match self.reply_to {
            Some(quoted) => {
                let quoted = shortened(quoted, QUOTED);
                format!("{author} (on “{quoted}”): {first}")
            }
            None => format!("{author}: {first}"),
        };
        match lines.first_mut() {
            Some(line) => *line = first,
            None => lines.push(first),
        }
        lines.extend(self.attachments.iter().map(file));
        lines.extend(self.actions.iter().map(action));
        lines.extend(self.quick_replies());
        lines
    }

    fn quick_replies(&self) -> Vec<String> {
        let per_row = self.keyboard.and_then(|keyboard| keyboard.buttons_in_row);
        let per_row = per_row.and_then(|per_row| usize::try_from(per_row).ok());
        let per_row = per_row.filter(|per_row| *per_row > 0).unwrap_or(usize::MAX);
        let offered = quick_replies::offered(self.answers, self.keyboard);
        let mut rows = Vec::new();
        let (mut row, mut in_row) = (String::new(), 0);
        for (number, text) in (1..).zip(offered) {
            let button = format!("[{number}] {}", plain::line(text));
            let full = row.chars().count() + button.chars().count() > WIDTH;
            if in_row > 0 && (in_row == per_row || full) {
                rows.push(std::mem::take(&mut row));
                in_row = 0;
            }
            if in_row > 0 {
                row.push_str("   ");
            }
            row.push_str(&button);
            in_row += 1;
        }
        if in_row > 0 {
            rows.push(row);
        }
        rows
    }
}

fn file(file: &Attachment) -> String {
    let name = file.name.as_deref().unwrap_or(file.id.as_str());
    let kind = file.content_type.as_deref();
    let size = file.size.map(size);
    let about: Vec<_> = kind.map(str::to_owned).into_iter().chain(size).collect();
    let mut line = format!("+ {name}");
    if !about.is_empty() {
        line.push_str(&format!(" ({})", about.join(", ")));
    }
    if let Some(link) = file.download_link.as_ref().or(file.url.as_ref()) {
        line.push(' ');
        line.push_str(link.as_str());
    }
    line
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

fn action(action: &MessageAction) -> String {
    let event = action.event.as_deref();
    let label = action.label.as_deref().or(event).unwrap_or("an action");
    match event {
        Some(event) => format!("! {label} (for the program: {event})"),
        None => format!("! {label}"),
    }
}

#[cfg(test)]
mod tests {
    use twin_client::model::{Button, ButtonType};

    use super::*;

    #[test]
    fn quick_replies_are_numbered_and_stand_in_rows() {
        let mut message = MessageCreated::new(AuthorType::Bot);
        message.body = "Which?\nChoose.".into();
        message.answers = vec!["one".into(), "two".into()];
        let mut keyboard = Keyboard::default();
        keyboard.buttons_in_row = Some(2);
        keyboard.buttons = vec![Button::new(ButtonType::from("text"), "\u{1b}three")];
        message.keyboard = Some(keyboard);
        assert_eq!(
            Shown::from(&message).lines(),
            [
                "the bot: Which?",
                "Choose.",
                "[1] one   [2] two",
                "[3] ␛three"
            ]
        );
    }

    #[test]
    fn many_answers_without_a_keyboard_are_wrapped() {
        let mut message = MessageCreated::new(AuthorType::Operator);
        message.author_name = Some("Anna".into());
        message.answers = (0..10)
            .map(|number| format!("answer number {number}"))
            .collect();
        let lines = Shown::from(&message).lines();
        assert_eq!(lines[0], "Anna: ");
        assert!(lines.len() > 2 && lines.iter().all(|line| line.chars().count() <= WIDTH + 3));
    }
}
