//! The replay itself.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use twin_protocol::{
    centrifuge::{Codec, Config, Machine},
    link::{
        Action, CloseFrame, Command, DialFailure, DialFailureKind, EndKind, Input, Join, JoinStart,
        LinkState, Moment, Notice, Outbox, Output, Report, SocketId, SocketInput,
    },
};

use super::{
    account::Account,
    capture::{Line, Told, first_connect},
    lines,
    matching::{Asked, commands, reply_id, with_id},
    protobuf,
};

/// How many deadlines the machine is given to ask what the recorded server already answers.
const PATIENCE: usize = 64;

/// What a replay said, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// JSON lines, in order.
    pub lines: Vec<String>,
    /// What the machine should not have done. Empty: all is well.
    pub findings: Vec<String>,
}

/// Plays a capture to a machine.
pub fn replay(capture: &[Line]) -> Outcome {
    let Some((codec, user, sessions)) = first_connect(capture) else {
        let mut outcome = Outcome::default();
        let first = capture
            .first()
            .map_or((0, 1), |line| (line.conn, line.number));
        outcome.lines.push(lines::note(
            first.0,
            first.1,
            "no connect command: nothing to replay",
        ));
        return outcome;
    };
    let mut config = Config::default();
    config.codec = codec;
    config.user_id = user.as_deref().map(Into::into);
    let mut run = Run {
        machine: Machine::new(config, 1),
        codec,
        now: Moment::START,
        offset: Moment::START,
        dialled: None,
        present: None,
        finished: false,
        asked_there: BTreeMap::new(),
        asked_here: BTreeMap::new(),
        account: Account::default(),
        sessions: sessions.clone(),
        outcome: Outcome::default(),
    };
    for session in &sessions {
        let join = Join::new(session.as_str().into(), JoinStart::Now);
        run.input(Input::Command(Command::Join(join)), 0);
    }
    for line in capture {
        run.line(line);
    }
    run.outcome
}

/// The commands that an action sends and that want a reply, with their ids.
fn asked_by(action: &Action) -> Vec<(u64, Asked)> {
    match action {
        Action::Send(_, message) => commands(message),
        Action::SendBinary(_, frame) => protobuf::commands(frame),
        _ => Vec::new(),
    }
}

struct Run {
    machine: Machine,
    codec: Codec,
    now: Moment,
    /// How far the machine's clock has run ahead of the capture's.
    offset: Moment,
    /// A dial that no captured connection has answered yet.
    dialled: Option<SocketId>,
    /// The captured connection that is the machine's present one.
    present: Option<(u64, SocketId)>,
    /// Whether the present captured connection has ended for the machine.
    finished: bool,
    /// What the recorded client asked on each connection, by id.
    asked_there: BTreeMap<(u64, u64), Asked>,
    /// What the machine has asked on its present connection and got no reply to.
    asked_here: BTreeMap<Asked, u64>,
    account: Account,
    sessions: Vec<String>,
    outcome: Outcome,
}

impl Run {
    fn line(&mut self, line: &Line) {
        if line.conn == 0 {
            return;
        }
        let told = line.told();
        let asked = match &told {
            Told::Command(message) => commands(message),
            Told::CommandBytes(frame) => protobuf::commands(frame),
            _ => Vec::new(),
        };
        for (id, asked) in asked {
            self.asked_there.insert((line.conn, id), asked);
        }
        if matches!(told, Told::Command(_) | Told::CommandBytes(_) | Told::Other) {
            return;
        }
        self.pass_until(line);
        if self.present.is_none_or(|(conn, _)| conn != line.conn) && !self.begin(line, &told) {
            return;
        }
        match told {
            // Answered in `begin`.
            Told::Status(_) => {}
            Told::Text(message) => self.text(line, &message),
            Told::Close { code, reason } => {
                self.news(line, SocketInput::Closed(CloseFrame { code, reason }));
                self.finished = true;
            }
            Told::Control => self.news(line, SocketInput::Progress),
            Told::Eof(how) => {
                if !self.finished {
                    let how = how.unwrap_or_else(|| "the peer ended the connection".into());
                    self.news(line, SocketInput::Lost(how));
                    self.finished = true;
                }
            }
            Told::Binary(frame) if self.codec == Codec::Protobuf && !frame.is_empty() => {
                self.binary(line, &frame);
            }
            Told::Binary(_) => self.note(line, "a binary or skipped message is not replayed"),
            Told::Command(_) | Told::CommandBytes(_) | Told::Other => {}
        }
    }

    /// Lets the machine's time pass up to a line of the capture.
    fn pass_until(&mut self, line: &Line) {
        let until = self.offset + std::time::Duration::from_millis(line.t_ms);
        while let Some(deadline) = self.machine.deadline().filter(|deadline| *deadline < until) {
            self.now = self.now.max(deadline);
            self.input(Input::Elapsed, line.number);
        }
        self.now = self.now.max(until);
    }

    /// The machine is first run to its next deadline: time that the capture does not have.
    fn run_ahead(&mut self, line: &Line) -> bool {
        let Some(deadline) = self.machine.deadline() else {
            return false;
        };
        let ahead = deadline.since(self.now);
        self.offset = self.offset + ahead;
        self.now = self.now.max(deadline);
        self.input(Input::Elapsed, line.number);
        true
    }

