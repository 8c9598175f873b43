//! What was published in a session against what was delivered.

/// Holds the deliveries of one session against its publications.
#[derive(Debug, Default)]
pub(crate) struct Account {
    published: Vec<String>,
    /// Whether the publication was delivered.
    delivered: Vec<bool>,
    /// The index after the last publication that was delivered.
    next: usize,
    /// Since a gap came after the last delivered publication: how many were published until then.
    /// It answers for those, and for none that came later.
    gap_until: usize,
    /// How many gaps were said.
    pub(crate) gaps: usize,
    /// How many events came as recovered.
    pub(crate) recovered: usize,
    findings: Vec<String>,
}

impl Account {
    /// A publication is about to go out.
    pub(crate) fn publish(&mut self, payload: String) {
        self.published.push(payload);
        self.delivered.push(false);
    }

    /// The client was handed an event.
    pub(crate) fn event(&mut self, payload: &str, recovered: bool) {
        self.recovered += usize::from(recovered);
        if self.enter(payload) {
            self.gap_until = 0;
        }
    }

    /// The client was handed an event from the list of messages: others of the same gap, which are
    /// not in the list, may still be missing after it.
    pub(crate) fn listed(&mut self, payload: &str) {
        self.recovered += 1;
        self.enter(payload);
    }

    /// Whether it is the delivery of a publication.
    fn enter(&mut self, payload: &str) -> bool {
        let is_it = |published: &String| is_same(published, payload);
        let Some(index) = self.published.iter().position(is_it) else {
            self.findings
                .push(format!("never published: {}", short(payload)));
            return false;
        };
        if self.delivered[index] {
            self.findings
                .push(format!("publication {index} came twice"));
            return false;
        }
        if index < self.next {
            self.findings
                .push(format!("publication {index} came out of order"));
        } else if index > self.next.max(self.gap_until) {
            let missing = self.next.max(self.gap_until)..index;
            self.findings.push(format!(
                "publications {missing:?} are missing without a gap"
            ));
        }
        self.delivered[index] = true;
        self.next = self.next.max(index + 1);
        true
    }

    /// The client was told of a gap.
    pub(crate) fn gap(&mut self) {
        self.gaps += 1;
        self.gap_until = self.published.len();
    }

    /// The client was told of a gap that lasts until the channel comes back.
    pub(crate) fn channel_lost(&mut self) {
        self.gaps += 1;
        self.gap_until = usize::MAX;
    }

    /// Whether nothing is outstanding: the last publication was delivered, or a gap that was said
    /// since the last delivered one answers for all that follow.
    pub(crate) fn is_settled(&self) -> bool {
        self.next.max(self.gap_until) >= self.published.len()
    }

    /// What is wrong at the end.
    pub(crate) fn findings(&self) -> Vec<String> {
        let mut findings = self.findings.clone();
        if !self.is_settled() {
            let missing = self.next.max(self.gap_until)..self.published.len();
            findings.push(format!(
                "publications {missing:?} never came, and no gap was said"
            ));
        }
        findings
    }
}

/// Byte for byte, but for raw line breaks between tokens: a server may drop them, a client makes
/// spaces of them.
fn is_same(published: &str, payload: &str) -> bool {
    published == payload
        || published.contains('\n')
            && [" ", ""]
                .map(|blank| published.replace('\n', blank))
                .contains(&payload.to_owned())
}

fn short(payload: &str) -> String {
    payload.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(deliveries: &[&str]) -> Vec<String> {
        let mut account = Account::default();
        for payload in ["a", "b", "c", "d"] {
            account.publish(payload.into());
        }
        for delivery in deliveries {
            match *delivery {
                "gap" => account.gap(),
                "lost" => account.channel_lost(),
                "late" => account.publish("e".into()),
                "list a" => account.listed("a"),
                "list c" => account.listed("c"),
                payload => account.event(payload, false),
            }
        }
        account.findings()
    }

    #[test]
    fn everything_in_order_is_well_and_so_is_a_hole_that_was_said() {
        for deliveries in [
            &["a", "b", "c", "d"][..],
            &["a", "gap", "c", "d"],
            &["gap", "d"],
            &["a", "b", "gap"],
            &["a", "gap", "b", "c", "d"],
            &["a", "gap", "late", "e"],
            &["a", "lost", "late"],
            &["gap", "list a", "list c", "d"],
        ] {
            assert_eq!(account(deliveries), Vec::<String>::new(), "{deliveries:?}");
        }
    }

    #[test]
    fn whatever_else_is_found() {
        for deliveries in [
            &["a", "b", "c"][..],
            &["a", "c", "d"],
            &["a", "b", "b", "c", "d"],
            &["b", "a", "c", "d"],
            &["a", "c", "gap", "d"],
            &["a", "b", "c", "d", "x"],
            &["a", "gap", "late"],
            &["list a", "list c", "d"],
            &["gap", "list a", "b", "d"],
            &["gap", "list c", "list a", "d"],
        ] {
            assert_ne!(account(deliveries), Vec::<String>::new(), "{deliveries:?}");
        }
    }
}
