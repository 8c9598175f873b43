//! The transcripts of Centrifugo 6.2.2, held again with the emulator, byte for byte, and with the engine
//! of a newer version, v0.40.1: each difference between the two is known, and has a reason. One is in
//! every publication: the engine says its epoch there.
//!
//! The engine wants Go, so it is asked on demand only: `cargo xtask ci --step engine`.

use std::{fs, path::Path};

use futures_util::future;
use twin_tests::transcript::{Held, Listener, hold};

/// Transcripts, and where the engine differs: the line of each, and the reason. Those that are not here
/// need another configuration or another application.
const HELD: &[(&str, &[(usize, &str)])] = &[
    ("bad-first", &[]),
    ("bad-ids", &[]),
    ("bad-json", &[]),
    ("bad-lines", &[]),
    (
        "bad-requests",
        &[(
            72,
            "keys are read in their own case only: `ID` and `RPC` are no id and no rpc",
        )],
    ),
    ("client-drops", &[]),
    ("commands-refused", &[]),
    ("connect-minimal", &[]),
    ("connect-no-sessions", &[]),
    ("connect-stale", &[]),
    ("connect-subs-not-granted", &[]),
    ("connect-twice", &[]),
    ("data-big", &[]),
    ("data-envelopes", &[]),
    ("data-forms", &[]),
    ("data-pretty", &[]),
    ("flow", &[]),
    ("flow-no-join", &[]),
    ("flow-one-frame", &[]),
    ("ping-frame-mode", &[]),
    ("ping-no-pong", &[]),
    ("ping-no-pong-wanted", &[]),
    ("ping-pong", &[]),
    ("ping-pong-wrong", &[]),
    ("push-burst", &[]),
    ("push-disconnect", &[]),
    (
        "push-subscribe-unsubscribe",
        &[(
            25,
            "a channel that has been taken away is not taken away again",
        )],
    ),
    ("push-then-disconnect", &[]),
    ("recover", &[]),
    ("recover-history-removed", &[]),
    ("recover-no-history", &[]),
    ("recover-nothing-missed", &[]),
    ("recover-other-epoch", &[]),
    ("recover-small-history", &[]),
    ("recover-too-many", &[]),
    ("rpc-requests", &[]),
    ("size-limit", &[]),
    ("state-history-removed-live", &[]),
    ("sub-client-side", &[]),
];

async fn held(name: &str, listener: Listener) -> Held {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/centrifugo");
    let transcript = fs::read_to_string(folder.join(format!("{name}.jsonl")));
    hold(&transcript.expect("the capture can be read"), listener).await
}

#[tokio::test]
async fn the_emulator_answers_as_the_recorded_server_did() {
    let all = HELD.iter().map(|(name, _)| async move {
        let held = held(name, Listener::Emulator).await;
        held.differences
            .iter()
            .map(|difference| format!("{name}: {difference:#?}"))
            .collect::<Vec<_>>()
    });
    let findings = future::join_all(all).await.concat();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[tokio::test]
#[ignore = "wants Go, for the engine"]
async fn the_engine_answers_as_the_recorded_server_did_but_where_it_is_known_to_differ() {
    let mut findings = Vec::new();
    let mut epochs_said = 0;
    for (name, known) in HELD {
        let held = held(name, Listener::Engine).await;
        epochs_said += held.epochs_said;
        let differences = held.differences;
        for difference in &differences {
            if !known.iter().any(|(line, _)| *line == difference.line) {
                findings.push(format!("{name}: {difference:#?}"));
            }
        }
        for (line, reason) in *known {
            if !differences.iter().any(|it| it.line == *line) {
                findings.push(format!("{name}, line {line}: differs no longer ({reason})"));
            }
        }
    }
    assert!(
        epochs_said > 0,
        "publications say their epoch no more: compare them strictly"
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
