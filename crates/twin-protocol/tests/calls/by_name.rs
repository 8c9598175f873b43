//! No list is read as an object, its values for the fields in their order: not by a client, not by a
//! server, not deep within.

use std::fmt::Debug;

use proptest::prelude::*;
use serde_json::Value;
use twin_protocol::api::{
    DecodeErrorKind, Endpoint, ServerEndpoint,
    bot::SaveFact,
    chats::{CloseSession, GetSession, ListSessionMessages, SendMessage},
    iam::{GetCurrentUser, Login},
};

use crate::{
    any::{Any, Source},
    base,
    printed::every_call,
    request, response,
};

/// The fields whose JSON is kept as it came where it has no known shape, whole or by its names.
const OF_ANY_SHAPE: [&str; 23] = [
    "actions",
    "agents",
    "appearance",
    "clientMetadata",
    "context",
    "dialogResultCallbacks",
    "extra",
    "firstClientMessageAfterLastOperatorMessage",
    "form",
    "info",
    "lastOperatorMessage",
    "messengers",
    "meta",
    "nodes",
    "passedBlocks",
    "pushData",
    "references",
    "result",
    "settings",
    "substitutions",
    "system",
    "variables",
    "viewDetails",
];

/// A client reads the reply with the object, and not with the list in its place.
#[track_caller]
fn assert_replied<E: Endpoint>(reply: &str, object: &str, list: &str, field: &str) {
    let object = reply.replace('@', object);
    assert!(E::decode(response(200, &object)).is_ok(), "{object}");
    let list = reply.replace('@', list);
    let error = E::decode(response(200, &list)).err().expect(&list);
    assert_eq!(error.kind(), DecodeErrorKind::Body, "{list}");
    let words = error.to_string();
    let place = match field {
        "" => "the body of the response".to_owned(),
        _ => format!("`{field}` in the body of the response"),
    };
    assert!(
        words.starts_with(&place) && words.contains("invalid type: sequence, expected struct "),
        "{words}"
    );
}

/// A server reads a request with the object as its body, and not with the list.
#[track_caller]
fn assert_asked<E: ServerEndpoint>(address: &str, object: &str, list: &str) {
    let (path, given) = request(address, object);
    assert!(E::decode_request(&path, &given).is_ok(), "{object}");
    let (path, given) = request(address, list);
    let error = E::decode_request(&path, &given).err().expect(list);
    assert_eq!(error.field, "body", "{list}");
    assert_eq!(error.reason, "wants an object, not a list", "{list}");
}

