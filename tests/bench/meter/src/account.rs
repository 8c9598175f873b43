//! The account of a run, and the line that it ends with.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;

use crate::process;

/// Counts the events of a run, from the first to the last of those that are wanted.
#[derive(Debug)]
pub struct Account {
    name: String,
    wanted: u64,
    events: u64,
    gaps: u64,
    last_offset: u64,
    body_units: u64,
    first: Option<(Instant, Duration)>,
    last: Option<(Instant, Duration)>,
}

/// What was measured: one line of JSON on the standard output.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    events: u64,
    wall_s: f64,
    cpu_s: f64,
    cpu_us_per_event: f64,
    max_rss_kb: u64,
    last_offset: u64,
    gaps: u64,
    body_units: u64,
}

impl Account {
    /// An account of a run of `wanted` events.
    pub fn new(name: &str, wanted: u64) -> Self {
        Self {
            name: name.to_owned(),
            wanted,
            events: 0,
            gaps: 0,
            last_offset: 0,
            body_units: 0,
            first: None,
            last: None,
        }
    }

    /// An event: its offset in the channel, 0 where it has none, and the length of its text in bytes.
    /// Says whether more are wanted.
    ///
    /// # Errors
    ///
    /// Where the system does not tell how much processor time was used.
    pub fn event(&mut self, offset: u64, body: usize) -> Result<bool> {
        self.events += 1;
        self.last_offset = offset;
        self.body_units += body as u64;
        if self.events == 1 {
            self.first = Some((Instant::now(), process::cpu()?));
        }
        if self.events == self.wanted {
            self.last = Some((Instant::now(), process::cpu()?));
        }
        Ok(self.events < self.wanted)
    }

    /// Events may be missing.
    pub fn gap(&mut self) {
        self.gaps += 1;
    }

    /// Prints the line. A run that ended early is told by its number of events.
    ///
    /// # Errors
    ///
    /// Where the system does not tell how much processor time or memory was used.
    pub fn print(&self) -> Result<()> {
        let now = (Instant::now(), process::cpu()?);
        let last = self.last.unwrap_or(now);
        let first = self.first.unwrap_or(last);
        let cpu_s = last.1.saturating_sub(first.1).as_secs_f64();
        let line = Line {
            name: &self.name,
            events: self.events,
            wall_s: (last.0 - first.0).as_secs_f64(),
            cpu_s,
            cpu_us_per_event: cpu_s * 1e6 / self.events.max(1) as f64,
            max_rss_kb: process::most_resident_kb()?,
            last_offset: self.last_offset,
            gaps: self.gaps,
            body_units: self.body_units,
        };
        println!("{}", serde_json::to_string(&line)?);
        Ok(())
    }
}

/// What idle connections cost: one line of JSON on the standard output.
#[derive(Serialize)]
pub struct Idle<'a> {
    /// The contender.
    pub name: &'a str,
    /// How many connections were added.
    pub conns: usize,
    /// By how much each of them made the process grow, in KiB.
    pub rss_kb_per_conn: f64,
}

impl Idle<'_> {
    /// Prints the line.
    ///
    /// # Errors
    ///
    /// Where it cannot be written as JSON.
    pub fn print(&self) -> Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}