    /// A captured connection that is not the present one speaks: it becomes the machine's next one.
    /// Says whether the line is to be read further.
    fn begin(&mut self, line: &Line, told: &Told) -> bool {
        let answer = match told {
            Told::Status(101) => None,
            Told::Status(status) => {
                let kind = DialFailureKind::Refused { status: *status };
                Some(DialFailure::new(kind, "the upgrade was refused"))
            }
            Told::Eof(Some(how)) if how == "refused" => Some(DialFailure::new(
                DialFailureKind::Unreachable,
                "connection refused",
            )),
            _ => {
                self.note(
                    line,
                    "on a connection that is not the machine's present one",
                );
                return false;
            }
        };
        for _ in 0..PATIENCE {
            if self.dialled.is_some() || !self.run_ahead(line) {
                break;
            }
        }
        let Some(socket) = self.dialled.take() else {
            self.note(line, "the machine does not dial");
            return false;
        };
        self.asked_here.clear();
        self.finished = answer.is_some();
        self.present = Some((line.conn, socket));
        self.news(
            line,
            match answer {
                Some(failure) => SocketInput::DialFailed(failure),
                None => SocketInput::Opened,
            },
        );
        false
    }

    fn text(&mut self, line: &Line, message: &str) {
        let mut kept = Vec::new();
        for part in message.split('\n') {
            let Some(id) = reply_id(part) else {
                kept.push(part.to_owned());
                continue;
            };
            match self.answered(line, id) {
                Some(id) => kept.extend(with_id(part, id)),
                None => self.note(line, "a reply to something that the machine did not ask"),
            }
        }
        if kept.is_empty() {
            return;
        }
        let message = kept.join("\n");
        self.account.hear(&message);
        self.hear(line, SocketInput::Text(message.into()));
    }

    fn binary(&mut self, line: &Line, frame: &[u8]) {
        let Some(messages) = protobuf::messages(frame) else {
            // What cannot be taken apart here is the machine's to judge.
            return self.hear(line, SocketInput::Binary(frame.to_vec().into()));
        };
        let mut kept = Vec::new();
        for message in messages {
            let Some(id) = protobuf::reply_id(message) else {
                kept.push(message.to_vec());
                continue;
            };
            match self.answered(line, id) {
                Some(id) => kept.push(protobuf::with_id(message, id)),
                None => self.note(line, "a reply to something that the machine did not ask"),
            }
        }
        if kept.is_empty() {
            return;
        }
        for message in &kept {
            self.account.hear_protobuf(message);
        }
        self.hear(line, SocketInput::Binary(protobuf::frame(&kept).into()));
    }

    /// The machine hears a message, after which nothing may be owed.
    fn hear(&mut self, line: &Line, news: SocketInput) {
        self.news(line, news);
        let hung_up = self.present.is_none();
        let owed = self.account.close(hung_up);
        if owed > 0 {
            let number = line.number;
            let text = format!("line {number}: {owed} publications neither delivered nor declared");
            self.outcome.findings.push(text);
        }
    }

    /// The machine's id for the command that the captured reply `id` answers.
    fn answered(&mut self, line: &Line, id: u64) -> Option<u64> {
        let asked = self.asked_there.get(&(line.conn, id))?.clone();
        if let Some(id) = self.asked_here.remove(&asked) {
            return Some(id);
        }
        // A join that failed for a while is asked again at the machine's own pace. Whether it is
        // can only be seen by letting it: on a copy, since the next deadline may be another's.
        let Asked::Join(_) = asked else { return None };
        let mut copy = self.machine.clone();
        let mut out = Outbox::new();
        copy.handle(self.now.max(copy.deadline()?), Input::Elapsed, &mut out);
        let asks = out.drain().any(|output| match output {
            Output::Action(action) => asked_by(&action).iter().any(|(_, here)| *here == asked),
            _ => false,
        });
        if asks {
            self.run_ahead(line);
        }
        self.asked_here.remove(&asked)
    }

    fn news(&mut self, line: &Line, news: SocketInput) {
        match self.present {
            Some((_, socket)) => self.input(Input::Socket(socket, news), line.number),
            None => self.note(line, "after the machine hung up"),
        }
    }

    fn note(&mut self, line: &Line, text: &str) {
        self.outcome
            .lines
            .push(lines::note(line.conn, line.number, text));
    }

    fn input(&mut self, input: Input, line: usize) {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        for output in out.drain() {
            self.output(output, line);
        }
    }

    fn output(&mut self, output: Output, line: usize) {
        match output {
            Output::Action(Action::Dial(socket)) => {
                self.present = None;
                self.dialled = Some(socket);
            }
            Output::Action(Action::HangUp { socket, .. }) => {
                self.present = self.present.filter(|(_, present)| *present != socket);
                self.dialled = self.dialled.filter(|dialled| *dialled != socket);
            }
            Output::Action(action @ (Action::Send(..) | Action::SendBinary(..))) => {
                let conn = self.present.map_or(0, |(conn, _)| conn);
                for (id, asked) in asked_by(&action) {
                    self.asked_here.insert(asked, id);
                }
                self.outcome.lines.push(match &action {
                    // As captures have it.
                    Action::SendBinary(_, frame) => lines::sent(conn, &STANDARD.encode(frame)),
                    Action::Send(_, frame) => lines::sent(conn, frame),
                    _ => return,
                });
            }
            Output::Notice(Notice::DuplicateDropped { .. }) => self.account.settle_one(),
            Output::Report(Report::Event(event)) => {
                self.account.settle_one();
                self.outcome.lines.push(lines::event(&event));
            }
            Output::Report(Report::Gap(gap)) => {
                self.account.settle_all();
                self.outcome.lines.push(lines::gap(&gap));
            }
            Output::Report(Report::State(state)) => {
                if let LinkState::Waiting { reason, .. } | LinkState::Closed { reason } = &state {
                    if reason.kind == EndKind::Protocol {
                        let text = format!("line {line}: what the server said could not be read");
                        self.outcome.findings.push(text);
                    }
                }
                self.outcome
                    .lines
                    .push(lines::state(&state, 1, &self.sessions));
            }
            _ => {}
        }
    }
}
