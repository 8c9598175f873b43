//! An upload: files in a form, sent once.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::StreamExt as _;
use http::{HeaderValue, Response, header::CONTENT_TYPE};
use twin_protocol::{
    api::{Endpoint, Item, MultipartEndpoint, iam::UploadFiles},
    model::File,
};
use twin_transport::{Body, Reached};

use super::{
    form::Form,
    progress::{Progress, Watcher},
    source::FileSource,
    transfer,
};
use crate::{
    Client,
    error::{Error, ErrorKind},
};

const WHAT: &str = UploadFiles::OPERATION;
/// The longest answer that is taken, in bytes.
const MAX_ANSWER: usize = 8 << 20;

/// Files to upload in one request. [`send`](Self::send) sends them.
pub struct Upload {
    client: Client,
    call: UploadFiles,
    files: Vec<FileSource>,
    watcher: Option<Watcher>,
}

impl Upload {
    pub(super) fn new(client: Client, call: UploadFiles) -> Self {
        Self {
            client,
            call,
            files: Vec::new(),
            watcher: None,
        }
    }

    /// One more file. The platform tells of them in the order in which they are added.
    #[must_use]
    pub fn file(mut self, file: FileSource) -> Self {
        self.files.push(file);
        self
    }

    /// Only those who are logged in may see the files, and who has their link.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.call.is_private = Some(true);
        self
    }

    /// The folder to keep them in.
    #[must_use]
    pub fn folder(mut self, path: impl Into<String>) -> Self {
        self.call.path = Some(path.into());
        self
    }

    /// How long to keep them, in whole seconds.
    #[must_use]
    pub fn keep_for(mut self, ttl: Duration) -> Self {
        self.call.ttl = Some(ttl);
        self
    }

    /// Calls `watch` whenever a piece of a file is handed to the network. It must return at once.
    #[must_use]
    pub fn on_progress(mut self, watch: impl FnMut(Progress) + Send + 'static) -> Self {
        self.watcher = Some(Box::new(watch));
        self
    }

    /// Sends the files, once, and gives what the platform says of each, in their order.
    ///
    /// It may take as long as it likes, if only something goes on: it fails where no piece leaves,
    /// and no answer comes, for [`Config::call_timeout`](crate::Config::call_timeout).
    ///
    /// Nothing is ever sent again by itself, not even where the platform answers that the token is
    /// expired (the next upload then has another): the bytes are gone, and the platform may have kept
    /// them. [`Error::reached`] says what is known. After a cut it is
    /// [`Unknown`](Reached::Unknown), wherever the cut was: the platform may keep files of a form
    /// that it has not had whole.
    ///
    /// # Errors
    ///
    /// As [`Client::call`]; with kind [`Io`](ErrorKind::Io) where a source fails or keeps another
    /// length than it promised, with [`InvalidInput`](ErrorKind::InvalidInput) where there is no
    /// file, or a media type cannot stand in a form.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cuts the upload; whether the platform keeps any of it is then unknown.
    pub async fn send(self) -> Result<Vec<Item<File>>, Error> {
        let client = self.client.clone();
        let shared = client.shared();
        shared.counters.calls.count();
        shared.noted(WHAT, self.send_unnoted().await)
    }

    async fn send_unnoted(self) -> Result<Vec<Item<File>>, Error> {
        let shared = self.client.shared();
        check(&self.files)?;
        let form = Form::new(&self.call.fields(), UploadFiles::FILES, self.files);
        let authorized = shared.authorized(&self.call, None, shared.deadline());
        let (mut request, token) = authorized.await?;
        let content_type = form.content_type();
        request.headers_mut().insert(CONTENT_TYPE, content_type);
        let broken = Broken::default();
        *request.body_mut() = body(form, self.watcher, broken.clone());
        let answered = async {
            let response = transfer::carry_out(shared, WHAT, request).await?;
            let (head, body) = response.into_parts();
            let body = shared.in_time(WHAT, body.collect(MAX_ANSWER)).await?;
            let body = body.map_err(|error| Error::transport(WHAT, error))?;
            UploadFiles::decode(Response::from_parts(head, body))
                .map_err(|error| Error::answer(WHAT, error))
        };
        let answered = answered.await;
        if let (Err(error), Some(token)) = (&answered, token) {
            shared.renew_after(error, token);
        }
        answered.map_err(|error| match broken.take() {
            // What the network says of it is only what follows from it.
            Some(source) => Error::new(ErrorKind::Io, error.reached(), WHAT).with_source(source),
            None => error,
        })
    }
}

/// What can be told before anything is sent.
fn check(files: &[FileSource]) -> Result<(), Error> {
    let refuse = |why: &str| {
        let what = format!("{WHAT}: {why}");
        Err(Error::new(ErrorKind::InvalidInput, Reached::No, what))
    };
    if files.is_empty() {
        return refuse("there is no file");
    }
    let mut types = files.iter().filter_map(|file| file.content_type.as_deref());
    if types.any(|text| HeaderValue::from_str(text).is_err()) {
        return refuse("a media type holds what no header can");
    }
    Ok(())
}

/// The failure of a source, which no transport has words for.
#[derive(Clone, Default)]
struct Broken(Arc<Mutex<Option<io::Error>>>);

impl Broken {
    fn set(&self, error: io::Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn body(form: Form, mut watcher: Option<Watcher>, broken: Broken) -> Body {
    let (length, total) = (form.length(), form.file_length());
    let mut told = 0;
    let chunks = form.map(move |piece| match piece {
        Ok(piece) => {
            if let Some(watch) = watcher.as_mut().filter(|_| piece.passed > told) {
                told = piece.passed;
                watch(Progress::new(piece.passed, total));
            }
            Ok(piece.bytes)
        }
        Err(error) => {
            broken.set(error);
            let (kind, reached) = (twin_transport::ErrorKind::Closed, Reached::Unknown);
            Err(twin_transport::Error::new(kind, reached, "reading a file"))
        }
    });
    Body::stream(chunks, length)
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("call", &self.call)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}
