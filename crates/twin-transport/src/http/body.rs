//! A body that streams, in either direction.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use crate::error::{Error, ErrorKind, Reached};

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;
type Progress = Box<dyn FnMut(u64) + Send>;

/// The body of a request or an answer: nothing, some bytes, or a stream of chunks.
///
/// A `Stream` of chunks. Nothing is buffered that was not asked for.
pub struct Body {
    content: Content,
    length: Option<u64>,
    passed: u64,
    progress: Option<Progress>,
}

enum Content {
    Bytes(Option<Bytes>),
    Chunks(Chunks),
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::full(Bytes::new())
    }

    /// These bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = Some(bytes.len() as u64);
        let content = Content::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty()));
        Self {
            content,
            length,
            passed: 0,
            progress: None,
        }
    }

    /// These chunks, `length` bytes in all where that is known.
    pub fn stream(
        chunks: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self {
            content: Content::Chunks(Box::pin(chunks)),
            length,
            passed: 0,
            progress: None,
        }
    }

    /// Calls `progress` after each chunk that passes, with the bytes that have passed so far.
    ///
    /// It runs where the body is read and must return at once.
    #[must_use]
    pub fn with_progress(mut self, progress: impl FnMut(u64) + Send + 'static) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// How many bytes it holds in all, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next chunk, or `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection broke in the middle.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// The whole body, if it is no longer than `limit` bytes.
    ///
    /// # Errors
    ///
    /// When the connection broke in the middle, or with kind
    /// [`TooLarge`](ErrorKind::TooLarge) beyond the limit.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the body.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, Error> {
        let too_large = || {
            let context = format!("reading a body of more than {limit} bytes");
            Error::new(ErrorKind::TooLarge, Reached::Yes, context)
        };
        if self.length.is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        if first.len() > limit {
            return Err(too_large());
        }
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut whole = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if whole.len() + chunk.len() > limit {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
            next = self.chunk().await?;
        }
        Ok(whole.freeze())
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.content {
            Content::Bytes(bytes) => bytes.take().map(Ok),
            Content::Chunks(chunks) => ready!(chunks.as_mut().poll_next(context)),
        };
        if let Some(Ok(chunk)) = &next {
            self.passed += chunk.len() as u64;
            let passed = self.passed;
            if let Some(progress) = &mut self.progress {
                progress(passed);
            }
        }
        Poll::Ready(next)
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::full(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
