//! Why connections end, and what follows from each end.

use serde_json::Value;

use crate::{
    link::{
        CloseFrame, EndKind, EndReason,
        advice::{self, Advice},
    },
    socketio::{
        OnDisconnect,
        machine::{Next, core::Core},
    },
};

/// No words of a server are longer in a reason.
const MOST_WORDS: usize = 200;

/// Follows an advice on coming back. What a server says can repeat the session's key.
pub(super) fn follow(core: &Core, (advice, reason): (Advice, EndReason)) -> Next {
    let reason = EndReason {
        text: reason
            .text
            .map(|text| words_of(text.as_bytes(), None, core))
            .filter(|text| !text.is_empty()),
        ..reason
    };
    match advice {
        Advice::ComeBack | Advice::ComeBackOnce => Next::Retry(reason),
        Advice::StayAway => Next::End(reason),
    }
}

/// A close frame invites to come back whatever its code: no server of this protocol says more with
/// it than that the transport is over. A message of ours that was too long is not sent again.
pub(super) fn close_frame(core: &Core, sid: Option<&str>, frame: CloseFrame) -> EndReason {
    let text = tidy(&frame.reason, sid, core);
    let reason = EndReason::new(EndKind::Closed).with_text(text);
    match frame.code {
        Some(code) => reason.with_code(code.into()),
        None => reason,
    }
}

/// The first request was answered with an error.
pub(super) fn refused(core: &Core, status: u16, body: &[u8]) -> Next {
    let (advice, kind) = advice::refused(status);
    let reason = EndReason::new(kind)
        .with_code(status.into())
        .with_text(words_of(body, None, core));
    follow(core, (advice, reason))
}

/// A request of a known connection was answered with an error: nearly always the server knows the
/// connection no longer, or another server was asked.
pub(super) fn dropped(core: &Core, status: u16, body: &[u8], sid: &str) -> Next {
    let (_, kind) = advice::refused(status);
    let reason = |kind| {
        EndReason::new(kind)
            .with_code(status.into())
            .with_text(words_of(body, Some(sid), core))
    };
    match kind {
        EndKind::Unauthorized | EndKind::Forbidden => Next::End(reason(kind)),
        _ if (400..500).contains(&status) => Next::Retry(reason(EndKind::Closed)),
        _ => Next::Retry(reason(kind)),
    }
}

/// The server disconnected the session.
pub(super) fn disconnected(core: &Core) -> Next {
    let text = "the server disconnected the session";
    match core.config.on_disconnect {
        OnDisconnect::ComeBack => Next::Retry(EndReason::new(EndKind::Closed).with_text(text)),
        OnDisconnect::StayAway => Next::End(EndReason::new(EndKind::Terminated).with_text(text)),
    }
}

/// The server refused the session: an error packet where the connect packet was due.
pub(super) fn refused_session(core: &Core, data: &str, sid: &str) -> Next {
    let words = words_of(data.as_bytes(), Some(sid), core);
    Next::End(EndReason::new(EndKind::JoinRefused).with_text(words))
}

/// What a refusal says, in whatever form: `"text"`, `{"message":"text"}`, `["text",...]`, or plain.
/// A page of HTML says nothing.
fn words_of(body: &[u8], sid: Option<&str>, core: &Core) -> String {
    let text = String::from_utf8_lossy(body);
    let read: Option<Value> = serde_json::from_str(&text).ok();
    let words = match &read {
        Some(Value::String(words)) => words,
        Some(Value::Object(fields)) => fields
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default(),
        Some(Value::Array(parts)) => parts.first().and_then(Value::as_str).unwrap_or_default(),
        Some(_) => "",
        None if text.trim_start().starts_with('<') => "",
        None => &text,
    };
    tidy(words, sid, core)
}

