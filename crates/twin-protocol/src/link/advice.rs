//! What the end of an attempt advises: to come back or not. Shared by both links.

use crate::link::{DialFailure, DialFailureKind, EndKind, EndReason};

/// What follows from an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Try again after a pause.
    ComeBack,
    /// Try again after a pause, unless this was the advice the last time too.
    ComeBackOnce,
    /// Never again.
    StayAway,
}

/// Judges a failed dial, or an HTTP exchange without an answer.
pub(crate) fn dial_failure(failure: DialFailure) -> (Advice, EndReason) {
    let (advice, kind) = match failure.kind {
        DialFailureKind::Broken => (Advice::ComeBack, EndKind::Lost),
        DialFailureKind::NotTls | DialFailureKind::Untrusted => (Advice::StayAway, EndKind::Tls),
        DialFailureKind::Refused { status } => refused(status),
        DialFailureKind::TimedOut => (Advice::ComeBack, EndKind::Timeout),
        DialFailureKind::Unreachable => (Advice::ComeBack, EndKind::Unreachable),
    };
    let reason = EndReason::new(kind).with_text(failure.text);
    (
        advice,
        match failure.kind {
            DialFailureKind::Refused { status } => reason.with_code(status.into()),
            _ => reason,
        },
    )
}

/// An upgrade, or a first request, answered with an HTTP status. Statuses below 400 come from captive portals.
pub(crate) fn refused(status: u16) -> (Advice, EndKind) {
    match status {
        401 => (Advice::StayAway, EndKind::Unauthorized),
        403 => (Advice::StayAway, EndKind::Forbidden),
        404 => (Advice::StayAway, EndKind::NotFound),
        408 | 425 | 429 => (Advice::ComeBack, EndKind::Refused),
        400..=499 => (Advice::StayAway, EndKind::Refused),
        _ => (Advice::ComeBack, EndKind::Refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upgrade_answered_by_http_is_for_good_only_where_it_cannot_pass() {
        for status in [200, 204, 301, 302, 307, 408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(refused(status).0, Advice::ComeBack, "{status}");
        }
        for status in [400, 401, 403, 404, 405, 407, 410, 418, 426, 451] {
            assert_eq!(refused(status).0, Advice::StayAway, "{status}");
        }
    }

    #[test]
    fn a_failed_dial_keeps_the_words_of_the_system() {
        let failure = DialFailure::new(DialFailureKind::Unreachable, "no route to host");
        let (_, reason) = dial_failure(failure);
        assert_eq!(reason.text.as_deref(), Some("no route to host"));
    }
}
