//! Captures of a real server, played to the Centrifugo machine on a virtual clock.
//!
//! A capture is a file of JSON lines (`tests/fixtures/captures/centrifugo/README.md`). The sessions
//! are those that the first captured connect names; each connection of the file is the machine's
//! next one; what the recorded server said is handed over as it came, with the ids of replies
//! changed to those of the machine's own commands. What the machine says to all that comes out as
//! JSON lines, and what it should have said and did not as findings.

mod account;
mod capture;
mod lines;
mod matching;
mod run;

pub use self::{
    capture::{CaptureError, Line, parse},
    run::{Outcome, replay},
};
