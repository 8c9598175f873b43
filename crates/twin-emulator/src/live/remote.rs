//! A real Centrifugo that carries the live events, with the emulator as its backend.
//!
//! Two directions: what the emulator wants of the server goes through a bounded queue to its HTTP
//! API, in order ([`worker`]); what the server asks of its backend comes in by HTTP and is handed
//! to the same [`Backend`](crate::backend::Backend) that stands behind the embedded one
//! ([`proxy`]). It decides nothing itself, and it knows nothing of a connection's end.

mod api;
mod command;
mod http;
mod proxy;
mod queue;
mod worker;

use std::sync::Arc;

use serde_json::value::RawValue;

pub use self::api::CentrifugoApi;
pub(crate) use self::proxy::calls;
use self::{
    command::{Command, Disconnect, Target},
    queue::Queue,
};
use crate::live::{LiveSide, Outcome, Whom};

/// A real Centrifugo, as the emulator tells it what to do.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    queue: Arc<Queue>,
}

impl Remote {
    /// The live side, and the task that carries out what it is asked for.
    pub(crate) fn new(api: CentrifugoApi) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let queue = Arc::new(Queue::default());
        let task = worker::run(api, queue.clone());
        (Self { queue }, task)
    }

    fn each(&self, whom: &Whom, command: impl Fn(Target) -> Command) -> Outcome {
        let commands = match whom {
            // Those without a name are all of the emulator's.
            Whom::Everyone => vec![command(Target::everyone())],
            Whom::Clients(clients) => {
                let targets = clients.iter().map(|client| Target::client(client));
                targets.map(command).collect()
            }
        };
        self.queue.push(commands)
    }
}

impl LiveSide for Remote {
    fn publish(&self, channel: &str, data: Box<RawValue>) -> Outcome {
        let channel = channel.to_owned();
        self.queue.push(vec![Command::Publish { channel, data }])
    }

    fn subscribe(&self, whom: &Whom, channel: &str) -> Outcome {
        let channel = channel.to_owned();
        self.each(whom, |target| Command::Subscribe {
            target,
            channel: channel.clone(),
        })
    }

    fn unsubscribe(&self, whom: &Whom, channel: &str) -> Outcome {
        let channel = channel.to_owned();
        self.each(whom, |target| Command::Unsubscribe {
            target,
            channel: channel.clone(),
        })
    }

    fn disconnect(&self, whom: &Whom, code: u16, reason: &str) -> Outcome {
        let reason = reason.to_owned();
        self.each(whom, |target| Command::Disconnect {
            target,
            disconnect: Disconnect {
                code,
                reason: reason.clone(),
            },
        })
    }

    fn remove_history(&self, channel: &str) -> Outcome {
        let channel = channel.to_owned();
        self.queue.push(vec![Command::HistoryRemove { channel }])
    }

    /// The server's process is somebody else's.
    fn restart(&self) -> bool {
        false
    }

    fn settle(&self) -> Outcome {
        self.queue.push(Vec::new())
    }
}
