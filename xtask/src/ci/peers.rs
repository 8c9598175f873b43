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

/// Peers in Rust, each in a workspace of its own below `tests/peers`.
const PROGRAMS: [&str; 2] = ["centrifuge-client", "socketioxide"];

/// The integration article's recipes, written with the clients that it names; our client against
/// servers of others; and the same words of a server said to it and to clients of others.
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
    for program in PROGRAMS {
        let manifest = format!("tests/peers/{program}/Cargo.toml");
        let target = format!("target/peers/{program}");
        Child::cargo(&["build", "--locked", "--manifest-path", &manifest])
            .args(["--target-dir", &target])
            .run()?;
    }
    let args = [
        "test",
        "--locked",
        "-p",
        "twin-tests",
        "--test",
        "differential",
        "--test",
        "recipe",
        "--test",
        "socketio_servers",
        "--",
        "--ignored",
    ];
    done(Child::cargo(&args).run())
}
