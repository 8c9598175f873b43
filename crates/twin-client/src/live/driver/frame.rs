//! The frame that is being handed over, and what it costs.

use std::{num::NonZeroUsize, sync::Arc};

use crate::live::{Budget, Charge, Freight};

/// The frame in which something came. What is kept of it keeps it in memory as a whole, so it is
/// charged as a whole, once.
pub(super) struct Frame {
    budget: Arc<Budget>,
    length: usize,
    /// How many sessions share the budget, where those that are read too slowly fall behind.
    sharers: Option<NonZeroUsize>,
    charge: Option<Arc<Charge>>,
}

impl Frame {
    pub(super) fn new(budget: &Arc<Budget>, length: usize, sharers: Option<NonZeroUsize>) -> Self {
        Self {
            budget: Arc::clone(budget),
            length,
            sharers,
            charge: None,
        }
    }

    /// The freight of something that came in the frame and weighs so much besides.
    pub(super) fn freight(&mut self, weight: usize) -> Freight<'_> {
        let (budget, length) = (&self.budget, self.length);
        let charge = self
            .charge
            .get_or_insert_with(|| Arc::new(budget.charge(length)));
        Freight {
            budget,
            frame: Some(charge),
            weight,
            sharers: self.sharers,
        }
    }
}
