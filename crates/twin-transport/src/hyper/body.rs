//! Our bodies as hyper's, and hyper's as ours.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

use crate::{
    error::{Error, ErrorKind, Reached},
    http::Body,
    hyper::{failure, transport::Doing},
};

/// One of our bodies on its way out.
#[derive(Debug)]
pub(super) struct Outgoing(pub(super) Body);

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let chunk = ready!(Pin::new(&mut self.0).poll_next(context));
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.length() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .length()
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// An answer's body, each of whose chunks must come in time.
pub(super) fn incoming(body: Incoming, idle_timeout: Duration, doing: Doing) -> Body {
    let length = http_body::Body::size_hint(&body).exact();
    Body::stream(
        Chunks {
            body,
            patience: None,
            idle_timeout,
            doing,
        },
        length,
    )
}

struct Chunks {
    body: Incoming,
    /// Runs while a chunk is waited for: most bodies are there at once and need no timer.
    patience: Option<Pin<Box<Sleep>>>,
    idle_timeout: Duration,
    doing: Doing,
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match http_body::Body::poll_frame(Pin::new(&mut self.body), context) {
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Ok(frame))) => {
                    self.patience = None;
                    // Trailers are of no use here.
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    let error = failure::exchanging(error, Reached::Yes, &self.doing.to_string());
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Pending => {
                    let idle_timeout = self.idle_timeout;
                    let patience = self
                        .patience
                        .get_or_insert_with(|| Box::pin(tokio::time::sleep(idle_timeout)));
                    ready!(patience.as_mut().poll(context));
                    let context = self.doing.to_string();
                    let error = Error::new(ErrorKind::TimedOut, Reached::Yes, context);
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
