//! A download: what the head says of a file, and its bytes as they come.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, Request, Response, Uri, header::LOCATION};
use twin_protocol::{
    api::{ContentHead, Endpoint, iam::DownloadFile},
    id::FileId,
    url::SecretUrl,
};
use twin_transport::{Body, BoxFuture, Reached};

use super::{
    link,
    name::fit_for_disk,
    progress::{Progress, Watcher},
    transfer,
};
use crate::{
    client::Shared,
    error::{Error, ErrorKind},
};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;
/// How much is read of an answer that is no file, in bytes.
const MAX_REFUSAL: usize = 64 << 10;
/// What a download by a link is called: it is no call of the platform.
const FETCHING: &str = "fetching a link";

/// A file that comes: a `Stream` of its bytes, or read by [`chunk`](Self::chunk), or
/// [`collect`](Self::collect)ed. Nothing is taken from the network that is not asked for.
///
/// It may take as long as it likes, if only something comes: it fails where nothing does for
/// [`Config::call_timeout`](crate::Config::call_timeout).
pub struct Download {
    shared: Arc<Shared>,
    what: &'static str,
    head: ContentHead,
    body: Body,
    passed: u64,
    limit: Option<u64>,
    watcher: Option<Watcher>,
    /// Runs while nothing comes.
    patience: Option<BoxFuture<'static, ()>>,
    is_over: bool,
}

/// Begins to download a file of the platform.
pub(super) async fn by_id(shared: &Arc<Shared>, id: FileId) -> Result<Download, Error> {
    let begin = async {
        let call = DownloadFile::new(id);
        let mut refused = None;
        loop {
            let authorized = shared.authorized(&call, refused, shared.deadline());
            let (request, token) = authorized.await?;
            match follow(shared, DownloadFile::OPERATION, request).await {
                Err(error) if error.is_token_expired() && refused.is_none() && token.is_some() => {
                    refused = token;
                }
                begun => return begun,
            }
        }
    };
    shared.counters.calls.count();
    shared.noted(DownloadFile::OPERATION, begin.await)
}

/// Begins to download what a link leads to.
pub(super) async fn by_link(shared: &Arc<Shared>, link: &SecretUrl) -> Result<Download, Error> {
    let uri = link::parse(link.as_str()).map_err(|why| {
        let what = format!("{FETCHING} that leads nowhere: {why}");
        Error::new(ErrorKind::InvalidInput, Reached::No, what)
    })?;
    let begun = follow(shared, FETCHING, without_credentials(shared, uri)).await;
    shared.counters.calls.count();
    shared.noted(FETCHING, begun)
}

/// Carries out a GET, and those that it is sent on to; only the first has credentials.
async fn follow(
    shared: &Arc<Shared>,
    what: &'static str,
    mut request: Request<Body>,
) -> Result<Download, Error> {
    for _ in 0..=MAX_REDIRECTS {
        let at = request.uri().clone();
        let response = transfer::carry_out(shared, what, request).await?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return begin(shared, what, response).await;
        }
        let next = link::redirected(&at, response.headers().get(LOCATION)).map_err(|why| {
            let what = format!("{what}: a redirect leads nowhere: {why}");
            Error::new(ErrorKind::Protocol, Reached::Yes, what)
        })?;
        request = without_credentials(shared, next);
    }
    let what = format!("{what}: more than {MAX_REDIRECTS} redirects");
    Err(Error::new(ErrorKind::Protocol, Reached::Yes, what))
}

fn without_credentials(shared: &Shared, uri: Uri) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri;
    let agent = shared.config.user_agent.clone();
    let headers: &mut HeaderMap = request.headers_mut();
    headers.insert(http::header::USER_AGENT, agent);
    request
}

