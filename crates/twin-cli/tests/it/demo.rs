//! `twin demo`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Twin;

#[test]
fn a_person_sees_the_whole_conversation() {
    let stdout = Twin::new(["demo"]).run().done();
    for part in [
        "• connected",
        "… the bot is typing",
        "Bot: Hello!",
        "[1] picture",
        "you: picture",
        "+ lighthouse.svg (image/svg+xml, 109 bytes) http://127.0.0.1:",
        "! Open the catalogue",
        "Bot (on “reply”): ",
        "queuePositionChanged",
        "→ Anna has taken over",
        "✓ read: “operator”",
        "… the operator is typing",
        "Anna: Good day",
        "■ the session is closed; please rate it",
    ] {
        assert!(stdout.contains(part), "no {part:?} in:\n{stdout}");
    }
}

#[test]
fn a_program_sees_every_kind_of_event() {
    let stdout = Twin::new(["demo", "--format", "json"]).run().done();
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: BTreeSet<_> = lines
        .iter()
        .filter_map(|line| line["event"].as_str())
        .collect();
    let every = [
        "chatMessageCreated",
        "chatMessageRead",
        "operatorChanged",
        "queuePositionChanged",
        "sessionClosed",
        "showTypingIndicator",
    ];
    assert_eq!(events, BTreeSet::from(every));
    assert!(
        stdout.lines().all(|line| line.starts_with(r#"{"type":""#)),
        "{stdout}"
    );
    let offsets: Vec<_> = lines
        .iter()
        .filter_map(|line| line["position"]["offset"].as_u64())
        .collect();
    let all: Vec<_> = (1..=offsets.len() as u64).collect();
    assert_eq!(offsets, all);
    assert_eq!(lines.last().unwrap()["state"], "closed");
}

#[test]
fn it_needs_nothing_of_the_surroundings() {
    // What is set for other commands does not lead the demonstration elsewhere.
    let ended = Twin::new(["demo"])
        .env("TWIN_EMULATOR", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .run();
    ended.done();
}
