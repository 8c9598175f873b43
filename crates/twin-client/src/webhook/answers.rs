//! Questions that wait for their answers.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;
use twin_protocol::{id::DialogId, model::Dialog, url::SecretUrl};
use twin_transport::Reached;

use super::{post::Post, token::Token};
use crate::error::{Error, ErrorKind};

/// How many questions may wait, where nothing else is said.
const WAITING: usize = 1024;
/// How long each waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// Brings answers that come by the webhook to their questions:
/// [`Dialog::ask_by_webhook`](crate::Dialog::ask_by_webhook). Cheap to clone; the clones share the
/// questions that wait.
#[derive(Clone)]
pub struct Answers {
    url: SecretUrl,
    patience: Duration,
    most: usize,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting(Mutex<HashMap<Token, Question>>);

struct Question {
    /// The dialog, where it is known before the answer comes.
    dialog: Option<DialogId>,
    answer: oneshot::Sender<Dialog>,
}

impl Answers {
    /// For a webhook that is reached at `url`, whose posts are [delivered](Self::deliver) here.
    /// [`Client::webhook`](crate::Client::webhook) does both.
    pub fn new(url: SecretUrl) -> Self {
        Self {
            url,
            patience: PATIENCE,
            most: WAITING,
            waiting: Arc::default(),
        }
    }

    /// The same where each question waits for so long. Default: a minute.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same where at most so many questions wait, those of all clones together. Default: 1,024.
    #[must_use]
    pub fn with_most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// Where answers are posted to.
    pub fn url(&self) -> &SecretUrl {
        &self.url
    }

    /// How many questions wait.
    pub fn waiting(&self) -> usize {
        self.waiting.lock().len()
    }

    /// Brings a post to the question that waits for it; gives it back where none does.
    pub fn deliver(&self, post: Post) -> Option<Post> {
        let Some(token) = post.token() else {
            return Some(post);
        };
        let mut waiting = self.waiting.lock();
        let dialog = post.dialog.read().ok().map(|dialog| &dialog.dialog_id);
        let is_awaited = waiting.get(&token).is_some_and(|question| {
            question.dialog.is_none() || question.dialog.as_ref() == dialog
        });
        let question = is_awaited.then(|| waiting.remove(&token)).flatten();
        drop(waiting);
        let (Some(question), Ok(dialog)) = (question, post.dialog.read()) else {
            return Some(post);
        };
        let mut answer = dialog.clone();
        answer.callback_data = post.callback_data().map(str::to_owned);
        // Whoever has asked may have gone in this very moment.
        match question.answer.send(answer) {
            Ok(()) => None,
            Err(_) => Some(post),
        }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// A further question, in a dialog that may be known.
    pub(crate) fn await_one(
        &self,
        what: &str,
        dialog: Option<&DialogId>,
    ) -> Result<Awaited, Error> {
        let mut waiting = self.waiting.lock();
        if waiting.len() >= self.most {
            let what = format!("{what}: asking while {} questions wait", self.most);
            return Err(Error::new(ErrorKind::InvalidInput, Reached::No, what));
        }
        let token = Token::new();
        let (answer, receiver) = oneshot::channel();
        let dialog = dialog.cloned();
        waiting.insert(token.clone(), Question { dialog, answer });
        drop(waiting);
        let place = Place {
            token,
            waiting: Arc::clone(&self.waiting),
        };
        Ok(Awaited { place, receiver })
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<Token, Question>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question's side of it. The question waits for as long as this lives.
pub(crate) struct Awaited {
    place: Place,
    receiver: oneshot::Receiver<Dialog>,
}

/// A place among those that wait, which is given up when it is dropped.
struct Place {
    token: Token,
    waiting: Arc<Waiting>,
}

impl Awaited {
    /// The `callbackData` of the question, around its own.
    pub(crate) fn wrap(&self, own: Option<&str>) -> String {
        self.place.token.wrap(own)
    }

    /// The answer.
    pub(crate) async fn answer(self) -> Dialog {
        let Self { place, receiver } = self;
        let answer = receiver.await;
        drop(place);
        match answer {
            Ok(answer) => answer,
            // The sender is dropped only with the place, which lives here.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.lock().remove(&self.token);
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers")
            .field("url", &self.url)
            .field("patience", &self.patience)
            .field("most", &self.most)
            .field("waiting", &self.waiting())
            .finish()
    }
}
