//! The application behind the live side: which channels a connection may have, and what a call
//! answers.
//!
//! It is asked the questions that a Centrifugo asks the application behind it by its connect, rpc
//! and subscribe proxies, so that it can stand behind a real one as behind the embedded one.

mod answer;
mod behaviour;
mod connect_data;
mod envelope;
mod guests;
mod publisher;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time;

use self::{answer::Refusal, connect_data::ConnectData, guests::Guests};
pub(crate) use self::{
    answer::{Answer, ConnectRequest, RpcRequest},
    publisher::Publisher,
};
pub use self::{
    behaviour::{Behaviour, ChannelPlan, Fault, Grant, StartAnswers, UnknownSession, WebhookFault},
    envelope::EnvelopeForm,
};
use crate::{
    live::{LiveSide, Whom},
    platform::{NAMESPACE, Platform},
};

/// The application behind the live side.
#[derive(Debug)]
pub(crate) struct Backend {
    platform: Arc<Platform>,
    live: Arc<dyn LiveSide>,
    shared: Arc<Shared>,
}

/// What the backend and the publisher of events both look at.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    behaviour: Mutex<Behaviour>,
    guests: Mutex<Guests>,
}

impl Shared {
    /// How the emulator behaves.
    pub(crate) fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channel of a session, by the plan that is in force.
    pub(crate) fn channel(&self, session: &str, client: &str) -> String {
        match self.behaviour().channels {
            ChannelPlan::Session => format!("{NAMESPACE}:{session}"),
            ChannelPlan::User => {
                let guests = self.guests();
                let user = guests.user_of(session).unwrap_or(client);
                format!("{NAMESPACE}:{user}")
            }
        }
    }
}

impl Backend {
    pub(crate) fn new(
        platform: Arc<Platform>,
        live: Arc<dyn LiveSide>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            platform,
            live,
            shared,
        }
    }

    pub(crate) fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    pub(crate) fn live(&self) -> &dyn LiveSide {
        &*self.live
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The connections that listen to a session, or all of them.
    pub(crate) fn listeners(&self, session: Option<&str>) -> Whom {
        match session {
            None => Whom::Everyone,
            Some(session) => Whom::Clients(self.shared.guests().of_session(session)),
        }
    }

    /// Answers a connect with the channels that the connection gets.
    pub(crate) async fn connect(&self, request: ConnectRequest<'_>) -> Answer<Vec<String>> {
        let delay = self.shared.behaviour().connect_delay_ms;
        pause(delay).await;
        if let Some(fault) = self.shared.behaviour().take_connect_fault() {
            return fault.into();
        }
        let data = match ConnectData::read(&request) {
            Ok(data) => data,
            Err(message) => return Answer::Error(Refusal::bad_request(message)),
        };
        let mut known = Vec::new();
        for session in &data.sessions {
            if let Some((session, client)) = self.platform.owner(session) {
                known.push((session, client));
            }
        }
        let mut guests = self.shared.guests();
        if let Some(user) = &data.user {
            for (session, _) in &known {
                guests.belongs(session.as_str(), user);
            }
        }
        drop(guests);
        let mut channels = Vec::new();
        if self.shared.behaviour().grant != Grant::Join {
            for (session, client) in &known {
                let channel = self.shared.channel(session.as_str(), client.as_str());
                if !channels.contains(&channel) {
                    channels.push(channel);
                }
            }
        }
        let known = known
            .iter()
            .map(|(session, _)| session.to_string())
            .collect();
        let mut guests = self.shared.guests();
        guests.came(request.client, known, channels.iter().cloned().collect());
        Answer::Result(channels)
    }

    /// Answers a call.
    pub(crate) async fn rpc(&self, request: RpcRequest<'_>) -> Answer<Box<RawValue>> {
        if request.method != "joinSession" {
            return Answer::Error(Refusal::new(404, "method not found"));
        }
        let delay = self.shared.behaviour().join_delay_ms;
        pause(delay).await;
        if let Some(fault) = self.shared.behaviour().take_join_fault() {
            return fault.into();
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Join {
            id: String,
        }
        let data = request.data.map_or("{}", RawValue::get);
        let session = match serde_json::from_str::<Join>(data) {
            Ok(join) => join.id,
            Err(error) => {
                let message = format!("bad data of joinSession: {error}");
                return Answer::Error(Refusal::bad_request(message));
            }
        };
        let Some((_, client)) = self.platform.owner(&session) else {
            return self.unknown_session();
        };
        if !self.platform.is_open(&session) {
            return self.unknown_session();
        }
        let channel = self.shared.channel(&session, client.as_str());
        let is_new = self
            .shared
            .guests()
            .joined(request.client, &session, &channel);
        if is_new && self.shared.behaviour().grant != Grant::Connect {
            let whom = Whom::Clients(vec![request.client.to_owned()]);
            self.live.subscribe(&whom, &channel).forget();
        }
        Answer::success(true)
    }

    /// Answers a client's own subscribe: it may have the channels of sessions that exist.
    pub(crate) fn subscribe(&self, client: &str, channel: &str) -> Answer<()> {
        let fault = self.shared.behaviour().take_subscribe_fault();
        if let Some(fault) = fault.filter(|fault| *fault != Fault::Unsuccessful) {
            return fault.into();
        }
        let name = channel.split_once(':').map_or("", |(_, name)| name);
        let is_users = self.shared.behaviour().channels == ChannelPlan::User;
        let is_known = match is_users {
            true => self.shared.guests().is_user(name),
            false => self.platform.owner(name).is_some(),
        };
        if !is_known {
            return Answer::Error(Refusal::new(403, "not yours"));
        }
        self.shared.guests().joined(client, name, channel);
        Answer::Result(())
    }

    /// A connection has ended.
    pub(crate) fn gone(&self, client: &str) {
        self.shared.guests().left(client);
    }

    fn unknown_session(&self) -> Answer<Box<RawValue>> {
        match self.shared.behaviour().unknown_session {
            UnknownSession::Error => Answer::Error(Refusal::new(404, "session not found")),
            UnknownSession::Unsuccessful => Answer::success(false),
        }
    }
}

/// Waits, if there is anything to wait for: even a sleep of nothing takes a tick of the timer.
async fn pause(milliseconds: u64) {
    if milliseconds > 0 {
        time::sleep(Duration::from_millis(milliseconds)).await;
    }
}
