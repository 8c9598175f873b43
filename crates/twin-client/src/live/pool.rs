//! Which link carries which session.
//!
//! A link carries at most [`Config::sessions_per_link`](crate::Config::sessions_per_link) sessions;
//! where the server allows fewer channels to a connection, it says so by ending it (3505), and the
//! number is halved for this client.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, oneshot};
use twin_protocol::{
    id::SessionId,
    link::{Command, Emit, EmitOutcome, EndKind, EndReason, Join, JoinStart, SessionEnd},
};
use twin_transport::Reached;

use crate::{
    client::Shared,
    config::LiveChannel,
    error::{Error, ErrorKind},
    live::{driver, route::Route},
    session::Inbox,
};

/// What a link's driver is asked to do.
#[derive(Debug)]
pub(crate) enum Order {
    /// For the machine.
    Command(Command),
    /// Stay without a connection, and say when it is closed.
    Suspend(oneshot::Sender<()>),
    /// Tell the server of something.
    Emit(Emit, oneshot::Sender<EmitOutcome>),
    /// Listen to one more session.
    Join(Join, Arc<Inbox>),
}

/// Orders on their way to a driver. Boxed: a channel sets aside room for 32 of what it carries at
/// once, of orders themselves three kilobytes for each idle link.
pub(super) type Orders = mpsc::UnboundedReceiver<Box<Order>>;
type OrderSender = mpsc::UnboundedSender<Box<Order>>;

/// The links of a client, and who is on which.
#[derive(Debug)]
pub(crate) struct Pool(Mutex<State>);

#[derive(Debug)]
struct State {
    per_link: usize,
    /// Whether new links speak Socket.IO.
    is_socketio: bool,
    /// Whether links stay without connections.
    suspended: bool,
    /// Why Centrifugo is no longer tried.
    fallback: Option<EndReason>,
    last_link: u64,
    /// Links that take sessions.
    links: BTreeMap<u64, Link>,
    /// All links that have a driver, those too that only close their connections; and who waits for
    /// each of those.
    driven: BTreeMap<u64, Vec<oneshot::Sender<()>>>,
    members: HashMap<SessionId, Member>,
}

#[derive(Debug)]
struct Link {
    /// Unbounded, and yet bounded by what the user does: a session brings one join and one leave.
    orders: OrderSender,
    sessions: usize,
    /// Whether this one speaks Socket.IO. After a fallback others may still speak Centrifugo.
    is_socketio: bool,
}

/// Links that were opened for several sessions. They start once it is dropped, and so with all of
/// their sessions: a link that dialled before would connect for some of them, and might be ended when
/// it connects again for the others.
#[derive(Debug)]
pub(crate) struct Openings {
    shared: Arc<Shared>,
    links: Vec<Opened>,
}

/// A link that nobody drives yet.
#[derive(Debug)]
struct Opened {
    number: u64,
    route: Route,
    orders: Orders,
}

/// That a link has a driver. Dropped once it has none any more: where its runtime has dropped the
/// driver, the sessions of the link end.
#[derive(Debug)]
struct Driven {
    shared: Arc<Shared>,
    number: u64,
}

#[derive(Debug)]
struct Member {
    link: u64,
    inbox: Arc<Inbox>,
}

impl Pool {
    pub(crate) fn new(per_link: usize, channel: LiveChannel) -> Self {
        Self(Mutex::new(State {
            per_link: per_link.max(1),
            is_socketio: channel == LiveChannel::SocketIo,
            suspended: false,
            fallback: None,
            last_link: 0,
            links: BTreeMap::new(),
            driven: BTreeMap::new(),
            members: HashMap::new(),
        }))
    }

    /// Listens to the session of `inbox`, over a link that has room, or a new one, which is added to
    /// `openings`.
    pub(crate) fn join(
        &self,
        openings: &mut Openings,
        inbox: &Arc<Inbox>,
        start: JoinStart,
    ) -> Result<(), Error> {
        let mut state = self.lock();
        if state.members.contains_key(inbox.id()) {
            let what = format!("listening to session {} twice", inbox.id());
            return Err(Error::new(ErrorKind::InvalidInput, Reached::No, what));
        }
        openings.links.extend(state.place(inbox, start));
        Ok(())
    }

