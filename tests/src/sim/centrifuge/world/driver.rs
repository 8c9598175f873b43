//! The driver: what the machine is told, and what becomes of what it says.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use twin_protocol::link::{
    Action, CloseFrame, Command, DialFailure, DialFailureKind, Emit, EmitId, Input, Join,
    JoinStart, Moment, Outbox, Output, Position, Report, SocketId, SocketInput, TokenInput,
};

use super::{Event, Told, World};
use crate::{
    protobuf,
    sim::{
        centrifuge::{
            line::Mark,
            network::{News, Traffic},
        },
        dial::Dial,
        session_name,
        wish::Wish,
    },
};

/// A machine's whole memory, written out, is no longer than this: a start, and so much a session.
const MOST_MEMORY: usize = 6_000;
const MEMORY_OF_A_SESSION: usize = 6_000;

impl World<'_> {
    /// Sets the timer anew where the deadline has changed. It rings late, never early.
    pub(super) fn set_timer(&mut self) {
        let deadline = self.machine.deadline().map(Moment::since_start);
        if deadline != self.timer.map(|(_, deadline)| deadline) {
            let late = self.clock.up_to(self.plan.settings.lag);
            self.timer = deadline.map(|deadline| (deadline.max(self.clock.now) + late, deadline));
        }
    }

    pub(super) fn elapse(&mut self) -> Result<(), String> {
        self.input(Input::Elapsed)?;
        let now = Moment::after_start(self.clock.now);
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
            Told::News(conn, news) => self.news(conn, news)?,
            Told::Token(id, token) => {
                let no = || TokenInput::Failed("none".into());
                let input = token.map_or_else(no, |token| TokenInput::Given(token.into()));
                self.input(Input::Token(id, input))?;
            }
            Told::Wish(wish) => self.wish(wish)?,
        }
        // A timer may ring for nothing.
        if self.clock.random.u8(0..20) == 0 {
            self.elapse()?;
        }
        Ok(())
    }

    fn wish(&mut self, wish: Wish) -> Result<(), String> {
        let join = |session, start| {
            let session = session_name(session);
            Command::Join(Join::new(session.as_str().into(), start))
        };
        let command = match wish {
            Wish::Emit => {
                self.emits += 1;
                self.judge.emit(self.emits);
                Command::Emit(Emit::new(EmitId::new(self.emits), "x", Vec::new()))
            }
            Wish::JoinFresh(session, _) => {
                self.judge.join(&session_name(session), true);
                join(session, JoinStart::First)
            }
            Wish::JoinNow(session) => {
                self.judge.join(&session_name(session), false);
                join(session, JoinStart::Now)
            }
            Wish::Renew => {
                self.conduct.hurry();
                Command::ReconnectNow
            }
            Wish::Resume => {
                self.conduct.hurry();
                Command::Resume
            }
            Wish::Suspend => Command::Suspend,
            Wish::Leave(session) => Command::Leave(session_name(session).as_str().into()),
        };
        self.input(Input::Command(command))?;
        self.conduct.settle();
        Ok(())
    }

    fn news(&mut self, conn: u64, news: News) -> Result<(), String> {
        let present = self.conduct.present().filter(|it| it.number() == conn);
        let Some(socket) = present.or_else(|| self.old_socket(conn)) else {
            return Ok(());
        };
        self.trace
            .add(self.clock.now, || format!("{conn} < {news:?}"));
        if present.is_some() {
            self.before(socket, &news);
        }
        let input = match news {
            News::Binary if self.plan.settings.protobuf => SocketInput::Text("{}".into()),
            News::Binary => SocketInput::Binary(Bytes::from_static(b"\0")),
            News::Closed(code) => SocketInput::Closed(CloseFrame {
                code: Some(code).filter(|code| *code != 1006),
                reason: String::new(),
            }),
            News::DialFailed(kind) => SocketInput::DialFailed(DialFailure::new(kind, "no")),
            News::Frame(lines) => {
                let texts = lines.iter().map(|line| line.text.as_str());
                if self.plan.settings.protobuf {
                    SocketInput::Binary(protobuf::reply_lines(texts).into())
                } else {
                    SocketInput::Text(texts.collect::<Vec<_>>().join("\n").into())
                }
            }
            News::Lost => SocketInput::Lost("reset".into()),
            News::Opened => SocketInput::Opened,
            News::Progress => SocketInput::Progress,
            News::Spoilt(text) if self.plan.settings.protobuf => {
                SocketInput::Binary(Bytes::from_static(text))
            }
            News::Spoilt(text) => SocketInput::Text(Bytes::from_static(text)),
            News::Unreadable => SocketInput::Unreadable("too long".into()),
        };
        self.input(Input::Socket(socket, input))?;
        self.judge.after()
    }

    /// The socket of a connection that was hung up, where its news is told all the same.
    fn old_socket(&self, conn: u64) -> Option<SocketId> {
        let older = std::iter::successors(Some(SocketId::FIRST), |socket| Some(socket.next()));
        let mut older = older.take_while(|socket| socket.number() <= self.network.present);
        let stale = self.plan.settings.stale_news;
        older.find(|socket| stale && socket.number() == conn)
    }

    /// Those who judge the client learn what it is about to be told.
    fn before(&mut self, socket: SocketId, news: &News) {
        match news {
            News::Frame(lines) => {
                for mark in lines.iter().flat_map(|line| &line.marks) {
                    match mark {
                        Mark::Allowed { ttl } => {
                            let now = self.clock.now;
                            self.network.renewals.told(now, socket.number(), *ttl);
                        }
                        Mark::Greeted => self.conduct.greeted(self.clock.now),
                        Mark::Life => self.conduct.life(),
                        _ => {}
                    }
                }
                self.judge.before(lines);
            }
            News::Opened => self.conduct.opened(socket),
            _ => {}
        }
        if news.is_last() {
            self.conduct.over(socket);
        }
    }

    fn input(&mut self, input: Input) -> Result<(), String> {
        if let Input::Command(command) = &input {
            self.trace.add(self.clock.now, || format!("  {command:?}"));
        }
        let mut out = Outbox::new();
        let now = Moment::after_start(self.clock.now);
        self.machine.handle(now, input, &mut out);
        for output in out.drain() {
            self.trace.add(self.clock.now, || format!("  > {output:?}"));
            self.conduct.watch(self.clock.now, &output)?;
            match output {
                Output::Action(action) => self.action(action)?,
                Output::Report(report) => {
                    self.judge.hear(&report)?;
                    self.note_place(report);
                }
                Output::Notice(_) => {}
            }
        }
        let memory = format!("{:?}", self.machine).len();
        if memory > MOST_MEMORY + MEMORY_OF_A_SESSION * self.plan.sessions() {
            return Err(format!("the machine has grown to {memory} letters"));
        }
        Ok(())
    }

    /// From where an event came no later connect may go back.
    fn note_place(&mut self, report: Report) {
        let Report::Event(event) = report else {
            return;
        };
        if let Some(Position {
            channel,
            offset,
            epoch,
            ..
        }) = event.position
        {
            self.reached.insert(channel, (epoch, offset));
        }
    }

    fn action(&mut self, action: Action) -> Result<(), String> {
        match action {
            Action::Dial(socket) => self.dial(socket.number()),
            Action::FetchToken(id) if self.plan.settings.tokens.is_some() => {
                let time = self.clock.latency();
                match self.network.renewals.trouble(self.clock.now) {
                    None => self.clock.after(time, Event::Token(id, true)),
                    Some(false) => self.clock.after(time, Event::Token(id, false)),
                    Some(true) => {}
                }
            }
            Action::HangUp { socket, .. } => {
                let time = self.clock.latency();
                self.clock.after(time, Traffic::Gone(socket.number()));
            }
            Action::Send(socket, text) if !self.plan.settings.protobuf => {
                self.check_connect(&text)?;
                self.send_up(socket.number(), text);
            }
            Action::SendBinary(socket, bytes) if self.plan.settings.protobuf => {
                let text = protobuf::command_lines(&bytes);
                self.check_connect(&text)?;
                self.send_up(socket.number(), text);
            }
            other => return Err(format!("an unexpected action: {other:?}")),
        }
        Ok(())
    }

    fn send_up(&mut self, conn: u64, text: String) {
        let at = self.network.up(&mut self.clock, conn);
        self.clock.at(at, Traffic::AtServer(conn, text));
    }

    fn dial(&mut self, conn: u64) {
        self.network.present = conn;
        let latency = self.clock.latency();
        let (after, news) = match self.network.trouble(self.clock.now) {
            None => {
                self.network.server.open(conn);
                (latency, News::Opened)
            }
            Some(Dial::Refused(status)) => {
                let kind = DialFailureKind::Refused { status };
                (latency, News::DialFailed(kind))
            }
            // It opens when nobody waits for it any more.
            Some(Dial::Silent) => (Duration::from_secs(15), News::Opened),
            Some(Dial::TimedOut) => {
                let time = Duration::from_secs(5);
                (time, News::DialFailed(DialFailureKind::TimedOut))
            }
            Some(Dial::Unreachable) => (latency, News::DialFailed(DialFailureKind::Unreachable)),
        };
        self.clock.after(after, Traffic::AtClient(conn, news));
    }

    /// A connect command names the sessions that the user listens to, no more and no fewer.
    fn check_connect(&self, text: &str) -> Result<(), String> {
        for line in text.lines() {
            let command: Value = serde_json::from_str(line).unwrap_or_default();
            let named = &command["connect"]["data"]["settings"]["sessions"];
            let Some(named) = named.as_array() else {
                continue;
            };
            let named: BTreeSet<_> = named.iter().filter_map(Value::as_str).collect();
            if named != self.judge.active() {
                return Err(format!("the connect command names {named:?}"));
            }
            let asked = command["connect"]["subs"].as_object();
            for (channel, place) in asked.into_iter().flatten() {
                let (epoch, offset) = (place["epoch"].as_str(), place["offset"].as_u64());
                let reached = self.reached.get(channel);
                let reached = reached.filter(|(of, _)| epoch == Some(of.as_str()));
                if reached.is_some_and(|(_, reached)| offset.unwrap_or(0) < *reached) {
                    return Err(format!("{channel} goes back to {offset:?} of {reached:?}"));
                }
                let owner = channel.strip_prefix("widget:");
                if owner.is_some_and(|owner| !named.contains(owner)) {
                    return Err(format!("{channel} is asked for, and its session is not"));
                }
            }
        }
        Ok(())
    }
}
