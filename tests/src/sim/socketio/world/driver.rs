//! The driver: what the machine is told, and what becomes of what it says.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use twin_protocol::link::{
    Action, CloseFrame, Command, DialFailure, DialFailureKind, ExchangeId, ExchangeInput, Input,
    Join, JoinStart, Moment, Outbox, Output, Query, Report, Respond, SocketId, SocketInput,
};

use super::{Event, News, Request, Told, World};
use crate::sim::{clock::millis, dial::Dial, socketio::wire};

/// A machine's whole memory, written out, is no longer than this.
const MOST_MEMORY: usize = 60_000;

impl World<'_> {
    pub(super) fn join(&mut self) -> Result<(), String> {
        let start = match self.plan.settings.fresh {
            true => JoinStart::First,
            false => JoinStart::Now,
        };
        let join = Join::new("s".into(), start);
        self.input(Input::Command(Command::Join(join)))
    }

    /// Sets the timer anew where the deadline has changed. It rings late, never early.
    pub(super) fn set_timer(&mut self) {
        let deadline = self.machine.deadline().map(Moment::since_start);
        if deadline != self.timer.map(|(_, deadline)| deadline) {
            let most = self.plan.settings.lag.as_millis() as u64;
            let late = millis(self.random.u64(0..=most));
            self.timer = deadline.map(|deadline| (deadline.max(self.now) + late, deadline));
        }
    }

    pub(super) fn elapse(&mut self) -> Result<(), String> {
        self.input(Input::Elapsed)?;
        let now = Moment::after_start(self.now);
        match self.machine.deadline() {
            Some(next) if next <= now => Err("a deadline that is due again at once".into()),
            _ => Ok(()),
        }
    }

    pub(super) fn tell(&mut self, told: Told) -> Result<(), String> {
        if let Some(mailbox) = &mut self.mailbox {
            mailbox.push(told);
            return Ok(());
        }
        match told {
            Told::Answer(exchange, status, packets) => self.answer(exchange, status, &packets)?,
            Told::Failed(exchange, kind) => {
                let failure = DialFailure::new(kind, "no");
                self.exchange(exchange, ExchangeInput::Failed(failure))?;
            }
            Told::News(socket, news) => self.news(socket, news)?,
            Told::Wish(command) => {
                if let Command::Emit(emit) = &command {
                    self.judge.emit(emit.id.number());
                }
                if matches!(command, Command::ReconnectNow | Command::Resume) {
                    self.conduct.hurry();
                }
                self.input(Input::Command(command))?;
                self.conduct.settle();
            }
        }
        // A timer may ring for nothing.
        if self.random.u8(0..20) == 0 {
            self.elapse()?;
        }
        Ok(())
    }

    fn answer(&mut self, exchange: u64, status: u16, packets: &[String]) -> Result<(), String> {
        self.trace
            .add(self.now, || format!("?{exchange} < {status} {packets:?}"));
        let waited_for = self.questions.contains(&exchange);
        let body = if waited_for {
            for packet in packets {
                self.before(packet);
            }
            wire::frame(packets)
        } else {
            Bytes::from_static(b"ok")
        };
        self.exchange(exchange, ExchangeInput::Answered { status, body })
    }

    fn exchange(&mut self, exchange: u64, news: ExchangeInput) -> Result<(), String> {
        let known = self.questions.remove(&exchange) | self.messages.remove(&exchange);
        if !known && !self.plan.settings.stale_news {
            return Ok(());
        }
        let mut ids = std::iter::successors(Some(ExchangeId::FIRST), |id| Some(id.next()));
        let id = ids.find(|id| id.number() == exchange);
        self.input(Input::Exchange(id.unwrap_or(ExchangeId::FIRST), news))
    }

    fn news(&mut self, socket: u64, news: News) -> Result<(), String> {
        let present = self.conduct.present().filter(|it| it.number() == socket);
        let mut ids = std::iter::successors(Some(SocketId::FIRST), |id| Some(id.next()));
        let id = ids.find(|id| id.number() == socket || id.number() > self.newest);
        let Some(id) = id.filter(|_| present.is_some() || self.plan.settings.stale_news) else {
            return Ok(());
        };
        self.trace.add(self.now, || format!("{socket} < {news:?}"));
        if present.is_some() {
            match &news {
                News::Opened => self.conduct.opened(id),
                News::Text(text) => self.before(text),
                _ => self.conduct.over(id),
            }
        }
        let failed = |kind| SocketInput::DialFailed(DialFailure::new(kind, "no"));
        let input = match news {
            News::Closed(code) => SocketInput::Closed(CloseFrame {
                code: Some(code).filter(|code| *code != 1006),
                reason: String::new(),
            }),
            News::DialFailed(kind) => failed(kind),
            News::Lost => SocketInput::Lost("reset".into()),
            News::Opened => SocketInput::Opened,
            News::Status(status) => failed(DialFailureKind::Refused { status }),
            News::Text(text) => match wire::bytes(&text) {
                Some(bytes) => SocketInput::Binary(bytes.into()),
                None => SocketInput::Text(text.into()),
            },
            News::Unreadable => SocketInput::Unreadable("too long".into()),
        };
        self.input(Input::Socket(id, input))
    }

    /// Those who judge the client learn what it is about to be told.
    fn before(&mut self, packet: &str) {
        if let Some(open) = packet.strip_prefix('0') {
            let open: Value = serde_json::from_str(open).unwrap_or_default();
            self.judge.opened(open["from"].as_u64().unwrap_or_default());
        } else if packet == "40" {
            self.conduct.greeted(self.now);
        } else if packet == "3" {
            self.conduct.life();
        } else if packet.starts_with("42") || packet.starts_with("45") {
            self.conduct.greeted(self.now);
            self.conduct.life();
        }
    }

    fn input(&mut self, input: Input) -> Result<(), String> {
        if let Input::Command(command) = &input {
            self.trace.add(self.now, || format!("  {command:?}"));
        }
        let mut out = Outbox::new();
        let now = Moment::after_start(self.now);
        self.machine.handle(now, input, &mut out);
        for output in out.drain() {
            self.trace.add(self.now, || format!("  > {output:?}"));
            self.conduct.watch(self.now, &output)?;
            match output {
                Output::Action(action) => self.action(action)?,
                Output::Report(report) => {
                    self.judge.hear(&report)?;
                    self.respond(&report);
                }
                Output::Notice(_) => {}
            }
        }
        let memory = format!("{:?}", self.machine).len();
        if memory > MOST_MEMORY {
            return Err(format!("the machine has grown to {memory} letters"));
        }
        Ok(())
    }

    /// The user acknowledges what it is asked to, sometimes when the machine has done it.
    fn respond(&mut self, report: &Report) {
        let Report::Event(event) = report else {
            return;
        };
        if let Some(ack) = event.ack {
            let at = self.now + millis(self.random.u64(0..7_000));
            let respond = Command::Respond(Respond::new(ack, Vec::new()));
            self.agenda.add(at, Event::Tell(Told::Wish(respond)));
        }
    }

    fn action(&mut self, action: Action) -> Result<(), String> {
        match action {
            Action::Abort(exchange) => {
                self.questions.remove(&exchange.number());
                self.messages.remove(&exchange.number());
                self.server.forget_question(exchange.number());
            }
            Action::DialAt { socket, query } => self.dial(socket.number(), &query),
            Action::Get { exchange, query } => {
                let sid = query.value("sid").map(str::to_owned);
                if !self.questions.is_empty() {
                    return Err("two questions at a time".into());
                }
                if sid.is_none() {
                    // The goodbye of the connection before may be under way for ever.
                    self.messages.clear();
                }
                self.questions.insert(exchange.number());
                self.ask(exchange.number(), Request::Get(sid));
            }
            Action::HangUp { socket, .. } => {
                let at = self.now + self.latency();
                self.agenda.add(at, Event::Gone(socket.number()));
            }
            Action::Post {
                exchange,
                query,
                body,
                ..
            } => {
                if !self.messages.is_empty() {
                    return Err("two messages at a time".into());
                }
                self.messages.insert(exchange.number());
                let sid = query.value("sid").unwrap_or_default().to_owned();
                self.ask(exchange.number(), Request::Post(sid, wire::unframe(&body)?));
            }
            Action::Send(socket, text) => {
                let at = self.arrival(socket.number(), true);
                self.agenda.add(at, Event::ToServer(socket.number(), text));
            }
            other => return Err(format!("an unexpected action: {other:?}")),
        }
        Ok(())
    }

    /// How the network treats whoever wants something new now.
    fn trouble(&self) -> Option<Dial> {
        if self.now < self.server_down_until {
            return Some(Dial::Unreachable);
        }
        self.dials
            .filter(|(_, until)| self.now < *until)
            .map(|(dial, _)| dial)
    }

    fn dial(&mut self, socket: u64, query: &Query) {
        self.newest = socket;
        let sid = query.value("sid").map(str::to_owned);
        let (after, news) = match self.trouble() {
            None => {
                let at = self.now + self.latency();
                return self.agenda.add(at, Event::Dialled(socket, sid));
            }
            Some(Dial::Refused(status)) => (self.latency(), News::Status(status)),
            // It opens when nobody waits for it any more.
            Some(Dial::Silent) => (Duration::from_secs(25), News::Opened),
            Some(Dial::TimedOut) => {
                let kind = DialFailureKind::TimedOut;
                (Duration::from_secs(5), News::DialFailed(kind))
            }
            Some(Dial::Unreachable) => {
                let kind = DialFailureKind::Unreachable;
                (self.latency(), News::DialFailed(kind))
            }
        };
        let told = Told::News(socket, news);
        self.agenda.add(self.now + after, Event::Tell(told));
    }

    fn ask(&mut self, exchange: u64, request: Request) {
        let latency = self.latency();
        // What is asked on a connection that is there goes through.
        let trouble = match request {
            Request::Get(None) => self.trouble(),
            _ if self.now < self.server_down_until => Some(Dial::Unreachable),
            _ => None,
        };
        let (after, told) = match trouble {
            None => {
                let at = self.now + latency;
                return self.agenda.add(at, Event::Ask(exchange, request));
            }
            Some(Dial::Silent) => return,
            Some(Dial::Refused(status)) => (latency, Told::Answer(exchange, status, Vec::new())),
            Some(Dial::TimedOut) => {
                let kind = DialFailureKind::TimedOut;
                (Duration::from_secs(5), Told::Failed(exchange, kind))
            }
            Some(Dial::Unreachable) => (
                latency,
                Told::Failed(exchange, DialFailureKind::Unreachable),
            ),
        };
        self.agenda.add(self.now + after, Event::Tell(told));
    }
}
