//! Following sessions: their events, their ends, and the states of the links that carry them.

use std::time::Duration;

use futures_util::{
    FutureExt as _, StreamExt as _,
    stream::{self, BoxStream, SelectAll},
};
use tokio::time;
use twin_client::{
    Client, Delivery, Events, LinkChange, LinkChanges, Session, SessionEnd, Unassigned,
};

/// How long a clean end may take where nobody has asked to hurry.
const FAREWELL: Duration = Duration::from_secs(1);
/// How much of what waits is told before a change of a link's state: what came before it has been
/// waiting since before it.
const WAITING: u32 = 8192;

/// What happens to those who are followed.
#[derive(Debug)]
pub(super) enum Happening {
    Delivery(Delivery),
    /// Nothing more of this session follows.
    Ended(Session, Option<SessionEnd>),
    Link(LinkChange),
}

/// Sessions that are followed.
pub(super) struct Following {
    client: Client,
    links: LinkChanges,
    /// A change that is told after so many of the happenings that wait.
    held: Option<(LinkChange, u32)>,
    sessions: SelectAll<BoxStream<'static, Happening>>,
    unassigned: Unassigned,
}

impl Following {
    /// Begins with what links have already become.
    pub(super) fn new(client: Client) -> Self {
        Self {
            links: client.links(),
            unassigned: client.unassigned(),
            client,
            held: None,
            sessions: SelectAll::new(),
        }
    }

    /// Follows a session too.
    pub(super) fn add(&mut self, session: Session, events: Events) {
        let end = async move {
            let end = session.ended().await;
            Happening::Ended(session, end)
        };
        let happenings = events.map(Happening::Delivery).chain(stream::once(end));
        self.sessions.push(happenings.boxed());
    }

    /// What happens next; `None` once all sessions have ended. Nothing is lost when the future is
    /// dropped.
    pub(super) async fn next(&mut self) -> Option<Happening> {
        loop {
            if let Some((_, waiting)) = &mut self.held {
                if *waiting > 0 {
                    *waiting -= 1;
                    if let Some(Some(happening)) = self.sessions.next().now_or_never() {
                        return Some(happening);
                    }
                }
                return self.held.take().map(|(change, _)| Happening::Link(change));
            }
            tokio::select! {
                biased;
                Some(change) = self.links.next() => self.held = Some((change, WAITING)),
                happening = self.sessions.next() => return happening,
                Some(delivery) = self.unassigned.next() => {
                    return Some(Happening::Delivery(delivery));
                }
            }
        }
    }

    /// Leaves all sessions, and gives what the links have become by then.
    pub(super) async fn close(mut self) -> Vec<LinkChange> {
        // A link that does not close in time is cut when the program ends.
        let _ = time::timeout(FAREWELL, self.client.close()).await;
        let held = self.held.take().map(|(change, _)| change);
        let mut changes: Vec<_> = held.into_iter().collect();
        while let Some(Some(change)) = self.links.next().now_or_never() {
            changes.push(change);
        }
        changes
    }
}
