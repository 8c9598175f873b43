//! The peer on the engine that Centrifugo is made of, and the conformance cases over it; over a
//! Centrifugo as well, where the environment names one.

use anyhow::Result;

use super::{Outcome, left_out};
use crate::{
    child::Child,
    conformance::{self, Codec, Server},
    peers,
};

/// What a real Centrifugo was recorded to say, held against the engine.
const TRANSCRIPTS: [&str; 8] = [
    "test",
    "--locked",
    "-p",
    "twin-tests",
    "--test",
    "transcripts",
    "--",
    "--ignored",
];

/// Thousands of sessions over it, in a process of their own.
const SCALE: [&str; 9] = [
    "test",
    "--locked",
    "-p",
    "twin-tests",
    "--test",
    "scale",
    "--",
    "--ignored",
    "--test-threads=1",
];

/// Builds and proves the peer, holds the transcripts against it, plays the cases, then lets thousands
/// of sessions at it.
///
/// # Errors
///
/// When anything of it fails; when Go is missing where `CI` is set.
pub(super) fn run() -> Result<Outcome> {
    if let Some(missing) = peers::engine_is_missing()? {
        return left_out(missing);
    }
    peers::prove_engine()?;
    Child::cargo(&TRANSCRIPTS).run()?;
    conformance::play_all(Server::Engine, Codec::Json)?;
    conformance::play_all(Server::Engine, Codec::Protobuf)?;
    conformance::play_to_tool(Server::Engine)?;
    Child::cargo(&SCALE).run()?;
    if peers::names_centrifugo() {
        conformance::play_all(Server::Centrifugo, Codec::Json)?;
        conformance::play_to_tool(Server::Centrifugo)?;
    }
    Ok(Outcome::Done)
}
