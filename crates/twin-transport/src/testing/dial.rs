//! One attempt to connect, which waits for the test's decision.

use std::sync::Arc;

use http::Request;

use crate::{
    error::{Error, ErrorKind, Reached, Refusal},
    testing::{memory_socket::MemorySocket, peer::Peer, watched::Watched},
};

/// A client's attempt to open a WebSocket. Held, it is never answered; dropped, it is lost.
#[derive(Debug)]
#[must_use = "dropping it loses the connection; hold it to leave the client without an answer"]
pub struct Dial {
    request: Request<()>,
    decision: Arc<Watched<Decision>>,
}

/// The client's side of it.
#[derive(Debug)]
pub(super) struct Waiting {
    decision: Arc<Watched<Decision>>,
}

#[derive(Debug)]
enum Decision {
    Awaited,
    Abandoned,
    Made(Result<MemorySocket, Box<Error>>),
    /// The client has it.
    Taken,
}

impl Dial {
    pub(super) fn new(request: Request<()>) -> (Self, Waiting) {
        let decision = Arc::new(Watched::new(Decision::Awaited));
        let waiting = Waiting {
            decision: Arc::clone(&decision),
        };
        (Self { request, decision }, waiting)
    }

    /// What was asked for.
    pub fn request(&self) -> &Request<()> {
        &self.request
    }

    /// Whether the client has given it up.
    pub fn is_abandoned(&self) -> bool {
        self.decision
            .look(|decision| matches!(decision, Decision::Abandoned))
    }

    /// Opens the WebSocket, and gives the server's side of it.
    pub fn accept(self) -> Peer {
        let (socket, peer) = MemorySocket::open();
        self.decide(Ok(socket));
        peer
    }

    /// Answers with something else than a WebSocket.
    pub fn refuse(self, refusal: Refusal) {
        let context = format!("opening a WebSocket to {}", self.request.uri().path());
        self.fail(Error::refused(refusal, context));
    }

    /// Fails the attempt with this very error.
    pub fn fail(self, error: Error) {
        self.decide(Err(Box::new(error)));
    }

    fn decide(&self, made: Result<MemorySocket, Box<Error>>) {
        // A socket that nobody waits for is dropped, and its peer told; outside of the lock.
        let refused = self.decision.change(|decision| match decision {
            Decision::Awaited => {
                *decision = Decision::Made(made);
                None
            }
            _ => Some(made),
        });
        drop(refused);
    }
}

impl Drop for Dial {
    fn drop(&mut self) {
        let context = "opening a WebSocket that the test has dropped";
        let lost = Error::new(ErrorKind::Lost, Reached::Unknown, context);
        self.decide(Err(Box::new(lost)));
    }
}

impl Waiting {
    pub(super) async fn decision(&self) -> Result<MemorySocket, Error> {
        let made = self
            .decision
            .until(
                |decision| match std::mem::replace(decision, Decision::Taken) {
                    Decision::Made(made) => Some(made),
                    before => {
                        *decision = before;
                        None
                    }
                },
            )
            .await;
        made.map_err(|error| *error)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let before = self.decision.change(|decision| match decision {
            Decision::Taken => None,
            _ => Some(std::mem::replace(decision, Decision::Abandoned)),
        });
        drop(before);
    }
}