async fn begin(
    shared: &Arc<Shared>,
    what: &'static str,
    response: Response<Body>,
) -> Result<Download, Error> {
    let (head, body) = response.into_parts();
    if head.status.is_success() {
        return Ok(Download {
            shared: Arc::clone(shared),
            what,
            head: ContentHead::read(&head.headers),
            body,
            passed: 0,
            limit: None,
            watcher: None,
            patience: None,
            is_over: false,
        });
    }
    // Why it is refused is of use; a page that is too long or breaks off says no more than its status.
    let said = shared.in_time(what, body.collect(MAX_REFUSAL)).await?;
    let refusal = Response::from_parts(head, said.unwrap_or_default());
    match DownloadFile::decode(refusal) {
        Err(error) => Err(Error::answer(what, error)),
        Ok(_) => Err(Error::new(ErrorKind::Internal, Reached::Yes, what)),
    }
}

impl Download {
    /// What the platform says of the file: its media type, its name and its length, each where it
    /// says so. The name must not become a path as it stands: see [`file_name`](Self::file_name).
    pub fn head(&self) -> &ContentHead {
        &self.head
    }

    /// A name to keep the file under: the last part of the platform's, without what leads to
    /// another folder, hides the file, or stands for a device. `None` where there is none.
    pub fn file_name(&self) -> Option<String> {
        self.head.file_name.as_deref().and_then(fit_for_disk)
    }

    /// The same, failing with kind [`TooLarge`](ErrorKind::TooLarge) once more than so many bytes
    /// come, or at once where they are announced. Default: no limit, as nothing is kept here.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }

    /// The same, calling `watch` for each chunk that has come. It must return at once.
    #[must_use]
    pub fn on_progress(mut self, watch: impl FnMut(Progress) + Send + 'static) -> Self {
        self.watcher = Some(Box::new(watch));
        self
    }

    /// The next bytes, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Where the file breaks off, is larger than the [limit](Self::limit), or does not come on in
    /// time. There are no further bytes then.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// The whole file, if it has no more than `limit` bytes.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the download.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, Error> {
        let limit = limit as u64;
        self.limit = Some(self.limit.map_or(limit, |own| own.min(limit)));
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    fn too_large(&self) -> Option<Error> {
        let limit = self.limit?;
        let announced = self.head.length.unwrap_or(0);
        (self.passed.max(announced) > limit).then(|| {
            let what = format!("{}: more than {limit} bytes", self.what);
            Error::new(ErrorKind::TooLarge, Reached::Yes, what)
        })
    }

    /// What comes next, or why nothing does.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if let Some(error) = self.too_large() {
            return Poll::Ready(Err(error));
        }
        let Poll::Ready(chunk) = Pin::new(&mut self.body).poll_next(context) else {
            let (runtime, time) = (&self.shared.runtime, self.shared.config.call_timeout);
            let patience = self.patience.get_or_insert_with(|| runtime.sleep(time));
            ready!(patience.as_mut().poll(context));
            let error = Error::new(ErrorKind::Timeout, Reached::Yes, self.what);
            return Poll::Ready(Err(error));
        };
        self.patience = None;
        match chunk.transpose() {
            Err(error) => Poll::Ready(Err(Error::transport(self.what, error))),
            Ok(Some(chunk)) => {
                self.passed += chunk.len() as u64;
                if let Some(error) = self.too_large() {
                    return Poll::Ready(Err(error));
                }
                if let Some(watch) = &mut self.watcher {
                    watch(Progress::new(self.passed, self.head.length));
                }
                Poll::Ready(Ok(Some(chunk)))
            }
            Ok(None) if self.head.length.is_some_and(|length| length != self.passed) => {
                let what = format!("{}: it ended at another length than announced", self.what);
                Poll::Ready(Err(Error::new(ErrorKind::Protocol, Reached::Yes, what)))
            }
            Ok(None) => Poll::Ready(Ok(None)),
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = ready!(self.poll_chunk(context)).transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        Poll::Ready(next)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("head", &self.head)
            .field("passed", &self.passed)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
