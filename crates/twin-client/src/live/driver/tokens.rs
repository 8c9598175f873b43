//! Tokens that the machine asks for: one request at a time.

use std::task::{Context, Poll};

use twin_protocol::link::{TokenId, TokenInput};
use twin_transport::BoxFuture;

use crate::client::Shared;

/// The request for a token that is under way.
#[derive(Default)]
pub(super) struct Tokens(Option<(TokenId, BoxFuture<'static, TokenInput>)>);

impl Tokens {
    /// Asks for one; what was asked before is dropped.
    pub(super) fn fetch(&mut self, shared: &Shared, id: TokenId) {
        let source = shared.config.connection_tokens.as_ref();
        self.0 = source.map(|source| (id, source.fetch()));
    }

    pub(super) fn poll_news(&mut self, context: &mut Context<'_>) -> Poll<(TokenId, TokenInput)> {
        let Some((id, token)) = &mut self.0 else {
            return Poll::Pending;
        };
        let id = *id;
        let news = std::task::ready!(token.as_mut().poll(context));
        self.0 = None;
        Poll::Ready((id, news))
    }
}
