//! What the end of a connection, or a refusal, advises: to come back or not.
//!
//! The numbers are Centrifugo's (facts on its disconnect codes): 3500 to 3999 are the server's own
//! ends for good, 4500 to 4999 the application's; everything else invites to come back.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{
    centrifuge::reply::ReplyError,
    link::{CloseFrame, EndKind, EndReason, advice::Advice},
};

/// The server waited too long for a connect command. By the ranges it is for good, but a slow
/// backend brings it about for a client that did everything right.
const STALE: u16 = 3502;
/// A message was too big for the server: the same frame would end the next connection too.
const MESSAGE_TOO_BIG: u16 = 1009;

/// The connection's token has expired.
const EXPIRED: u16 = 3005;
/// An error reply for the same reason.
const TOKEN_EXPIRED: u32 = 109;
/// What the server knows of this client is no longer valid: no position may be gone on from.
const STATE_INVALIDATED: u16 = 3014;

/// Whether the positions that are held are worth nothing after this end.
pub(super) fn invalidates(frame: &CloseFrame) -> bool {
    frame.code == Some(STATE_INVALIDATED)
}

/// Whether the token that is held is worth nothing after this end.
pub(super) fn spends_token(frame: &CloseFrame) -> bool {
    matches!(frame.code, Some(EXPIRED | STATE_INVALIDATED))
}

/// Whether an error reply says that the token has expired.
pub(super) const fn is_expired(error: &ReplyError) -> bool {
    error.code == TOKEN_EXPIRED
}

/// Judges a close frame by its code: a reason may be missing. Only an older server's JSON in the
/// place of the reason can forbid what the code allows.
pub(super) fn close_frame(frame: CloseFrame) -> (Advice, EndReason) {
    let older: Option<OlderReason<'_>> = serde_json::from_str(&frame.reason).ok();
    let forbidden = older.as_ref().is_some_and(|older| !older.reconnect);
    let advice = match frame.code {
        Some(STALE) => Advice::ComeBackOnce,
        Some(MESSAGE_TOO_BIG | 3500..=3999 | 4500..=4999) => Advice::StayAway,
        _ if forbidden => Advice::StayAway,
        _ => Advice::ComeBack,
    };
    let kind = match advice {
        Advice::StayAway => EndKind::Terminated,
        Advice::ComeBack | Advice::ComeBackOnce => EndKind::Closed,
    };
    let text = older.map_or(Cow::Borrowed(&*frame.reason), |older| older.reason);
    let reason = EndReason::new(kind).with_text(text);
    (
        advice,
        match frame.code {
            Some(code) => reason.with_code(code.into()),
            None => reason,
        },
    )
}

/// What servers before version 4 wrote for a reason (facts on the close frame, 2.4).
#[derive(Deserialize)]
struct OlderReason<'a> {
    #[serde(borrow)]
    reason: Cow<'a, str>,
    reconnect: bool,
}

/// Judges an error reply to connect or to the renewal of a token. An expired one (109) is for good
/// where there is no other to be had.
pub(super) fn connect_error(error: ReplyError, has_tokens: bool) -> (Advice, EndReason) {
    let passes = error.temporary || error.code < 100 || (has_tokens && is_expired(&error));
    let advice = if passes {
        Advice::ComeBack
    } else {
        Advice::StayAway
    };
    let kind = match error.code {
        101 | 109 => EndKind::Unauthorized,
        103 => EndKind::Forbidden,
        _ => EndKind::Refused,
    };
    (
        advice,
        EndReason::new(kind)
            .with_code(error.code)
            .with_text(error.message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_of_the_close_codes() {
        use Advice::{ComeBack, ComeBackOnce, StayAway};
        for (code, expected) in [
            (None, ComeBack),
            (Some(0), ComeBack),
            (Some(1000), ComeBack),
            (Some(1001), ComeBack),
            (Some(1006), ComeBack),
            (Some(1008), ComeBack),
            (Some(1009), StayAway),
            (Some(1010), ComeBack),
            (Some(2999), ComeBack),
            (Some(3000), ComeBack),
            (Some(3499), ComeBack),
            (Some(3500), StayAway),
            (Some(3501), StayAway),
            (Some(3502), ComeBackOnce),
            (Some(3503), StayAway),
            (Some(3999), StayAway),
            (Some(4000), ComeBack),
            (Some(4499), ComeBack),
            (Some(4500), StayAway),
            (Some(4999), StayAway),
            (Some(5000), ComeBack),
            (Some(9999), ComeBack),
        ] {
            let frame = CloseFrame {
                code,
                reason: String::new(),
            };
            let (advice, reason) = close_frame(frame);
            assert_eq!(advice, expected, "{code:?}");
            assert_eq!(reason.code, code.map(u32::from));
        }
    }

    #[test]
    fn an_older_servers_reason_is_read_and_may_forbid_to_come_back() {
        use Advice::{ComeBack, StayAway};
        for (code, reason, advice, text) in [
            (
                3001,
                r#"{"code":3001,"reason":"shutdown","reconnect":true}"#,
                ComeBack,
                "shutdown",
            ),
            (
                3000,
                r#"{"reason":"be\"gone","reconnect":false}"#,
                StayAway,
                "be\"gone",
            ),
            (
                3500,
                r#"{"reason":"bad token","reconnect":true}"#,
                StayAway,
                "bad token",
            ),
            (
                3001,
                r#"{"reason":5,"reconnect":false}"#,
                ComeBack,
                r#"{"reason":5,"reconnect":false}"#,
            ),
            (3001, "shutdown", ComeBack, "shutdown"),
        ] {
            let frame = CloseFrame {
                code: Some(code),
                reason: reason.to_owned(),
            };
            let (judged, end) = close_frame(frame);
            assert_eq!(
                (judged, end.text.as_deref()),
                (advice, Some(text)),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_connect_error_is_for_good_unless_it_is_temporary_or_below_100() {
        for (code, temporary, advice) in [
            (0, false, Advice::ComeBack),
            (99, false, Advice::ComeBack),
            (100, true, Advice::ComeBack),
            (100, false, Advice::StayAway),
            (101, false, Advice::StayAway),
            (102, false, Advice::StayAway),
            (103, false, Advice::StayAway),
            (104, false, Advice::StayAway),
            (105, false, Advice::StayAway),
            (106, false, Advice::StayAway),
            (107, false, Advice::StayAway),
            (108, false, Advice::StayAway),
            (109, false, Advice::StayAway),
            (110, false, Advice::StayAway),
            (111, true, Advice::ComeBack),
            (112, false, Advice::StayAway),
            (113, true, Advice::ComeBack),
            (399, false, Advice::StayAway),
            (400, false, Advice::StayAway),
            (1999, false, Advice::StayAway),
            (1999, true, Advice::ComeBack),
            (u32::MAX, false, Advice::StayAway),
            (1001, true, Advice::ComeBack),
            (1001, false, Advice::StayAway),
        ] {
            let error = ReplyError {
                code,
                temporary,
                message: String::new(),
            };
            let judged = connect_error(error.clone(), false).0;
            assert_eq!(judged, advice, "{code} {temporary}");
            let renewed = if code == 109 {
                Advice::ComeBack
            } else {
                advice
            };
            assert_eq!(connect_error(error, true).0, renewed, "{code} {temporary}");
        }
    }
}
