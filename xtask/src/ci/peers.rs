//! Other people's clients against the emulator, and the client against other people's servers.

use anyhow::Result;

use super::{Outcome, done, left_out};
use crate::{child::Child, workspace};

/// What the recipes want: the folder of a peer below `tests/peers`, what its packages are installed
/// into, and how.
const WANTED: [(&str, &str, &str); 5] = [
    ("centrifuge-js", "node_modules", "npm ci"),
    (
        "centrifuge-python",
        ".venv",
        "a venv with its requirements.txt",
    ),
    (
        "python-socketio",
        ".venv",
        "a venv with its requirements.txt",
    ),
    ("socket.io", "node_modules", "npm ci"),
    ("socket.io-client", "node_modules", "npm ci"),
];

/// The integration article's recipes, written with the clients that it names.
///
/// # Errors
///
/// When a recipe fails; when what they want is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    let peers = workspace::root()?.join("tests/peers");
    for (folder, packages, how) in WANTED {
        if peers.join(folder).join(packages).is_dir() {
            continue;
        }
        let missing = format!("the recipes want the packages of tests/peers/{folder}: {how} there");
        return left_out(missing);
    }
    Child::cargo(&[
        "build",
        "--locked",
        "--manifest-path",
        "tests/peers/socketioxide/Cargo.toml",
        "--target-dir",
        "target/peers/socketioxide",
    ])
    .run()?;
    let args = [
        "test",
        "--locked",
        "-p",
        "twin-tests",
        "--test",
        "recipe",
        "--test",
        "socketio_servers",
        "--",
        "--ignored",
    ];
    done(Child::cargo(&args).run())
}
