//! One kept connection to the server's HTTP API, and requests on it, one at a time.
//!
//! It repeats nothing that may have reached the server.

use std::{io, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time};

use super::api::CentrifugoApi;
use crate::live::LiveError;

/// How long a connection may take to be made.
const DIAL_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take. The server answers a disconnect only after the command that the
/// connection is at (facts, 5.3).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// The longest answer.
const MAX_ANSWER: usize = 16 << 20;

/// One kept connection.
#[derive(Debug)]
pub(super) struct Connection {
    api: CentrifugoApi,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    pub(super) fn new(api: CentrifugoApi) -> Self {
        Self { api, sender: None }
    }

    /// Posts `body` to the method `batch`, and gives the answer's body.
    pub(super) async fn post(&mut self, body: Bytes) -> Result<Bytes, LiveError> {
        let mut is_kept = self.sender.is_some();
        loop {
            let mut sender = match self.sender.take() {
                Some(sender) => sender,
                None => self.dial().await?,
            };
            let answer = time::timeout(ANSWER_TIMEOUT, self.exchange(&mut sender, body.clone()));
            match answer.await {
                Err(_) => return Err(LiveError::TimedOut),
                Ok(Ok(body)) => {
                    self.sender = Some(sender);
                    return Ok(body);
                }
                // A kept connection that the server had closed: nothing was sent on it.
                Ok(Err(Failure::Unsent)) if is_kept => is_kept = false,
                Ok(Err(Failure::Unsent)) => {
                    return Err(LiveError::Unreachable(io::ErrorKind::ConnectionAborted));
                }
                Ok(Err(Failure::Live(error))) => return Err(error),
            }
        }
    }

    async fn dial(&self) -> Result<SendRequest<Full<Bytes>>, LiveError> {
        let unreachable = |error: io::Error| LiveError::Unreachable(error.kind());
        let dial = TcpStream::connect((self.api.host.as_str(), self.api.port));
        let stream = time::timeout(DIAL_TIMEOUT, dial)
            .await
            .map_err(|_| LiveError::Unreachable(io::ErrorKind::TimedOut))?
            .map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| LiveError::Broken(error.to_string()))?;
        // It ends by itself once the sender is dropped.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(target: "twin::emulator", %error, "a connection to the live side broke");
            }
        });
        Ok(sender)
    }

    async fn exchange(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        body: Bytes,
    ) -> Result<Bytes, Failure> {
        sender.ready().await.map_err(|_| Failure::Unsent)?;
        let request = Request::post(format!("{}/batch", self.api.path))
            .header(header::HOST, self.api.authority())
            .header(header::CONTENT_TYPE, "application/json")
            .header("X-API-Key", self.api.key.clone())
            .body(Full::new(body))
            .map_err(|error| Failure::broken(&error))?;
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| match error.is_canceled() {
            true => Failure::Unsent,
            false => Failure::broken(&error),
        })?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER)
            .collect()
            .await;
        match (status, body) {
            (StatusCode::OK, Ok(body)) => Ok(body.to_bytes()),
            (StatusCode::OK, Err(error)) => Err(Failure::broken(&*error)),
            (status, _) => Err(Failure::Live(LiveError::Status(status.as_u16()))),
        }
    }
}

enum Failure {
    Live(LiveError),
    /// Nothing of the request has left.
    Unsent,
}

impl Failure {
    fn broken(error: &dyn std::error::Error) -> Self {
        Self::Live(LiveError::Broken(error.to_string()))
    }
}
