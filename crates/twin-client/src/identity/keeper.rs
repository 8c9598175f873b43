//! Keeps a client's token, and has it renewed.
//!
//! A renewal is a task of the client's: calls wait for its outcome, and whether one of them is dropped
//! meanwhile makes no difference to the others. What a call is told of a failure, all calls are told
//! until the pause after it is over.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use twin_protocol::{
    link::{Backoff, BackoffConfig},
    time::Timestamp,
};

use super::{
    changes::TokenChanges,
    expiry::{Clock, Expiry, Life},
    renewal::{Outcome, Renewal, Waiting},
};
use crate::{
    client::Shared,
    credentials::{AccessToken, TokenError, TokenProvider, Tokens},
};

/// The pause after a refusal, and the longest after any other failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause that a service can ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(10 * 60);

/// A token, and which of the client's it is.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub(crate) token: AccessToken,
    pub(crate) serial: u64,
}

/// Keeps the tokens of a provider.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(super) provider: Arc<dyn TokenProvider>,
    state: Mutex<State>,
    changes: watch::Sender<Option<Tokens>>,
}

#[derive(Debug)]
struct State {
    held: Option<Held>,
    /// How many tokens there were before.
    serial: u64,
    clock: Option<Clock>,
    /// The renewal that is under way; its sender is gone where the runtime has dropped it.
    renewal: Option<Waiting>,
    /// The last failure, and until when it stands, by the runtime's time.
    failure: Option<(Arc<TokenError>, Duration)>,
    backoff: Backoff,
}

#[derive(Debug)]
struct Held {
    tokens: Tokens,
    serial: u64,
    expiry: Option<Expiry>,
}

/// What a call finds.
enum Found {
    /// A token; and perhaps a renewal to be begun.
    Token(Bearer, Option<Renewal>),
    /// A renewal to be waited for, and perhaps to be begun.
    Wait(Waiting, Option<Renewal>),
    /// The pause after a failure is not over.
    Failure(Arc<TokenError>),
}

impl Keeper {
    /// The pauses are drawn from `seed`.
    pub(crate) fn new(provider: Arc<dyn TokenProvider>, seed: u64) -> Self {
        let mut pauses = BackoffConfig::default();
        pauses.last_bound = LONGEST_PAUSE;
        let held = provider.initial().map(|tokens| Held {
            expiry: Expiry::of_old(tokens.expires.as_ref()),
            tokens,
            serial: 0,
        });
        Self {
            provider,
            state: Mutex::new(State {
                held,
                serial: 0,
                clock: None,
                renewal: None,
                failure: None,
                backoff: Backoff::new(pauses, seed),
            }),
            changes: watch::Sender::new(None),
        }
    }

    /// What becomes of the tokens.
    pub(crate) fn changes(&self) -> TokenChanges {
        TokenChanges::new(Some(self.changes.subscribe()))
    }

    /// What time it is to the platform, at the runtime's `now`.
    pub(crate) fn learn(&self, date: &Timestamp, now: Duration) {
        self.lock().clock = Some(Clock::new(date, now));
    }

    /// A token that is not the one that was `refused`: at once, or after a renewal.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the waiting alone.
    pub(crate) async fn bearer(
        &self,
        shared: &Arc<Shared>,
        refused: Option<u64>,
    ) -> Result<Bearer, Arc<TokenError>> {
        let found = self.find(shared.runtime.now(), refused);
        // Tasks begin outside of the lock: a runtime may run them at once.
        let begin = |renewal: Option<Renewal>| {
            if let Some(renewal) = renewal {
                shared.spawn(Renewal::TASK, renewal.run(Arc::clone(shared)));
            }
        };
        match found {
            Found::Failure(error) => Err(error),
            Found::Token(bearer, renewal) => {
                begin(renewal);
                Ok(bearer)
            }
            Found::Wait(mut outcome, renewal) => {
                begin(renewal);
                match outcome.wait_for(Option::is_some).await.as_deref() {
                    Ok(Some(outcome)) => outcome.clone(),
                    _ => Err(Arc::new(TokenError::passing(
                        "the runtime has dropped the renewal",
                    ))),
                }
            }
        }
    }

    /// Has the token renewed that was refused, and waits for nothing.
    pub(crate) fn renew(&self, shared: &Arc<Shared>, refused: u64) {
        if let Found::Wait(_, Some(renewal)) = self.find(shared.runtime.now(), Some(refused)) {
            shared.spawn(Renewal::TASK, renewal.run(Arc::clone(shared)));
        }
    }

    fn find(&self, now: Duration, refused: Option<u64>) -> Found {
        let mut state = self.lock();
        let held = state.held.as_ref();
        let held = held.filter(|held| refused != Some(held.serial));
        let found = held.map(|held| {
            let expiry = held.expiry;
            let life = expiry.map_or(Life::Good, |expiry| expiry.life(state.clock, now));
            (life, held.bearer())
        });
        match found {
            Some((Life::Good, bearer)) => Found::Token(bearer, None),
            Some((Life::Ending, bearer)) => {
                let renewal = match state.renewal(now) {
                    Ok((_, renewal)) => renewal,
                    Err(_) => None,
                };
                Found::Token(bearer, renewal)
            }
            Some((Life::Over, _)) | None => match state.renewal(now) {
                Ok((outcome, renewal)) => Found::Wait(outcome, renewal),
                Err(error) => Found::Failure(error),
            },
        }
    }

    /// Takes in what came of a renewal.
    pub(super) fn settle(&self, renewed: Result<Tokens, TokenError>, now: Duration) -> Outcome {
        let mut state = self.lock();
        state.renewal = None;
        match renewed {
            Ok(tokens) => {
                let bearer = state.take(tokens.clone(), now);
                drop(state);
                self.changes.send_replace(Some(tokens));
                Ok(bearer)
            }
            Err(error) => Err(state.fail(error, now)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The renewal that is under way, or another to be begun; an error in the pause after a failure.
    fn renewal(&mut self, now: Duration) -> Result<(Waiting, Option<Renewal>), Arc<TokenError>> {
        let running = self.renewal.as_ref();
        if let Some(running) = running.filter(|running| running.has_changed().is_ok()) {
            return Ok((running.clone(), None));
        }
        if let Some((error, _)) = self.failure.as_ref().filter(|(_, until)| now < *until) {
            return Err(Arc::clone(error));
        }
        let held = self.held.as_ref().map(|held| held.tokens.clone());
        let (renewal, outcome) = Renewal::new(held);
        self.renewal = Some(outcome.clone());
        Ok((outcome, Some(renewal)))
    }

    fn take(&mut self, tokens: Tokens, now: Duration) -> Bearer {
        self.failure = None;
        self.backoff.reset();
        self.serial += 1;
        let held = Held {
            expiry: Expiry::of_new(tokens.expires.as_ref(), self.clock, now),
            tokens,
            serial: self.serial,
        };
        self.held.insert(held).bearer()
    }

    fn fail(&mut self, error: TokenError, now: Duration) -> Arc<TokenError> {
        let drawn = self.backoff.next_pause();
        let pause = if error.is_passing() {
            drawn
        } else {
            LONGEST_PAUSE
        };
        let asked = error.retry_after().unwrap_or_default().min(LONGEST_ASKED);
        let error = Arc::new(error);
        let until = now.saturating_add(pause.max(asked));
        self.failure = Some((Arc::clone(&error), until));
        error
    }
}

impl Held {
    fn bearer(&self) -> Bearer {
        Bearer {
            token: self.tokens.access.clone(),
            serial: self.serial,
        }
    }
}