#[test]
fn a_client_reads_no_list_as_an_object() {
    let sent = r#"{"id":"m","createdAt":"2026-01-28T12:00:00Z"}"#;
    assert_replied::<SendMessage>("@", sent, r#"["m","2026-01-28T12:00:00Z"]"#, "");
    let tokens = r#"{"token":"t","refreshToken":"r"}"#;
    assert_replied::<Login>(" @", tokens, r#"["t","r"]"#, "");

    let session = r#"{"id":"s","chatId":"c","lastMessage":@}"#;
    let last = r#"["m",null,null,null,null,"x",[],null,null]"#;
    assert_replied::<GetSession>(session, r#"{"id":"m"}"#, last, "lastMessage");
    let session = r#"{"id":"s","chatId":"c","lastMessage":{"attachments":[@]}}"#;
    let file = r#"["f",null,null,null,null,null,null,null,null,null,null,null,null]"#;
    let place = "lastMessage.attachments[0]";
    assert_replied::<GetSession>(session, r#"{"id":"f"}"#, file, place);
    let session = r#"{"id":"s","chatId":"c","operators":[{"id":"p"},@]}"#;
    let operator = r#"["o",null,null,null]"#;
    assert_replied::<GetSession>(session, r#"{"id":"o"}"#, operator, "operators[1]");
    let user = r#"{"id":"u","roles":[@]}"#;
    assert_replied::<GetCurrentUser>(user, r#"{"name":"n"}"#, r#"["n",5]"#, "roles[0]");
}

#[test]
fn a_client_reads_no_list_as_an_object_in_the_text_of_a_list() {
    for (operators, readable) in [
        (r#"[{\"id\":\"o\"}]"#, true),
        (r#"[[\"o\",null,null,null]]"#, false),
    ] {
        let session = format!(r#"{{"id":"s","chatId":"c","operators":"{operators}"}}"#);
        let read = GetSession::decode(response(200, &session));
        assert_eq!(read.is_ok(), readable, "{session}");
    }
}

#[test]
fn a_list_in_the_place_of_an_item_is_no_item() {
    let message = r#"{"id":"m","authorType":"BOT","createdAt":"2026-01-28T12:00:00Z","sessionId":"s","keyboard":@}"#;
    let items = [
        message.replace('@', r#"{"buttons":[{"type":"text","text":"x"}]}"#),
        r#"["m",null,"BOT",null,null,null,[],null,null,"2026-01-28T12:00:00Z",null,[],"s",null]"#
            .to_owned(),
        message.replace('@', r#"[null,[]]"#),
        message.replace('@', r#"{"buttons":[["text","x"]]}"#),
    ];
    let page = format!(r#"{{"items":[{}]}}"#, items.join(","));
    let page = ListSessionMessages::decode(response(200, &page)).unwrap();
    assert!(page.items[0].read().is_ok());
    for (item, words) in page.items[1..].iter().zip([
        "invalid type: sequence, expected struct Message",
        "`keyboard`: invalid type: sequence, expected struct Keyboard",
        "`keyboard.buttons[0]`: invalid type: sequence, expected struct Button",
    ]) {
        let reason = item.read().unwrap_err();
        assert!(reason.starts_with(words), "{reason}");
    }
}

#[test]
fn a_server_reads_no_list_as_an_object() {
    let list = r#"["x",["f"],null]"#;
    assert_asked::<SendMessage>("/sessions/s/messages", r#"{"body":"x"}"#, list);
    let object = r#"{"email":"a","password":"b"}"#;
    assert_asked::<Login>("/auth/login", object, r#"["a","b",null,null,{}]"#);
    let list = r#"[null,null,null,null,null,"n"]"#;
    assert_asked::<SaveFact>("/facts", r#"{"name":"n"}"#, list);
    assert_asked::<CloseSession>("/sessions/s", "{}", r#"["x"]"#);
}

/// The JSON once for every object in it, with the list of the object's values in its place.
fn with_a_list(json: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match json {
        Value::Object(object) => {
            // PHP's empty map is written so.
            if !object.is_empty() {
                all.push(object.values().cloned().collect());
            }
            for (name, value) in object {
                if OF_ANY_SHAPE.contains(&&**name) {
                    continue;
                }
                for changed in with_a_list(value) {
                    let mut object = object.clone();
                    object.insert(name.clone(), changed);
                    all.push(object.into());
                }
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                for changed in with_a_list(value) {
                    let mut list = list.clone();
                    list[at] = changed;
                    all.push(list.into());
                }
            }
        }
        _ => {}
    }
    all
}

fn no_list_is_asked<E: ServerEndpoint + Any>(source: &mut Source) {
    let mut asked = E::any(source).encode(&base()).expect("it can be written");
    let path = asked.uri().path()["/api/v1".len()..].to_owned();
    let Ok(body) = serde_json::from_slice(asked.body()) else {
        return;
    };
    for list in with_a_list(&body) {
        *asked.body_mut() = list.to_string().into();
        let error = E::decode_request(&path, &asked).err();
        let error = error.unwrap_or_else(|| panic!("{} {list}", E::OPERATION));
        assert!(error.reason.ends_with(", not a list"), "{error:?}");
    }
}

fn no_list_is_answered<E: ServerEndpoint>(source: &mut Source)
where
    E::Response: Any + Debug,
{
    let answer: E::Response = source.any();
    let mut answered = E::encode_response(&answer).expect("a server writes it");
    let Ok(body) = serde_json::from_slice(answered.body()) else {
        return;
    };
    for list in with_a_list(&body) {
        *answered.body_mut() = list.to_string().into();
        let words = match E::decode(answered.clone()) {
            Err(error) => error.to_string(),
            // The item that it is in says why it cannot be read.
            Ok(read) => format!("{read:?}"),
        };
        assert!(
            words.contains("invalid type: sequence"),
            "{} {list} {words}",
            E::OPERATION
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_list_is_an_object_in_any_call(seed: u64) {
        every_call!(no_list_is_asked, &mut Source::new(seed));
        every_call!(no_list_is_answered, &mut Source::new(seed));
    }
}
