//! Posts that have come before, as far back as is remembered.

use std::collections::{HashSet, VecDeque};

/// The SHA-256 of a post.
pub(super) type Digest = [u8; 32];

/// A memory that holds so many, and forgets the oldest.
#[derive(Debug)]
pub(super) struct Seen {
    bound: usize,
    order: VecDeque<Digest>,
    known: HashSet<Digest>,
}

impl Seen {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            bound,
            order: VecDeque::new(),
            known: HashSet::new(),
        }
    }

    /// Remembers it; whether it was known.
    pub(super) fn note(&mut self, digest: Digest) -> bool {
        if self.bound == 0 {
            return false;
        }
        if !self.known.insert(digest) {
            return true;
        }
        if self.order.len() >= self.bound {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
        self.order.push_back(digest);
        false
    }

    /// Forgets it: it was not taken in, and is welcome again.
    pub(super) fn forget(&mut self, digest: &Digest) {
        if self.known.remove(digest) {
            self.order.retain(|other| other != digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_what_was_not_taken_in_too() {
        let mut seen = Seen::new(2);
        assert_eq!([1, 2, 1].map(|n| seen.note([n; 32])), [false, false, true]);
        assert!(!seen.note([3; 32]));
        assert!(!seen.note([1; 32]), "forgotten as the oldest");
        assert!(seen.note([3; 32]));
        seen.forget(&[3; 32]);
        assert!(!seen.note([3; 32]));
        assert_eq!((seen.order.len(), seen.known.len()), (2, 2));
        assert!(!Seen::new(0).note([1; 32]));
    }
}
