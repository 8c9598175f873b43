//! Requests that are answered before they are read: an upload without a token, say.
//!
//! Whoever answers and closes resets the connection under the client's hands, and many a client tells
//! its user of that and not of the answer. So what is left of a request is read before the answer
//! goes out, as nginx does by default in front of an application.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use bytes::Bytes;
use http::header;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::{sync::oneshot, time};

/// How long the answer waits for a client that goes on sending.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads what was left of the request's body before it gives the answer.
pub(crate) async fn read_out(request: Request, next: Next) -> Response {
    let waits_to_be_asked = request.headers().contains_key(header::EXPECT);
    let (heir, mut left) = oneshot::channel();
    let request = request.map(|body| {
        Body::new(Bequeathed {
            body,
            // A client that waits to be asked for its body has sent none of it yet.
            is_coming: !waits_to_be_asked,
            heir: Some(heir),
        })
    });
    let response = next.run(request).await;
    // Where there is none, it was read to its end, or somebody reads it still.
    if let Ok(mut body) = left.try_recv() {
        let rest = async { while let Some(Ok(_)) = body.frame().await {} };
        let _ = time::timeout(PATIENCE, rest).await;
    }
    response
}

/// A body that is handed on when it is dropped before its end.
struct Bequeathed {
    body: Body,
    is_coming: bool,
    heir: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Bequeathed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_coming = true;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.heir = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Bequeathed {
    fn drop(&mut self) {
        let is_left = self.is_coming && !self.body.is_end_stream();
        if let Some(heir) = self.heir.take().filter(|_| is_left) {
            // No one takes it where the answer is out already.
            let _ = heir.send(mem::take(&mut self.body));
        }
    }
}
