//! What is written is read as the same.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use http::{Method, StatusCode, header::CONTENT_TYPE};
use proptest::prelude::*;
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
        AuthorType, Message, MessageDraft, MessengerType, Scalar, SentMessage, SessionDraft,
        StartedMessage, StartedSession,
    },
    raw::RawJson,
    time::Timestamp,
};

use crate::{response, through_the_wire, written};

/// An id that can stand in a path: of any characters.
fn id() -> impl Strategy<Value = String> {
    any::<String>().prop_filter("cannot stand in a path", |id| {
        !matches!(&**id, "" | "." | "..")
    })
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_u64).prop_map(|seconds| {
        let time = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
        Timestamp::try_from(time).unwrap()
    })
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        Just(Scalar::Null),
        any::<bool>().prop_map(Scalar::from),
        any::<i64>().prop_map(Scalar::from),
        prop::num::f64::NORMAL.prop_map(Scalar::from),
        any::<String>().prop_map(Scalar::from),
    ]
}

prop_compose! {
    fn session_draft()(
        name: String,
        ttl in proptest::option::of(0..=43_200_u64),
        messenger: Option<String>,
        body: Option<String>,
        files: Vec<String>,
        timezone: Option<i32>,
        metadata in prop::collection::btree_map(any::<String>(), scalar(), 0..4),
        answer_async: Option<bool>,
        callback: Option<String>,
        variable: Option<i64>,
    ) -> SessionDraft {
        let mut draft = SessionDraft::new(name);
        draft.session_ttl = ttl.map(Duration::from_secs);
        draft.messenger_type = messenger.as_deref().map(MessengerType::from);
        draft.message_body = body;
        draft.message_attachments = files.into_iter().map(Into::into).collect();
        draft.client_timezone_minutes = timezone;
        draft.client_metadata = metadata;
        draft.return_answer_async = answer_async;
        draft.callback_url = callback.map(Into::into);
        draft.variables = variable
            .map(|value| ("it".to_owned(), RawJson::new(value.to_string()).unwrap()))
            .into_iter()
            .collect();
        draft
    }
}

prop_compose! {
    fn message_draft()(body: String, files: Vec<String>, reply: Option<String>) -> MessageDraft {
        let mut draft = MessageDraft::new(body);
        draft.attachments = files.into_iter().map(Into::into).collect();
        draft.reply_to_message_id = reply.map(Into::into);
        draft
    }
}

prop_compose! {
    fn list()(
        session in id(),
        from in proptest::option::of(time()),
        to in proptest::option::of(time()),
        company_id: Option<i64>,
        limit: Option<u32>,
        offset: Option<u64>,
        sort in prop::collection::vec("[a-zA-Z]{1,8}", 0..3),
        offset_field: Option<String>,
        offset_value: Option<String>,
        without_count: bool,
    ) -> ListSessionMessages {
        let mut call = ListSessionMessages::new(session.into());
        call.from = from;
        call.to = to;
        call.company_id = company_id;
        call.limit = limit;
        call.offset = offset;
        call.sort = sort;
        call.offset_field = offset_field;
        call.offset_value = offset_value;
        call.without_count = without_count;
        call
    }
}

#[track_caller]
fn assert_same<E: ServerEndpoint + PartialEq + Debug>(call: &E) {
    assert_eq!(&through_the_wire(call).expect("a server reads it"), call);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_server_reads_the_call_that_a_client_wrote(
        id in id(),
        session_draft in session_draft(),
        message_draft in message_draft(),
        list in list(),
        x_widget: bool,
        result: Option<String>,
    ) {
        let mut start = StartSession::new(id.as_str().into(), session_draft.clone());
        start.x_widget = x_widget;
        assert_same(&start);
        assert_same(&ContinueSession::new(id.as_str().into(), session_draft));
        assert_same(&SendMessage::new(id.as_str().into(), message_draft.clone()));
        assert_same(&SendClientMessage::new(id.as_str().into(), message_draft));
        assert_same(&MarkMessageRead::new(id.as_str().into()));
        let mut close = CloseSession::new(id.as_str().into());
        close.result = result;
        assert_same(&close);
        assert_same(&list);
    }
}

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
