//! What the end of a connection, or a refusal, advises: to come back or not.
//!
//! The numbers are Centrifugo's (facts on its disconnect codes): 3500 to 3999 are the server's own
//! ends for good, 4500 to 4999 the application's; everything else invites to come back.

use crate::{
    centrifuge::reply::ReplyError,
    link::{CloseFrame, EndKind, EndReason, advice::Advice},
};

/// The server waited too long for a connect command. By the ranges it is for good, but a slow
/// backend brings it about for a client that did everything right.
const STALE: u16 = 3502;
/// A message was too big for the server: the same frame would end the next connection too.
const MESSAGE_TOO_BIG: u16 = 1009;

/// Judges a close frame by its code alone: a reason may be missing.
pub(super) fn close_frame(frame: CloseFrame) -> (Advice, EndReason) {
    let advice = match frame.code {
        Some(STALE) => Advice::ComeBackOnce,
        Some(MESSAGE_TOO_BIG | 3500..=3999 | 4500..=4999) => Advice::StayAway,
        _ => Advice::ComeBack,
    };
    let kind = match advice {
        Advice::StayAway => EndKind::Terminated,
        Advice::ComeBack | Advice::ComeBackOnce => EndKind::Closed,
    };
    let reason = EndReason::new(kind).with_text(frame.reason);
    (
        advice,
        match frame.code {
            Some(code) => reason.with_code(code.into()),
            None => reason,
        },
    )
}

/// Judges an error reply to connect. There is no source of tokens here, so an expired one (109) is
/// for good.
pub(super) fn connect_error(error: ReplyError) -> (Advice, EndReason) {
    let passes = error.temporary || error.code < 100;
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
    fn a_connect_error_is_for_good_unless_it_is_temporary_or_below_100() {
        for (code, temporary, advice) in [
            (0, false, Advice::ComeBack),
            (99, false, Advice::ComeBack),
            (100, true, Advice::ComeBack),
            (100, false, Advice::StayAway),
            (101, false, Advice::StayAway),
            (109, false, Advice::StayAway),
            (1001, true, Advice::ComeBack),
            (1001, false, Advice::StayAway),
        ] {
            let error = ReplyError {
                code,
                temporary,
                message: String::new(),
            };
            assert_eq!(connect_error(error).0, advice, "{code} {temporary}");
        }
    }
}
