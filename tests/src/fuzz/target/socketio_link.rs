//! A whole life of a link over Socket.IO: commands, messages, answers by HTTP, ends and the passing
//! of time, in any order.
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
    link::{
        Action, Command, Emit, EmitId, ExchangeId, ExchangeInput, Input, Moment, Outbox, Output,
        Respond, SocketId, SocketInput, WhenDown,
    },
    socketio::{Acks, Config, Machine, OnDisconnect, Transport},
};

use self::{script::Step, server::Server, watch::Watch};

/// So many steps of a script are run.
const MOST_STEPS: usize = 200;

/// So many deadlines are met while a step lets time pass.
const MOST_DEADLINES: usize = 50;

/// Whatever happens to a link, its machine keeps its laws.
pub fn socketio_link(data: &[u8]) {
    let mut lines = data
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let config = config(lines.next().unwrap_or_default());
    let mut link = Link {
        machine: Machine::new(config, 1),
        now: Moment::START,
        socket: None,
        get: None,
        post: None,
        emits: 0,
        asked: None,
        server: Server::default(),
        watch: Watch::default(),
    };
    for line in lines.take(MOST_STEPS) {
        link.take(script::read(line));
    }
}

/// The first line of a script: over what the link runs, and what of its config is not the usual.
fn config(words: &[u8]) -> Config {
    let mut config = Config::default();
    for word in words.split(|byte| *byte == b' ') {
        match word {
            b"http" => config.transport = Transport::Polling,
            b"move" => config.transport = Transport::PollingThenWebSocket,
            b"back" => config.on_disconnect = OnDisconnect::ComeBack,
            b"user" => {
                let within = Duration::from_secs(5);
                config.acks = Acks::ByUser { within };
            }
            b"small" => {
                config.max_acks = 2;
                config.max_attachments = 2;
                config.max_attachment_bytes = 16;
                config.max_sent_bytes = 64;
                config.max_waiting = 2;
                config.max_waiting_bytes = 128;
            }
            _ => {}
        }
    }
    config
}

struct Link {
    machine: Machine,
    now: Moment,
    socket: Option<SocketId>,
    get: Option<ExchangeId>,
    post: Option<ExchangeId>,
    emits: u64,
    /// The acknowledgement that was asked for last.
    asked: Option<twin_protocol::link::AckId>,
    server: Server,
    watch: Watch,
}

impl Link {
    fn take(&mut self, step: Step) {
        match step {
            Step::Answer => self.answer(),
            Step::Command(command) => self.input(Input::Command(command)),
            Step::Emit(arguments, wait, within) => {
                self.emits += 1;
                let mut emit = Emit::new(EmitId::new(self.emits), "x", arguments);
                emit.ack_within = within;
                emit.when_down = wait.map_or(WhenDown::Fail, WhenDown::Wait);
                self.input(Input::Command(Command::Emit(emit)));
            }
            Step::Get(news) => {
                if let Some(exchange) = self.get {
                    self.exchange(exchange, news);
                }
            }
            Step::Hear(news) => {
                if let Some(socket) = self.socket {
                    self.input(Input::Socket(socket, news));
                }
            }
            Step::Late(time) => {
                self.now = self.now + time;
                self.elapse();
            }
            Step::Old(news) => {
                self.input(Input::Exchange(ExchangeId::FIRST, ExchangeInput::Progress));
                self.input(Input::Socket(SocketId::FIRST, news));
            }
            Step::Pass(time) => self.pass(time),
            Step::Post(news) => {
                if let Some(exchange) = self.post {
                    self.exchange(exchange, news);
                }
            }
            Step::Respond(arguments) => {
                if let Some(ack) = self.asked {
                    let respond = Respond::new(ack, arguments);
                    self.input(Input::Command(Command::Respond(respond)));
                }
            }
        }
    }

    /// The server answers honestly whatever is asked by now.
    fn answer(&mut self) {
        if let Some(exchange) = self.post {
            self.exchange(exchange, answered(b"ok"));
        }
        if let Some(exchange) = self.get {
            let body = self.server.body();
            self.exchange(exchange, answered(&body));
        }
        if let Some(socket) = self.socket {
            for text in self.server.messages() {
                let text = SocketInput::Text(text.into());
                self.input(Input::Socket(socket, text));
            }
        }
    }

    fn exchange(&mut self, exchange: ExchangeId, news: ExchangeInput) {
        if !matches!(news, ExchangeInput::Progress) {
            self.get = self.get.filter(|get| *get != exchange);
            self.post = self.post.filter(|post| *post != exchange);
        }
        self.input(Input::Exchange(exchange, news));
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
                Output::Action(Action::DialAt { socket, query }) => {
                    self.socket = Some(socket);
                    self.server.dial(query.value("sid"));
                }
                Output::Action(Action::Get { exchange, query }) => {
                    self.get = Some(exchange);
                    self.server.ask(query.value("sid"));
                }
                Output::Action(Action::Post { exchange, body, .. }) => {
                    self.post = Some(exchange);
                    self.server.hear_body(&body);
                }
                Output::Action(Action::Abort(exchange)) => {
                    self.get = self.get.filter(|get| *get != exchange);
                    self.post = self.post.filter(|post| *post != exchange);
                }
                Output::Action(Action::Send(_, text)) => self.server.hear(&text),
                Output::Report(twin_protocol::link::Report::Event(event)) => {
                    self.asked = event.ack.or(self.asked);
                }
                _ => {}
            }
        }
        self.watch.after(self.machine.deadline());
    }
}

fn answered(body: &[u8]) -> ExchangeInput {
    let (status, body) = (200, Bytes::copy_from_slice(body));
    ExchangeInput::Answered { status, body }
}

/// Text of a script as bytes: `\x1f` stands for the line break, which ends a step.
fn bytes(text: &[u8]) -> Bytes {
    text.iter()
        .map(|&byte| if byte == 0x1f { b'\n' } else { byte })
        .collect()
}
