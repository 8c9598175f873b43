//! Where a link puts what belongs to a session, and what becomes of it before a reader gets it.
//!
//! Nearly always that is nothing. While a gap is being filled, what comes waits ([`Hold`]); and what
//! the filling has delivered is not delivered again ([`Memory`]). What comes for a reader that has
//! fallen behind is not kept; once it has read all that waits, that is a gap as any other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use twin_protocol::{
    id::SessionId,
    link::{GapReason, SessionEnd},
};

use crate::{
    live::{Budget, Freight},
    session::{
        Delivery, Gap,
        delivery::LiveEvent,
        gap::{Hold, Listed, Memory, Question},
        ring::{Parcel, Ring},
    },
    stats::Counters,
};

/// What a reader that has read all that waits is to expect.
#[derive(Debug)]
pub(crate) enum Next {
    /// What comes of this question to the list of messages.
    Answer(Question),
    /// Whatever comes.
    Any,
    /// Something that waits now.
    Waiting,
}

/// The receiving end of a session: one for each time that it is listened to.
#[derive(Debug)]
pub(crate) struct Inbox {
    id: SessionId,
    ring: Ring,
    ended: watch::Sender<Option<SessionEnd>>,
    flow: Mutex<Flow>,
    counters: Arc<Counters>,
}

#[derive(Debug)]
struct Flow {
    /// What is needed to fill gaps; `None` where they are not filled.
    memory: Option<Memory>,
    /// What waits while a gap is being filled.
    hold: Option<Hold>,
    /// Where gaps are not filled: why the last that was handed over is one, if it is.
    gap: Option<GapReason>,
    /// The reader has fallen behind: nothing more is kept until it has read all that waits. The
    /// budget is that of its link.
    behind: Option<Arc<Budget>>,
    /// The session has ended; its reader learns so once nothing waits.
    over: bool,
}

impl Inbox {
    /// An empty inbox. With a `memory`, gaps are filled.
    pub(crate) fn new(id: SessionId, memory: Option<Memory>, counters: Arc<Counters>) -> Arc<Self> {
        Arc::new(Self {
            id,
            ring: Ring::new(),
            ended: watch::Sender::new(None),
            flow: Mutex::new(Flow {
                memory,
                hold: None,
                gap: None,
                behind: None,
                over: false,
            }),
            counters,
        })
    }

    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Changes to `Some` with the end of the session.
    pub(crate) fn ended(&self) -> watch::Receiver<Option<SessionEnd>> {
        self.ended.subscribe()
    }

    /// Takes in an event that never was on a link: of the reply to the start.
    pub(crate) fn begin_with(&self, event: LiveEvent) {
        if let Some(memory) = &mut self.lock().memory {
            memory.begin_with(&event);
        }
        self.hand_over(None, Parcel::new(Delivery::Event(Box::new(event)), None));
    }

    /// Takes in what a link has for the session. Where that is a gap
    /// which is to be filled, says what to ask the list of messages; the answer goes to
    /// [`settle`](Self::settle), and until then all that follows waits.
    pub(crate) fn deliver(&self, delivery: Delivery, freight: Freight<'_>) -> Option<Question> {
        let mut flow = self.lock();
        let flow = &mut *flow;
        let parcel = |delivery| Parcel::new(delivery, Some(freight.charge()));
        if flow.hold.is_none() && freight.is_beyond(self.ring.bytes()) {
            flow.behind
                .get_or_insert_with(|| Arc::clone(freight.budget));
        }
        if flow.behind.is_some() {
            self.counters.overflowed.count();
            return None;
        }
        if let Some(hold) = &mut flow.hold {
            hold.push(parcel(delivery), freight.weight);
            if hold.is_full() || freight.is_beyond(hold.bytes()) {
                self.give_up(flow);
            }
            return None;
        }
        match (delivery, &mut flow.memory) {
            (Delivery::Gap(gap), Some(memory)) if !self.ring.is_abandoned() => {
                let question = memory.ask();
                flow.hold = Some(Hold::new(gap, &question, Arc::clone(freight.budget)));
                Some(question)
            }
            (delivery, memory) => {
                let reason = match &delivery {
                    Delivery::Event(_) => None,
                    Delivery::Gap(gap) => Some(gap.reason),
                };
                let before = std::mem::replace(&mut flow.gap, reason);
                // That a channel is gone, and that one has come, is one hole.
                let is_same = reason == Some(GapReason::ChannelLost) && before == reason;
                if memory.is_some() || !is_same {
                    self.hand_over(memory.as_mut(), parcel(delivery));
                }
                None
            }
        }
    }

