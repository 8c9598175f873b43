//! The integration article's recipes with other people's clients, against the emulator.
//!
//! They want Node and Python with the packages of `tests/peers`, so they run on demand only:
//! `cargo xtask ci --step peers`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{process::Command, time::timeout};
use twin_emulator::{Behaviour, Emulator, Flavour};

/// A recipe gives up by itself earlier; this only keeps a hung one from staying for ever.
const PATIENCE: Duration = Duration::from_secs(120);

fn folder(peer: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("peers")
        .join(peer)
}

/// The Python of a peer, with its packages.
fn python(peer: &str) -> String {
    let python = folder(peer).join(".venv/bin/python");
    python.to_str().expect("the path is UTF-8").to_owned()
}

/// Runs a recipe in the folder of its peer: the emulator's address is its first argument.
async fn follow(emulator: &Emulator, peer: &str, program: &str, args: &[&str]) {
    let (recipe, more) = args.split_first().expect("a recipe is named");
    let recipe = Command::new(program)
        .arg(recipe)
        .arg(&emulator.addresses().http)
        .args(more)
        .current_dir(folder(peer))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, recipe).await.expect("the recipe ends");
    let output = output.expect("the recipe starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{peer} {more:?}: {}: {said}",
        output.status
    );
    assert_eq!(output.stdout, b"ok\n", "{peer} {more:?}");
}

/// Follows a recipe over every transport, with the emulator playing either server.
async fn follow_over_socketio(peer: &str, program: &str, recipe: &str) {
    for flavour in [Flavour::Node, Flavour::Python] {
        let mut behaviour = Behaviour::default();
        behaviour.socketio.flavour = flavour;
        let builder = Emulator::builder().behaviour(behaviour);
        let emulator = builder.start().await.expect("there is a free port");
        for transports in ["websocket", "polling", "polling,websocket"] {
            follow(&emulator, peer, program, &[recipe, transports]).await;
        }
        emulator.stop().await;
    }
}

#[tokio::test]
#[ignore = "wants Node and the packages of tests/peers/centrifuge-js"]
async fn the_articles_recipe_works_with_nothing_but_its_addresses_changed() {
    let emulator = Emulator::start().await.expect("there is a free port");
    follow(&emulator, "centrifuge-js", "node", &["recipe.mjs"]).await;
    emulator.stop().await;
}

#[tokio::test]
#[ignore = "wants Python and the packages of tests/peers/centrifuge-python"]
async fn the_articles_recipe_works_with_the_python_client_too() {
    let python = python("centrifuge-python");
    let emulator = Emulator::start().await.expect("there is a free port");
    follow(&emulator, "centrifuge-python", &python, &["recipe.py"]).await;
    emulator.stop().await;
}

#[tokio::test]
#[ignore = "wants Python and the packages of tests/peers/python-socketio"]
async fn the_earlier_articles_recipe_in_python_works_with_nothing_but_its_addresses_changed() {
    let python = python("python-socketio");
    follow_over_socketio("python-socketio", &python, "recipe.py").await;
}

#[tokio::test]
#[ignore = "wants Node and the packages of tests/peers/socket.io-client"]
async fn a_chat_by_the_official_javascript_client_of_socket_io_works() {
    follow_over_socketio("socket.io-client", "node", "recipe.js").await;
}
