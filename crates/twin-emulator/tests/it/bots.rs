//! The bots: what the client writes, and what happens then.

use std::io::Write;

use serde_json::{Value, json};
use tempfile::NamedTempFile;
use twin_emulator::{Bot, Emulator, ErrorKind};

use crate::support::{Socket, call, connect_command, start_session};

async fn write(emulator: &Emulator, session: &str, text: &str) -> Value {
    let line = format!("POST /api/chats/v1/sessions/{session}/messages");
    let body = json!({"body": text}).to_string();
    let reply = call(
        emulator,
        &line,
        &[("Content-Type", "application/json")],
        &body,
    )
    .await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.json()["id"].clone()
}

/// The next `count` events, as their names.
async fn events(socket: &mut Socket, count: usize) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(socket.event().await);
    }
    events
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

const TYPING: &str = "showTypingIndicator";
const MESSAGE: &str = "chatMessageCreated";

#[tokio::test]
async fn the_demo_shows_every_kind_of_event() {
    let emulator = Emulator::start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    // From the beginning: the greeting may be there before us.
    let channel = format!("widget:{session}");
    let mut connect: Value = serde_json::from_str(&connect_command(&[&session])).unwrap();
    connect["connect"]["subs"][&channel]["recover"] = true.into();
    let reply = socket.ask(&connect.to_string()).await;
    let recovered = reply["connect"]["subs"][&channel]["publications"].as_array();
    let mut greeting: Vec<Value> = recovered
        .into_iter()
        .flatten()
        .map(|publication| publication["data"].clone())
        .collect();
    while greeting.len() < 2 {
        let (event, payload) = socket.event().await;
        greeting.push(json!({"event": event, "payload": payload}));
    }
    assert_eq!(greeting[0]["event"], TYPING);
    assert_eq!(
        greeting[1]["payload"]["answers"],
        json!(["picture", "reply", "operator", "bye"])
    );
    assert_eq!(greeting[1]["payload"]["keyboard"]["buttonsInRow"], 2);

    write(&emulator, &session, "Picture").await;
    let picture = events(&mut socket, 2).await;
    assert_eq!(names(&picture), [TYPING, MESSAGE]);
    let file = &picture[1].1["attachments"][0];
    assert_eq!(picture[1].1["actions"][0]["event"], "openCatalog");
    let link = file["downloadLink"].as_str().unwrap();
    let path = link.strip_prefix(&emulator.addresses().http).unwrap();
    let download = call(&emulator, &format!("GET {path}"), &[], "").await;
    assert_eq!(download.body.len() as u64, file["size"].as_u64().unwrap());
    assert!(
        download
            .head
            .to_lowercase()
            .contains("content-type: image/svg+xml")
    );

    let asked = write(&emulator, &session, "reply").await;
    let answer = events(&mut socket, 2).await;
    let quoted = json!({"id": asked, "authorType": "CLIENT", "body": "reply"});
    assert_eq!(answer[1].1["replyToMessage"], quoted);
    assert_eq!(answer[1].1["replyId"], asked);

    write(&emulator, &session, "whatever").await;
    assert_eq!(
        events(&mut socket, 2).await[1].1["body"],
        "You wrote: “whatever”."
    );

    let last = write(&emulator, &session, "operator").await;
    // Four messages of the client are read at once.
    let handed = events(&mut socket, 9).await;
    let read = "chatMessageRead";
    assert_eq!(
        names(&handed),
        [
            TYPING,
            MESSAGE,
            "operatorChanged",
            read,
            read,
            read,
            read,
            TYPING,
            MESSAGE
        ]
    );
    assert_eq!(handed[2].1["operatorName"], "Anna");
    assert_eq!(handed[2].1["previousOperatorId"], Value::Null);
    assert_eq!(handed[6].1["messageId"], last);
    assert_eq!(handed[7].1["authorType"], "OPERATOR");
    assert_eq!(handed[8].1["authorType"], "OPERATOR");
    assert_eq!(handed[8].1["authorName"], "Anna");

    write(&emulator, &session, "hello?").await;
    assert_eq!(
        names(&events(&mut socket, 3).await),
        [read, TYPING, MESSAGE]
    );

    write(&emulator, &session, "bye").await;
    let end = events(&mut socket, 4).await;
    assert_eq!(names(&end), [read, TYPING, MESSAGE, "sessionClosed"]);
    assert_eq!(end[2].1["type"], "TERMINAL");
    assert_eq!(end[3].1["sessionRatingRequired"], true);
}

#[tokio::test]
async fn the_echo_says_what_it_hears() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    for text in ["привет", "{text} \"quoted\"\n", " "] {
        write(&emulator, &session, text).await;
        let (name, payload) = socket.event().await;
        assert_eq!(
            (name.as_str(), payload["body"].as_str()),
            (MESSAGE, Some(text))
        );
    }
}

#[tokio::test]
async fn a_script_is_read_from_a_file() {
    let file = file(
        r#"{"rules":[{"on":"any","do":["typing",{"event":{"name":"tea","payload":[1.0]}}]}]}"#,
    );
    let bot = Bot::from_file(file.path()).unwrap();
    let emulator = Emulator::builder().bot(bot).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    write(&emulator, &session, "x").await;
    assert_eq!(names(&events(&mut socket, 2).await), [TYPING, "tea"]);
}

#[test]
fn a_script_that_cannot_be_read_says_where() {
    let missing = Bot::from_file("/nowhere/script.json").unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Script);
    let file = file("{\n  \"rules\": [\n    { \"on\": \"any\", \"do\": [\"dance\"] }\n  ]\n}");
    let broken = Bot::from_file(file.path()).unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Script);
    let text = broken.to_string();
    assert!(text.contains("line 3") && text.contains("dance"), "{text}");
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}
