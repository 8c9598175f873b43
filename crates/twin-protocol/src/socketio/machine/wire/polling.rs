//! A connection by HTTP: one question is always asked, and never given up; one message is under way
//! at a time. Both are rules of the servers, which end the connection, or lose packets, where they
//! are broken (`raw-abandon`, `raw-overlap`, `raw-post-rules`).

use std::{collections::VecDeque, time::Duration};

use crate::{
    link::{Action, EndKind, EndReason, ExchangeId, ExchangeInput, Moment, Notice, Outbox, advice},
    socketio::{
        engine::{Frame, payload},
        machine::{
            Next,
            core::Core,
            ends, hang_up,
            wire::{Heard, upgrade::Upgrade},
        },
        packet,
    },
};

/// The pause after an answer without a packet, before the next question: a server that answers so
/// again and again shall not be asked in a loop.
const FRUITLESS_PAUSE: Duration = Duration::from_millis(100);

/// Packets share a body up to this length. Some servers read no more of a request than came at
/// once (`raw-split-post.py-server`).
const SHARED_BODY: usize = 32 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Polling {
    /// The question that is asked.
    get: Option<ExchangeId>,
    asking: Asking,
    /// The message that is under way.
    post: Option<Posting>,
    /// Packets that wait for it, each with its bytes.
    line: VecDeque<Vec<Frame>>,
    pub(super) upgrade: Upgrade,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    exchange: ExchangeId,
    /// When it must be answered.
    until: Moment,
}

/// When the next question is asked.
#[derive(Clone, Copy, Debug, Default)]
enum Asking {
    /// The last answer held nothing: after a pause.
    Fruitless,
    /// At once.
    #[default]
    Now,
    /// In that pause.
    Paused(Moment),
}

/// A message by HTTP was not answered in time.
pub(super) struct NotAnswered;

impl Polling {
    pub(super) fn waits_for(&self, exchange: ExchangeId) -> bool {
        self.is_get(exchange) || self.is_post(exchange)
    }

    pub(super) fn is_get(&self, exchange: ExchangeId) -> bool {
        self.get == Some(exchange)
    }

    fn is_post(&self, exchange: ExchangeId) -> bool {
        self.post.is_some_and(|post| post.exchange == exchange)
    }

    /// News of an exchange that is waited for.
    pub(super) fn hear(
        &mut self,
        core: &Core,
        exchange: ExchangeId,
        news: ExchangeInput,
        sid: &str,
    ) -> Heard {
        if matches!(news, ExchangeInput::Progress) {
            return Heard::Nothing;
        }
        let is_get = self.is_get(exchange);
        if is_get {
            self.get = None;
            self.asking = Asking::Fruitless;
        } else {
            self.post = None;
        }
        match news {
            ExchangeInput::Answered { status, body } if (200..300).contains(&status) => {
                // What is answered to a message proves nothing: `ok`, and the connection is over.
                if is_get {
                    Heard::Body(body)
                } else {
                    Heard::Nothing
                }
            }
            ExchangeInput::Answered { status, body } => {
                Heard::Over(ends::dropped(core, status, &body, sid))
            }
            ExchangeInput::Failed(failure) => {
                Heard::Over(ends::follow(core, advice::dial_failure(failure)))
            }
            ExchangeInput::Progress => Heard::Nothing,
            ExchangeInput::Unreadable(text) => Heard::Over(Next::Retry(
                EndReason::new(EndKind::Protocol).with_text(text),
            )),
        }
    }

    /// The answer holds something.
    pub(super) fn bears_fruit(&mut self) {
        self.asking = Asking::Now;
    }

    /// Whether more may be lined up: what is lined up is not sent yet.
    pub(super) fn takes_more(&self) -> bool {
        self.post.is_none()
            && !self.upgrade.is_draining()
            && self.lined_up() < payload::MOST_PACKETS
    }

    fn lined_up(&self) -> usize {
        self.line.iter().map(Vec::len).sum()
    }

    /// Lines up one packet with its bytes; no more than `most` of them.
    pub(super) fn line_up(&mut self, frames: Vec<Frame>, most: usize, out: &mut Outbox) {
        if self.line.len() < most.max(1) {
            self.line.push_back(frames);
        } else {
            out.note(Notice::PassedOver("more to be sent by HTTP than may wait"));
        }
    }

