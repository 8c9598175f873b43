//! What waits to be told to the server, in order.
//!
//! Bounded: at most [`MAX_JOBS`] jobs and [`MAX_BYTES`] bytes wait, more is refused. Jobs are never
//! dropped or reordered.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

use super::command::Command;
use crate::live::{LiveError, Outcome, Published};

/// How many jobs may wait.
const MAX_JOBS: usize = 10_000;
/// How many bytes may wait.
const MAX_BYTES: usize = 64 << 20;
/// After how many commands a batch is full.
const BATCH_COMMANDS: usize = 64;
/// After how many bytes a batch is full.
const BATCH_BYTES: usize = 1 << 20;

/// Something to be done, and who waits for it. Without commands it asks for the first failure
/// since it was last asked for.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) commands: Vec<Command>,
    done: oneshot::Sender<Result<Published, LiveError>>,
}

impl Job {
    /// Tells whoever waits what became of it.
    pub(super) fn finish(self, result: Result<Published, LiveError>) {
        // Most are not waited for.
        let _ = self.done.send(result);
    }

    fn size(&self) -> usize {
        self.commands.iter().map(Command::size).sum()
    }
}

/// What waits to be told to the server.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct State {
    jobs: VecDeque<Job>,
    bytes: usize,
    /// Whether a job was refused since that was last asked for.
    overflowed: bool,
}

impl Queue {
    /// Puts a job at the end.
    pub(super) fn push(&self, commands: Vec<Command>) -> Outcome {
        let (done, receiver) = oneshot::channel();
        let job = Job { commands, done };
        let size = job.size();
        let mut state = self.locked();
        if state.jobs.len() >= MAX_JOBS || state.bytes + size > MAX_BYTES {
            state.overflowed = true;
            tracing::warn!(target: "twin::emulator", "too much waits for the live side");
            return Outcome::failed(LiveError::Full);
        }
        state.bytes += size;
        state.jobs.push_back(job);
        drop(state);
        self.filled.notify_one();
        Outcome::later(receiver)
    }

    /// The next jobs, as many as make a batch; at least one.
    ///
    /// # Cancel safety
    ///
    /// Nothing is taken out before it is returned.
    pub(super) async fn next(&self) -> Vec<Job> {
        loop {
            let jobs = self.locked().take();
            if !jobs.is_empty() {
                return jobs;
            }
            // A permit is kept for a job that came between the look and the wait.
            self.filled.notified().await;
        }
    }

    /// Whether a job was refused since this was last asked.
    pub(super) fn take_overflow(&self) -> bool {
        std::mem::take(&mut self.locked().overflowed)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Vec<Job> {
        let mut jobs = Vec::new();
        let (mut commands, mut bytes) = (0, 0);
        while let Some(job) = self.jobs.pop_front() {
            commands += job.commands.len();
            bytes += job.size();
            jobs.push(job);
            if commands >= BATCH_COMMANDS || bytes >= BATCH_BYTES {
                break;
            }
        }
        self.bytes -= bytes;
        jobs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forget(channel: usize) -> Vec<Command> {
        vec![Command::HistoryRemove {
            channel: channel.to_string(),
        }]
    }

    #[tokio::test]
    async fn batches_keep_the_order_and_their_size() {
        let queue = Queue::default();
        for n in 0..150 {
            queue.push(forget(n)).forget();
        }
        let mut sizes = Vec::new();
        let mut channels = Vec::new();
        for _ in 0..3 {
            let jobs = queue.next().await;
            sizes.push(jobs.len());
            for job in jobs {
                let [Command::HistoryRemove { channel }] = &job.commands[..] else {
                    panic!("another command");
                };
                channels.push(channel.parse::<usize>().unwrap());
            }
        }
        assert_eq!(sizes, [64, 64, 22]);
        assert!(channels.into_iter().eq(0..150));
    }

    #[tokio::test]
    async fn what_is_too_much_is_refused_and_told() {
        let queue = Queue::default();
        for n in 0..MAX_JOBS {
            queue.push(forget(n)).forget();
        }
        let refused = queue.push(forget(0)).settled().await;
        assert_eq!(refused, Err(LiveError::Full));
        assert!(queue.take_overflow() && !queue.take_overflow());
        queue.next().await;
        assert!(queue.push(forget(0)).known().is_ok());
    }
}
