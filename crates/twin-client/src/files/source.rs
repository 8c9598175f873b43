//! A file to upload: a name and bytes, from wherever they come.

use std::{fmt, io, pin::Pin};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;

/// The bytes of a file, as they come.
pub(super) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A file to upload.
///
/// ```
/// use twin_client::FileSource;
///
/// FileSource::bytes("hello.txt", "Hello!").content_type("text/plain");
/// ```
pub struct FileSource {
    pub(super) name: String,
    pub(super) content_type: Option<String>,
    pub(super) length: Option<u64>,
    pub(super) chunks: Chunks,
}

impl FileSource {
    /// These bytes, under this name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = Some(bytes.len() as u64);
        Self::stream(name, stream::iter([Ok(bytes)]), length)
    }

    /// What comes out of `chunks`, `length` bytes in all where that is known. It is asked for the
    /// next chunk when there is room for it on the way, so memory holds a few chunks at most.
    ///
    /// With a length the request says how long it is; without one it is sent in chunks (HTTP/1.1),
    /// which some servers do not take. A source that keeps another length than it promised fails
    /// the upload.
    pub fn stream(
        name: impl Into<String>,
        chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            length,
            chunks: Box::pin(chunks),
        }
    }

    /// The same, of this media type: `image/png`, say. Without one the platform decides.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Its name, with the ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes it has, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSource")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
