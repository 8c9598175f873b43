//! Why the platform does not do what it is asked to.

/// Why the platform does not do what it is asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the dialog is over")]
    DialogOver,
    #[error("there is no client of this id")]
    NoSuchClient,
    #[error("there is no dialog of this id")]
    NoSuchDialog,
    /// A file that is not there; `index` says which of those named.
    #[error("there is no file of this id")]
    NoSuchFile { index: usize },
    #[error("there is no message of this id")]
    NoSuchMessage,
    #[error("there is no operator of this id")]
    NoSuchOperator,
    #[error("there is no session of this id")]
    NoSuchSession,
    #[error("the session is closed")]
    SessionClosed,
    /// A session of this id exists in another chat.
    #[error("there is another session of this id")]
    SessionElsewhere,
    /// A message without text and attachments.
    #[error("a message needs text or attachments")]
    Empty,
}
