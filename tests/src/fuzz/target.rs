//! The targets, one file each, and their table.

mod envelope;
mod raw_json;
mod timestamp;

pub use self::{envelope::envelope, raw_json::raw_json, timestamp::timestamp};

/// A function that must not panic, whatever bytes it is given.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name on the command line, of the folder of inputs and of the cargo-fuzz target.
    pub name: &'static str,
    /// The function.
    pub run: fn(&[u8]),
}

/// Every target there is.
pub const TARGETS: &[Target] = &[
    Target {
        name: "envelope",
        run: envelope,
    },
    Target {
        name: "raw_json",
        run: raw_json,
    },
    Target {
        name: "timestamp",
        run: timestamp,
    },
];
