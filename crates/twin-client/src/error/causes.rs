//! An error and its causes in one line.

use std::{error::Error as StdError, fmt::Write as _};

/// What libraries say between a failure and its cause, and what helps nobody.
const HOLLOW: [&str; 3] = [
    "client error (Connect)",
    "client error (SendRequest)",
    "tcp connect error",
];

/// What stands between the parts of what an error says.
const SEPARATOR: &str = ": ";

/// What an error says, and what it says of its causes, each part once: for a line to people.
///
/// An [`Error`](super::Error) names what failed alone; why it did stands in its causes.
///
/// ```
/// use std::io;
///
/// let error = io::Error::other(io::Error::other("the disk is gone"));
/// assert_eq!(twin_client::with_causes(&error), "the disk is gone");
/// ```
pub fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !told.contains(&text) {
            // One that wraps another of its own kind says that kind as the other does.
            for part in text.split(SEPARATOR) {
                if !HOLLOW.contains(&part) && !told.split(SEPARATOR).any(|it| it == part) {
                    let _ = write!(told, "{SEPARATOR}{part}");
                }
            }
        }
        next = cause.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use std::io;

    use twin_transport::{Error, ErrorKind, Reached};

    use super::*;

    #[test]
    fn a_cause_that_is_a_part_of_what_was_said_is_not_said_again() {
        let inner = io::Error::other("connection refused");
        let outer = io::Error::other(inner);
        assert_eq!(with_causes(&outer), "connection refused");
    }

    #[test]
    fn what_two_errors_of_a_kind_both_say_is_told_once() {
        let error = |what: &str| Error::new(ErrorKind::Unreachable, Reached::No, what);
        let hollow = io::Error::other(Hollow(io::Error::other("refused")));
        let inner = error("connecting to a:1").with_source(hollow);
        let outer = error("GET http://a:1/").with_source(inner);
        assert_eq!(
            with_causes(&outer),
            "GET http://a:1/: no connection could be made: connecting to a:1: refused"
        );
    }

    /// As a library below has it.
    #[derive(Debug)]
    struct Hollow(io::Error);

    impl std::fmt::Display for Hollow {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("tcp connect error")
        }
    }

    impl StdError for Hollow {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }
}
