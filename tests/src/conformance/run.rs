//! Plays cases, several at a time, and judges them.

use std::{fmt, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::time;
use twin_client::Codec;

use super::{
    case::{Case, Step},
    expected::Expected,
    server::Kind,
    world::World,
};

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

    /// Whether the case of this name does not hold, and is not known for that.
    pub fn has_failed(&self, name: &str) -> bool {
        let is_it =
            |case: &(String, Verdict)| case.0 == name && matches!(case.1, Verdict::Failed(_));
        self.cases.iter().any(is_it)
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
pub async fn run_all(kind: Kind, codec: Codec, cases: &[Case], expected: &Expected) -> Report {
    let played = cases
        .iter()
        .map(|case| (&*case.name, run(kind, codec, case)));
    report(kind, played, expected, AT_ONCE).await
}

/// Plays cases, each given by its name and what gives its findings, so many at once.
pub(crate) async fn report<'a, F: Future<Output = Vec<String>>>(
    kind: Kind,
    cases: impl Iterator<Item = (&'a str, F)>,
    expected: &Expected,
    at_once: usize,
) -> Report {
    let cases: Vec<_> = cases.collect();
    let stale = expected
        .of(kind)
        .filter(|known| !cases.iter().any(|(name, _)| name == known))
        .map(str::to_owned)
        .collect();
    let played =
        stream::iter(cases.into_iter().enumerate()).map(|(place, (name, findings))| async move {
            let findings = time::timeout(PATIENCE, findings).await;
            let findings = findings.unwrap_or_else(|_| vec!["it does not end".to_owned()]);
            let verdict = match (findings.is_empty(), expected.reason(kind, name)) {
                (true, None) => Verdict::Held,
                (true, Some(_)) => Verdict::HeldUnexpectedly,
                (false, None) => Verdict::Failed(findings),
                (false, Some(reason)) => Verdict::FailedAsExpected(reason.to_owned()),
            };
            (place, (name.to_owned(), verdict))
        });
    // As they end: one that waits long holds up none behind it.
    let mut cases: Vec<_> = played.buffer_unordered(at_once).collect().await;
    cases.sort_by_key(|(place, _)| *place);
    let cases = cases.into_iter().map(|(_, case)| case).collect();
    Report { cases, stale }
}

/// Plays one case; gives what is wrong.
async fn run(kind: Kind, codec: Codec, case: &Case) -> Vec<String> {
    let mut world = match World::start(kind, codec, case).await {
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
    // Whoever was told that a channel is lost is settled, until an event says that it is back: the others
    // of its message may still be on their way to the reader. What never comes is found below.
    let _ = world.perform(&Step::Settle {}).await;
    world.findings(&case.expect)
}
