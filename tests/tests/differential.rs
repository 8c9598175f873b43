//! What our client tells its user of what a server says, and what other people's clients tell of the
//! same: every script of `tests/differential`.
//!
//! The others want Node, Python and a build of their own, so they run on demand only:
//! `cargo xtask ci --step peers`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use tokio::{process::Command, time::timeout};
use twin_tests::differential::{Played, Script, Told, ours};

/// Keeps a client that hangs from staying for ever.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many scripts are played at once.
const AT_ONCE: usize = 4;

/// The clients of others: name, program and argument, folder below `tests/peers`.
const OTHERS: [(&str, &str, &str, &str); 3] = [
    ("js", "node", "differential.mjs", "centrifuge-js"),
    (
        "python",
        "centrifuge-python/.venv/bin/python",
        "differential.py",
        "centrifuge-python",
    ),
    (
        "rust",
        "../../target/peers/centrifuge-client/debug/centrifuge-client-peer",
        "",
        "centrifuge-client",
    ),
];

fn scripts() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("differential");
    let scripts = Script::read_all(&folder).unwrap();
    assert!(!scripts.is_empty(), "no scripts in {}", folder.display());
    scripts
}

/// Plays a script to a client; gives what the client told. A play that breaks off ends with a line
/// that says so.
async fn play<F: Future<Output = Told>>(script: &Script, client: impl FnOnce(String) -> F) -> Told {
    let mut played = Played::start(script).await.unwrap();
    let told = timeout(PATIENCE, client(played.url()));
    let broken = async {
        let finding = played.finding().await;
        match finding {
            Some(finding) => finding,
            // All is said; now it is the client's turn.
            None => std::future::pending().await,
        }
    };
    let broken_off = |what: String| {
        let mut told = Told::default();
        told.link(what);
        told
    };
    tokio::select! {
        biased;
        told = told => told.unwrap_or_else(|_| broken_off("it does not end".into())),
        finding = broken => broken_off(finding),
    }
}

#[tokio::test]
async fn our_client_tells_what_every_script_says() {
    let scripts = scripts();
    let wrong = stream::iter(&scripts).map(|script| async move {
        let told = play(script, |url| async move { ours(script, &url).await }).await;
        let Script {
            name,
            told: expected,
            ..
        } = script;
        (told != *expected).then(|| format!("{name}: {told:?}, not {expected:?}"))
    });
    let wrong: Vec<_> = wrong.buffered(AT_ONCE).collect().await;
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_listed_difference_is_one_and_of_a_client_that_there_is() {
    for script in scripts() {
        for (client, difference) in &script.differs {
            let is_known = OTHERS.iter().any(|(name, ..)| name == client);
            assert!(is_known, "{}: no client is named {client}", script.name);
            assert_ne!(difference.told, script.told, "{}: {client}", script.name);
            assert!(!difference.reason.is_empty(), "{}: {client}", script.name);
        }
    }
}

async fn other(program: &str, argument: &str, folder: &str, url: &str) -> Told {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let program = match program.contains('/') {
        true => peers.join(program),
        false => PathBuf::from(program),
    };
    let output = Command::new(program)
        .args(Some(argument).filter(|argument| !argument.is_empty()))
        .arg(url)
        .current_dir(peers.join(folder))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let output = output.await.expect("the client starts");
    String::from_utf8(output.stdout).unwrap().parse().unwrap()
}

#[tokio::test]
#[ignore = "wants the packages of tests/peers"]
async fn other_clients_tell_the_same_but_for_what_is_listed() {
    let scripts = scripts();
    let plays = scripts
        .iter()
        .flat_map(|script| OTHERS.map(|other| (script, other)));
    let wrong = stream::iter(plays).map(|(script, (name, program, argument, folder))| async move {
        let told = play(script, |url| async move {
            other(program, argument, folder, &url).await
        });
        let (told, expected) = (told.await, script.expected(name));
        let stale = if script.differs.contains_key(name) && told == script.told {
            ", as all do: the listed difference is stale"
        } else {
            ""
        };
        (told != *expected)
            .then(|| format!("{}, {name}: {told:?}, not {expected:?}{stale}", script.name))
    });
    let wrong: Vec<_> = wrong.buffered(AT_ONCE).collect().await;
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
