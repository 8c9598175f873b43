//! The client: addresses, credentials, transports, and the handles made of them.

mod builder;
mod call;
mod exchange;
mod gate;
#[cfg(feature = "native")]
mod native;
mod retry;
mod tasks;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
};

use twin_protocol::{
    api::Endpoint,
    id::{BotId, ChatId, DialogId, SessionId},
    link::{EndReason, JoinStart},
};
use twin_transport::{HttpTransport, Runtime, WebSocketConnector};

pub use self::builder::ClientBuilder;
pub(crate) use self::tasks::Tasks;
use self::{gate::Gate, retry::RetryBudget};
use crate::{
    chat::Chat,
    config::Config,
    dialog::{Bot, Dialog},
    error::Error,
    files::Files,
    handles::{Bots, Chats, Sessions, Users},
    identity::{Keeper, TokenChanges},
    listing::{ListCall, Listing},
    live::{LinkBoard, LinkChanges, Openings, Pool, Unassigned, UnassignedOutlet},
    session::{Events, Session, gap::Turns},
    stats::{Counters, Stats},
};

/// A client of the platform. Cheap to clone; the clones share everything.
///
/// It has no connection of its own: links open when a session is listened to, and close when nobody
/// listens to any of theirs.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// `None` in the handles of what belongs to a client, such as its sessions: nobody gets at it there.
    _resumer: Option<Arc<Resumer>>,
}

/// That somebody is left who can end a suspension. Held by every handle of the client itself.
struct Resumer(Arc<Shared>);

/// What all handles of a client, and its tasks, share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) http: Arc<dyn HttpTransport>,
    pub(crate) web_socket: Arc<dyn WebSocketConnector>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) counters: Arc<Counters>,
    /// Where a provider has the tokens.
    pub(crate) keeper: Option<Keeper>,
    retry_budget: RetryBudget,
    pub(crate) pool: Pool,
    pub(crate) links: LinkBoard,
    pub(crate) unassigned: UnassignedOutlet,
    pub(crate) tasks: Tasks,
    pub(crate) turns: Turns,
    pub(crate) gate: Gate,
    /// Where the seeds of links come from.
    seeds: Mutex<fastrand::Rng>,
    /// How many messages were handed in for sending.
    pub(crate) messages: AtomicU64,
}

impl Client {
    /// A client over transports of your choice.
    pub fn builder(config: Config) -> ClientBuilder {
        ClientBuilder::new(config)
    }

    /// Makes a REST call. What may be repeated safely is, as [`Config::retry`] says; no redirect is
    /// followed.
    ///
    /// The token, where there is one, goes with calls that are authorized by one; where it comes from a
    /// [`TokenProvider`](crate::TokenProvider), the call may wait for it. When the platform answers 401
    /// "Token is expired.", the token is renewed and the call made once more, whatever it is: the
    /// platform looks at the token before anything else, so it has not carried the call out. A response
    /// may be 8 MiB long.
    ///
    /// # Errors
    ///
    /// When the call cannot be made, is not answered in [`Config::call_timeout`], or is answered by
    /// anything but a success that can be read. [`Error::reached`] says whether the platform may
    /// have carried it out.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the call; whether the platform carries it out is then unknown.
    pub async fn call<E: Endpoint>(&self, request: E) -> Result<E::Response, Error> {
        self.shared.call(request).await
    }

    /// A bot, to start direct dialogs with.
    pub fn bot(&self, id: impl Into<BotId>) -> Bot {
        Bot::new(self.of_a_part(), id.into())
    }

    /// The bots of the platform, and the facts that they keep.
    pub fn bots(&self) -> Bots {
        Bots::new(self.of_a_part())
    }

    /// A dialog that exists. Nothing is asked of the platform.
    pub fn dialog(&self, id: impl Into<DialogId>) -> Dialog {
        Dialog::new(self.of_a_part(), id.into())
    }

    /// A webhook, to which the platform posts answers of bots.
    #[cfg(feature = "webhook")]
    pub fn webhook(&self, settings: crate::webhook::WebhookSettings) -> crate::webhook::Webhook {
        crate::webhook::Webhook::new(self, settings)
    }

    /// A chat, to start sessions in.
    pub fn chat(&self, id: impl Into<ChatId>) -> Chat {
        Chat::new(self.of_a_part(), id.into())
    }

    /// The chats of the platform and their settings.
    pub fn chats(&self) -> Chats {
        Chats::new(self.of_a_part())
    }

