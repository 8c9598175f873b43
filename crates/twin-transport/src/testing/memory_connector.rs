//! A WebSocket connector whose every attempt to connect ends up in the hands of the test.

use std::{collections::VecDeque, sync::Arc};

use async_trait::async_trait;
use http::Request;

use crate::{
    error::Error,
    testing::{dial::Dial, watched::Watched},
    websocket::{WebSocket, WebSocketConnector},
};

/// A [`WebSocketConnector`] without a network: the test plays the server. Cheap to clone; clones
/// share their attempts to connect.
///
/// Every attempt waits until the test takes it ([`next_dial`](Self::next_dial)) and decides: accept,
/// refuse, fail, or hold it and never answer.
#[derive(Clone, Debug, Default)]
pub struct MemoryConnector {
    dials: Arc<Watched<VecDeque<Dial>>>,
}

impl MemoryConnector {
    /// A connector that nobody has dialled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits for the next attempt to connect that the client has not given up.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next_dial(&self) -> Dial {
        self.dials.until(next).await
    }

    /// The next attempt to connect, where there is one already.
    pub fn take_dial(&self) -> Option<Dial> {
        self.dials.look(next)
    }
}

fn next(dials: &mut VecDeque<Dial>) -> Option<Dial> {
    dials.retain(|dial| !dial.is_abandoned());
    dials.pop_front()
}

#[async_trait]
impl WebSocketConnector for MemoryConnector {
    async fn connect(&self, request: Request<()>) -> Result<Box<dyn WebSocket>, Error> {
        let (dial, waiting) = Dial::new(request);
        self.dials.change(|dials| dials.push_back(dial));
        let socket = waiting.decision().await?;
        Ok(Box::new(socket))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::{
        error::{ErrorKind, Reached, Refusal},
        testing::VirtualRuntime,
    };

    fn request(path: &str) -> Request<()> {
        let uri = format!("wss://example.com{path}");
        Request::get(uri).body(()).unwrap()
    }

    #[test]
    fn each_attempt_is_decided_by_the_test() {
        let connector = MemoryConnector::new();
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, HeaderMap::new(), "who?".into());
        let errors = VirtualRuntime::new().block_on(async {
            let client = async {
                let first = connector.connect(request("/1")).await.unwrap_err();
                let second = connector.connect(request("/2")).await.unwrap_err();
                let third = connector.connect(request("/3")).await.unwrap_err();
                [first, second, third]
            };
            let server = async {
                connector.next_dial().await.refuse(refusal);
                let lost = Error::new(ErrorKind::Unreachable, Reached::No, "dialling");
                connector.next_dial().await.fail(lost);
                drop(connector.next_dial().await);
            };
            futures_util::future::join(client, server).await.0
        });
        assert_eq!(errors[0].refusal().unwrap().body, "who?");
        assert_eq!(errors[1].kind(), ErrorKind::Unreachable);
        assert_eq!(errors[2].kind(), ErrorKind::Lost);
    }

    #[test]
    fn an_attempt_that_is_held_waits_and_one_that_is_dropped_is_abandoned() {
        let connector = MemoryConnector::new();
        let mut held = connector.connect(request("/held")).boxed();
        assert!(held.as_mut().now_or_never().is_none());
        let dial = connector.take_dial().unwrap();
        assert_eq!(dial.request().uri().path(), "/held");
        assert!(held.as_mut().now_or_never().is_none());
        assert!(!dial.is_abandoned());
        drop(held);
        assert!(dial.is_abandoned());
        let _ = connector.connect(request("/gone")).boxed().now_or_never();
        assert!(connector.take_dial().is_none());
        assert!(dial.accept().is_gone());
    }
}
