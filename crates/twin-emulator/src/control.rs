//! The emulator's own calls, below `/_emulator`: where it is, the operator's seat, the live side's
//! strings, faults.
//!
//! Each is also a method of [`Emulator`](crate::Emulator); both go through [`Control`]. Bodies are
//! JSON; a success without a reply is 204; what is refused is 422 with `error` and `details`; what a
//! real Centrifugo did not do is 502.
//!
//! `docs/guide/emulator.md` names them all.

mod body;
mod calls;
mod publication;
mod stored_file;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use serde::Deserialize;

pub use self::{
    publication::{Publication, PublicationReceipt},
    stored_file::StoredFile,
};
use crate::{
    addresses::Addresses,
    backend::{Backend, Behaviour},
    bot::{BotAction, Run},
    error::Error,
    live::{Outcome, socketio},
    platform::Refusal,
    rest,
    webhook::{Webhook, WebhookAttempt},
};

/// Everything that can be told to a running emulator.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) backend: Arc<Backend>,
    pub(crate) webhook: Arc<Webhook>,
    pub(crate) addresses: Addresses,
    /// Whether the emulator listens on all of the machine's addresses.
    pub(crate) listens_everywhere: bool,
    /// Whether the emulator carries the live events itself.
    pub(crate) carries_events: bool,
    /// The clients of the older live channel.
    pub(crate) socketio: Arc<socketio::Hub>,
}

/// The calls below `/_emulator`.
pub(crate) fn calls(control: Arc<Control>) -> Router {
    Router::new()
        .route("/addresses", get(calls::addresses))
        .route(
            "/behaviour",
            get(calls::behaviour).put(calls::set_behaviour),
        )
        .route("/act", post(calls::act))
        .route("/publish", post(calls::publish))
        .route("/subscribe", post(calls::subscribe))
        .route("/unsubscribe", post(calls::unsubscribe))
        .route("/disconnect", post(calls::disconnect))
        .route("/history/remove", post(calls::remove_history))
        .route("/socketio/emit", post(calls::emit))
        .route("/socketio/error", post(calls::error))
        .route("/socketio/kick", post(calls::kick))
        .route("/restart", post(calls::restart))
        .route("/tokens/expire", post(calls::expire_tokens))
        .route("/webhooks", get(calls::webhooks))
        .route("/files/{id}", get(calls::file))
        .fallback(rest::not_found)
        .method_not_allowed_fallback(rest::method_not_allowed)
        .with_state(control)
}

/// Things to do in a session, in the words of a bot's script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    session: String,
    #[serde(rename = "do")]
    actions: Vec<BotAction>,
}

impl Act {
    pub(crate) fn new(session: String, actions: Vec<BotAction>) -> Self {
        Self { session, actions }
    }
}

impl Control {
    /// Does things in a session: the operator's seat.
    pub(crate) fn act(&self, act: &Act) -> Result<(), Refusal> {
        let run = Run::new(self.backend.platform(), &act.session);
        run.carry_out(&act.actions).map(drop)
    }

    /// Publishes anything in a channel, beside the platform; gives the channel.
    pub(crate) fn publish(&self, publication: &Publication) -> Result<(String, Outcome), Error> {
        let channel = match (&publication.session, &publication.channel) {
            (Some(session), None) => self.channel(session)?,
            (None, Some(channel)) => channel.clone(),
            _ => return Err(Error::refused("name either `session` or `channel`")),
        };
        let (form, _) = self.envelope();
        let data = publication.data(form)?;
        let outcome = self.backend.live().publish(&channel, data);
        Ok((channel, outcome))
    }

    /// Adds a channel to the connections of a session, or to all.
    pub(crate) fn subscribe(&self, session: Option<&str>, channel: &str) -> Outcome {
        let whom = self.backend.listeners(session);
        self.backend.live().subscribe(&whom, channel)
    }

    /// Takes a channel from the connections of a session, or from all.
    pub(crate) fn unsubscribe(&self, session: Option<&str>, channel: &str) -> Outcome {
        let whom = self.backend.listeners(session);
        self.backend.live().unsubscribe(&whom, channel)
    }

    /// Ends the connections of a session, or all.
    pub(crate) fn disconnect(&self, session: Option<&str>, code: u16, reason: &str) -> Outcome {
        let whom = self.backend.listeners(session);
        self.backend.live().disconnect(&whom, code, reason)
    }

    /// Forgets the history of a session's channel.
    pub(crate) fn remove_history(&self, session: &str) -> Result<Outcome, Error> {
        let channel = self.channel(session)?;
        Ok(self.backend.live().remove_history(&channel))
    }

    /// Waits until everything told to the live side before is done.
    pub(crate) async fn settle(&self) -> Result<(), Error> {
        let settled = self.backend.live().settle().settled().await;
        settled.map(drop).map_err(|error| Error::live(&error))
    }

    /// Has the live side die and come back empty.
    pub(crate) fn restart(&self) -> Result<(), Error> {
        match self.backend.live().restart() {
            true => Ok(()),
            false => Err(Error::refused(
                "this live side cannot be restarted from here",
            )),
        }
    }

    /// Has every token of a login expire.
    pub(crate) fn expire_tokens(&self) {
        self.backend.platform().identity.expire_tokens();
    }

    /// The attempts to post answers of bots, oldest first.
    pub(crate) fn webhooks(&self) -> Vec<WebhookAttempt> {
        self.webhook.attempts()
    }

    /// What was kept of an upload.
    pub(crate) fn file(&self, id: &str) -> Option<StoredFile> {
        self.backend.platform().file(id).map(StoredFile::of)
    }

    /// Where the emulator is for someone who calls it `host`.
    pub(crate) fn addresses_for(&self, host: Option<&str>) -> Addresses {
        match host {
            Some(host) if self.listens_everywhere => {
                let addresses = self.addresses.seen_at(host);
                match self.carries_events {
                    true => addresses,
                    false => addresses.with_centrifugo(&self.addresses.centrifugo),
                }
            }
            _ => self.addresses.clone(),
        }
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        self.backend.shared().behaviour().clone()
    }

    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        *self.backend.shared().behaviour() = behaviour;
    }

    /// The channel of a session.
    pub(crate) fn channel(&self, session: &str) -> Result<String, Error> {
        let owner = self.backend.platform().owner(session);
        let (session, client) = owner.ok_or_else(|| Error::refused(Refusal::NoSuchSession))?;
        Ok(self
            .backend
            .shared()
            .channel(session.as_str(), client.as_str()))
    }

    fn envelope(&self) -> (crate::EnvelopeForm, bool) {
        let behaviour = self.backend.shared().behaviour();
        (behaviour.envelope, behaviour.emit_suffix)
    }
}
