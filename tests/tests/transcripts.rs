//! The transcripts of Centrifugo 6.2.2, held again with the emulator, byte for byte, and with the engine
//! of a newer version, v0.40.1: each difference is known, and has a reason. One is in every
//! publication: the engine says its epoch there.
//!
//! The engine wants Go, so it is asked on demand only: `cargo xtask ci --step engine`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt as _, future, stream};
use twin_tests::transcript::{Held, Listener, hold};

/// How many engines run at a time: they wait more than they work.
const AT_ONCE: usize = 8;

/// How a server answers a transcript.
enum Answers {
    /// As recorded, but for these lines, for these reasons.
    ButFor(&'static [(usize, &'static str)]),
    /// It is not asked, for this reason.
    Unasked(&'static str),
}

use Answers::{ButFor, Unasked};

/// As recorded.
const SAME: Answers = ButFor(&[]);

/// Every transcript, and how the emulator and how the engine answer it.
const TRANSCRIPTS: &[(&str, Answers, Answers)] = &[
    ("bad-first", SAME, SAME),
    ("bad-ids", SAME, SAME),
    ("bad-json", SAME, SAME),
    ("bad-lines", SAME, SAME),
    (
        "bad-requests",
        SAME,
        ButFor(&[(
            72,
            "keys are read in their own case only: `ID` and `RPC` are no id and no rpc",
        )]),
    ),
    ("client-drops", SAME, SAME),
    (
        "commands-allowed",
        Unasked("its channels have no presence, no history to read, and no publishing by clients"),
        Unasked("it is started without presence, and without publishing by clients"),
    ),
    ("commands-refused", SAME, SAME),
    (
        "connect-backend-failures",
        Unasked("its application does not fail: it answers, or refuses"),
        Unasked("the application behind it does not fail: it answers, or refuses"),
    ),
    (
        "connect-data-and-info",
        Unasked("its application gives clients no data and no info"),
        Unasked("the application behind it gives clients no data and no info"),
    ),
    ("connect-disconnect", SAME, SAME),
    ("connect-error-temporary", SAME, SAME),
    (
        "connect-limits",
        ButFor(&[
            (15, "its application gives every client its channels"),
            (
                21,
                "its clients are nobody in particular, so that none has too many connections",
            ),
        ]),
        ButFor(&[
            (
                15,
                "the application behind it gives every client its channels",
            ),
            (
                21,
                "to the application behind it clients are nobody in particular, so that none has too many connections",
            ),
        ]),
    ),
    ("connect-minimal", SAME, SAME),
    ("connect-no-sessions", SAME, SAME),
    ("connect-stale", SAME, SAME),
    ("connect-subs-not-granted", SAME, SAME),
    ("connect-twice", SAME, SAME),
    ("data-big", SAME, SAME),
    ("data-envelopes", SAME, SAME),
    ("data-forms", SAME, SAME),
    ("data-pretty", SAME, SAME),
    (
        "data-refused",
        Unasked("its own API is another; the engine's is no part of its agreement with clients"),
        Unasked("its API is no part of its agreement with clients"),
    ),
    (
        "expire-no-refresh",
        Unasked("its connections do not expire"),
        Unasked("the application behind it lets no connection expire"),
    ),
    (
        "expire-refresh-api",
        Unasked("its connections do not expire"),
        Unasked("the application behind it lets no connection expire"),
    ),
    (
        "expire-refresh-proxy",
        Unasked("its connections do not expire"),
        Unasked("the application behind it lets no connection expire"),
    ),
    ("flow-no-join", SAME, SAME),
    ("flow-one-frame", SAME, SAME),
    ("flow", SAME, SAME),
    (
        "frame-close",
        ButFor(&[(
            18,
            "its WebSocket library sends the reason back with the code",
        )]),
        SAME,
    ),
    ("frame-fragmented", SAME, SAME),
    (
        "frame-violations",
        ButFor(&[
            (9, "its WebSocket library has its own words for it"),
            (19, "its WebSocket library has its own words for it"),
            (29, "its WebSocket library has its own words for it"),
            (39, "its WebSocket library has its own words for it"),
            (49, "its WebSocket library has its own words for it"),
        ]),
        SAME,
    ),
    ("http-deflate-offered", SAME, SAME),
    (
        "http-origin",
        ButFor(&[
            (3, "pages of any site may try it"),
            (5, "pages of any site may try it"),
        ]),
        SAME,
    ),
    (
        "http-refused",
        ButFor(&[
            (
                15,
                "it is a whole platform, and has its own words for what is not there",
            ),
            (
                17,
                "it is a whole platform, and has its own words for what is not there",
            ),
        ]),
        SAME,
    ),
    (
        "http-subprotocol",
        ButFor(&[(21, "it speaks JSON only")]),
        SAME,
    ),
    ("ping-frame-mode", SAME, SAME),
    ("ping-no-pong-wanted", SAME, SAME),
    ("ping-no-pong", SAME, SAME),
    ("ping-pong-wrong", SAME, SAME),
    ("ping-pong", SAME, SAME),
    (
        "protobuf",
        Unasked("it speaks JSON only"),
        Unasked("text alone is said again"),
    ),
    ("push-burst", SAME, SAME),
    ("push-disconnect-ignored", SAME, SAME),
    ("push-disconnect", SAME, SAME),
    (
        "push-subscribe-unsubscribe",
        SAME,
        ButFor(&[(
            25,
            "a channel that has been taken away is not taken away again",
        )]),
    ),
    ("push-then-disconnect", SAME, SAME),
    ("recover-after-kill", SAME, SAME),
    ("recover-history-removed", SAME, SAME),
    ("recover-no-history", SAME, SAME),
    ("recover-nothing-missed", SAME, SAME),
    ("recover-other-epoch", SAME, SAME),
    ("recover-small-history", SAME, SAME),
    ("recover-too-many", SAME, SAME),
    (
        "recover-while-publishing",
        Unasked(
            "what comes in the reply and what after it differs from run to run: the cases of conformance judge that",
        ),
        Unasked(
            "what comes in the reply and what after it differs from run to run: the cases of conformance judge that",
        ),
    ),
    ("recover", SAME, SAME),
    (
        "rpc-answers",
        Unasked(
            "what a call answers is the application's, and this one answers `joinSession` alone",
        ),
        Unasked(
            "what a call answers is the application's, and this one answers `joinSession` alone",
        ),
    ),
    (
        "rpc-errors",
        ButFor(&[(
            31,
            "its application does not fail, and takes no other field than the id",
        )]),
        ButFor(&[(
            31,
            "the application behind it does not fail, and takes no other field than the id",
        )]),
    ),
    (
        "rpc-no-proxy",
        ButFor(&[(9, "`joinSession` is what it is there for")]),
        SAME,
    ),
    ("rpc-requests", SAME, SAME),
    (
        "rpc-slow-blocks",
        Unasked("its application knows no slow call"),
        Unasked("the application behind it knows no slow call"),
    ),
    (
        "rpc-timeout",
        Unasked("its application knows no slow call"),
        Unasked("the application behind it knows no slow call"),
    ),
    ("server-sigterm", SAME, SAME),
    ("size-limit", SAME, SAME),
    ("slow-one-too-big", SAME, SAME),
    ("state-history-removed-live", SAME, SAME),
    (
        "state-insufficient",
        Unasked("its streams do not vanish under a live connection"),
        SAME,
    ),
    ("sub-client-side", SAME, SAME),
    (
        "sub-delta",
        Unasked("it sends no deltas"),
        Unasked("it is started without deltas"),
    ),
    (
        "sub-expire",
        Unasked("its subscriptions do not expire"),
        Unasked("the application behind it lets no subscription expire"),
    ),
    ("sub-refused", SAME, SAME),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/captures/centrifugo")
}

