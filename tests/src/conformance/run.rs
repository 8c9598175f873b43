//! Plays cases, several at a time, and judges them.

use std::{fmt, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::time;

use super::{case::Case, expected::Expected, server::Kind, world::World};

/// How many cases are played at once: they wait most of the time.
const AT_ONCE: usize = 8;
/// How long a case may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What became of all cases.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order in which they were given.
    pub cases: Vec<(String, Verdict)>,
    /// Known failures that no case has.
    pub stale: Vec<String>,
}

/// What became of a case.
#[derive(Debug)]
pub enum Verdict {
    /// It does not hold.
    Failed(Vec<String>),
    /// It does not hold, as is known.
    FailedAsExpected(String),
    /// It holds.
    Held,
    /// It holds, though it is known to fail: the list is stale.
    HeldUnexpectedly,
}

impl Report {
    /// Whether everything is as it should be.
    pub fn is_good(&self) -> bool {
        let is_bad =
            |verdict: &Verdict| matches!(verdict, Verdict::Failed(_) | Verdict::HeldUnexpectedly);
        self.stale.is_empty() && !self.cases.iter().any(|(_, verdict)| is_bad(verdict))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, verdict) in &self.cases {
            match verdict {
                Verdict::Failed(findings) => {
                    writeln!(f, "FAILED {name}")?;
                    for finding in findings {
                        writeln!(f, "       {finding}")?;
                    }
                }
                Verdict::FailedAsExpected(reason) => writeln!(f, "known  {name}: {reason}")?,
                Verdict::Held => writeln!(f, "ok     {name}")?,
                Verdict::HeldUnexpectedly => {
                    writeln!(
                        f,
                        "FAILED {name}: it holds, but is listed as a known failure"
                    )?;
                }
            }
        }
        for name in &self.stale {
            writeln!(
                f,
                "FAILED {name}: listed as a known failure, and no such case"
            )?;
        }
        Ok(())
    }
}

/// Plays every case against a server.
pub async fn run_all(kind: Kind, cases: &[Case], expected: &Expected) -> Report {
    let stale = expected
        .of(kind)
        .filter(|name| !cases.iter().any(|case| case.name == *name))
        .map(str::to_owned)
        .collect();
    let played = stream::iter(cases).map(|case| async move {
        let findings = time::timeout(PATIENCE, run(kind, case)).await;
        let findings = findings.unwrap_or_else(|_| vec!["it does not end".to_owned()]);
        let verdict = match (findings.is_empty(), expected.reason(kind, &case.name)) {
            (true, None) => Verdict::Held,
            (true, Some(_)) => Verdict::HeldUnexpectedly,
            (false, None) => Verdict::Failed(findings),
            (false, Some(reason)) => Verdict::FailedAsExpected(reason.to_owned()),
        };
        (case.name.clone(), verdict)
    });
    Report {
        cases: played.buffered(AT_ONCE).collect().await,
        stale,
    }
}

/// Plays one case; gives what is wrong.
async fn run(kind: Kind, case: &Case) -> Vec<String> {
    let mut world = match World::start(kind, case).await {
        Ok(world) => world,
        Err(error) => return vec![format!("the server did not start: {error}")],
    };
    for (number, step) in case.steps.iter().enumerate() {
        if let Err(error) = world.perform(step).await {
            let mut findings = vec![format!("step {}: {error}", number + 1)];
            findings.extend(world.findings(&case.expect));
            return findings;
        }
    }
    world.findings(&case.expect)
}
