//! Errors of the layers below, judged.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use twin_protocol::{
    api::{DecodeError, EncodeError, ErrorReply},
    link::EndReason,
};
use twin_transport::Reached;

use super::{Cause, Error, ErrorKind};
use crate::credentials::TokenError;

impl Error {
    /// The request of `what` could not be made.
    pub(crate) fn encoding(what: &str, error: EncodeError) -> Self {
        Self::new(ErrorKind::InvalidInput, Reached::No, what).with_source(error)
    }

    /// The request of `what` could not be carried out, or its answer's body not be read to its end.
    pub(crate) fn transport(what: &str, error: twin_transport::Error) -> Self {
        use twin_transport::ErrorKind as Transport;

        let kind = match error.kind() {
            Transport::InvalidRequest => ErrorKind::InvalidInput,
            Transport::Lost | Transport::Unreachable => ErrorKind::Unreachable,
            Transport::NotTls | Transport::Tls | Transport::Untrusted => ErrorKind::Tls,
            Transport::Protocol | Transport::TooLarge => ErrorKind::Protocol,
            Transport::Refused => ErrorKind::Refused,
            Transport::TimedOut => ErrorKind::Timeout,
            _ => ErrorKind::Internal,
        };
        Self::new(kind, error.reached(), what).with_source(error)
    }

    /// There is no token to make the call `what` with.
    pub(crate) fn without_token(what: &str, error: Arc<TokenError>) -> Self {
        let what = format!("{what}, for want of an access token");
        let mut failure = Self::new(error.kind(), Reached::No, what);
        failure.0.retryable = error.is_passing();
        failure.0.retry_after = error.retry_after();
        failure.with_source(error)
    }

    pub(crate) fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    /// The same, after an attempt that reached the platform so far.
    pub(crate) fn after(mut self, reached: Reached) -> Self {
        if self.0.reached == Reached::No && reached != Reached::No {
            self.0.reached = Reached::Unknown;
        }
        self
    }

    /// Whether the platform has answered that the token is expired, and so has not carried the call
    /// out.
    pub(crate) fn is_token_expired(&self) -> bool {
        self.reply().is_some_and(ErrorReply::is_token_expired)
    }

    /// `what` was answered, but not by a success, or not as promised.
    pub(crate) fn answer(what: &str, error: DecodeError) -> Self {
        let status = error.reply().map(|reply| reply.status);
        let kind = match status {
            None => ErrorKind::Protocol,
            Some(StatusCode::UNAUTHORIZED) => ErrorKind::Unauthorized,
            Some(StatusCode::FORBIDDEN) => ErrorKind::Forbidden,
            Some(StatusCode::NOT_FOUND) => ErrorKind::NotFound,
            Some(_) => ErrorKind::Refused,
        };
        let mut answer = Self::new(kind, Reached::Yes, what);
        answer.0.retryable = status
            .is_some_and(|status| matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502..=504));
        answer.0.cause = Some(Cause::Answer(error));
        answer
    }

    /// Whether the platform has certainly not done what was asked of it: the request never reached
    /// it, or it answered that the request is at fault. What a gateway answers in its place (5xx)
    /// says nothing of that, and a success whose body cannot be read is one all the same.
    pub(crate) fn is_certainly_undone(&self) -> bool {
        match self.status() {
            None => self.reached() == Reached::No,
            Some(StatusCode::REQUEST_TIMEOUT) => false,
            Some(status) => status.is_redirection() || status.is_client_error(),
        }
    }
}

/// The end of a link or of a session, as an error.
impl From<EndReason> for Error {
    fn from(reason: EndReason) -> Self {
        let what = reason.text.as_deref().unwrap_or("the live connection");
        let mut error = Self::new(reason.kind.into(), Reached::Yes, what);
        error.0.code = reason.code;
        error
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use bytes::Bytes;
    use http::Response;
    use twin_protocol::{
        api::{Endpoint, chats::SendMessage},
        link::EndKind,
    };

    use super::*;

    fn answered(status: u16, body: &'static str) -> Error {
        let response = Response::builder()
            .status(status)
            .body(Bytes::from(body))
            .unwrap();
        Error::answer("sendMessage", SendMessage::decode(response).unwrap_err())
    }

    #[test]
    fn only_an_answer_that_blames_the_request_says_that_nothing_was_done() {
        for (status, kind, undone, retryable) in [
            (302, ErrorKind::Refused, true, false),
            (400, ErrorKind::Refused, true, false),
            (401, ErrorKind::Unauthorized, true, false),
            (403, ErrorKind::Forbidden, true, false),
            (404, ErrorKind::NotFound, true, false),
            (408, ErrorKind::Refused, false, true),
            (429, ErrorKind::Refused, true, true),
            (500, ErrorKind::Refused, false, true),
            (501, ErrorKind::Refused, false, false),
            (502, ErrorKind::Refused, false, true),
            (504, ErrorKind::Refused, false, true),
        ] {
            let error = answered(status, r#"{"error":"no"}"#);
            assert_eq!(error.kind(), kind, "{status}");
            assert_eq!(error.is_certainly_undone(), undone, "{status}");
            assert_eq!(error.is_retryable(), retryable, "{status}");
            assert_eq!(error.reached(), Reached::Yes);
            assert!(error.source().unwrap().to_string().ends_with(": no"));
        }
        let error = answered(201, "<html>");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(!error.is_certainly_undone());
    }

    #[test]
    fn an_end_becomes_an_error_with_its_code() {
        let reason = EndReason::new(EndKind::Terminated)
            .with_code(3500)
            .with_text("invalid token");
        let error = Error::from(reason);
        assert_eq!(error.platform_code(), Some(3500));
        let shown = "invalid token: the platform ended the connection for good (code 3500)";
        assert_eq!(error.to_string(), shown);
    }
}
