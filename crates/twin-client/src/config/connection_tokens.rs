//! Where the tokens of live connections come from.

use std::{fmt, sync::Arc};

use twin_protocol::{link::TokenInput, secret::Secret};
use twin_transport::BoxFuture;

/// Where the tokens of live connections come from: a function of yours, asked before the first
/// connection, before a token expires, and after the server has called one expired.
///
/// The platform lets widgets in without tokens; a Centrifugo that wants them gives or takes JWTs.
///
/// ```
/// use twin_client::{Config, ConnectionTokens, NoToken};
/// # async fn ask_my_backend() -> Result<String, std::io::Error> { Ok("jwt".to_owned()) }
/// let mut config = Config::default();
/// config.connection_tokens = Some(ConnectionTokens::new(|| async {
///     let token = ask_my_backend().await;
///     token.map_err(|error| NoToken::for_now(error.to_string()))
/// }));
/// ```
#[derive(Clone)]
pub struct ConnectionTokens(Arc<Source>);

type Source = dyn Fn() -> BoxFuture<'static, TokenInput> + Send + Sync;

/// Why there is no token. The words go into logs and reasons: no secrets in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct NoToken {
    text: String,
    for_good: bool,
}

impl NoToken {
    /// There is none at present: the link asks again after a pause.
    pub fn for_now(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            for_good: false,
        }
    }

    /// The user is not let in: the link ends.
    pub fn for_good(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            for_good: true,
        }
    }
}

impl ConnectionTokens {
    /// Tokens from a function. It is run in the link's task and must not block; what takes longer
    /// than [`Config::connect_timeout`](crate::Config::connect_timeout) is dropped and asked again.
    pub fn new<F, R>(source: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, NoToken>> + Send + 'static,
    {
        Self(Arc::new(move || {
            let token = source();
            Box::pin(async move {
                match token.await {
                    Ok(token) => TokenInput::Given(Secret::from(token)),
                    Err(NoToken { text, for_good }) if for_good => TokenInput::Unauthorized(text),
                    Err(NoToken { text, .. }) => TokenInput::Failed(text),
                }
            })
        }))
    }

    pub(crate) fn fetch(&self) -> BoxFuture<'static, TokenInput> {
        (self.0)()
    }
}

impl fmt::Debug for ConnectionTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionTokens")
    }
}
