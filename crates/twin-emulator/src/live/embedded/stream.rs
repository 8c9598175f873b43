//! The stream of a channel: its epoch, its offsets, and the history from which links recover.
//!
//! It knows of no links.

use std::{collections::VecDeque, sync::Arc};

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::settings::CentrifugoSettings;

/// One publication as the history keeps it.
#[derive(Clone, Debug)]
pub(super) struct Publication {
    pub(super) offset: u64,
    pub(super) data: Arc<RawValue>,
}

/// What a client says of where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: u64,
    /// Empty matches any.
    pub(super) epoch: String,
}

/// The publications of one channel, numbered from 1.
#[derive(Debug)]
pub(super) struct Stream {
    epoch: String,
    top: u64,
    kept: VecDeque<Publication>,
    expires: Option<Instant>,
}

impl Stream {
    /// An empty stream of a new epoch: four letters, as the memory engine makes them.
    pub(super) fn new() -> Self {
        Self {
            epoch: (0..4).map(|_| fastrand::alphabetic()).collect(),
            top: 0,
            kept: VecDeque::new(),
            expires: None,
        }
    }

    /// Adds a publication and gives its offset. The whole history lives on for the history's
    /// time to live from now.
    pub(super) fn append(
        &mut self,
        data: Arc<RawValue>,
        settings: &CentrifugoSettings,
        now: Instant,
    ) -> u64 {
        self.expire(now);
        self.top += 1;
        self.kept.push_back(Publication {
            offset: self.top,
            data,
        });
        while self.kept.len() > settings.history_size {
            self.kept.pop_front();
        }
        self.expires = now.checked_add(settings.history_ttl);
        self.top
    }

    /// The publications after `position`, if nothing of what followed it is missing: the rule of
    /// Centrifugo's `isStreamRecovered` (facts, 3.4; captures `recover-*`).
    pub(super) fn recover(
        &mut self,
        position: &Position,
        limit: usize,
        now: Instant,
    ) -> Option<Vec<Publication>> {
        self.expire(now);
        if !position.epoch.is_empty() && position.epoch != self.epoch {
            return None;
        }
        if position.offset >= self.top {
            return (position.offset == self.top).then(Vec::new);
        }
        let missed: Vec<Publication> = self
            .kept
            .iter()
            .filter(|kept| kept.offset > position.offset)
            .take(limit.saturating_add(1))
            .cloned()
            .collect();
        let whole = missed.len() <= limit
            && missed
                .first()
                .is_some_and(|first| first.offset == position.offset + 1)
            && missed.last().is_some_and(|last| last.offset == self.top);
        whole.then_some(missed)
    }

    /// Forgets the history; epoch and offset stay.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
        self.expires = None;
    }

    pub(super) fn epoch(&self) -> &str {
        &self.epoch
    }

    pub(super) fn top(&self) -> u64 {
        self.top
    }

    fn expire(&mut self, now: Instant) {
        if self.expires.is_some_and(|expires| expires <= now) {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn stream(publications: u64, settings: &CentrifugoSettings, now: Instant) -> Stream {
        let mut stream = Stream::new();
        for n in 1..=publications {
            let data = RawValue::from_string(n.to_string()).unwrap();
            assert_eq!(stream.append(data.into(), settings, now), n);
        }
        stream
    }

    fn offsets(recovered: Option<Vec<Publication>>) -> Option<Vec<u64>> {
        recovered.map(|all| all.iter().map(|one| one.offset).collect())
    }

    fn at(offset: u64, epoch: &str) -> Position {
        Position {
            offset,
            epoch: epoch.to_owned(),
        }
    }

    /// Captures `recover`, `recover-nothing-missed`, `recover-other-epoch`.
    #[test]
    fn what_was_missed_is_recovered_by_the_rule_of_centrifugo() {
        let now = Instant::now();
        let settings = CentrifugoSettings::default();
        let mut stream = stream(3, &settings, now);
        let epoch = stream.epoch().to_owned();
        for (position, expected) in [
            (at(1, &epoch), Some(vec![2, 3])),
            (at(3, &epoch), Some(vec![])),
            (at(0, ""), Some(vec![1, 2, 3])),
            (at(1, ""), Some(vec![2, 3])),
            (at(77, &epoch), None),
            (at(1, "nope"), None),
            (at(3, "nope"), None),
        ] {
            let recovered = stream.recover(&position, 300, now);
            assert_eq!(offsets(recovered), expected, "{position:?}");
        }
        let empty = Stream::new().recover(&at(0, ""), 300, now);
        assert_eq!(offsets(empty), Some(vec![]));
    }

    /// Captures `recover-small-history`, `recover-too-many`, `recover-history-removed`.
    #[test]
    fn what_is_not_whole_is_not_recovered() {
        let now = Instant::now();
        let settings = CentrifugoSettings {
            history_size: 2,
            ..CentrifugoSettings::default()
        };
        let mut small = stream(4, &settings, now);
        assert_eq!(offsets(small.recover(&at(1, ""), 300, now)), None);
        assert_eq!(
            offsets(small.recover(&at(2, ""), 300, now)),
            Some(vec![3, 4])
        );
        assert_eq!(offsets(small.recover(&at(2, ""), 1, now)), None);
        small.forget();
        assert_eq!(offsets(small.recover(&at(2, ""), 300, now)), None);
        assert_eq!(offsets(small.recover(&at(4, ""), 300, now)), Some(vec![]));
    }

    #[test]
    fn the_history_expires_as_a_whole_after_the_last_publication() {
        let now = Instant::now();
        let settings = CentrifugoSettings::default();
        let mut stream = stream(1, &settings, now);
        let later = now + Duration::from_secs(299);
        stream.append(RawValue::NULL.to_owned().into(), &settings, later);
        let alive = later + Duration::from_secs(299);
        assert_eq!(
            offsets(stream.recover(&at(0, ""), 300, alive)),
            Some(vec![1, 2])
        );
        let gone = later + Duration::from_secs(300);
        assert_eq!(offsets(stream.recover(&at(0, ""), 300, gone)), None);
        assert_eq!(stream.top(), 2);
    }
}
