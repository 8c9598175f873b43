//! What was seen, as a table: medians with ranges, and ratios to the floor.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::{
    contender::{Contender, FLOOR, Link, Run},
    doc::Words,
};

/// Something that was seen of a contender.
pub(super) enum Seen {
    /// KiB that an idle connection takes.
    Idle(f64),
    /// Microseconds of processor time for an event, and the most memory in KiB.
    Run {
        replies: u64,
        time: f64,
        memory: f64,
    },
    /// KiB that a further session on a link takes.
    Session(f64),
}

impl Seen {
    pub(super) fn run(replies: u64, run: &Run) -> Self {
        Self::Run {
            replies,
            time: run.cpu_us_per_event,
            memory: run.max_rss_kb as f64,
        }
    }
}

/// All that was seen of all contenders.
pub(super) struct Table {
    pub(super) link: Link,
    sizes: &'static [u64],
    rounds: usize,
    count: u64,
    rows: BTreeMap<&'static str, Row>,
}

#[derive(Default)]
struct Row {
    times: BTreeMap<u64, Vec<f64>>,
    memory: Vec<f64>,
    idle: Vec<f64>,
    session: Vec<f64>,
}

impl Table {
    pub(super) fn new(link: Link, sizes: &'static [u64], rounds: usize, count: u64) -> Self {
        Self {
            link,
            sizes,
            rounds,
            count,
            rows: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, name: &'static str, seen: Seen) {
        let row = self.rows.entry(name).or_default();
        match seen {
            Seen::Idle(kb) => row.idle.push(kb),
            Seen::Run {
                replies,
                time,
                memory,
            } => {
                row.times.entry(replies).or_default().push(time);
                row.memory.push(memory);
            }
            Seen::Session(kb) => row.session.push(kb),
        }
    }

    /// The table in Markdown.
    ///
    /// # Errors
    ///
    /// When the floor, to which all is compared, has not run.
    pub(super) fn print(&self, words: &Words) -> Result<String> {
        let floor = self.rows.get(FLOOR).context("the floor has not run")?;
        let mut lines = vec![(words.rounds)(self.rounds, self.count), String::new()];
        let mut head = format!("| {} |", words.client);
        let mut rule = "| --- |".to_owned();
        for &replies in self.sizes {
            head += &format!(" {} | {} |", (words.time)(replies), words.ratio);
            rule += " ---: | ---: |";
        }
        head += &format!(" {} | {} |", words.idle, words.memory);
        rule += " ---: | ---: |";
        lines.extend([head, rule]);
        for contender in Contender::all(self.link) {
            if let Some(row) = self.rows.get(contender.name) {
                lines.push(self.line(contender.name, row, floor, words));
            }
        }
        let sessions = self.rows.values().flat_map(|row| &row.session).copied();
        if let Some(each) = Spread::of(sessions.collect()) {
            lines.extend([
                String::new(),
                (words.session)(&format!("{:.1}", each.median)),
            ]);
        }
        Ok(lines.join("\n"))
    }

    fn line(&self, name: &str, row: &Row, floor: &Row, words: &Words) -> String {
        let mut line = format!("| {} |", (words.name)(name));
        for replies in self.sizes {
            let times = row.times.get(replies).cloned().unwrap_or_default();
            let base = floor.times.get(replies).cloned().unwrap_or_default();
            // Each round is compared with itself: what slowed the machine down slowed down both.
            let ratios = times
                .iter()
                .zip(&base)
                .map(|(time, base)| time / base)
                .collect();
            line += &format!(" {} |", cell(times, 2));
            line += &format!(" {} |", cell(ratios, 2));
        }
        line += &format!(" {} |", cell(row.idle.clone(), 1));
        let most = row.memory.iter().map(|kb| kb / 1024.0).collect();
        line + &format!(" {} |", cell(most, 1))
    }
}

/// The median, the least and the most.
#[derive(Debug, PartialEq)]
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (&least, &most) = (values.first()?, values.last()?);
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            0 => (values[middle - 1] + values[middle]) / 2.0,
            _ => values[middle],
        };
        Some(Self {
            median,
            least,
            most,
        })
    }
}

/// `2.50 (2.41-2.60)`, or a dash.
pub(super) fn cell(values: Vec<f64>, digits: usize) -> String {
    match Spread::of(values) {
        None => "–".to_owned(),
        Some(Spread {
            median,
            least,
            most,
        }) => format!("{median:.digits$} ({least:.digits$}–{most:.digits$})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{contender::OURS, doc::ENGLISH};

    #[test]
    fn the_median_stands_in_the_middle() {
        let spread = |values: &[f64]| Spread::of(values.to_vec()).map(|it| it.median);
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(cell(vec![2.0, 1.0, 4.0], 1), "2.0 (1.0–4.0)");
    }

    #[test]
    fn a_contender_is_compared_with_the_floor_of_the_same_round() {
        let mut table = Table::new(Link::Socketio, &[1], 2, 10);
        let run = |time| Seen::Run {
            replies: 1,
            time,
            memory: 2048.0,
        };
        // The machine was twice as slow in the second round.
        for (ours, floor) in [(1.0, 2.0), (2.0, 4.0)] {
            table.add(OURS, run(ours));
            table.add(FLOOR, run(floor));
        }
        let text = table.print(&ENGLISH).unwrap();
        assert!(
            text.contains("| 1.50 (1.00–2.00) | 0.50 (0.50–0.50) | – | 2.0 (2.0–2.0) |"),
            "{text}"
        );
    }

    #[test]
    fn there_is_no_table_without_a_floor() {
        assert!(
            Table::new(Link::Socketio, &[1], 1, 1)
                .print(&ENGLISH)
                .is_err()
        );
    }
}
