//! The webhook: answers of bots are posted to the address that came with the question.
//!
//! One at a time, in order, so that a dialog's answers do not overtake each other. Only `http://`
//! addresses: whoever uses an emulator has the receiver on the same machine.

mod post;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::{sync::mpsc, time};
use twin_protocol::model::Dialog;

use crate::backend::{Shared, WebhookFault};

/// How many answers may wait; beyond it they are lost, and that is noted.
const MAX_WAITING: usize = 1024;
/// How many attempts are remembered; the oldest go.
const MAX_REMEMBERED: usize = 1000;

/// An attempt to deliver an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebhookAttempt {
    /// The dialog that the answer belongs to.
    pub dialog_id: String,
    /// What the receiver answered; `None` where it was not reached, or not asked.
    pub status: Option<u16>,
    /// Why there is no status.
    pub error: Option<String>,
}

/// An answer on its way.
#[derive(Debug)]
struct Delivery {
    url: String,
    dialog: Dialog,
}

/// Where answers are handed in.
#[derive(Debug)]
pub(crate) struct Webhook {
    waiting: mpsc::Sender<Delivery>,
    attempts: Arc<Attempts>,
}

#[derive(Debug, Default)]
struct Attempts(Mutex<VecDeque<WebhookAttempt>>);

impl Webhook {
    /// The webhook, and the task that delivers: it ends when the webhook is dropped.
    pub(crate) fn new(shared: Arc<Shared>) -> (Self, impl Future<Output = ()>) {
        let (waiting, mut deliveries) = mpsc::channel::<Delivery>(MAX_WAITING);
        let attempts = Arc::new(Attempts::default());
        let noted = attempts.clone();
        let task = async move {
            while let Some(delivery) = deliveries.recv().await {
                deliver(&delivery, &shared, &noted).await;
            }
        };
        (Self { waiting, attempts }, task)
    }

    /// Hands an answer in.
    pub(crate) fn send(&self, url: String, dialog: Dialog) {
        let id = dialog.dialog_id.to_string();
        if self.waiting.try_send(Delivery { url, dialog }).is_err() {
            let error = "too many answers are waiting".into();
            self.attempts.note(id, Err(error));
        }
    }

    /// What has been tried, oldest first.
    pub(crate) fn attempts(&self) -> Vec<WebhookAttempt> {
        let attempts = self.attempts.0.lock();
        let attempts = attempts.unwrap_or_else(PoisonError::into_inner);
        attempts.iter().cloned().collect()
    }
}

/// Whether an answer can be posted to this address at all.
pub(crate) fn can_post_to(url: &str) -> bool {
    post::Target::parse(url).is_some()
}

async fn deliver(delivery: &Delivery, shared: &Shared, attempts: &Attempts) {
    let id = delivery.dialog.dialog_id.to_string();
    let (delay, times, fault) = {
        let mut behaviour = shared.behaviour();
        let times = behaviour.webhook_repeats.saturating_add(1);
        let fault = behaviour.take_webhook_fault();
        (behaviour.webhook_delay_ms, times, fault)
    };
    time::sleep(Duration::from_millis(delay)).await;
    if fault == Some(WebhookFault::Lost) {
        attempts.note(id, Err("lost on purpose".into()));
        return;
    }
    let body = serde_json::to_vec(&delivery.dialog).expect("a dialog encodes");
    for _ in 0..times {
        let outcome = match fault {
            Some(_) => post::cut(&delivery.url, &body).await,
            None => post::post(&delivery.url, body.clone()).await,
        };
        attempts.note(id.clone(), outcome);
    }
}

impl Attempts {
    fn note(&self, dialog_id: String, outcome: Result<u16, String>) {
        let (status, error) = match outcome {
            Ok(status) => (Some(status), None),
            Err(error) => (None, Some(error)),
        };
        tracing::debug!(target: "twin::emulator", status, error, "a webhook");
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= MAX_REMEMBERED {
            attempts.pop_front();
        }
        attempts.push_back(WebhookAttempt {
            dialog_id,
            status,
            error,
        });
    }
}
