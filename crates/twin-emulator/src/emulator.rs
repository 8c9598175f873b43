//! A running emulator.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time};

use crate::{
    addresses::Addresses,
    backend::Behaviour,
    builder::Builder,
    control::{Act, Control, Publication, PublicationReceipt, StoredFile},
    error::Error,
    live::{Outcome, embedded::Hub, socketio::Kick},
    webhook::WebhookAttempt,
};

/// How long a clean stop waits for clients to answer the close frame.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A running emulator. All of it stops when this is dropped: live links are closed with 3001, the
/// port is free.
pub struct Emulator {
    addresses: Addresses,
    control: Arc<Control>,
    /// The embedded live side, where that is the one.
    hub: Option<Arc<Hub>>,
    tasks: JoinSet<()>,
}

impl Emulator {
    pub(crate) fn new(
        addresses: Addresses,
        control: Arc<Control>,
        hub: Option<Arc<Hub>>,
        tasks: JoinSet<()>,
    ) -> Self {
        Self {
            addresses,
            control,
            hub,
            tasks,
        }
    }

    /// Starts an emulator with the demonstration's bot on a free port of 127.0.0.1. Must be called
    /// within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Address`](crate::ErrorKind::Address) if there is no free port.
    ///
    /// # Cancel safety
    ///
    /// Nothing is left behind by a start that is dropped.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// An emulator that differs from the usual.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Where it is to be found.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Publishes anything by hand, beside the platform.
    ///
    /// Over a real Centrifugo this only queues it: the receipt then knows the channel alone, and
    /// [`settle`](Self::settle) tells whether it was done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if there is no such session;
    /// [`ErrorKind::Live`](crate::ErrorKind::Live) if too much is queued already.
    pub fn publish(&self, publication: &Publication) -> Result<PublicationReceipt, Error> {
        let (channel, outcome) = self.control.publish(publication)?;
        let published = outcome.known().map_err(|error| Error::live(&error))?;
        Ok(PublicationReceipt::new(channel, published))
    }

    /// Waits until the live side has done all that it was told to until now: at once with the
    /// embedded one, after its answers with a real Centrifugo.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Live`](crate::ErrorKind::Live) with the first failure since this was last
    /// asked, here or by a call of `/_emulator/act`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future only stops the waiting; a failure that it would have told of is then
    /// lost.
    pub async fn settle(&self) -> Result<(), Error> {
        self.control.settle().await
    }

    /// Does things in a session, in the words of a script's `do` (see [`Bot`](crate::Bot)): the
    /// operator's seat.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if `actions` are no such actions, or the
    /// session is closed or unknown; those before the refused one are done.
    pub fn act(&self, session: &str, actions: &str) -> Result<(), Error> {
        let actions = serde_json::from_str(actions)
            .map_err(|error| Error::refused(format_args!("not a list of actions: {error}")))?;
        let act = Act::new(session.to_owned(), actions);
        self.control.act(&act).map_err(Error::refused)
    }

    /// Adds `channel` to the live links of `session`, or to all links.
    pub fn subscribe(&self, session: Option<&str>, channel: &str) {
        self.control.subscribe(session, channel).forget();
    }

    /// Takes `channel` from the live links of `session`, or from all links.
    pub fn unsubscribe(&self, session: Option<&str>, channel: &str) {
        self.control.unsubscribe(session, channel).forget();
    }

    /// Ends the live links of `session`, or all. Code 3000 cuts them without a close frame, and
    /// so does a reason of more than 123 bytes.
    pub fn disconnect(&self, session: Option<&str>, code: u16, reason: &str) {
        self.control.disconnect(session, code, reason).forget();
    }

    /// Puts the Socket.IO clients of `session` out, or all of them.
    pub fn kick_socketio(&self, session: Option<&str>, kick: Kick) {
        self.control.socketio.kick(session, kick);
    }

    /// Forgets what was published for `session`, so that it can no longer be recovered.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if there is no such session.
    pub fn remove_history(&self, session: &str) -> Result<(), Error> {
        self.control.remove_history(session).map(Outcome::forget)
    }

    /// Has the live side die and come back with an empty memory: links are cut without a close
    /// frame, and nothing published before can be recovered, as every channel has another epoch.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the live side is not the embedded one.
    pub fn restart_live(&self) -> Result<(), Error> {
        self.control.restart()
    }

    /// Has every token of a login expire, so that the next call with one is answered with 401, "Token
    /// is expired.".
    pub fn expire_tokens(&self) {
        self.control.expire_tokens();
    }

    /// The attempts to post answers of bots to the webhook, oldest first; the last thousand.
    pub fn webhooks(&self) -> Vec<WebhookAttempt> {
        self.control.webhooks()
    }

    /// What was kept of the upload of this id.
    pub fn file(&self, id: &str) -> Option<StoredFile> {
        self.control.file(id)
    }

    /// The channel of `session`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if there is no such session.
    pub fn channel(&self, session: &str) -> Result<String, Error> {
        self.control.channel(session)
    }

    /// What it plays now.
    pub fn behaviour(&self) -> Behaviour {
        self.control.behaviour()
    }

    /// Changes what it plays, from now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        self.control.set_behaviour(behaviour);
    }

    /// Stops it cleanly: the port is freed, live links are closed with 3001, and their clients have
    /// five seconds to answer. Links of a real Centrifugo stay; what it was still to be told is
    /// told for as long.
    ///
    /// # Cancel safety
    ///
    /// It stops all the same if this is dropped, only without waiting for the clients.
    pub async fn stop(mut self) {
        self.control.socketio.shut_down();
        let Some(hub) = self.hub.clone() else {
            // What fails now is nobody's concern any more; it is logged.
            let _ = time::timeout(STOP_TIMEOUT, self.control.settle()).await;
            self.tasks.shutdown().await;
            return;
        };
        hub.shut_down();
        self.tasks.shutdown().await;
        // Clients that do not answer are cut off.
        let _ = time::timeout(STOP_TIMEOUT, hub.emptied()).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(hub) = &self.hub {
            hub.shut_down();
        }
        self.tasks.abort_all();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("http", &self.addresses.http)
            .finish_non_exhaustive()
    }
}
