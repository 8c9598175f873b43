//! What every implementation over a byte stream does alike. No bytes are looked at here.

use std::{
    io,
    time::{Duration, Instant},
};

use crate::{
    error::{Error, ErrorKind, Reached},
    hyper::failure,
    websocket::{CloseFrame, Message},
};

/// How long a peer may take to answer our close frame.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Signs of life are passed on no more often.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// The longest reason that fits into a close frame, in bytes.
const MAX_REASON: usize = 123;

/// Sees to it that signs of life are not told too often.
#[derive(Debug, Default)]
pub(crate) struct SignOfLife {
    last: Option<Instant>,
}

impl SignOfLife {
    /// Whether one may be told now; if so, it counts as told.
    pub(crate) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = self.last.is_none_or(|last| now - last >= PROGRESS_INTERVAL);
        if due {
            self.last = Some(now);
        }
        due
    }
}

/// Whether an endpoint may send this code (RFC 6455, 7.4).
pub(crate) const fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Refuses what no endpoint may send.
pub(crate) fn check(message: &Message) -> Result<(), Error> {
    match message {
        Message::Close(Some(CloseFrame { code, .. })) if !may_be_sent(*code) => {
            let context = format!("closing a WebSocket with code {code}");
            Err(Error::new(ErrorKind::InvalidRequest, Reached::No, context))
        }
        _ => Ok(()),
    }
}

/// As much of a reason as fits.
pub(crate) fn cut(reason: &str) -> &str {
    let mut end = reason.len().min(MAX_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}

/// The error for what is sent after the end.
pub(crate) fn closed() -> Error {
    let context = "writing to a WebSocket";
    Error::new(ErrorKind::Closed, Reached::No, context)
}

/// The error for a connection that cannot be read from.
pub(crate) fn unreadable(error: io::Error) -> Error {
    failure::transferring(error, Reached::Yes, "reading from a WebSocket")
}

/// The error for a connection that cannot be written to.
pub(crate) fn unwritable(error: io::Error) -> Error {
    failure::transferring(error, Reached::Unknown, "writing to a WebSocket")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cut_between_characters() {
        assert_eq!(cut("bye"), "bye");
        let long = "я".repeat(100);
        assert_eq!(cut(&long).len(), 122);
        assert!(long.starts_with(cut(&long)));
    }

    #[test]
    fn codes_that_mean_the_absence_of_a_close_frame_cannot_be_sent() {
        for code in [1000, 1001, 1011, 3000, 4999] {
            assert!(may_be_sent(code), "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 9000] {
            assert!(!may_be_sent(code), "{code}");
        }
    }
}