/// Words for a person: short, on one line, without what names and opens the connection.
fn tidy(words: &str, sid: Option<&str>, core: &Core) -> String {
    let mut words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let session = core.session.as_ref().map(AsRef::as_ref);
    for secret in [sid, session].into_iter().flatten() {
        if !secret.is_empty() {
            let short: String = secret.chars().take(8).collect();
            words = words.replace(secret, &format!("{short}.."));
        }
    }
    match words.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socketio::Config;

    fn core() -> Core {
        let mut core = Core::new(Config::default(), 1);
        core.session = Some("4d32dc5a-73d3-457e-9b30-5f7ff4c5fa24".into());
        core
    }

    #[test]
    fn a_refusal_is_put_in_words_whatever_its_form() {
        for (body, words) in [
            (r#""Неизвестный ключ""#, "Неизвестный ключ"),
            (r#"{"code":4,"message":"Unknown key"}"#, "Unknown key"),
            (r#"["go away",{"code":1}]"#, "go away"),
            ("Unknown\n key", "Unknown key"),
            ("<html>no</html>", ""),
            ("5", ""),
            ("{}", ""),
            ("", ""),
        ] {
            assert_eq!(words_of(body.as_bytes(), None, &core()), words, "{body}");
        }
    }

    #[test]
    fn words_repeat_no_secret_and_are_short() {
        let core = core();
        let body = "\"Invalid session 50171f2109bb4bd480c35b075f4dade3\"";
        assert_eq!(
            words_of(
                body.as_bytes(),
                Some("50171f2109bb4bd480c35b075f4dade3"),
                &core
            ),
            "Invalid session 50171f21.."
        );
        let body = "key 4d32dc5a-73d3-457e-9b30-5f7ff4c5fa24 is unknown";
        assert_eq!(
            words_of(body.as_bytes(), None, &core),
            "key 4d32dc5a.. is unknown"
        );
        let long = words_of("ж".repeat(5000).as_bytes(), None, &core);
        assert_eq!(long.chars().count(), MOST_WORDS + 3);
    }

    #[test]
    fn a_close_frame_repeats_no_secret() {
        let frame = CloseFrame {
            code: Some(1008),
            reason: "unknown key 4d32dc5a-73d3-457e-9b30-5f7ff4c5fa24 of 50171f2109bb4bd4".into(),
        };
        let reason = close_frame(&core(), Some("50171f2109bb4bd4"), frame);
        let words = "unknown key 4d32dc5a.. of 50171f21..";
        assert_eq!(reason.text.as_deref(), Some(words));
    }

    #[test]
    fn an_error_on_a_known_connection_begins_a_new_one_unless_the_key_is_refused() {
        for status in [204, 302, 400, 404, 408, 410, 429, 500, 502, 503] {
            let next = dropped(&core(), status, b"", "sid");
            assert!(matches!(next, Next::Retry(_)), "{status}");
        }
        for (status, expected) in [(401, EndKind::Unauthorized), (403, EndKind::Forbidden)] {
            let Next::End(reason) = dropped(&core(), status, b"", "sid") else {
                panic!("{status}")
            };
            assert_eq!(reason.kind, expected);
        }
    }

    #[test]
    fn a_reason_keeps_its_words_but_for_secrets() {
        let text = |reason: EndReason| match follow(&core(), (Advice::ComeBack, reason)) {
            Next::Retry(reason) => reason.text,
            other => panic!("{other:?}"),
        };
        let lost = EndReason::new(EndKind::Lost);
        let secret = "no way to 4d32dc5a-73d3-457e-9b30-5f7ff4c5fa24";
        assert_eq!(
            text(lost.clone().with_text(secret)).as_deref(),
            Some("no way to 4d32dc5a..")
        );
        assert_eq!(text(lost.clone().with_text("<html>")), None);
        assert_eq!(text(lost), None);
        // A server that names a connection by nothing hides nothing.
        assert_eq!(words_of(b"no", Some(""), &core()), "no");
    }

    #[test]
    fn a_refusal_by_http_says_its_status_and_its_words() {
        let Next::End(reason) = refused(&core(), 403, b"blocked") else {
            panic!("403 is for good")
        };
        assert_eq!(reason.code, Some(403));
        assert_eq!(reason.text.as_deref(), Some("blocked"));
        for (status, kind) in [
            (399, EndKind::Refused),
            (400, EndKind::Closed),
            (499, EndKind::Closed),
            (500, EndKind::Refused),
        ] {
            let Next::Retry(reason) = dropped(&core(), status, b"gone", "sid") else {
                panic!("{status}")
            };
            assert_eq!((reason.kind, reason.code), (kind, Some(status.into())));
            assert_eq!(reason.text.as_deref(), Some("gone"));
        }
    }
}
