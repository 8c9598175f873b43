//! Every capture of a real Centrifugo, played to the machine.

use std::{collections::BTreeMap, fs, path::Path};

use twin_tests::replay::{Outcome, parse, replay};

fn captures() -> BTreeMap<String, Outcome> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/centrifugo");
    let files = fs::read_dir(folder)
        .expect("the captures are there")
        .map(|entry| entry.expect("a folder is read").path());
    files
        .filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"))
        .map(|path| {
            let capture =
                parse(&fs::read_to_string(&path).expect("a file is read")).expect("a capture");
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .expect("a name")
                .to_owned();
            (name, replay(&capture))
        })
        .collect()
}

fn lines(name: &str, kind: &str) -> Vec<serde_json::Value> {
    let all = captures();
    let lines = all[name]
        .lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"));
    lines
        .filter(|line: &serde_json::Value| line["type"] == kind)
        .collect()
}

#[test]
fn no_capture_has_a_finding() {
    let all = captures();
    assert!(all.len() > 50, "the captures are there");
    for (name, outcome) in all {
        assert!(
            outcome.findings.is_empty(),
            "{name}: {:?}",
            outcome.findings
        );
    }
}

#[test]
fn a_capture_in_protobuf_is_replayed_in_protobuf() {
    let events = lines("protobuf", "event");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["event"], "chatMessageRead");
    assert_eq!(events[0]["position"]["offset"], 1);
    // Two connects, what follows each, and two pongs, as captures have bytes.
    let frames = lines("protobuf", "sent");
    assert_eq!(frames.len(), 6);
    assert_eq!(frames[2]["frame"], "AA==");
}

#[test]
fn the_flow_gives_the_articles_events_in_order() {
    let names: Vec<_> = lines("flow", "event")
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "showTypingIndicator",
            "chatMessageCreated",
            "operatorChanged",
            "chatMessageRead",
            "sessionClosed"
        ]
    );
}

#[test]
fn what_was_missed_is_recovered_without_a_gap() {
    for name in ["recover", "recover-while-publishing", "client-drops"] {
        let offsets: Vec<_> = lines(name, "event")
            .iter()
            .map(|event| event["position"]["offset"].as_u64().unwrap())
            .collect();
        let expected: Vec<_> = (offsets[0]..).take(offsets.len()).collect();
        assert_eq!(offsets, expected, "{name}");
    }
    assert!(
        lines("recover", "event")
            .iter()
            .any(|event| event["recovered"] == true)
    );
    assert!(lines("recover", "gap").is_empty());
}

#[test]
fn what_could_not_be_recovered_is_declared() {
    for name in [
        "recover-after-kill",
        "recover-history-removed",
        "recover-small-history",
        "recover-too-many",
    ] {
        assert!(!lines(name, "gap").is_empty(), "{name}");
    }
}

#[test]
fn payloads_come_byte_for_byte() {
    let raw = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/centrifugo/data-forms.jsonl"),
    )
    .unwrap();
    let outcome = replay(&parse(&raw).unwrap());
    let events = outcome
        .lines
        .iter()
        .filter(|line| line.starts_with(r#"{"type":"event""#));
    let mut seen = 0;
    for event in events {
        let (_, payload) = event.split_once(r#""payload":"#).unwrap();
        let (payload, _) = payload.split_once(r#","position":"#).unwrap();
        let escaped = serde_json::to_string(payload).unwrap();
        assert!(raw.contains(escaped.trim_matches('"')), "{payload}");
        seen += 1;
    }
    assert!(seen > 10, "{seen} events");
}
