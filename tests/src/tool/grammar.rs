//! What must hold of the state lines of a link, whatever happens to it.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::line::Line;

/// No pause is shorter, in milliseconds.
const FLOOR: u64 = 500;
/// The longest first pause; the bound doubles with every attempt.
const FIRST_BOUND: u64 = 1_000;
/// The bound grows no further.
const LAST_BOUND: u64 = 20_000;

/// Where each link is.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    links: BTreeMap<u64, (String, u32)>,
    is_over: bool,
}

impl Grammar {
    /// What is wrong with this line where it stands.
    pub(super) fn hear(&mut self, line: &Line<'_>) -> Option<String> {
        if self.is_over {
            return Some("a line after the error line".into());
        }
        match line.name.as_str() {
            "error" => {
                self.is_over = true;
                None
            }
            "state" => self.state(line),
            _ => None,
        }
    }

    fn state(&mut self, line: &Line<'_>) -> Option<String> {
        let (Some(link), Some(state)) = (line.link, line.state.as_deref()) else {
            return Some("a state line without link or state".into());
        };
        let attempt = line.attempt.unwrap_or(0);
        let before = self.links.insert(link, (state.to_owned(), attempt));
        let before = before
            .as_ref()
            .map(|(state, attempt)| (state.as_str(), *attempt));
        let follows = match (before, state) {
            (None | Some(("connected", _)), "connecting") => attempt >= 1,
            (Some(("waiting", last)), "connecting") => attempt == last + 1 || attempt == 1,
            (Some(("connecting", last)), "connected") => attempt == last || attempt == 1,
            (Some(("connecting", last)), "waiting") => attempt == last || attempt == 1,
            // After a reconnect that was planned, or a join that is tried again.
            (Some(("connecting", _)), "connecting") => attempt >= 1,
            (Some(("connected", _)), "waiting") => attempt >= 1,
            (Some(("closed", _)) | None, _) => false,
            (_, "closed") => line.reason().is_some(),
            _ => false,
        };
        if !follows {
            return Some(format!("{state} with attempt {attempt} after {before:?}"));
        }
        if state != "waiting" {
            return None;
        }
        let pause = line.retry_in_ms.unwrap_or(0);
        if line.reason().is_none() || !pauses(attempt).contains(&pause) {
            return Some(format!(
                "a pause of {pause} ms after attempt {attempt}, {:?}",
                line.reason
            ));
        }
        None
    }
}

/// The pauses that may follow an attempt.
fn pauses(attempt: u32) -> RangeInclusive<u64> {
    let doubled = FIRST_BOUND << attempt.saturating_sub(1).min(16);
    FLOOR..=doubled.min(LAST_BOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(lines: &[&str]) -> Vec<String> {
        let mut grammar = Grammar::default();
        let lines = lines.iter().map(|line| {
            let line = line.replace('\'', "\"");
            match line.split_once(' ') {
                Some((state, more)) => {
                    format!(r#"{{"type":"state","link":1,"state":"{state}",{more}}}"#)
                }
                None => format!(r#"{{"type":"{line}"}}"#),
            }
        });
        let lines: Vec<String> = lines.collect();
        let heard = lines.iter().filter_map(|text| {
            let line = Line::read(text).unwrap();
            grammar.hear(&line)
        });
        heard.collect()
    }

    const WAITING: &str = "waiting 'attempt':1,'retry_in_ms':800,'reason':{'kind':'lost'}";
    const CLOSED: &str = "closed 'reason':{'kind':'asked'}";

    #[test]
    fn what_follows_is_well() {
        let lines = [
            "connecting 'attempt':1",
            WAITING,
            "connecting 'attempt':2",
            "waiting 'attempt':2,'retry_in_ms':1999,'reason':{'kind':'lost'}",
            "connecting 'attempt':3",
            "connected 'attempt':3",
            WAITING,
            "connecting 'attempt':2",
            "connected 'attempt':2",
            "connecting 'attempt':1",
            CLOSED,
            "error",
        ];
        assert_eq!(findings(&lines), Vec::<String>::new());
    }

    #[test]
    fn whatever_else_is_found() {
        let early = "waiting 'attempt':1,'retry_in_ms':499,'reason':{'kind':'lost'}";
        let late = "waiting 'attempt':1,'retry_in_ms':1001,'reason':{'kind':'lost'}";
        let mute = "waiting 'attempt':1,'retry_in_ms':800";
        for lines in [
            &[WAITING][..],
            &["connecting 'attempt':1", early],
            &["connecting 'attempt':1", late],
            &["connecting 'attempt':1", mute],
            &["connecting 'attempt':1", WAITING, "connected 'attempt':1"],
            &["connecting 'attempt':1", WAITING, "connecting 'attempt':4"],
            &["connecting 'attempt':1", CLOSED, "connecting 'attempt':2"],
            &["error", "gap"],
        ] {
            assert_eq!(findings(lines).len(), 1, "{lines:?}");
        }
    }
}
