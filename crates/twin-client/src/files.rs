//! Files: uploaded as a form that streams, downloaded as a stream, whatever their size.
//!
//! What a file is to a message stands in the message's draft: it names files that were uploaded
//! before.

#[cfg(feature = "native")]
mod disk;
mod download;
mod form;
mod link;
mod name;
mod progress;
mod source;
mod transfer;
mod upload;

use twin_protocol::{api::iam::UploadFiles, id::FileId, model::File, url::SecretUrl};
use twin_transport::Reached;

#[cfg(feature = "native")]
pub use self::disk::Existing;
pub use self::{download::Download, progress::Progress, source::FileSource, upload::Upload};
use crate::{
    Client,
    error::{Error, ErrorKind},
};

/// The files of the platform. Cheap to clone.
///
/// Uploads and downloads by id want a token; links want none and get none.
#[derive(Clone, Debug)]
pub struct Files {
    client: Client,
}

impl Files {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Uploads one file.
    ///
    /// ```no_run
    /// # #[cfg(feature = "native")]
    /// # async fn show(client: twin_client::Client, session: twin_client::Session)
    /// # -> Result<(), twin_client::Error> {
    /// use twin_client::{FileSource, MessageDraft};
    ///
    /// let file = client.files().upload(FileSource::open("cat.png").await?).await?;
    /// let message = MessageDraft::new("Look at her!").with_attachment(file.id);
    /// session.send(message).await.sent()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Upload::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`Upload::send`].
    pub async fn upload(&self, file: FileSource) -> Result<File, Error> {
        let mut files = self.form().file(file).send().await?;
        let odd = |why: String| {
            let what = format!("uploadFiles: {why}");
            Err(Error::new(ErrorKind::Protocol, Reached::Yes, what))
        };
        match (files.pop(), files.is_empty()) {
            (Some(file), true) => match file.into_parts() {
                (_, Ok(file)) => Ok(file),
                (_, Err(reason)) => odd(reason),
            },
            _ => odd("the platform took one file and tells of another number".to_owned()),
        }
    }

    /// A form to upload several files in one request, to say how they are kept, or to see how it
    /// goes on.
    pub fn form(&self) -> Upload {
        self.form_of(UploadFiles::new())
    }

    /// The same, where how the files are kept is said already.
    pub fn form_of(&self, call: UploadFiles) -> Upload {
        Upload::new(self.client.clone(), call)
    }

    /// Downloads a file of the platform; its bytes are read from what this gives.
    ///
    /// Where the platform sends on to another address, that is followed as
    /// [`fetch`](Self::fetch) does: without credentials.
    ///
    /// # Errors
    ///
    /// As [`Client::call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future, or the download later on, ends the connection.
    pub async fn download(&self, file: impl Into<FileId>) -> Result<Download, Error> {
        download::by_id(self.client.shared(), file.into()).await
    }

    /// Downloads from a link: an attachment's
    /// [`download_link`](twin_protocol::model::Attachment::download_link), say. The link is all the
    /// permission there is: neither the token nor [`Config::headers`](crate::Config::headers) go
    /// with it.
    ///
    /// At most five redirects are followed, by GET, never from `https` to `http`. It goes wherever
    /// the link leads: who runs a server and fetches links of strangers looks at the host first.
    ///
    /// # Errors
    ///
    /// With kind [`InvalidInput`](ErrorKind::InvalidInput) for a link of another scheme than `http`
    /// and `https`, or one with user info; otherwise as [`Client::call`]. No error repeats the
    /// link's query.
    ///
    /// # Cancel safety
    ///
    /// As [`download`](Self::download).
    pub async fn fetch(&self, link: &SecretUrl) -> Result<Download, Error> {
        download::by_link(self.client.shared(), link).await
    }
}
