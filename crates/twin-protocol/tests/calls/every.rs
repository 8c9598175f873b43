//! What holds of every call, whichever it is: the list of them is printed.

use std::{any::type_name, fmt::Debug};

use proptest::prelude::*;
use serde_json::{Value, json};
use twin_protocol::api::{DecodeErrorKind, ServerEndpoint, ServerMultipartEndpoint};

use crate::{
    any::{Any, Source},
    printed::{every_call, every_form},
    response, through_the_wire,
};

fn request_is_the_same<E: ServerEndpoint + Any + PartialEq + Debug>(source: &mut Source) {
    let call = E::any(source);
    let read = through_the_wire(&call);
    assert_eq!(read.as_ref(), Ok(&call), "{}", E::OPERATION);
}

fn form_is_the_same<E: ServerMultipartEndpoint + Any + PartialEq + Debug>(source: &mut Source) {
    let call = E::any(source);
    let mut read = through_the_wire(&call).expect("a server reads the head");
    for (name, value) in call.fields() {
        assert_ne!(name, E::FILES);
        read.set_field(name, &value)
            .expect("a server reads a field");
    }
    read.set_field("nobodyKnowsThis", "x")
        .expect("it is ignored");
    assert_eq!(read, call, "{}", E::OPERATION);
}

fn response_is_the_same<E: ServerEndpoint>(source: &mut Source)
where
    E::Response: Any + PartialEq + Debug,
{
    let answer: E::Response = source.any();
    let written = E::encode_response(&answer).expect("a server writes it");
    let read = E::decode(written).expect("a client reads it");
    assert_eq!(read, answer, "{}", E::OPERATION);
}

fn an_unknown_field_is_ignored<E: ServerEndpoint>(source: &mut Source)
where
    E::Response: Any + PartialEq + Debug,
{
    let answer: E::Response = source.any();
    let mut written = E::encode_response(&answer).expect("a server writes it");
    let Ok(Value::Object(mut body)) = serde_json::from_slice(written.body()) else {
        return;
    };
    body.insert("nobodyKnowsThis".into(), json!({"a": [1, null]}));
    *written.body_mut() = Value::Object(body).to_string().into();
    assert!(E::decode(written).is_ok(), "{}", E::OPERATION);
}

fn an_unreadable_item_is_kept<E: ServerEndpoint>(source: &mut Source)
where
    E::Response: Any + PartialEq + Debug,
{
    let answer: E::Response = source.any();
    let mut written = E::encode_response(&answer).expect("a server writes it");
    let Ok(mut body) = serde_json::from_slice::<Value>(written.body()) else {
        return;
    };
    for list in ["", "/items", "/messages"] {
        if let Some(Value::Array(items)) = body.pointer_mut(list) {
            items.insert(0, json!({"createdAt": {"no": "date"}, "attachments": 5}));
            items.push(json!(5));
        }
    }
    *written.body_mut() = body.to_string().into();
    let read = E::decode(written).expect("one item spoils no list");
    let again = E::encode_response(&read).expect("what was read can be written");
    let again: Value = serde_json::from_slice(again.body()).expect("a server writes JSON");
    assert_eq!(again, body, "{}", E::OPERATION);
}

fn only_a_page_is_a_list<E: ServerEndpoint>(lists: &mut usize) {
    if !type_name::<E::Response>().contains("::Page<") {
        return;
    }
    *lists += 1;
    for body in [
        r#"{"count":7}"#,
        r#"{"items":[]}"#,
        r#"{"count":"0","items":null}"#,
    ] {
        assert!(
            E::decode(response(200, body)).is_ok(),
            "{} {body}",
            E::OPERATION
        );
    }
    for body in [
        "",
        "null",
        "{}",
        "[]",
        r#"[{"id":"1"}]"#,
        r#"{"status":"ok"}"#,
        r#"{"items":{}}"#,
    ] {
        let error = E::decode(response(200, body))
            .err()
            .map(|error| error.kind());
        assert_eq!(
            error,
            Some(DecodeErrorKind::Body),
            "{} {body}",
            E::OPERATION
        );
    }
}

#[test]
fn what_has_neither_count_nor_items_is_no_list() {
    let lists = &mut 0;
    every_call!(only_a_page_is_a_list, lists);
    assert_eq!(*lists, 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_server_reads_every_call_as_it_was_made(seed: u64) {
        let source = &mut Source::new(seed);
        every_call!(request_is_the_same, source);
        every_form!(form_is_the_same, source);
    }

    #[test]
    fn a_client_reads_every_answer_as_it_was_made(seed: u64) {
        let source = &mut Source::new(seed);
        every_call!(response_is_the_same, source);
        every_form!(response_is_the_same, source);
    }

    #[test]
    fn a_client_ignores_what_nobody_knows_in_every_answer(seed: u64) {
        let source = &mut Source::new(seed);
        every_call!(an_unknown_field_is_ignored, source);
    }

    #[test]
    fn an_item_that_cannot_be_read_spoils_no_answer_and_is_kept(seed: u64) {
        let source = &mut Source::new(seed);
        every_call!(an_unreadable_item_is_kept, source);
        every_form!(an_unreadable_item_is_kept, source);
    }
}
