//! What is wrong is refused, by name and without its contents.

use twin_protocol::{
    api::{
        DecodeErrorKind, EncodeErrorKind, Endpoint, ServerEndpoint,
        chats::{CloseSession, ListSessionMessages, MarkMessageRead, SendMessage, StartSession},
    },
    model::{MessageDraft, SessionDraft},
};

use crate::{base, request, response};

#[track_caller]
fn refused<E: ServerEndpoint>(address: &str, body: &str) -> (String, String) {
    let (path, request) = request(address, body);
    match E::decode_request(&path, &request) {
        Ok(_) => panic!("{address} {body} is not refused"),
        Err(error) => (error.field, error.reason),
    }
}

#[test]
fn a_server_names_the_field_that_is_wrong() {
    for (body, field) in [
        ("", "body"),
        ("<html>", "body"),
        ("[]", "body"),
        (r#"{"name":"n"} x"#, "body"),
        ("{}", "name"),
        (r#"{"name":null}"#, "name"),
        (r#"{"name":5}"#, "name"),
        (r#"{"name":"n","sessionTtl":43201}"#, "sessionTtl"),
        (r#"{"name":"n","sessionTtl":-1}"#, "sessionTtl"),
        (
            r#"{"name":"n","messageAttachments":["a",{}]}"#,
            "messageAttachments[1]",
        ),
        (
            r#"{"name":"n","clientMetadata":["secret"]}"#,
            "clientMetadata",
        ),
        (
            r#"{"name":"n","clientMetadata":{"a":{}}}"#,
            "clientMetadata.a",
        ),
        (
            r#"{"name":"n","returnAnswerAsync":"secret"}"#,
            "returnAnswerAsync",
        ),
    ] {
        let (found, reason) = refused::<StartSession>("/chats/c/sessions", body);
        assert_eq!(found, field, "{body}: {reason}");
        assert!(!reason.is_empty() && !reason.contains("secret"), "{reason}");
    }
    let (field, _) = refused::<SendMessage>("/sessions/s/messages", r#"{"attachments":[]}"#);
    assert_eq!(field, "body");
    let (field, _) = refused::<CloseSession>("/sessions/s", r#"{"result":[]}"#);
    assert_eq!(field, "result");
}

#[test]
fn a_server_names_the_parameter_that_is_wrong() {
    for (query, field) in [
        ("limit=many", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("from=yesterday", "from"),
        ("withoutCount=maybe", "withoutCount"),
    ] {
        let address = format!("/sessions/s/messages?{query}");
        assert_eq!(
            refused::<ListSessionMessages>(&address, "").0,
            field,
            "{query}"
        );
    }
    for (path, field) in [
        ("/sessions//messages", "sessionId"),
        ("/sessions/%FF/messages", "sessionId"),
        ("/sessions/s/messages/", "path"),
        ("/sessions/s", "path"),
        ("/Sessions/s/messages", "path"),
    ] {
        assert_eq!(refused::<ListSessionMessages>(path, "").0, field, "{path}");
    }
}

#[test]
fn an_empty_body_that_would_say_nothing_may_be_left_out() {
    let (path, request) = request("/sessions/s", "");
    assert_eq!(
        CloseSession::decode_request(&path, &request)
            .unwrap()
            .result,
        None
    );
}

#[test]
fn an_id_that_cannot_stand_in_a_path_is_refused_before_it_is_sent() {
    for id in ["", ".", ".."] {
        let error = MarkMessageRead::new(id.into()).encode(&base()).unwrap_err();
        assert_eq!(error.kind(), EncodeErrorKind::PathValue);
        assert!(error.to_string().contains("messageId"), "{error}");
    }
    let long = "x".repeat(70_000);
    let error = MarkMessageRead::new(long.into())
        .encode(&base())
        .unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::Uri);
}

#[test]
fn a_refusal_of_the_platform_is_kept() {
    let body = r#"{"error":"Token is expired.","details":{"a":1}}"#;
    let error = StartSession::decode(response(401, body)).unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::Status);
    let reply = error.reply().unwrap();
    assert!(reply.is_token_expired());
    assert_eq!(reply.details.as_ref().unwrap().get(), r#"{"a":1}"#);
    let error = StartSession::decode(response(502, "<html>secret</html>")).unwrap_err();
    assert_eq!(error.to_string(), "the platform answered 502 Bad Gateway");
    assert_eq!(error.reply().unwrap().body, "<html>secret</html>");
    assert!(!format!("{error:?}").contains("secret"));
    assert_eq!(
        StartSession::decode(response(302, "")).unwrap_err().kind(),
        DecodeErrorKind::Status
    );
}

#[test]
fn a_success_with_another_body_says_which_field_is_wrong() {
    for (body, words) in [
        ("<html>", "the body of the response cannot be read: "),
        ("", "the body of the response cannot be read: "),
        (
            "{}",
            "`id` in the body of the response cannot be read: missing",
        ),
        (
            r#"{"id":"m","createdAt":"secret"}"#,
            "`createdAt` in the body of the response",
        ),
    ] {
        let error = SendMessage::decode(response(201, body)).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Body, "{body}");
        assert!(error.reply().is_none());
        let text = error.to_string();
        assert!(
            text.starts_with(words) && !text.contains("secret"),
            "{text}"
        );
    }
}

#[test]
fn an_unreadable_message_spoils_no_list() {
    let body = r#"{"count":2,"items":[{"id":"m"},{"id":"n","authorType":"BOT",
        "createdAt":"2026-01-28T12:00:00Z","sessionId":"s"}]}"#;
    let page = ListSessionMessages::decode(response(200, body)).unwrap();
    assert_eq!(page.count, Some(2));
    assert_eq!(page.items[0].read().unwrap_err(), "`authorType`: missing");
    assert_eq!(page.items[0].raw().get(), r#"{"id":"m"}"#);
    assert_eq!(page.items[1].read().unwrap().id.as_str(), "n");
}

#[test]
fn what_is_sent_shows_no_secret_address() {
    let mut draft = SessionDraft::new("n");
    draft.callback_url = Some("https://a.example/hook?token=secret".into());
    let call = StartSession::new("c".into(), draft);
    assert!(!format!("{call:?}").contains("secret"));
    let request = SendMessage::new("0123456789".into(), MessageDraft::new("x"));
    assert!(
        !format!("{request:?}").contains("89"),
        "a session's id opens its messages"
    );
}
