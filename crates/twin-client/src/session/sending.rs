//! A message on its way, and what becomes of it.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot;
use twin_protocol::model::SentMessage;
use twin_transport::Reached;

use crate::error::{Error, ErrorKind};

/// Names a message within the client that sends it, before the platform has given it an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub(super) u64);

impl fmt::Display for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "local-{}", self.0)
    }
}

/// A message on its way. Awaiting it gives the [`SendOutcome`]; dropping it does not stop the
/// message.
#[derive(Debug)]
#[must_use = "what becomes of the message is not known before this is awaited"]
pub struct Sending {
    id: LocalId,
    outcome: oneshot::Receiver<SendOutcome>,
}

/// What became of a message.
#[derive(Debug)]
#[must_use]
pub enum SendOutcome {
    /// The platform has certainly not taken it: it can be sent again.
    NotSent(Error),
    /// The platform has taken it.
    Sent(SentMessage),
    /// Whether the platform has taken it is not known: it may have, and sending it again may show it
    /// twice. The platform offers nothing by which the two could be told apart; its list of messages
    /// may tell ([`Session::history`](crate::Session::history)).
    Unknown(Error),
}

impl Sending {
    pub(super) fn new(id: LocalId) -> (oneshot::Sender<SendOutcome>, Self) {
        let (sender, outcome) = oneshot::channel();
        (sender, Self { id, outcome })
    }

    /// Names the message until the platform has given it an id.
    pub fn local_id(&self) -> LocalId {
        self.id
    }
}

impl Future for Sending {
    type Output = SendOutcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<SendOutcome> {
        Pin::new(&mut self.outcome).poll(context).map(|outcome| {
            // The task was dropped while it posted this message: how far it was, nobody knows.
            outcome.unwrap_or_else(|_| {
                let what = "sending a message";
                SendOutcome::Unknown(Error::new(ErrorKind::Internal, Reached::Unknown, what))
            })
        })
    }
}

impl SendOutcome {
    /// The message that the platform has taken.
    ///
    /// # Errors
    ///
    /// Where it has not, or where that is not known: then [`Error::reached`] is not
    /// [`No`](Reached::No).
    pub fn sent(self) -> Result<SentMessage, Error> {
        match self {
            Self::NotSent(error) | Self::Unknown(error) => Err(error),
            Self::Sent(message) => Ok(message),
        }
    }
}

impl From<Result<SentMessage, Error>> for SendOutcome {
    fn from(result: Result<SentMessage, Error>) -> Self {
        match result {
            Ok(message) => Self::Sent(message),
            Err(error) if error.is_certainly_undone() => Self::NotSent(error),
            Err(error) => Self::Unknown(error),
        }
    }
}