    /// The sessions of the platform, as an operator's program sees them.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.of_a_part())
    }

    /// The users of the platform.
    pub fn users(&self) -> Users {
        Users::new(self.of_a_part())
    }

    /// Any list of the platform, paged as it is read.
    pub fn list<E: ListCall>(&self, call: E) -> Listing<E> {
        Listing::new(self.of_a_part(), call)
    }

    /// The files of the platform: uploads and downloads.
    pub fn files(&self) -> Files {
        Files::new(self.of_a_part())
    }

    /// A session that exists. Nothing is asked of the platform, and no link is opened.
    pub fn session(&self, id: impl Into<SessionId>) -> Session {
        Session::idle(self.of_a_part(), id.into())
    }

    /// Listens to sessions that exist, from now on. A session that is named twice is one.
    ///
    /// # Errors
    ///
    /// When one of them is listened to already through this client; then none is.
    pub fn listen<I>(&self, ids: I) -> Result<Vec<(Session, Events)>, Error>
    where
        I: IntoIterator,
        I::Item: Into<SessionId>,
    {
        let mut named = HashSet::new();
        let mut openings = Openings::new(Arc::clone(&self.shared));
        ids.into_iter()
            .map(Into::into)
            .filter(|id: &SessionId| named.insert(id.clone()))
            .map(|id| {
                let client = self.of_a_part();
                Session::listening(client, &mut openings, id, None, JoinStart::Now, Vec::new())
            })
            .collect()
    }

    /// The changes of all links' states, the present states first. Ends with the client.
    ///
    /// Whoever takes it reads it: at most 1,024 changes wait, then the oldest are dropped and counted
    /// ([`LinkChanges::missed`]).
    pub fn links(&self) -> LinkChanges {
        self.shared.links.subscribe()
    }

    /// What comes over the live channel and belongs to no session that is listened to. Ends with the
    /// client, or when it is asked for again.
    ///
    /// Whoever takes it reads it: what waits here holds up the links as any session's events do.
    /// Without it such events are dropped and counted.
    pub fn unassigned(&self) -> Unassigned {
        self.shared.unassigned.open()
    }

    /// Why the client has gone over from Centrifugo to Socket.IO, where
    /// [`LiveChannel::Auto`](crate::LiveChannel::Auto) let it.
    pub fn fallback(&self) -> Option<EndReason> {
        self.shared.pool.fallback()
    }

    /// The tokens that a [`TokenProvider`](crate::TokenProvider) gives, for whoever stores them. Ends
    /// with the client.
    pub fn tokens(&self) -> TokenChanges {
        let keeper = self.shared.keeper.as_ref();
        keeper.map_or_else(|| TokenChanges::new(None), Keeper::changes)
    }

    /// What the client has counted.
    pub fn stats(&self) -> Stats {
        self.shared.counters.snapshot()
    }

    /// The network has changed, and the application knows it (another Wi-Fi, a cable, a phone that is
    /// back in coverage): links that wait dial at once, and those that are up make sure that they
    /// still are. Over Centrifugo a live link dials anew and recovers what it missed; over
    /// Socket.IO, which recovers nothing, it asks the server for a sign of life and dials anew where
    /// none comes in 5 s. No event is lost or comes twice by it.
    ///
    /// It may be called as often as the system reports a change: a link dials no more often than
    /// [`BackoffConfig::floor`](crate::link::BackoffConfig::floor) allows. Nothing while the client is
    /// suspended.
    pub fn reconnect_now(&self) {
        self.shared.pool.reconnect_now();
    }

    /// Closes every connection and opens none, until [`resume`](Self::resume): for an application
    /// that goes to the background, where the system would cut its connections off silently.
    ///
    /// Sessions stay listened to and keep their positions; what is published meanwhile is recovered
    /// on return, or filled from the list of messages, or declared as a gap. The links' state is
    /// [`Suspended`](crate::LinkState::Suspended). Messages that wait to be sent go on waiting, in
    /// their order; REST calls can be made as ever. Whoever suspends a client keeps a `Client`: when
    /// the last is dropped meanwhile nobody can resume, and messages that wait are
    /// [not sent](crate::SendOutcome::NotSent).
    ///
    /// Completes once the connections are closed and messages whose posting had begun are settled:
    /// an application that may be stopped now does not leave them unknown. That takes no longer
    /// than [`Config::call_timeout`]. Where [`resume`](Self::resume) comes before that, there is
    /// nothing left to wait for. A session that is listened to meanwhile gets its link on return.
    ///
    /// # Cancel safety
    ///
    /// The client is suspended by the first poll; dropping the future only stops the waiting.
    pub async fn suspend(&self) {
        self.shared.gate.set_suspended(true);
        let closed = self.shared.pool.suspend();
        for link in closed {
            // A driver that is gone has closed its connection.
            let _ = link.await;
        }
        self.shared.gate.settled().await;
    }

    /// Ends the suspension: every link dials at once, and messages that wait are sent. Nothing where
    /// the client is not suspended.
    pub fn resume(&self) {
        self.shared.gate.set_suspended(false);
        self.shared.pool.resume();
    }

    /// Whether the client is suspended.
    pub fn is_suspended(&self) -> bool {
        self.shared.gate.is_suspended()
    }

    /// Leaves every session, and completes once messages on their way are sent or given up and all
    /// links are closed. The client can be used again afterwards; it is not suspended then, and
    /// messages that waited for that are sent first.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future only stops the waiting.
    pub async fn close(&self) {
        self.shared.pool.leave_all();
        self.resume();
        self.shared.tasks.all_done().await;
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The client as a part of it holds it, which cannot resume it.
    fn of_a_part(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            _resumer: None,
        }
    }
}

impl Resumer {
    fn new(shared: &Arc<Shared>) -> Arc<Self> {
        Arc::new(Self(Arc::clone(shared)))
    }
}

impl Drop for Resumer {
    fn drop(&mut self) {
        self.0.gate.leave_as_it_is();
    }
}

impl Shared {
    /// Another seed for another link.
    pub(crate) fn seed(&self) -> u64 {
        self.seeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .u64(..)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.shared.config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
