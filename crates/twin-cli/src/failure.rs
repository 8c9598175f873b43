//! How a command ends when it does not simply end: asked to stop, used wrongly, or failed.

use std::{error::Error as StdError, fmt::Write as _, io, iter};

use twin_client::{EndReason, Error, ErrorKind, api::BaseUrl, with_causes};

use crate::render::plain;

/// Why a command ended before its work was done.
#[derive(Debug)]
pub(crate) enum End {
    /// The work failed: exit code 1.
    Failed(Failure),
    /// It was asked to stop: exit code 0.
    Stopped,
    /// It was used wrongly, which the command line alone could not tell: exit code 2.
    Usage(String),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A failure as it is told: one sentence, and its kind for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    /// The HTTP status, or the code of the live channel.
    pub(crate) code: Option<u32>,
    /// What, where, what to try.
    pub(crate) text: String,
}

/// A failure, and whether it may pass.
#[derive(Debug)]
pub(crate) struct Setback {
    pub(crate) failure: Failure,
    /// Why it happened, where the same may succeed later.
    pub(crate) passing: Option<EndReason>,
}

impl Setback {
    pub(crate) fn passing(failure: Failure, reason: EndReason) -> Self {
        Self {
            failure,
            passing: Some(reason),
        }
    }
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            passing: None,
        }
    }
}

impl From<Setback> for End {
    fn from(setback: Setback) -> Self {
        Self::Failed(setback.failure)
    }
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            text: plain::line(&text.into()),
        }
    }

    /// `what` failed at `place`, by the client's account.
    pub(crate) fn of_call(what: &str, place: &BaseUrl, error: &Error) -> Self {
        let place = place.to_string();
        let is_here = matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Io);
        // A broken connection says where it led; an answer does not say whose it is, nor does none.
        if is_here || causes(error).contains(&place) {
            Self::of_client(what, error)
        } else {
            Self::of_client(&format!("{what} at {place}"), error)
        }
    }

    /// `what` failed, by the client's account.
    pub(crate) fn of_client(what: &str, error: &Error) -> Self {
        let code = error.status().map(|status| status.as_u16().into());
        let code = code.or(error.platform_code());
        let failure = Self::told(what, error.kind(), code, &causes(error));
        match error.kind() {
            ErrorKind::Io => failure.and_try(io_cause(error).map_or(USUAL_ADVICE, io_advice)),
            ErrorKind::Refused if error.is_retryable() => failure.or_later(),
            _ => failure,
        }
    }

    /// The live connection, or the listening to a session, ended for `reason`.
    pub(crate) fn of_end(what: &str, reason: &EndReason) -> Self {
        Self::told(what, reason.kind.into(), reason.code, &reason.to_string())
    }

    /// `what` failed on this machine.
    pub(crate) fn of_io(what: &str, error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("{what}: {error}")).and_try(io_advice(error))
    }

    pub(crate) fn told(what: &str, kind: ErrorKind, code: Option<u32>, why: &str) -> Self {
        let (what, why) = (plain::line(what), plain::line(why));
        let mut text = format!("{what}: {}", why.trim_end_matches(['.', ' ']));
        if let Some(advice) = advice(kind) {
            let _ = write!(text, "; {advice}");
        }
        Self { kind, code, text }
    }

    /// The same, and what to try.
    pub(crate) fn and_try(mut self, advice: &str) -> Self {
        let _ = write!(self.text, "; {advice}");
        self
    }

    /// The same, where the client's token has no part in it: who is refused has given something else.
    pub(crate) fn of_no_token(mut self) -> Self {
        if let (ErrorKind::Unauthorized, Some(advised), Some(advice)) = (
            self.kind,
            advice(self.kind),
            advice(ErrorKind::InvalidInput),
        ) {
            self.text = self.text.replace(advised, advice);
        }
        self
    }

    /// The same, where waiting may help.
    pub(crate) fn or_later(mut self) -> Self {
        self.text.push_str(", or try again later");
        self
    }
}

/// Why a call failed. What the client says of itself names the call; the causes say where and why.
pub(crate) fn causes(error: &Error) -> String {
    match error.source() {
        Some(source) => with_causes(source),
        None => error.to_string(),
    }
}

/// What this machine said, where it is behind `error`.
pub(crate) fn io_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    let mut chain = iter::successors(Some(error), |&error| error.source());
    chain.find_map(|error| error.downcast_ref())
}

/// What to try where it is not known what this machine has against it.
const USUAL_ADVICE: &str = "check it, or try again later";

/// What to try where this machine says so.
pub(crate) fn io_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "check the name",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "check who may use it, or name another"
        }
        io::ErrorKind::IsADirectory => "name a file, not a folder",
        io::ErrorKind::InvalidData => "check what is in it",
        io::ErrorKind::FileTooLarge | io::ErrorKind::QuotaExceeded | io::ErrorKind::StorageFull => {
            "make room there"
        }
        _ => USUAL_ADVICE,
    }
}

/// What to try. What it is with this machine, [`io_advice`] knows.
fn advice(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::Forbidden => "use the token of an account that may do this",
        ErrorKind::Internal => "please report this with the output of -vv",
        ErrorKind::InvalidInput => "check what was given",
        ErrorKind::JoinRefused => "check the session's id, and whether it is still open",
        ErrorKind::NotFound => "check the id and the address",
        ErrorKind::Protocol => "check that the address is that of the platform",
        ErrorKind::Refused => "look at -vv",
        ErrorKind::Terminated => "check the addresses and the token, and look at -vv",
        ErrorKind::Timeout => "check the address, or try again later",
        ErrorKind::Tls => {
            "check the address and its scheme, and name the certificates to trust with --ca-file"
        }
        ErrorKind::Unauthorized => {
            "give a token with --token-file or TWIN_TOKEN, or log in with `twin login`"
        }
        ErrorKind::Unreachable => "check the address and the network",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use twin_client::EndKind;

    use super::*;

    #[test]
    fn a_sentence_says_what_why_and_what_to_try_in_one_line() {
        let reason = EndReason::new(EndKind::JoinRefused)
            .with_code(403)
            .with_text("no\n\u{1b}[31mentry");
        let failure = Failure::of_end("cannot listen to session s1", &reason);
        assert_eq!(failure.kind, ErrorKind::JoinRefused);
        assert_eq!(failure.code, Some(403));
        assert_eq!(
            failure.text,
            "cannot listen to session s1: the platform refused to join the session (code 403): \
             no ␛[31mentry; check the session's id, and whether it is still open"
        );
    }
}
