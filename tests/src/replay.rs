//! Captures of a real server, played to the machine of its protocol on a virtual clock.
//!
//! A capture is a file of JSON lines, of Centrifugo (`tests/fixtures/captures/centrifugo/README.md`)
//! or of Socket.IO (`tests/fixtures/captures/socketio/README.md`, here [`socketio`]); which, its lines
//! say themselves. What follows is of Centrifugo's.
//!
//! The sessions are those that the first captured connect names; each connection of the file is the machine's
//! next one; what the recorded server said is handed over as it came, with the ids of replies
//! changed to those of the machine's own commands. What the machine says to all that comes out as
//! JSON lines, and what it should have said and did not as findings.

mod account;
mod capture;
mod lines;
mod matching;
mod protobuf;
mod run;
pub mod socketio;

pub use self::{
    capture::{CaptureError, Line, parse},
    run::{Outcome, replay},
};

/// Plays a capture of either kind, as the text of its file.
///
/// # Errors
///
/// When a line is not a line of a capture.
pub fn replay_text(text: &str) -> Result<Outcome, CaptureError> {
    if socketio::is_capture(text) {
        return Ok(socketio::replay(&socketio::parse(text)?));
    }
    Ok(replay(&parse(text)?))
}