    /// The reader has read all that waits: if it had fallen behind, it goes on from here.
    pub(crate) fn catch_up(&self) -> Next {
        let mut flow = self.lock();
        let flow = &mut *flow;
        let Some(budget) = flow.behind.take() else {
            return Next::Any;
        };
        let gap = Gap {
            session: Some(self.id.clone()),
            channel: None,
            reason: GapReason::Overflow,
            filled: false,
        };
        if let Some(memory) = &mut flow.memory {
            let question = memory.ask();
            flow.hold = Some(Hold::new(gap, &question, budget));
            return Next::Answer(question);
        }
        self.hand_over(None, Parcel::new(Delivery::Gap(gap), None));
        self.finish_if_over(flow);
        Next::Waiting
    }

    /// Takes in what the list of messages answered to `question`, and hands over what has waited
    /// meanwhile; up to the next gap, for which there is a next question. There is none where the list
    /// did not answer in time: what waits would have to wait as long again for each gap. And none
    /// where nobody reads any more.
    pub(crate) fn settle(&self, question: &Question, listed: Listed) -> Option<Question> {
        let mut flow = self.lock();
        let flow = &mut *flow;
        let hold = flow.hold.take_if(|hold| hold.awaits(question))?;
        let filled = listed.complete;
        let asks_on = !listed.late && !self.ring.is_abandoned();
        let budget = Arc::clone(&hold.budget);
        let (gaps, mut waiting) = hold.open();
        for gap in gaps {
            if filled {
                self.counters.gaps_filled.count();
            }
            let gap = Delivery::Gap(Gap { filled, ..gap });
            self.hand_over(None, Parcel::new(gap, None));
        }
        let memory = flow.memory.as_mut();
        let parcels = waiting.iter().map(|(parcel, _)| parcel);
        let listed = memory.map(|memory| memory.take_in(listed, parcels));
        let mut listed = listed.unwrap_or_default().into_iter().peekable();
        for handed in 0.. {
            while let Some((_, event)) = listed.next_if(|(before, _)| *before <= handed) {
                let charge = budget.charge(event.weight() + event.raw.as_bytes().len());
                let delivery = Delivery::Event(Box::new(event));
                self.hand_over(None, Parcel::new(delivery, Some(charge)));
            }
            let Some((parcel, _)) = waiting.pop_front() else {
                break;
            };
            match (parcel.delivery, &mut flow.memory) {
                (Delivery::Gap(gap), Some(memory)) if asks_on => {
                    let question = memory.ask();
                    flow.hold = Some(Hold::again(gap, &question, budget, waiting));
                    return Some(question);
                }
                (delivery, memory) => {
                    let parcel = Parcel::new(delivery, parcel.charge);
                    self.hand_over(memory.as_mut(), parcel);
                }
            }
        }
        self.finish_if_over(flow);
        None
    }

    /// Nothing more comes of the session.
    pub(crate) fn end(&self, end: SessionEnd) {
        self.ended.send_replace(Some(end));
        let mut flow = self.lock();
        flow.over = true;
        self.finish_if_over(&flow);
    }

    /// More waits than may: the filling is given up, not the events.
    fn give_up(&self, flow: &mut Flow) {
        let Some(hold) = flow.hold.take() else {
            return;
        };
        let (gaps, waiting) = hold.open();
        for gap in gaps {
            self.hand_over(None, Parcel::new(Delivery::Gap(gap), None));
        }
        for (parcel, _) in waiting {
            self.hand_over(flow.memory.as_mut(), parcel);
        }
        self.finish_if_over(flow);
    }

    fn hand_over(&self, memory: Option<&mut Memory>, parcel: Parcel) {
        match &parcel.delivery {
            Delivery::Event(event) => {
                if memory.is_some_and(|memory| !memory.admit(event)) {
                    return self.counters.duplicates_dropped.count();
                }
                self.counters.events.count();
            }
            Delivery::Gap(_) => self.counters.gaps.count(),
        }
        self.ring.push(parcel);
    }

    fn finish_if_over(&self, flow: &Flow) {
        if flow.over && flow.hold.is_none() && flow.behind.is_none() {
            self.ring.finish();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