    /// Lines up a heartbeat, before everything else; nothing where one waits already.
    pub(super) fn line_up_ping(&mut self) {
        let ping = vec![Frame::ping()];
        if self.line.front() != Some(&ping) {
            self.line.push_front(ping);
        }
    }

    /// Takes all that is lined up.
    pub(super) fn take_line(&mut self) -> VecDeque<Vec<Frame>> {
        std::mem::take(&mut self.line)
    }

    /// Asks and tells, where nothing is under way and nothing is to come to rest.
    pub(super) fn pump(&mut self, core: &mut Core, now: Moment, sid: &str, out: &mut Outbox) {
        if self.upgrade.is_draining() {
            return;
        }
        if self.get.is_none() {
            match self.asking {
                Asking::Fruitless => self.asking = Asking::Paused(now + FRUITLESS_PAUSE),
                Asking::Paused(until) if now < until => {}
                Asking::Now | Asking::Paused(_) => {
                    let (exchange, query) = core.attempts.next_get(Some(sid));
                    self.get = Some(exchange);
                    out.act(Action::Get { exchange, query });
                }
            }
        }
        if self.post.is_none() && !self.line.is_empty() {
            let frames = self.next_batch(payload::MOST_PACKETS);
            let exchange = post(core, sid, &frames, out);
            let until = now + core.config.connect_timeout;
            self.post = Some(Posting { exchange, until });
        }
    }

    /// What shares the next body: whole packets with their bytes, at most `most` together. No packet
    /// alone has more.
    fn next_batch(&mut self, most: usize) -> Vec<Frame> {
        let mut batch: Vec<Frame> = Vec::new();
        let mut bytes = 0;
        while let Some(frames) = self.line.front() {
            let length: usize = frames.iter().map(Frame::len).sum();
            let fits = batch.len() + frames.len() <= most && bytes + length <= SHARED_BODY;
            if !batch.is_empty() && !fits {
                break;
            }
            bytes += length;
            batch.extend(self.line.pop_front().into_iter().flatten());
        }
        batch
    }

    /// Acts on every deadline that is due.
    ///
    /// # Errors
    ///
    /// When a message was not answered in time.
    pub(super) fn elapse(&mut self, now: Moment, out: &mut Outbox) -> Result<(), NotAnswered> {
        if self.post.is_some_and(|post| post.until <= now) {
            return Err(NotAnswered);
        }
        self.elapse_upgrade(now, out);
        Ok(())
    }

    pub(super) fn deadline(&self) -> Option<Moment> {
        let pause = match self.asking {
            Asking::Paused(until) if self.get.is_none() && !self.upgrade.is_draining() => {
                Some(until)
            }
            _ => None,
        };
        let post = self.post.map(|post| post.until);
        let times = [pause, post, self.upgrade.deadline()];
        times.into_iter().flatten().min()
    }

    /// Gives everything up that is under way.
    pub(super) fn abandon(&self, out: &mut Outbox) {
        if let Some(socket) = self.upgrade.socket() {
            hang_up(socket, out);
        }
        let post = self.post.map(|post| post.exchange);
        for exchange in [self.get, post].into_iter().flatten() {
            out.act(Action::Abort(exchange));
        }
    }

    /// Leaves the session. What is under way is let through, and is then the last thing sent: two
    /// messages at a time would cost both.
    pub(super) fn say_goodbye(&mut self, core: &mut Core, sid: &str, out: &mut Outbox) {
        if let Some(socket) = self.upgrade.socket() {
            hang_up(socket, out);
        }
        if let Some(exchange) = self.get {
            out.act(Action::Abort(exchange));
        }
        if self.post.is_none() {
            let goodbye = [packet::disconnect(), Frame::close()];
            let mut frames = self.next_batch(payload::MOST_PACKETS - goodbye.len());
            frames.extend(goodbye);
            post(core, sid, &frames, out);
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.get.is_none() && self.post.is_none()
    }
}

fn post(core: &mut Core, sid: &str, frames: &[Frame], out: &mut Outbox) -> ExchangeId {
    let (exchange, query) = core.attempts.next_post(sid);
    out.act(Action::Post {
        exchange,
        query,
        content_type: payload::CONTENT_TYPE,
        body: payload::encode(frames),
    });
    exchange
}
