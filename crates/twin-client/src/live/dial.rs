//! Opening the socket of a link, and what the machine is told where that fails.

use std::error::Error as StdError;

use http::Request;
use twin_protocol::link::{DialFailure, DialFailureKind};
use twin_transport::{BoxFuture, Error, ErrorKind, WebSocket};

use crate::client::Shared;

/// A dial that is under way.
pub(super) type Dialing = BoxFuture<'static, Result<Box<dyn WebSocket>, Error>>;

/// Begins to open a socket.
pub(super) fn begin(shared: &Shared) -> Dialing {
    let connector = shared.web_socket.clone();
    let mut request = Request::new(());
    *request.uri_mut() = shared.config.endpoints.centrifugo.to_uri();
    shared.put_headers(request.headers_mut());
    shared.counters.dials.count();
    Box::pin(async move { connector.connect(request).await })
}

/// A failed dial in the words of the machine.
pub(super) fn failure(error: &Error) -> DialFailure {
    let kind = match error.kind() {
        ErrorKind::NotTls => DialFailureKind::NotTls,
        ErrorKind::Refused => DialFailureKind::Refused {
            status: error.refusal().map_or(0, |refusal| refusal.status.as_u16()),
        },
        ErrorKind::TimedOut => DialFailureKind::TimedOut,
        ErrorKind::InvalidRequest | ErrorKind::Unreachable => DialFailureKind::Unreachable,
        ErrorKind::Untrusted => DialFailureKind::Untrusted,
        _ => DialFailureKind::Broken,
    };
    DialFailure::new(kind, described(error))
}

/// What failed, and why, as far down as that is known.
pub(super) fn described(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let said = source.to_string();
        // Wrappers often repeat what they wrap.
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use twin_transport::Reached;

    use super::*;

    #[test]
    fn a_failure_says_its_cause_once() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let outer =
            Error::new(ErrorKind::Unreachable, Reached::No, "dialling").with_source(refused);
        let failure = failure(&outer);
        assert_eq!(failure.kind, DialFailureKind::Unreachable);
        let text = "dialling: no connection could be made: connection refused";
        assert_eq!(failure.text, text);
    }
}
