//! New tokens, for whoever stores them.

use tokio::sync::watch;

use crate::credentials::Tokens;

/// The tokens that a client gets, for whoever stores them ([`Client::tokens`](crate::Client::tokens)).
///
/// Only the newest count: whoever reads late is told of them alone.
#[derive(Debug)]
pub struct TokenChanges(Option<watch::Receiver<Option<Tokens>>>);

impl TokenChanges {
    pub(crate) fn new(changes: Option<watch::Receiver<Option<Tokens>>>) -> Self {
        Self(changes.map(|mut changes| {
            if changes.borrow().is_some() {
                changes.mark_changed();
            }
            changes
        }))
    }

    /// The newest tokens, once they are others than those that were told before; the first time
    /// those that the client has got already, where it has. Tokens that it was given at its making
    /// are not told. `None` once the client is gone, and at once where it has no
    /// [`TokenProvider`](crate::TokenProvider).
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Tokens> {
        let changes = self.0.as_mut()?;
        changes.changed().await.ok()?;
        changes.borrow_and_update().clone()
    }
}
