//! Whether a case that was played holds.

use futures_util::FutureExt;
use twin_client::{EndReason, SessionEnd};

use super::{case::Expect, world::World};

impl World {
    /// What is wrong, once all steps are done.
    pub(super) fn findings(&self, expect: &Expect) -> Vec<String> {
        let mut findings = Vec::new();
        let (mut gaps, mut recovered) = (0, 0);
        for (index, listener) in self.listeners.iter().enumerate() {
            let account = listener.account();
            gaps += account.gaps;
            recovered += account.recovered;
            let own = account.findings();
            findings.extend(own.iter().map(|it| format!("session {index}: {it}")));
        }
        let mut check = |is_so: bool, text: String| {
            if !is_so {
                findings.push(text);
            }
        };
        match expect.gaps_at_most {
            Some(most) => check(
                gaps <= most,
                format!("{gaps} gaps, at most {most} expected"),
            ),
            None => check(
                gaps == expect.gaps,
                format!("{gaps} gaps, not {}", expect.gaps),
            ),
        }
        check(
            recovered >= expect.recovered_at_least,
            format!("only {recovered} events recovered"),
        );
        let dials = self.client.stats().dials;
        check(
            dials >= expect.dials_at_least && expect.dials_at_most.is_none_or(|it| dials <= it),
            format!("{dials} dials"),
        );
        let log = self.links.log();
        let (links, unassigned) = (log.numbers.len(), log.unassigned);
        drop(log);
        check(
            expect.links.is_none_or(|it| it == links),
            format!("{links} links"),
        );
        check(
            unassigned == expect.unassigned,
            format!("{unassigned} events without a session"),
        );
        if let Some(wanted) = &expect.ended {
            let end = match self.listeners.first() {
                Some(listener) => listener.session.ended().now_or_never().flatten(),
                None => None,
            };
            let (name, reason) = described(end.as_ref());
            check(
                name == wanted
                    && (expect.code.is_none() || reason.and_then(|it| it.code) == expect.code),
                format!("the first session has ended as {end:?}"),
            );
        }
        findings
    }
}

fn described(end: Option<&SessionEnd>) -> (&'static str, Option<&EndReason>) {
    match end {
        Some(SessionEnd::Closed) => ("closed", None),
        Some(SessionEnd::JoinRefused(reason)) => ("join_refused", Some(reason)),
        Some(SessionEnd::Left) => ("left", None),
        Some(SessionEnd::LinkClosed(reason)) => ("link_closed", Some(reason)),
        _ => ("unknown", None),
    }
}
