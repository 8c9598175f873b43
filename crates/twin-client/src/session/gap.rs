//! Filling gaps from the platform's list of messages.
//!
//! After a gap the list is paged from the last known date minus a minute, for at most 5 s and 500
//! messages; what the live channel brings meanwhile waits, at most 1 MiB of it. A client asks for a few
//! sessions at a time, and the others wait for their turn, at most 20 s: a server that was restarted
//! makes a gap in every session at once. Where the list is not to be had (401, 403, 404, no answer in
//! time) the gap stays unfilled, and nothing ends. Gaps that were declared meanwhile are asked for in
//! turn, those with nothing between them together; after no answer in time they stay unfilled too, so
//! that nothing waits behind one gap after the other. For a session that nobody reads nothing is asked.

mod hold;
mod listed;
mod memory;

use std::{future::Future, sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use twin_protocol::{
    api::{Item, chats::ListSessionMessages},
    id::SessionId,
    model::Message,
    time::Timestamp,
};

pub(crate) use self::{hold::Hold, memory::Memory};
use crate::{client::Shared, error::Error, session::inbox::Inbox};

/// How long the list may take in all.
const TIME: Duration = Duration::from_secs(5);
/// How long one waits for its turn.
const TURN: Duration = Duration::from_secs(20);
/// How many sessions' gaps are filled at once.
const AT_ONCE: usize = 16;
/// How many messages are looked at.
const MESSAGES: usize = 500;
/// How many messages are asked for at once.
const PAGE: u32 = 100;
/// How far before the last known date the list is asked for: messages are not published in the
/// very order of their dates.
const OVERLAP: Duration = Duration::from_secs(60);
/// How far before the beginning of the listening a message may be dated and still belong to it: the
/// platform tells its time in whole seconds, and the answer was on its way for a while.
const SLACK: Duration = Duration::from_secs(2);

/// What to ask the list of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Tells the answers to different questions apart.
    serial: u64,
    since: Since,
    /// Where listening began, by the client's clock; `None` where all since the session's start is
    /// wanted.
    began: Option<Duration>,
}

/// From where on events may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Since {
    /// From the date of the last message that is known.
    Date(Timestamp),
    /// No message is known yet; listening began when the client's clock stood here.
    Listening(Duration),
}

/// What the list of messages answered.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// Messages, in the list's order.
    messages: Vec<Item<Message>>,
    /// Messages before this date were not asked for.
    from: Option<Timestamp>,
    /// Whether that is all there is.
    pub(crate) complete: bool,
    /// Whether the list has not answered in time.
    pub(crate) late: bool,
}

/// Whose turn it is to ask the list.
#[derive(Debug)]
pub(crate) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// Gaps that are being filled. Where the task that does so is dropped they stay unfilled, and what
/// waits behind them is handed over.
struct Filling {
    inbox: Arc<Inbox>,
    question: Option<Question>,
}

/// Fills the gap of `question`, and those that were declared meanwhile.
pub(crate) fn fill(
    shared: Arc<Shared>,
    inbox: Arc<Inbox>,
    question: Question,
) -> impl Future<Output = ()> + Send + 'static {
    // Made here: a task that never runs is dropped with what it holds.
    let filling = Filling {
        inbox,
        question: Some(question),
    };
    fill_all(shared, filling)
}

async fn fill_all(shared: Arc<Shared>, mut filling: Filling) {
    let inbox = Arc::clone(&filling.inbox);
    while let Some(question) = filling.question.clone() {
        let mut listed = Listed::default();
        let turn = tokio::select! {
            biased;
            turn = shared.turns.0.acquire() => turn.ok(),
            () = shared.runtime.sleep(TURN) => None,
        };
        let answer = if turn.is_none() {
            listed.late = true;
            Ok("too many gaps at once")
        } else {
            tokio::select! {
                biased;
                answer = ask(&shared, &inbox, &question, &mut listed) => answer.map(|()| "answered"),
                () = shared.runtime.sleep(TIME) => {
                    listed.late = true;
                    Ok("no answer in time")
                }
            }
        };
        drop(turn);
        let messages = listed.messages.len();
        let complete = listed.complete;
        let session = inbox.id().short();
        match answer {
            Ok(how) => {
                tracing::debug!(target: "twin::link", session, messages, complete, "list after a gap: {how}");
            }
            Err(error) => {
                tracing::debug!(target: "twin::link", session, messages, %error, "no list after a gap");
            }
        }
        filling.question = inbox.settle(&question, listed);
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if let Some(question) = self.question.take() {
            // Late: there is nobody to ask for the gaps that follow.
            let listed = Listed {
                late: true,
                ..Listed::default()
            };
            self.inbox.settle(&question, listed);
        }
    }
}

/// Pages through the list. What is had stays in `listed` when the future is dropped.
async fn ask(
    shared: &Arc<Shared>,
    inbox: &Inbox,
    question: &Question,
    listed: &mut Listed,
) -> Result<(), Error> {
    let session = inbox.id();
    if inbox.ring().is_abandoned() {
        return Ok(());
    }
    let Some(date) = date_of(shared, session, &question.since).await? else {
        return Ok(());
    };
    let from = date.minus(OVERLAP);
    listed.from = Some(from.clone());
    let mut most = None;
    let mut shrunk = false;
    while !inbox.ring().is_abandoned() {
        let mut call = ListSessionMessages::new(session.clone());
        call.from = Some(from.clone());
        call.limit = Some(PAGE);
        call.offset = Some(listed.messages.len() as u64);
        let (page, server_time) = shared.call_with_date(call).await?;
        if let (Some(began), Some(now)) = (question.began, server_time) {
            // What was written before anyone listened was not missed.
            let listening = shared.runtime.now().saturating_sub(began);
            let floor = now.minus(listening.saturating_add(SLACK));
            listed.from = Some(from.clone().max(floor));
        }
        // With a message fewer, the next page begins a message too late.
        shrunk |= page.count.is_some_and(|count| most > Some(count));
        most = most.max(page.count);
        let none = page.items.is_empty();
        listed.messages.extend(page.items);
        let had = listed.messages.len();
        if none || page.count.is_some_and(|count| count <= had as u64) {
            listed.complete = had <= MESSAGES && !shrunk;
            return Ok(());
        }
        if had >= MESSAGES {
            return Ok(());
        }
    }
    Ok(())
}

/// The date from which on events may be missing, by the platform's clock.
async fn date_of(
    shared: &Arc<Shared>,
    session: &SessionId,
    since: &Since,
) -> Result<Option<Timestamp>, Error> {
    let began = match since {
        Since::Date(date) => return Ok(Some(date.clone())),
        Since::Listening(began) => *began,
    };
    let mut call = ListSessionMessages::new(session.clone());
    call.limit = Some(1);
    let (_, server_time) = shared.call_with_date(call).await?;
    let listening = shared.runtime.now().saturating_sub(began);
    Ok(server_time.map(|now| now.minus(listening)))
}
