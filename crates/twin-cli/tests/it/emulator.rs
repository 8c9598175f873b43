//! `twin emulator`.

use std::{fs, net::TcpListener};

use serde_json::Value;

use crate::support::{Running, Twin};

fn started(args: &[&str]) -> (Running, Value) {
    let usual = ["emulator", "--listen", "127.0.0.1:0", "--format", "json"];
    let mut running = Twin::new(usual.into_iter().chain(args.iter().copied())).start();
    let ready = running.object(&[("type", "ready")]);
    (running, ready)
}

#[test]
fn it_tells_where_everything_is() {
    let (_running, ready) = started(&[]);
    let http = ready["http"].as_str().unwrap();
    assert_eq!(ready["widget"], format!("{http}/api/chats/v1"));
    assert_eq!(ready["chats"], format!("{http}/api/chats/v1"));
    let live = http.replacen("http", "ws", 1);
    assert_eq!(
        ready["centrifugo"],
        format!("{live}/centrifugo/connection/websocket")
    );
    assert_eq!(ready["socketio"], format!("{http}/operator/socket.io/"));
    assert_eq!(ready["bot"], format!("{http}/api/bot/v1"));
    assert_eq!(ready["iam"], format!("{http}/api/iam/v1"));
    assert!(ready.get("token").is_none(), "{ready}");
}

#[test]
fn a_person_is_told_what_to_type_next() {
    let mut running = Twin::new(["emulator", "--listen", "127.0.0.1:0"]).start();
    let command = running.until(" chat any-chat-id");
    assert!(
        command.contains("twin --emulator http://127.0.0.1:"),
        "{command}"
    );
}

#[test]
fn every_command_works_with_its_address_alone() {
    let (_running, ready) = started(&["--bot", "echo"]);
    let http = ready["http"].as_str().unwrap();
    let mut chat = Twin::new(["chat", "any", "--format", "json"])
        .env("TWIN_EMULATOR", http)
        .start();
    let connected = chat.object(&[("state", "connected")]);
    let session = connected["sessions"][0].as_str().unwrap();
    let sent = Twin::new(["--emulator", http, "send", session, "hello"])
        .run()
        .done();
    let history = Twin::new(["--emulator", http, "history", session, "--format", "json"])
        .run()
        .done();
    assert!(history.contains(sent.trim()), "{history}");
    assert_eq!(
        chat.object(&[("event", "chatMessageCreated")])["payload"]["body"],
        "hello"
    );
}

#[test]
fn a_script_of_ones_own_answers() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("bot.json");
    let rules = r#"{"rules":[{"on":"start","do":[{"message":{"body":"from a file"}}]}]}"#;
    fs::write(&script, rules).unwrap();
    let (_running, ready) = started(&["--bot", script.to_str().unwrap()]);
    let http = ready["http"].as_str().unwrap();
    let mut chat = Twin::new(["--emulator", http, "chat", "any"]).start();
    chat.until("from a file");
}

#[test]
fn an_address_that_is_taken_and_a_bad_script_are_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Twin::new(["emulator", "--listen", &address, "--format", "json"]).run();
    let stdout = ended.failed(&[&address, "--listen"]);
    assert!(
        stdout.starts_with(r#"{"type":"error","kind":"io","#),
        "{stdout}"
    );

    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("bot.json");
    fs::write(&script, "{\n\"rules\": 5}").unwrap();
    let ended = Twin::new(["emulator", "--bot", script.to_str().unwrap()]).run();
    ended.failed(&["bot.json", "line 2"]);
}
