//! What was posted, and the queue in which it waits.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use tokio::sync::mpsc;
use twin_protocol::{api::Item, model::Dialog};

use super::token::Token;

/// What was posted to the webhook.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Post {
    /// The dialog with the bot's messages; what cannot be read as one is kept as it came. Its
    /// `callback_data` is that of the wire: see [`callback_data`](Self::callback_data).
    pub dialog: Item<Dialog>,
    /// Whether the very same has come before, byte for byte: a repeat, or a second, equal answer.
    /// Repeats that are certain are dropped before.
    pub is_repeated: bool,
}

/// What a bot says, and the token in the wire's `callback_data`, are not shown.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post")
            .field("is_repeated", &self.is_repeated)
            .finish_non_exhaustive()
    }
}

impl Post {
    pub(super) const fn new(dialog: Item<Dialog>) -> Self {
        Self {
            dialog,
            is_repeated: false,
        }
    }

    /// What was given with the question, without what was wrapped around it.
    pub fn callback_data(&self) -> Option<&str> {
        let data = self.dialog.read().ok()?.callback_data.as_deref()?;
        match Token::unwrap(data) {
            Some((_, own)) => own,
            None => Some(data),
        }
    }

    /// The question's token.
    pub(super) fn token(&self) -> Option<Token> {
        let data = self.dialog.read().ok()?.callback_data.as_deref()?;
        Token::unwrap(data).map(|(token, _)| token)
    }
}

/// What comes and answers no question that waits: later messages of a bot, answers that come too
/// late, and those to questions that were not asked through [`Answers`](super::Answers). A `Stream`.
#[derive(Debug)]
pub struct Posts(mpsc::Receiver<Post>);

impl Posts {
    /// The next; `None` once the service and all its clones are gone.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Post> {
        self.0.recv().await
    }
}

impl Stream for Posts {
    type Item = Post;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Post>> {
        self.0.poll_recv(context)
    }
}

/// A queue in which so many may wait.
pub(super) fn queue(waiting: usize) -> (mpsc::Sender<Post>, Posts) {
    let (sender, receiver) = mpsc::channel(waiting.max(1));
    (sender, Posts(receiver))
}
