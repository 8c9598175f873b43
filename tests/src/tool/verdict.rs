//! Whether a scenario that was played holds.

use super::{book::Pages, play::Scene, scenario::Scenario};

/// What the program may have of memory, in KiB.
const MEMORY: u64 = 64 << 10;

impl Scene {
    /// What is wrong, once all steps are done: the program is brought to its end for that.
    pub(super) async fn findings(mut self, scenario: &Scenario) -> Vec<String> {
        let expect = &scenario.expect;
        let memory = self.twin.peak_memory();
        if expect.fails.is_none() && !expect.ends && !self.is_asked {
            self.is_asked = true;
            if let Err(error) = self.twin.signal("TERM").await {
                self.findings.push(format!("it is gone: {error}"));
            }
        }
        let ended = self.twin.end().await;
        let mut findings = std::mem::take(&mut self.findings);
        // One that has ended already has given its memory back.
        findings.extend(
            memory
                .ok()
                .filter(|peak| *peak > MEMORY)
                .map(|peak| format!("{peak} KiB of memory")),
        );
        match ended {
            Ok((status, said)) => {
                let code = status.code();
                let wanted = i32::from(expect.fails.is_some());
                if code != Some(wanted) {
                    findings.push(format!("exit code {code:?}, not {wanted}: {said}"));
                }
                findings.extend(self.said(scenario, &said));
            }
            Err(error) => findings.push(format!("it does not end: {error}")),
        }
        self.twin.read(true);
        self.book.until(|pages| pages.is_over).await;
        let pages = self.book.pages();
        findings.extend(self.printed(scenario, &pages));
        if !findings.is_empty() {
            findings.push(format!("the last lines:\n         {}", pages.shown()));
        }
        findings
    }

    /// What is wrong with stderr.
    fn said(&self, scenario: &Scenario, said: &str) -> Option<String> {
        if scenario.expect.fails.is_none() {
            return (!said.is_empty()).then(|| format!("it says {said:?}"));
        }
        let address = self.network.address().to_string();
        let named = match scenario.expect.names.as_deref() {
            Some("session") => self.sessions.first().map_or("?", String::as_str),
            Some(name) => name,
            None => "",
        };
        let is_one = said.lines().count() == 1 && said.contains(&address) && said.contains(named);
        (!is_one).then(|| format!("no one sentence with {address} and {named:?}: {said:?}"))
    }

    /// What is wrong with the lines.
    fn printed(&self, scenario: &Scenario, pages: &Pages) -> Vec<String> {
        let expect = &scenario.expect;
        let mut findings = pages.findings.clone();
        let (mut gaps, mut recovered) = (0, 0);
        for (session, account) in &pages.accounts {
            gaps += account.gaps;
            recovered += account.recovered;
            if expect.fails.is_none() && !self.is_cut(scenario) {
                let own = account.findings();
                findings.extend(own.iter().map(|it| format!("session {session}: {it}")));
            }
        }
        let mut check = |is_so: bool, text: String| {
            if !is_so {
                findings.push(text);
            }
        };
        let most = expect.gaps_at_most.unwrap_or(expect.gaps);
        let least = expect.gaps_at_most.map_or(expect.gaps, |_| 0);
        check(
            (least..=most).contains(&gaps),
            format!("{gaps} gaps, not {least} to {most}"),
        );
        check(
            recovered >= expect.recovered_at_least,
            format!("only {recovered} events recovered"),
        );
        if let Some(events) = expect.events {
            check(
                pages.events == events,
                format!("{} events, not {events}", pages.events),
            );
        }
        let made = self.network.accepted();
        let most = expect
            .connections_at_most
            .map(|most| most + pages.late_dials() as u64);
        check(
            made >= expect.connections_at_least && most.is_none_or(|most| made <= most),
            format!("{made} connections"),
        );
        let held = self.network.most_held();
        check(
            held <= expect.links.unwrap_or(1),
            format!("{held} connections at once"),
        );
        if let Some(kind) = &expect.waits {
            let waited = pages.states.iter().any(|it| {
                let code = it.reason.as_ref().and_then(|reason| reason.code);
                it.waits_for(kind) && code == expect.waits_code
            });
            check(
                waited,
                format!("it has not waited for {kind} {:?}", expect.waits_code),
            );
        }
        let error = pages.error.as_ref();
        check(
            error.map(|it| &it.kind) == expect.fails.as_ref()
                && (expect.code.is_none() || error.and_then(|it| it.code) == expect.code),
            format!("the error line: {error:?}"),
        );
        findings
    }

    /// Whether the program was asked to end while its stdout was not read, or to end early: then
    /// not everything that was published can be printed.
    fn is_cut(&self, scenario: &Scenario) -> bool {
        use super::scenario::Step;

        let reads = |step: &Step| matches!(step, Step::Reads(_));
        let last = scenario.steps.iter().rev().find(|step| reads(step));
        scenario.expect.ends || matches!(last, Some(Step::Reads(false)))
    }
}
