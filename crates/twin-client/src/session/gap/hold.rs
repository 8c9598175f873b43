//! What waits while a gap is being filled.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    live::Budget,
    session::{Delivery, Gap, gap::Question, ring::Parcel},
};

/// How many bytes may wait: beyond it the filling is given up.
const LIMIT: usize = 1 << 20;

/// What waits, each with its weight.
pub(crate) type Waiting = VecDeque<(Parcel, usize)>;

/// A gap that is being filled, or several with nothing between them, and what has come after.
#[derive(Debug)]
pub(crate) struct Hold {
    gaps: Vec<Gap>,
    serial: u64,
    waiting: Waiting,
    bytes: usize,
    /// Of the link over which the gap came.
    pub(crate) budget: Arc<Budget>,
}

impl Hold {
    pub(crate) fn new(gap: Gap, question: &Question, budget: Arc<Budget>) -> Self {
        Self::again(gap, question, budget, Waiting::new())
    }

    /// A hold of what has waited already in another one, behind `gap`. The gaps that follow it at
    /// once are one hole with it: they all have come, so one question is enough for them.
    pub(crate) fn again(
        gap: Gap,
        question: &Question,
        budget: Arc<Budget>,
        mut waiting: Waiting,
    ) -> Self {
        let mut gaps = vec![gap];
        while let Some((parcel, weight)) = waiting.pop_front() {
            match parcel.delivery {
                Delivery::Gap(gap) => gaps.push(gap),
                Delivery::Event(_) => {
                    waiting.push_front((parcel, weight));
                    break;
                }
            }
        }
        Self {
            gaps,
            serial: question.serial,
            bytes: waiting.iter().map(|(_, weight)| weight).sum(),
            waiting,
            budget,
        }
    }

    pub(crate) fn push(&mut self, parcel: Parcel, weight: usize) {
        self.bytes = self.bytes.saturating_add(weight);
        self.waiting.push_back((parcel, weight));
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

    /// The gaps, and what has come after them.
    pub(crate) fn open(self) -> (Vec<Gap>, Waiting) {
        (self.gaps, self.waiting)
    }
}
