//! What waits while a gap is being filled.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    live::Budget,
    session::{Gap, gap::Question, ring::Parcel},
};

/// How many bytes may wait: beyond it the filling is given up.
const LIMIT: usize = 1 << 20;

/// A gap that is being filled, and what has come after it.
#[derive(Debug)]
pub(crate) struct Hold {
    gap: Gap,
    serial: u64,
    waiting: VecDeque<Parcel>,
    bytes: usize,
    /// Of the link over which the gap came.
    pub(crate) budget: Arc<Budget>,
}

impl Hold {
    pub(crate) fn new(gap: Gap, question: &Question, budget: Arc<Budget>) -> Self {
        Self::again(gap, question, budget, VecDeque::new())
    }

    /// A hold of what has waited already in another one. It does not count towards the bound again.
    pub(crate) fn again(
        gap: Gap,
        question: &Question,
        budget: Arc<Budget>,
        waiting: VecDeque<Parcel>,
    ) -> Self {
        Self {
            gap,
            serial: question.serial,
            waiting,
            bytes: 0,
            budget,
        }
    }

    pub(crate) fn push(&mut self, parcel: Parcel, weight: usize) {
        self.bytes = self.bytes.saturating_add(weight);
        self.waiting.push_back(parcel);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes > LIMIT
    }

    /// How many bytes wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether this is what `question` was asked for.
    pub(crate) fn awaits(&self, question: &Question) -> bool {
        self.serial == question.serial
    }

    /// The gap, and what has come after it.
    pub(crate) fn open(self) -> (Gap, VecDeque<Parcel>) {
        (self.gap, self.waiting)
    }
}
