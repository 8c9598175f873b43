//! The token of the connections, where they have one.

use crate::{
    link::{Action, Outbox, TokenId},
    secret::Secret,
};

#[derive(Clone, Debug)]
pub(super) struct Tokens {
    /// Whether connections have tokens at all.
    pub(super) wanted: bool,
    held: Option<Secret>,
    next: TokenId,
}

impl Tokens {
    pub(super) const fn new(wanted: bool) -> Self {
        Self {
            wanted,
            held: None,
            next: TokenId::FIRST,
        }
    }

    /// Whether one must be fetched before a connection is made.
    pub(super) const fn is_due(&self) -> bool {
        self.wanted && self.held.is_none()
    }

    /// Asks for one.
    pub(super) fn fetch(&mut self, out: &mut Outbox) -> TokenId {
        let id = self.next;
        self.next = id.next();
        out.act(Action::FetchToken(id));
        id
    }

    /// Keeps one for this connection and those after it.
    pub(super) fn keep(&mut self, token: Secret) {
        self.held = Some(token);
    }

    /// The one that is held is worth nothing any more.
    pub(super) fn spend(&mut self) {
        self.held = None;
    }

    /// What a connect command says. An empty token is none.
    pub(super) fn held(&self) -> Option<&Secret> {
        self.held
            .as_ref()
            .filter(|token| !token.expose().is_empty())
    }
}
