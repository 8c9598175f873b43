//! Where a state machine puts what it has to say.

use std::collections::VecDeque;

use crate::link::{Action, Notice, Report};

/// What came out of a machine, in order.
///
/// Actions, reports and notices share one queue because their order matters: an event that was
/// received before the connection broke is reported before the break.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Output>,
}

/// One thing that came out of a machine.
#[derive(Clone, Debug)]
pub enum Output {
    /// For the driver to do.
    Action(Action),
    /// For the log and the counters.
    Notice(Notice),
    /// For the link's user.
    Report(Report),
}

impl Outbox {
    /// An empty outbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds something for the driver to do.
    pub fn act(&mut self, action: Action) {
        self.queue.push_back(Output::Action(action));
    }

    /// Adds something for the log.
    pub fn note(&mut self, notice: Notice) {
        self.queue.push_back(Output::Notice(notice));
    }

    /// Adds something for the link's user.
    pub fn report(&mut self, report: Report) {
        self.queue.push_back(Output::Report(report));
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }

    /// Takes all, oldest first.
    pub fn drain(&mut self) -> impl Iterator<Item = Output> + '_ {
        self.queue.drain(..)
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::SocketId;

    #[test]
    fn what_was_said_first_is_taken_first() {
        let mut out = Outbox::new();
        assert!(out.is_empty());
        out.act(Action::Dial(SocketId::FIRST));
        out.note(Notice::StaleReply { id: 1 });
        assert!(!out.is_empty());
        assert!(matches!(out.pop(), Some(Output::Action(Action::Dial(_)))));
        assert!(matches!(out.pop(), Some(Output::Notice(_))));
        assert!(out.is_empty() && out.pop().is_none());
    }
}