    /// Stops listening to the session of `inbox`; nothing where that is so already.
    pub(crate) fn leave(&self, inbox: &Arc<Inbox>) {
        let mut state = self.lock();
        let is_member = |member: &Member| Arc::ptr_eq(&member.inbox, inbox);
        if state.members.get(inbox.id()).is_some_and(is_member) {
            state.remove(inbox.id());
        }
    }

    /// Stops listening to every session.
    pub(crate) fn leave_all(&self) {
        let mut state = self.lock();
        let ids: Vec<_> = state.members.keys().cloned().collect();
        for id in ids {
            state.remove(&id);
        }
    }

    /// The network has changed.
    pub(crate) fn reconnect_now(&self) {
        self.lock().order_all(&Command::ReconnectNow);
    }

    /// Links hang up, and new ones do not dial. Each says when its connection is closed, those too
    /// that were given up before and still say goodbye.
    pub(crate) fn suspend(&self) -> Vec<oneshot::Receiver<()>> {
        let mut state = self.lock();
        state.suspended = true;
        let suspend = |link: &Link| {
            let (closed, wait) = oneshot::channel();
            link.order(Order::Suspend(closed));
            wait
        };
        let mut closed: Vec<_> = state.links.values().map(suspend).collect();
        let State { links, driven, .. } = &mut *state;
        for (_, waiting) in driven.iter_mut().filter(|(it, _)| !links.contains_key(it)) {
            let (gone, wait) = oneshot::channel();
            waiting.push(gone);
            closed.push(wait);
        }
        closed
    }

