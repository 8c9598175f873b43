//! Opening the socket of a link, and what the machine is told where that fails.

use http::{HeaderValue, Request, header::SEC_WEBSOCKET_PROTOCOL};
use twin_protocol::{
    centrifuge::Codec,
    link::{DialFailure, DialFailureKind, Query},
};
use twin_transport::{BoxFuture, Error, ErrorKind, Reached, WebSocket};

use super::{cookies::Cookies, route::Route};
use crate::{client::Shared, error::with_causes};

/// A dial that is under way.
pub(super) type Dialing = BoxFuture<'static, Result<Box<dyn WebSocket>, Error>>;

/// What opens a socket; an error where there is no address for it.
pub(super) type Call = Result<Request<()>, Error>;

/// The request that opens a socket.
pub(super) fn request(shared: &Shared, route: &Route, query: &Query, cookies: &Cookies) -> Call {
    let uri = route
        .socket(&shared.config.endpoints, query)
        .map_err(|problem| {
            let what = "opening a WebSocket";
            Error::new(ErrorKind::InvalidRequest, Reached::No, what).with_source(problem)
        })?;
    let mut request = Request::new(());
    *request.uri_mut() = uri;
    shared.put_headers(request.headers_mut());
    cookies.put(request.headers_mut());
    if *route == Route::Centrifugo && shared.config.spoken() == Codec::Protobuf {
        let protocol = HeaderValue::from_static(Codec::SUBPROTOCOL);
        let headers = request.headers_mut();
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    Ok(request)
}

/// Begins to open a socket.
pub(super) fn begin(shared: &Shared, call: Call) -> Dialing {
    let connector = shared.web_socket.clone();
    shared.counters.dials.count();
    Box::pin(async move { connector.connect(call?).await })
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
    DialFailure::new(kind, with_causes(error))
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
