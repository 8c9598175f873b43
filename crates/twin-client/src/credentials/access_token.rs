//! A token that goes with calls.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use twin_protocol::secret::Secret;
use zeroize::Zeroizing;

/// An access token of the platform: a [`Secret`] that can stand in a header. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Arc<Secret>);

/// A text that can be no token. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an access token: it is empty, or holds something else than visible ASCII characters")]
#[non_exhaustive]
pub struct AccessTokenError;

impl AccessToken {
    /// Takes a token as it stands in a variable or a file: spaces and line breaks around it are left
    /// out.
    ///
    /// # Errors
    ///
    /// When it is empty or cannot stand in a header.
    pub fn parse(token: impl Into<String>) -> Result<Self, AccessTokenError> {
        let token = Zeroizing::new(token.into());
        let trimmed = token.trim();
        if trimmed.is_empty() || !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AccessTokenError);
        }
        Ok(Self(Arc::new(Secret::from(trimmed))))
    }

    /// The text itself, to be stored where nobody else reads it.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// The value of the `Authorization` header.
    pub(crate) fn to_header(&self) -> HeaderValue {
        let text = Zeroizing::new(format!("Bearer {}", self.0.expose()));
        let mut value = HeaderValue::from_str(&text).expect("a token is visible ASCII");
        value.set_sensitive(true);
        value
    }
}

impl TryFrom<&Secret> for AccessToken {
    type Error = AccessTokenError;

    /// As [`parse`](Self::parse).
    fn try_from(secret: &Secret) -> Result<Self, Self::Error> {
        Self::parse(secret.expose())
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_without_what_stands_around_it_and_never_shown() {
        let token = AccessToken::parse(" abc.def\r\n").unwrap();
        assert_eq!(token.to_header(), "Bearer abc.def");
        assert!(token.to_header().is_sensitive());
        assert_eq!(token.secret().expose(), "abc.def");
        let shown = format!("{token:?}");
        assert_eq!(shown, "AccessToken(<redacted>)");
    }

    #[test]
    fn what_can_be_no_token_is_refused() {
        for text in ["", " \n", "two words", "line\nbreak", "ключ"] {
            assert!(AccessToken::parse(text).is_err(), "{text:?}");
        }
    }
}