    /// Links dial again.
    pub(crate) fn resume(&self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.suspended) {
            state.order_all(&Command::Resume);
        }
    }

    /// Whether the session is listened to, over whichever link.
    pub(super) fn has(&self, session: &SessionId) -> bool {
        self.lock().members.contains_key(session)
    }

    /// Tells the server of something, over the link of the session. `None` where that link is none
    /// that could.
    pub(crate) fn emit(
        &self,
        session: &SessionId,
        emit: Emit,
    ) -> Option<oneshot::Receiver<EmitOutcome>> {
        let state = self.lock();
        let member = state.members.get(session)?;
        let link = state.links.get(&member.link)?;
        if !link.is_socketio {
            return None;
        }
        let (sender, outcome) = oneshot::channel();
        link.order(Order::Emit(emit, sender));
        Some(outcome)
    }

    /// Why the client has gone over to Socket.IO.
    pub(crate) fn fallback(&self) -> Option<EndReason> {
        self.lock().fallback.clone()
    }

    /// Centrifugo has refused for good: new links speak Socket.IO.
    pub(super) fn fall_back(&self, reason: &EndReason) {
        let mut state = self.lock();
        state.is_socketio = true;
        if state.fallback.is_none() {
            tracing::warn!(target: "twin::link", %reason, "going over to Socket.IO");
            state.fallback = Some(reason.clone());
        }
    }

    /// A link is closed and takes no more sessions.
    pub(super) fn closed(&self, link: u64) {
        self.lock().links.remove(&link);
    }

    /// A link has been ended for having too many channels: from now on fewer sessions go on one, and
    /// these over others.
    pub(super) fn spread(
        &self,
        shared: &Arc<Shared>,
        link: u64,
        sessions: Vec<(Arc<Inbox>, JoinStart)>,
    ) {
        let mut state = self.lock();
        // Half of what was too many, not of what is allowed by now: links of one size are ended one
        // after the other, and each of them says the same.
        state.per_link = state.per_link.min(sessions.len() / 2).max(1);
        let per_link = state.per_link;
        tracing::warn!(target: "twin::link", link, per_link, "too many channels for a connection");
        drop(state);
        self.place_again(shared, sessions);
    }

    /// Puts the sessions of a link that has ended on others.
    pub(super) fn place_again(&self, shared: &Arc<Shared>, sessions: Vec<(Arc<Inbox>, JoinStart)>) {
        let mut openings = Openings::new(Arc::clone(shared));
        let mut state = self.lock();
        for (inbox, start) in sessions {
            // Who has left meanwhile is not taken along.
            let stays = |member: &Member| Arc::ptr_eq(&member.inbox, &inbox);
            if state.members.get(inbox.id()).is_some_and(stays) {
                openings.links.extend(state.place(&inbox, start));
            } else {
                inbox.end(SessionEnd::Left);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn order_all(&self, command: &Command) {
        for link in self.links.values() {
            link.order(Order::Command(command.clone()));
        }
    }

    /// Puts a session on the first link that has room. Where none has it gives the link that it has
    /// opened, which is to be started.
    fn place(&mut self, inbox: &Arc<Inbox>, start: JoinStart) -> Option<Opened> {
        let per_link = if self.is_socketio { 0 } else { self.per_link };
        let roomy = |link: &Link| link.sessions < per_link && !link.orders.is_closed();
        let (number, opened) = match self.links.iter().find(|(_, link)| roomy(link)) {
            Some((&number, _)) => (number, None),
            None => {
                let opened = self.open(inbox.id());
                (opened.number, Some(opened))
            }
        };
        let session = inbox.id().clone();
        if let Some(link) = self.links.get_mut(&number) {
            link.sessions += 1;
            let order = Order::Join(Join::new(session.clone(), start), Arc::clone(inbox));
            link.order(order);
        }
        let inbox = Arc::clone(inbox);
        self.members.insert(
            session,
            Member {
                link: number,
                inbox,
            },
        );
        opened
    }

    /// Opens a link. Over Socket.IO it is that of one session.
    fn open(&mut self, session: &SessionId) -> Opened {
        let route = match self.is_socketio {
            true => Route::SocketIo(session.clone()),
            false => Route::Centrifugo,
        };
        self.last_link += 1;
        let (orders, receiver) = mpsc::unbounded_channel();
        let link = Link {
            orders,
            sessions: 0,
            is_socketio: self.is_socketio,
        };
        if self.suspended {
            link.order(Order::Command(Command::Suspend));
        }
        self.links.insert(self.last_link, link);
        self.driven.insert(self.last_link, Vec::new());
        Opened {
            number: self.last_link,
            route,
            orders: receiver,
        }
    }

    /// Takes all sessions off a link whose driver was dropped before it had closed the link.
    fn abandon(&mut self, number: u64) -> Vec<Arc<Inbox>> {
        let mut orphans = Vec::new();
        if self.links.remove(&number).is_some() {
            self.members.retain(|_, member| {
                let stays = member.link != number;
                if !stays {
                    orphans.push(Arc::clone(&member.inbox));
                }
                stays
            });
        }
        orphans
    }

    /// Takes a session off its link, and closes the link after its last.
    fn remove(&mut self, id: &SessionId) {
        let Some(member) = self.members.remove(id) else {
            return;
        };
        let Some(link) = self.links.get_mut(&member.link) else {
            return;
        };
        link.order(Order::Command(Command::Leave(id.clone())));
        link.sessions -= 1;
        if link.sessions == 0 {
            link.order(Order::Command(Command::Close));
            self.links.remove(&member.link);
        }
    }
}

impl Openings {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let links = Vec::new();
        Self { shared, links }
    }
}

impl Drop for Openings {
    fn drop(&mut self) {
        for link in self.links.drain(..) {
            let shared = Arc::clone(&self.shared);
            let driven = Driven {
                shared: Arc::clone(&shared),
                number: link.number,
            };
            let driver = driver::run(shared, link.number, link.route, link.orders);
            self.shared.spawn("twin link", async move {
                // Where it is never run it is dropped all the same.
                let _driven = driven;
                driver.await;
            });
        }
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        let mut state = self.shared.pool.lock();
        let waiting = state.driven.remove(&self.number);
        let orphans = state.abandon(self.number);
        // Those who wait are woken without the lock.
        drop(state);
        drop(waiting);
        let reason = EndReason::new(EndKind::Lost).with_text("the runtime has dropped the link");
        for inbox in orphans {
            inbox.end(SessionEnd::LinkClosed(reason.clone()));
        }
    }
}

impl Link {
    fn order(&self, order: Order) {
        // A driver that is gone has ended its sessions.
        let _ = self.orders.send(Box::new(order));
    }
}
