//! What happened in a run, line by line, where somebody wants to read it.

use std::time::Duration;

#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A trace that keeps its lines; the default one keeps none.
    pub(super) const fn kept() -> Self {
        Self {
            lines: Some(Vec::new()),
        }
    }

    pub(super) fn add(&mut self, now: Duration, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>9.3}  {}", now.as_secs_f64(), line()));
        }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}
