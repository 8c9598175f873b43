//! What each step does.

use std::{error::Error, time::Duration};

use tokio::time;
use twin_client::{
    Delivery, Event, SessionDraft, SessionEnd, api::chats::StartSession, id::SessionId,
};
use twin_emulator::Publication;

use super::{
    case::{ServerAct, Step},
    listener::{Listener, PROBE},
    world::World,
};

/// The chat of every session.
pub(crate) const CHAT: &str = "0f9619ff-8b86-4d01-b42d-00cf4fc964ff";
/// How long a step waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a session is probed until it answers.
const PROBING: Duration = Duration::from_millis(50);

type Done = Result<(), Box<dyn Error>>;

impl World {
    pub(super) async fn perform(&mut self, step: &Step) -> Done {
        time::timeout(PATIENCE, self.begin(step))
            .await
            .map_err(|_| format!("it did not happen: {step:?}"))?
    }

    async fn begin(&mut self, step: &Step) -> Done {
        // What a step brings about may happen while the next one is still at it.
        let brings_about = matches!(
            step,
            Step::Behave(_)
                | Step::Listen { .. }
                | Step::Network(_)
                | Step::ReconnectNow {}
                | Step::Resume {}
                | Step::Server(_)
                | Step::Suspend {}
        );
        if brings_about {
            self.mark();
        }
        match step {
            Step::Behave(behaviour) => {
                let behaviour = serde_json::from_value(behaviour.clone())?;
                self.server.emulator().set_behaviour(behaviour);
            }
            Step::Chat { says, hears } => self.chat(says, hears).await?,
            Step::Ended {} => {
                self.first()?.session.ended().await;
            }
            Step::Listen {
                sessions,
                fresh,
                joined,
            } => {
                let first = self.listeners.len();
                self.listen(*sessions, *fresh).await?;
                if *joined {
                    for listener in &self.listeners[first..] {
                        self.probe(listener).await?;
                    }
                }
            }
            Step::Messages(count) => self.messages(*count)?,
            Step::Network(network) => network.apply(&self.network),
            Step::Publish {
                count,
                session,
                bytes,
            } => self.publish(*count, *session, *bytes)?,
            Step::PublishRaw(data) => {
                let listener = self.first()?;
                listener.account().publish(data.clone());
                let publication = Publication::data_for(listener.id().as_str(), data)?;
                self.server.emulator().publish(&publication)?;
            }
            Step::ReconnectNow {} => self.client.reconnect_now(),
            Step::Resume {} => self.client.resume(),
            Step::Server(act) => self.act(act).await?,
            Step::Settle {} => {
                for (index, listener) in self.listeners.iter().enumerate() {
                    time::timeout(PATIENCE / 2, listener.is_settled())
                        .await
                        .map_err(|_| format!("session {index} is not settled"))?;
                }
            }
            Step::Suspend {} => self.client.suspend().await,
            Step::State(state) => self.seen = self.links.reach(state, self.seen).await,
        }
        Ok(())
    }

    fn first(&self) -> Result<&Listener, &'static str> {
        self.listeners.first().ok_or("nobody listens")
    }

    async fn listen(&mut self, sessions: usize, fresh: bool) -> Done {
        if fresh {
            for _ in 0..sessions {
                let chat = self.client.chat(CHAT);
                let (session, events) = chat.start(SessionDraft::new("conformance")).await?;
                self.listeners.push(Listener::new(session, events));
            }
            return Ok(());
        }
        let mut ids: Vec<SessionId> = Vec::new();
        for _ in 0..sessions {
            let draft = SessionDraft::new("conformance");
            let start = StartSession::new(CHAT.into(), draft);
            ids.push(self.client.call(start).await?.id);
        }
        for (session, events) in self.client.listen(ids)? {
            self.listeners.push(Listener::new(session, events));
        }
        Ok(())
    }

    /// Waits until events of the session come: nothing else tells that for certain.
    async fn probe(&self, listener: &Listener) -> Done {
        let probe = Publication::event(listener.id().as_str(), PROBE, "null")?;
        let mut beat = time::interval(PROBING);
        loop {
            tokio::select! {
                biased;
                () = listener.is_probed() => return Ok(()),
                _ = beat.tick() => { self.server.emulator().publish(&probe)?; }
            }
        }
    }

    fn publish(&mut self, count: usize, session: Option<usize>, bytes: usize) -> Done {
        let chosen = |index: usize| session.is_none_or(|session| session == index);
        // Turn by turn, as events of several sessions come.
        for _ in 0..count {
            for (index, listener) in self.listeners.iter().enumerate() {
                if !chosen(index) {
                    continue;
                }
                self.publications += 1;
                let payload = payload(self.publications, bytes);
                listener.account().publish(payload.clone());
                let id = listener.id().as_str();
                let publication = Publication::event(id, "conformance", &payload)?;
                self.server.emulator().publish(&publication)?;
            }
        }
        Ok(())
    }

    fn messages(&mut self, count: usize) -> Done {
        for _ in 0..count {
            for listener in &self.listeners {
                self.publications += 1;
                let body = format!("message {}", self.publications);
                listener.account().publish(body.clone());
                let acts = serde_json::json!([{"message": {"body": body}}]).to_string();
                self.server.emulator().act(listener.id().as_str(), &acts)?;
            }
        }
        Ok(())
    }

    async fn act(&mut self, act: &ServerAct) -> Done {
        let first = self.first()?.id().clone();
        self.server.act(act, first.as_str()).await
    }

    async fn chat(&mut self, says: &[String], hears: &[String]) -> Done {
        let chat = self.client.chat(CHAT);
        let (session, mut events) = chat.start(SessionDraft::new("conformance")).await?;
        let mut says = says.iter();
        let mut heard = Vec::new();
        while let Some(delivery) = events.next().await {
            match delivery {
                Delivery::Event(event) => {
                    let Event::MessageCreated(message) = &event.event else {
                        continue;
                    };
                    heard.push(message.body.clone());
                    // What follows a hand-over is said by the operator, unasked.
                    if message.keyboard.is_some() {
                        if let Some(text) = says.next() {
                            session.send(text.as_str()).await.sent()?;
                        }
                    }
                }
                other => return Err(format!("{other:?} in an undisturbed chat").into()),
            }
        }
        let end = session.ended().await;
        if end != Some(SessionEnd::Closed) || heard != hears {
            return Err(format!("heard {heard:?}, then {end:?}").into());
        }
        Ok(())
    }
}

/// A payload unlike any other, with what must be kept byte for byte: numbers, escapes, blanks.
pub(crate) fn payload(number: u64, bytes: usize) -> String {
    let filling = "ж".repeat(bytes / 2);
    format!(
        r#"{{ "n" : {number}, "x":1.50, "s":"\u0436\/","n":12345678901234567890,"f":"{filling}"}}"#
    )
}
