//! What went wrong below, in our own words.

use std::{error::Error as StdError, io};

use crate::{
    error::{Error, ErrorKind, Reached},
    hyper::connection::Opening,
};

/// The first error of this type in a chain of causes.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An `io::Error` gives its payload's source as its own, and so skips the payload.
        if let Some(inner) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            if let Some(found) = find::<T>(inner) {
                return Some(found);
            }
        }
        next = error.source();
    }
    None
}

/// Why no connection could be made.
pub(super) fn connecting(
    error: Box<dyn StdError + Send + Sync>,
    opening: &Opening,
    context: &str,
) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(ours) => return *ours,
        Err(error) => error,
    };
    let kind = match find::<Error>(&*error) {
        Some(ours) => ours.kind(),
        None if opening.is_http() => ErrorKind::NotTls,
        None => match find::<rustls::Error>(&*error) {
            Some(rustls::Error::InvalidCertificate(_)) => ErrorKind::Untrusted,
            Some(_) => ErrorKind::Tls,
            None if find::<io::Error>(&*error).is_some() => ErrorKind::Lost,
            None => ErrorKind::Unreachable,
        },
    };
    Error::new(kind, Reached::No, context).with_source(error)
}

/// Whether hyper gave a request back before a byte of it had left, as when a kept connection turns
/// out to be closed.
pub(super) fn was_never_started(error: &(dyn StdError + 'static)) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled)
}

/// Why a request or an answer broke, once there was a connection.
pub(crate) fn exchanging(
    error: impl StdError + Send + Sync + 'static,
    reached: Reached,
    context: &str,
) -> Error {
    let kind = match (find::<Error>(&error), find::<hyper::Error>(&error)) {
        (Some(ours), _) => ours.kind(),
        (None, Some(error)) if error.is_timeout() => ErrorKind::TimedOut,
        (None, Some(error)) if error.is_parse() => ErrorKind::Protocol,
        (None, Some(error)) if error.is_user() => ErrorKind::InvalidRequest,
        _ if find::<rustls::Error>(&error).is_some() => ErrorKind::Tls,
        _ => ErrorKind::Lost,
    };
    Error::new(kind, reached, context).with_source(error)
}

/// Why bytes could not be read or written, once the connection belongs to another protocol.
#[cfg(any(feature = "ws-fastwebsockets", feature = "ws-tokio-websockets"))]
pub(crate) fn transferring(error: io::Error, reached: Reached, context: &str) -> Error {
    let kind = match find::<rustls::Error>(&error) {
        Some(_) => ErrorKind::Tls,
        None => ErrorKind::Lost,
    };
    Error::new(kind, reached, context).with_source(error)
}