async fn held(name: &str, listener: Listener) -> Held {
    let transcript = fs::read_to_string(folder().join(format!("{name}.jsonl")));
    hold(&transcript.expect("the capture can be read"), listener).await
}

/// What is not as it is known to be.
fn judge(name: &str, held: &Held, known: &[(usize, &str)]) -> Vec<String> {
    let is_known = |line: usize| known.iter().any(|(at, _)| *at == line);
    let unknown = held.differences.iter().filter(|it| !is_known(it.line));
    let unknown = unknown.map(|difference| format!("{name}: {difference:#?}"));
    let is_seen = |line: usize| held.differences.iter().any(|it| it.line == line);
    let stale = known.iter().filter(|(line, _)| !is_seen(*line));
    let stale =
        stale.map(|(line, reason)| format!("{name}, line {line}: differs no longer ({reason})"));
    unknown.chain(stale).collect()
}

#[test]
fn every_transcript_is_said_again_or_there_is_a_reason() {
    let files = fs::read_dir(folder()).expect("the captures can be read");
    let files = files.filter_map(|file| {
        let name = file.expect("a file").file_name().into_string();
        Some(name.ok()?.strip_suffix(".jsonl")?.to_owned())
    });
    for (name, emulator, engine) in TRANSCRIPTS {
        for answers in [emulator, engine] {
            assert!(!matches!(answers, Unasked("")), "{name}: for what reason?");
        }
    }
    let listed = TRANSCRIPTS.iter().map(|(name, ..)| (*name).to_owned());
    assert_eq!(
        files.collect::<BTreeSet<_>>(),
        listed.collect::<BTreeSet<_>>()
    );
}

#[tokio::test]
async fn the_emulator_answers_as_the_recorded_server_did_but_where_it_is_known_to_differ() {
    let all = TRANSCRIPTS.iter().map(|(name, emulator, _)| async move {
        match emulator {
            ButFor(known) => judge(name, &held(name, Listener::Emulator).await, known),
            Unasked(_) => Vec::new(),
        }
    });
    let findings = future::join_all(all).await.concat();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[tokio::test]
#[ignore = "wants Go, for the engine"]
async fn the_engine_answers_as_the_recorded_server_did_but_where_it_is_known_to_differ() {
    let all = TRANSCRIPTS.iter().map(|(name, _, engine)| async move {
        match engine {
            ButFor(known) => {
                let held = held(name, Listener::Engine).await;
                (judge(name, &held, known), held.epochs_said)
            }
            Unasked(_) => (Vec::new(), 0),
        }
    });
    let all: Vec<_> = stream::iter(all).buffered(AT_ONCE).collect().await;
    let (findings, epochs_said): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let findings = findings.concat();
    assert!(
        epochs_said.iter().sum::<usize>() > 0,
        "publications say their epoch no more: compare them strictly"
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
