//! One chat session: who takes part, what was said, until when.
//!
//! Bounded: it keeps its last [`MAX_MESSAGES`] messages.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;
use twin_protocol::{
    id::{ChatId, ClientId, GroupId, MessageId, SessionId},
    time::Timestamp,
};

use super::{
    clock,
    message::{Author, AuthorKind, Content, Message, Operator},
    operators::Seat,
    refusal::Refusal,
};

/// How many messages of a session are kept; the oldest go.
pub(crate) const MAX_MESSAGES: usize = 10_000;

/// What is known of the person who writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: Option<ClientId>,
    pub(crate) external_id: Option<String>,
    pub(crate) name: Option<String>,
}

/// What is told of a session when it is opened, and only shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) channel: Option<String>,
    pub(crate) messenger_type: Option<String>,
    pub(crate) referer: Option<String>,
}

/// One chat session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) chat: ChatId,
    pub(crate) client: ClientId,
    pub(crate) external_id: Option<String>,
    pub(crate) client_name: Option<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) ttl: Duration,
    pub(crate) expires: Instant,
    pub(crate) name: String,
    pub(crate) about: About,
    pub(crate) is_spam: bool,
    /// Who has it; nobody: the bot.
    pub(crate) operator: Option<Operator>,
    /// All who take part, the one who has it among them.
    pub(crate) seats: Vec<Seat>,
    pub(crate) group: Option<GroupId>,
    pub(crate) result: Option<String>,
    is_closed: bool,
    messages: VecDeque<Message>,
}

impl Session {
    /// An open session without messages.
    pub(super) fn new(id: SessionId, chat: ChatId, client: ClientId, ttl: Duration) -> Self {
        Self {
            id,
            chat,
            client,
            external_id: None,
            client_name: None,
            started_at: clock::now(),
            ttl,
            expires: Instant::now() + ttl,
            name: String::new(),
            about: About::default(),
            is_spam: false,
            operator: None,
            seats: Vec::new(),
            group: None,
            result: None,
            is_closed: false,
            messages: VecDeque::new(),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// Closes it; an error if it is closed.
    pub(super) fn close(&mut self) -> Result<(), Refusal> {
        self.open()?;
        self.is_closed = true;
        Ok(())
    }

    /// An error if it is closed.
    pub(super) fn open(&self) -> Result<(), Refusal> {
        match self.is_closed {
            true => Err(Refusal::SessionClosed),
            false => Ok(()),
        }
    }

    /// Keeps a message of `author`, and gives the id of one that had to go for it.
    pub(super) fn add(&mut self, author: Author, content: Content) -> (Message, Option<MessageId>) {
        let message = Message {
            id: MessageId::from(uuid::Uuid::new_v4().to_string()),
            author,
            content,
            created_at: clock::now(),
            read_at: None,
        };
        self.messages.push_back(message.clone());
        let gone = match self.messages.len() > MAX_MESSAGES {
            true => self.messages.pop_front().map(|message| message.id),
            false => None,
        };
        (message, gone)
    }

    pub(crate) fn message(&self, id: &str) -> Option<&Message> {
        self.messages
            .iter()
            .rev()
            .find(|message| message.id.as_str() == id)
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages
            .iter_mut()
            .rev()
            .find(|message| message.id.as_str() == id)
    }

    /// Its messages, oldest first.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// Those that were created between the two points in time, both included, oldest first.
    pub(crate) fn messages_between(
        &self,
        from: Option<&Timestamp>,
        to: Option<&Timestamp>,
    ) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| {
            from.is_none_or(|from| message.created_at >= *from)
                && to.is_none_or(|to| message.created_at <= *to)
        })
    }

    /// Marks what the client wrote and nobody has read, and gives the ids of it.
    pub(super) fn read_all(&mut self) -> Vec<MessageId> {
        let mut read = Vec::new();
        for message in &mut self.messages {
            if message.author.kind == AuthorKind::Client && message.read_at.is_none() {
                message.read_at = Some(clock::now());
                read.push(message.id.clone());
            }
        }
        read
    }

    /// The person who writes, as an author.
    pub(super) fn client_author(&self) -> Author {
        Author {
            kind: AuthorKind::Client,
            id: Some(self.client.to_string()),
            name: self.client_name.clone(),
            avatar: None,
        }
    }
}
