//! A whole life of a link over Centrifugo: sessions, messages, ends and the passing of time, in any
//! order.
//!
//! The input is a script, one step a line (`script`). Honest answers come from a small server
//! (`server`), so that mutated scripts get far before they do something odd. What the machine says
//! is held to the laws of `watch`.

mod script;
mod server;
mod watch;

use std::time::Duration;

use bytes::Bytes;
use twin_protocol::{
    centrifuge::{Config, Machine},
    link::{Action, Input, Moment, Outbox, Output, SocketId, SocketInput},
};

use self::{script::Step, server::Server, watch::Watch};

/// So many steps of a script are run.
const MOST_STEPS: usize = 200;

/// So many deadlines are met while a step lets time pass.
const MOST_DEADLINES: usize = 50;

/// Whatever happens to a link, its machine keeps its laws.
pub fn centrifuge_link(data: &[u8]) {
    let mut link = Link {
        machine: Machine::new(Config::default(), 1),
        now: Moment::START,
        socket: None,
        server: Server::default(),
        watch: Watch::default(),
    };
    let lines = data.split(|byte| *byte == b'\n');
    for line in lines.filter(|line| !line.is_empty()).take(MOST_STEPS) {
        link.take(script::read(line));
    }
}

struct Link {
    machine: Machine,
    now: Moment,
    socket: Option<SocketId>,
    server: Server,
    watch: Watch,
}

impl Link {
    fn take(&mut self, step: Step) {
        match step {
            Step::Answer => {
                for text in self.server.answers() {
                    self.hear(SocketInput::Text(text.into()));
                }
            }
            Step::Command(command) => self.input(Input::Command(command)),
            Step::Hear(news) => self.hear(news),
            Step::HearOld(news) => self.input(Input::Socket(SocketId::FIRST, news)),
            Step::Late(time) => {
                self.now = self.now + time;
                self.elapse();
            }
            Step::Pass(time) => self.pass(time),
        }
    }

    fn hear(&mut self, news: SocketInput) {
        if let Some(socket) = self.socket {
            self.input(Input::Socket(socket, news));
        }
    }

    /// Lets time pass, and stops at each deadline on the way.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..MOST_DEADLINES {
            let Some(deadline) = self.machine.deadline().filter(|deadline| *deadline <= end) else {
                break;
            };
            self.now = self.now.max(deadline);
            self.elapse();
        }
        self.now = end;
    }

    fn elapse(&mut self) {
        self.input(Input::Elapsed);
        let next = self.machine.deadline();
        assert!(
            next.is_none_or(|next| next > self.now),
            "a deadline that is due again at once"
        );
    }

    fn input(&mut self, input: Input) {
        self.watch.before(&input);
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        for output in out.drain() {
            self.watch.output(&output);
            match output {
                Output::Action(Action::Dial(socket)) => {
                    self.socket = Some(socket);
                    self.server = Server::default();
                }
                Output::Action(Action::Send(_, text)) => self.server.hear(&text),
                _ => {}
            }
        }
        self.watch.after(self.machine.deadline());
    }
}

/// Text of a script as a message: `\x1f` stands for the line break, which ends a step.
fn message(text: &[u8]) -> Bytes {
    text.iter()
        .map(|&byte| if byte == 0x1f { b'\n' } else { byte })
        .collect()
}
