//! What is wrong is refused, by name and without its contents.

use twin_protocol::{
    api::{
        DecodeErrorKind, EncodeErrorKind, Endpoint, MultipartEndpoint, ServerEndpoint,
        ServerMultipartEndpoint,
        bot::StartDialog,
        chats::{
            CloseSession, CreateChat, ListSessionMessages, ListSessions, MarkMessageRead,
            SendMessage, StartSession,
        },
        iam::{Login, RefreshToken, UploadFiles},
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
        (r#"{"name":""}"#, "name"),
        (r#"{"name":"n","sessionTtl":0}"#, "sessionTtl"),
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
    let body = r#"{"name":"n","messageAttachments":{}}"#;
    let (_, reason) = refused::<StartSession>("/chats/c/sessions", body);
    assert_eq!(reason, "wants a list, not an object");
    let (field, _) = refused::<SendMessage>("/sessions/s/messages", r#"{"attachments":[]}"#);
    assert_eq!(field, "body");
    let (field, _) = refused::<CloseSession>("/sessions/s", r#"{"result":[]}"#);
    assert_eq!(field, "result");
    let (field, _) = refused::<CreateChat>("/chats", r#"{"name":""}"#);
    assert_eq!(field, "name");
    let (field, _) = refused::<StartDialog>("/dialogs", r#"{"botId":"b"}"#);
    assert_eq!(field, "ttl");
    let (field, _) = refused::<Login>("/auth/login", r#"{"email":"a@b"}"#);
    assert_eq!(field, "password");
}

#[test]
fn a_server_names_the_parameter_that_is_wrong() {
    for (query, field) in [
        ("limit=many", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("from=yesterday", "from"),
        ("withoutCount=maybe", "withoutCount"),
        ("page=0", "page"),
    ] {
        let address = format!("/sessions/s/messages?{query}");
        assert_eq!(
            refused::<ListSessionMessages>(&address, "").0,
            field,
            "{query}"
        );
    }
    for (query, wanted) in [
        ("limit=many", "a whole number"),
        ("limit=-1", "a whole number from 0 to 4294967295"),
        (
            "from=yesterday",
            "a date and time with an offset, as 2026-03-01T10:00:00+03:00",
        ),
        ("withoutCount=maybe", "1 or 0"),
    ] {
        let address = format!("/sessions/s/messages?{query}");
        let (_, reason) = refused::<ListSessionMessages>(&address, "");
        assert_eq!(reason, format!("wants {wanted}"));
    }
    for (address, field) in [
        ("/sessions?markedAsSpam=2", "markedAsSpam"),
        ("/sessions?clientBanned=", "clientBanned"),
    ] {
        assert_eq!(refused::<ListSessions>(address, "").0, field);
    }
    for (query, field) in [
        ("", "Authorization"),
        ("?refreshToken=r&ttl=soon", "Authorization"),
    ] {
        let address = format!("/auth/refresh{query}");
        assert_eq!(refused::<RefreshToken>(&address, "").0, field);
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
fn a_server_names_the_field_of_a_form_that_is_wrong() {
    let mut form = UploadFiles::new();
    for (name, value) in [("private", "maybe"), ("ttl", "-1"), ("ttl", "")] {
        assert_eq!(form.set_field(name, value).unwrap_err().field, name);
    }
    form.set_field("private", "1").unwrap();
    form.set_field("ttl", "60").unwrap();
    assert_eq!(form.fields().len(), 2);
    assert_eq!(UploadFiles::FILES, "file[]");
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
fn a_token_that_cannot_stand_in_a_header_is_refused_unseen() {
    let error = RefreshToken::new("se\ncret", "r")
        .encode(&base())
        .unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::Token);
    assert!(!format!("{error:?} {error}").contains("cret"), "{error:?}");
    let request = RefreshToken::new("secret", "r").encode(&base()).unwrap();
    assert_eq!(request.headers()["authorization"], "secret");
    assert!(!format!("{:?}", request.headers()).contains("secret"));
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
fn passwords_and_tokens_are_not_shown() {
    let login = Login::new("ann@example.com", "secret");
    let refresh = RefreshToken::new("secret", "secret");
    let tokens = Login::decode(response(
        200,
        r#"{"token":"secret","refreshToken":"secret"}"#,
    ));
    let shown = format!("{login:?} {refresh:?} {:?}", tokens.unwrap());
    assert!(
        shown.contains("ann@") && !shown.contains("secret"),
        "{shown}"
    );
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
