//! Why an attempt, a connection or a link ended.

use std::fmt;

/// Why something ended: a word for programs, the peer's code, and words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndReason {
    /// What kind of end.
    pub kind: EndKind,
    /// The code of the close frame, the error reply or the HTTP answer, where there was one.
    pub code: Option<u32>,
    /// What the peer or the system said, where it said something. No secrets.
    pub text: Option<String>,
}

impl EndReason {
    /// An end of this kind, without code or text.
    pub const fn new(kind: EndKind) -> Self {
        Self {
            kind,
            code: None,
            text: None,
        }
    }

    /// The same with the peer's code.
    #[must_use]
    pub fn with_code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// The same with words; an empty text is none.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into()).filter(|text| !text.is_empty());
        self
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.describe();
        f.write_str(kind)?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        if let Some(text) = &self.text {
            // The system's words often name the kind too, among others.
            for part in text.split(": ").filter(|part| *part != kind) {
                write!(f, ": {part}")?;
            }
        }
        Ok(())
    }
}

/// The kinds of ends. [`as_str`](Self::as_str) is the word that logs and the tool's JSON use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndKind {
    /// This side asked for it.
    Asked,
    /// The peer ended the connection, in a way that invites to come back.
    Closed,
    /// The peer refused for lack of permission (HTTP 403).
    Forbidden,
    /// The platform refused to let this client join a session.
    JoinRefused,
    /// The connection broke without a word of the peer.
    Lost,
    /// No token for the connection could be had at present.
    NoToken,
    /// The address does not exist at the peer (HTTP 404).
    NotFound,
    /// This side reconnects on purpose, to be granted another session.
    Planned,
    /// The peer said what the protocol does not allow.
    Protocol,
    /// The peer refused: an HTTP status at the upgrade, or an error reply to connect.
    Refused,
    /// This side reconnects because its user asked for it.
    Renewed,
    /// The peer ended the connection, in a way that forbids to come back.
    Terminated,
    /// The peer did not answer, or fell silent.
    Timeout,
    /// TLS failed.
    Tls,
    /// The peer refused for lack of credentials (HTTP 401, connect error 101).
    Unauthorized,
    /// No connection could be made.
    Unreachable,
}

impl EndKind {
    /// The word for it in logs and in the tool's JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Closed => "closed",
            Self::Forbidden => "forbidden",
            Self::JoinRefused => "join_refused",
            Self::Lost => "lost",
            Self::NoToken => "no_token",
            Self::NotFound => "not_found",
            Self::Planned => "planned",
            Self::Protocol => "protocol",
            Self::Refused => "refused",
            Self::Renewed => "renewed",
            Self::Terminated => "terminated",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Unauthorized => "unauthorized",
            Self::Unreachable => "unreachable",
        }
    }

    const fn describe(self) -> &'static str {
        match self {
            Self::Asked => "closed on request",
            Self::Closed => "the server closed the connection",
            Self::Forbidden => "the server forbids it",
            Self::JoinRefused => "the platform refused to join the session",
            Self::Lost => "the connection was lost",
            Self::NoToken => "no token could be had",
            Self::NotFound => "the server does not know the address",
            Self::Planned => "reconnecting to join another session",
            Self::Protocol => "the server broke the protocol",
            Self::Refused => "the server refused",
            Self::Renewed => "reconnecting on request",
            Self::Terminated => "the server ended the connection for good",
            Self::Timeout => "the server did not answer in time",
            Self::Tls => "TLS failed",
            Self::Unauthorized => "the server wants credentials",
            Self::Unreachable => "no connection could be made",
        }
    }
}

impl fmt::Display for EndKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_shown_with_its_code_and_its_words() {
        let reason = EndReason::new(EndKind::Closed);
        let text = "the server closed the connection";
        assert_eq!(reason.to_string(), text);
        let reason = reason.with_code(3001);
        assert_eq!(reason.to_string(), format!("{text} (code 3001)"));
        let reason = reason.with_text("shutdown");
        assert_eq!(reason.to_string(), format!("{text} (code 3001): shutdown"));
        let reason = reason.with_text("");
        assert_eq!(reason.text, None);
    }

    #[test]
    fn what_the_kind_says_is_not_shown_again() {
        let text = "connecting to a:1: no connection could be made: refused";
        let reason = EndReason::new(EndKind::Unreachable).with_text(text);
        let shown = "no connection could be made: connecting to a:1: refused";
        assert_eq!(reason.to_string(), shown);
        assert_eq!(reason.text.as_deref(), Some(text));
    }
}
