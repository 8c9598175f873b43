//! Every capture of a real Socket.IO server, played to the machine.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use twin_tests::replay::{Outcome, replay_text};

fn texts() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/socketio");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn captures() -> BTreeMap<String, Outcome> {
    let texts = texts().into_iter();
    texts
        .map(|(name, text)| (name, replay_text(&text).unwrap()))
        .collect()
}

/// Payloads stand in the lines as they came; half of a surrogate pair is read as one of the others.
fn lines(outcome: &Outcome, kind: &str) -> Vec<Value> {
    let lines = outcome.lines.iter().map(|line| {
        let whole = line.replace(r#"\ud83d"}"#, r#"\ufffd"}"#);
        serde_json::from_str(&whole).unwrap()
    });
    lines.filter(|line: &Value| line["type"] == kind).collect()
}

fn names(outcome: &Outcome) -> Vec<String> {
    let events = lines(outcome, "event");
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The last state, and the kind of its reason.
fn last_state(outcome: &Outcome) -> (String, String) {
    let state = lines(outcome, "state").pop().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&state["state"]), text(&state["reason"]["kind"]))
}

#[test]
fn no_capture_has_a_finding() {
    let all = captures();
    assert!(all.len() > 80, "the captures are there");
    let mut events = 0;
    for (name, outcome) in &all {
        assert!(
            outcome.findings.is_empty(),
            "{name}: {:?}",
            outcome.findings
        );
        events += names(outcome).len();
    }
    assert!(events > 450, "{events} events");
}

#[test]
fn the_flow_is_the_same_over_every_transport_and_from_both_servers() {
    let expected = [
        "chatMessageCreated",
        "showTypingIndicator",
        "chatMessageRead",
        "operatorChanged",
        "operatorStatusChanged",
        "operatorLoggedOut",
        "serverAsk",
        "serverAskResult",
        "binaryEmit",
    ];
    let mut seen = 0;
    for (name, outcome) in captures() {
        if name.starts_with("flow.") {
            assert_eq!(names(&outcome), expected, "{name}");
            let events = lines(&outcome, "event");
            let binary = &events[8];
            assert_eq!(binary["binary"][0], "BAD/AQID", "{name}");
            assert_eq!(binary["arguments"], 2, "{name}");
            assert!(lines(&outcome, "gap").is_empty(), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen} flows");
}

#[test]
fn an_upgrade_under_fire_loses_and_doubles_nothing() {
    let outcome = &captures()["drip-upgrade.node-server.js-client"];
    let events = lines(outcome, "event");
    let drips: Vec<_> = events
        .iter()
        .filter_map(|event| {
            event["payload"]["messageId"]
                .as_str()?
                .strip_prefix("drip-")
        })
        .map(|number| number.parse::<usize>().unwrap())
        .collect();
    let expected: Vec<_> = (0..drips.len()).collect();
    assert!(drips.len() > 30 && drips == expected, "{drips:?}");
    let sent = lines(outcome, "sent");
    assert!(sent.iter().any(|line| line["frame"] == "5"), "it moved");
}

#[test]
fn half_of_a_surrogate_pair_costs_no_event() {
    let outcome = &captures()["lone-surrogate.node-server.py-client.ws"];
    let last = outcome
        .lines
        .iter()
        .rfind(|line| line.starts_with(r#"{"type":"event""#))
        .unwrap();
    assert!(
        last.contains(r#""payload":{"preview":"Привет \ud83d"}"#),
        "{last}"
    );
}

#[test]
fn lengths_in_bytes_are_read() {
    let outcome = &captures()["raw-json.py-server.js-client.poll"];
    assert_eq!(names(outcome).len(), 6);
}

#[test]
fn refusals_and_kicks_end_the_link_and_ends_of_the_transport_do_not() {
    let all = captures();
    for (name, state, kind) in [
        ("bad-key.node-server.js-client.ws", "closed", "join_refused"),
        (
            "bad-key.node-server.py-client.poll",
            "closed",
            "join_refused",
        ),
        ("bad-key.py-server.py-client.ws", "closed", "unauthorized"),
        ("bad-key.py-server.js-client.poll", "closed", "unauthorized"),
        (
            "bad-key-allowRequest.node-server.js-client.poll",
            "closed",
            "forbidden",
        ),
        (
            "bad-key-allowRequest.node-server.js-client.ws",
            "closed",
            "refused",
        ),
        ("kick.node-server.js-client.ws", "closed", "terminated"),
        ("kick-soft.node-server.js-client.ws", "closed", "terminated"),
        ("kick.py-server.js-client.poll", "closed", "terminated"),
        ("drop.node-server.js-client.ws", "waiting", "closed"),
        ("drop.node-server.py-client.ws", "waiting", "closed"),
    ] {
        let (last, why) = last_state(&all[name]);
        assert_eq!((last.as_str(), why.as_str()), (state, kind), "{name}");
    }
}

#[test]
fn every_reconnect_declares_a_gap() {
    let outcome = &captures()["reconnect.node-server.js-client.ws"];
    let gaps = lines(outcome, "gap");
    assert_eq!(gaps.len(), 2);
    assert!(gaps.iter().all(|gap| gap["reason"] == "no_recovery"));
}

#[test]
fn no_reason_repeats_what_names_the_connection() {
    let mut seen = 0;
    for (name, text) in texts() {
        let sids: Vec<_> = text
            .split("sid=")
            .skip(1)
            .map(|rest| rest.split(['&', '"']).next().unwrap())
            .filter(|sid| sid.len() > 8)
            .collect();
        for state in lines(&replay_text(&text).unwrap(), "state") {
            let words = state["reason"]["text"].as_str().unwrap_or_default();
            for sid in &sids {
                assert!(!words.contains(sid), "{name}: {words}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen} looks");
}
