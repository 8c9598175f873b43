//! The message as peers and floors read it: owned texts, every field that the platform documents.

use serde::Deserialize;

/// The data of a publication.
#[derive(Debug, Deserialize)]
pub struct Data {
    /// The event's name.
    pub event: String,
    /// Its payload.
    pub payload: Message,
}

/// `chatMessageCreated`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Names the message.
    pub id: String,
    /// What its author is.
    pub author_type: String,
    /// Its text.
    pub body: String,
    /// Answers to choose from.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Buttons under it.
    pub keyboard: Option<Keyboard>,
    /// When it was written.
    pub created_at: String,
    /// The session that it belongs to.
    pub session_id: String,
    /// Files that come with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What it asks the application to do.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// A picture of its author.
    pub avatar: Option<String>,
    /// Who wrote it.
    pub author_id: Option<String>,
    /// The author's name.
    pub author_name: Option<String>,
    /// What kind of message it is.
    #[serde(rename = "type")]
    pub message_type: Option<String>,
    /// The message that it answers.
    pub reply_id: Option<String>,
    /// The message that it answers.
    pub reply_to_message: Option<ReplyTo>,
}

/// Buttons under a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keyboard {
    /// How many stand in a row.
    pub buttons_in_row: Option<u32>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Deserialize)]
pub struct Button {
    /// What kind of button it is.
    #[serde(rename = "type")]
    pub button_type: String,
    /// What stands on it.
    pub text: String,
}

/// A file that comes with a message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Names the file.
    pub id: String,
    /// What is in it.
    pub content_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// Where it is to be had.
    pub download_link: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it is to be had.
    pub url: Option<String>,
}

/// What a message asks the application to do.
#[derive(Debug, Deserialize)]
pub struct Action {
    /// What kind of action it is.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Its name.
    pub event: String,
    /// What stands on it.
    pub label: Option<String>,
    /// What goes with it.
    pub data: Option<String>,
}

/// The message that another one answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyTo {
    /// Names the message.
    pub id: String,
    /// What its author is.
    pub author_type: String,
    /// Its text.
    pub body: String,
    /// The author's name.
    pub author_name: Option<String>,
}

impl Message {
    /// Looks at the fields that every contender looks at, and gives the length of the text in bytes.
    /// Every contender does the same: with nothing looked at, a clever one would read nothing.
    pub fn look(&self) -> usize {
        let is_whole = !self.id.is_empty()
            && !self.session_id.is_empty()
            && !self.author_type.is_empty()
            && !self.created_at.is_empty();
        if is_whole { self.body.len() } else { 0 }
    }
}
