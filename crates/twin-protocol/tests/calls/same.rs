//! What is written: statuses, methods, and only what is given. That all of it is read as the same is
//! proved in `every`.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use http::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use twin_protocol::{
    api::{
        Auth, Endpoint, Item, Page, ServerEndpoint, Service,
        chats::{
            CloseSession, ContinueSession, ListSessionMessages, MarkMessageRead, SendClientMessage,
            SendMessage, StartSession,
        },
    },
    model::{
        AuthorType, Message, MessageDraft, SentMessage, SessionDraft, StartedMessage,
        StartedSession,
    },
    time::Timestamp,
};

use crate::{response, written};

/// A client reads the response that a server wrote, and it has this status.
#[track_caller]
fn assert_answers<E: ServerEndpoint>(answer: &E::Response, status: StatusCode)
where
    E::Response: PartialEq + Debug,
{
    let response = E::encode_response(answer).expect("a server writes it");
    assert_eq!(response.status(), status);
    let has_body = !response.body().is_empty();
    assert_eq!(response.headers().contains_key(CONTENT_TYPE), has_body);
    assert_eq!(&E::decode(response).expect("a client reads it"), answer);
}

#[test]
fn a_client_reads_the_answer_that_a_server_wrote() {
    let now: Timestamp = "2026-01-28T12:00:00+03:00".parse().unwrap();
    let mut started = StartedSession::new("s".into(), now.clone(), Duration::from_secs(60));
    let mut answer = StartedMessage::default();
    answer.body = "Good day!".into();
    started.messages = vec![Item::new(answer).unwrap()];
    assert_answers::<StartSession>(&started, StatusCode::CREATED);
    assert_answers::<ContinueSession>(&started, StatusCode::OK);

    let sent = SentMessage::new("m".into(), now.clone());
    assert_answers::<SendMessage>(&sent, StatusCode::CREATED);
    assert_answers::<SendClientMessage>(&sent, StatusCode::CREATED);

    let message = Message::new("m".into(), AuthorType::from("ROBOT"), now, "s".into());
    let page = Page::new(7, vec![Item::new(message).unwrap()]);
    assert_answers::<ListSessionMessages>(&page, StatusCode::OK);

    assert_answers::<MarkMessageRead>(&(), StatusCode::NO_CONTENT);
    assert_answers::<CloseSession>(&(), StatusCode::NO_CONTENT);
}

#[test]
fn only_what_is_given_is_written() {
    let draft = SessionDraft::new("n");
    let mut start = StartSession::new("c/1 д".into(), draft);
    assert_eq!(
        written(&start),
        (
            "/chats/c%2F1%20%D0%B4/sessions".to_owned(),
            json!({ "name": "n" })
        ),
    );
    start.x_widget = true;
    assert_eq!(
        written(&start).0,
        "/chats/c%2F1%20%D0%B4/sessions?x_widget=1"
    );

    let mut list = ListSessionMessages::new("s".into());
    assert_eq!(
        written(&list),
        ("/sessions/s/messages".to_owned(), json!(null))
    );
    list.from = Some("2018-10-31T11:56:07+00:00".parse().unwrap());
    list.sort = vec!["createdAt".into(), "id".into()];
    list.limit = Some(5);
    assert_eq!(
        written(&list).0,
        "/sessions/s/messages?from=2018-10-31T11%3A56%3A07%2B00%3A00&limit=5&sort=createdAt%2Cid",
    );

    let message = SendMessage::new("s".into(), MessageDraft::new(""));
    assert_eq!(
        written(&message),
        ("/sessions/s/messages".to_owned(), json!({ "body": "" }))
    );
    let close = CloseSession::new("s".into());
    assert_eq!(written(&close), ("/sessions/s".to_owned(), json!({})));
}

#[test]
fn the_gateway_of_the_widget_needs_no_token() {
    let mut start = StartSession::new("c".into(), SessionDraft::new("n"));
    assert_eq!(
        (start.service(), start.auth()),
        (Service::Chats, Auth::Bearer)
    );
    start.x_widget = true;
    assert_eq!(
        (start.service(), start.auth()),
        (Service::Widget, Auth::None)
    );
    assert_eq!(
        (StartSession::METHOD, SendMessage::AUTH),
        (Method::POST, Auth::None)
    );
}

#[test]
fn numbers_of_a_request_may_be_text() {
    let json = r#"{"name":"n","sessionTtl":"60","clientPhone":7,"clientMetadata":[],"x":1}"#;
    let (path, request) = crate::request("/chats/c/sessions", json);
    let call = StartSession::decode_request(&path, &request).unwrap();
    assert_eq!(call.draft.session_ttl, Some(Duration::from_secs(60)));
    assert_eq!(call.draft.client_phone.as_deref(), Some("7"));
    assert_eq!(call.draft.client_metadata, BTreeMap::new());
}

#[test]
fn any_status_of_success_is_one() {
    for status in [200, 201, 204, 299] {
        assert!(MarkMessageRead::decode(response(status, "whatever")).is_ok());
    }
}
