//! The samples of Centrifugo's own commands and replies, spoken by a link.

use serde_json::{Value, json};
use twin_protocol::{
    centrifuge::{Config, Machine},
    id::SessionId,
    link::{
        Action, Command, Input, Join, JoinStart, Moment, Outbox, Output, Report, SocketId,
        SocketInput,
    },
};

use crate::read;

/// A machine, and what it says.
struct Link(Machine);

impl Link {
    /// The commands that `input` makes it send, and the sessions that are joined then.
    fn hear(&mut self, input: Input) -> (Vec<Value>, Vec<SessionId>) {
        let mut out = Outbox::new();
        self.0.handle(Moment::START, input, &mut out);
        let (mut sent, mut joined) = (Vec::new(), Vec::new());
        for output in out.drain() {
            match output {
                Output::Action(Action::Send(_, text)) => {
                    let commands = text.lines().map(serde_json::from_str::<Value>);
                    sent.extend(commands.map(|command| command.expect("a command is JSON")));
                }
                Output::Report(Report::Joined(session)) => joined.push(session),
                _ => {}
            }
        }
        (sent, joined)
    }

    fn hear_text(&mut self, json: &Value) -> (Vec<Value>, Vec<SessionId>) {
        let text = SocketInput::Text(json.to_string().into());
        self.hear(Input::Socket(SocketId::FIRST, text))
    }
}

#[test]
fn a_link_speaks_as_the_samples_do() {
    let data = read("centrifugo.connect.data.json");
    let settings = &data["settings"];
    let session = SessionId::from(settings["sessions"][0].as_str().unwrap());
    let mut config = Config::default();
    config.user_id = settings["userId"].as_str().map(Into::into);
    let mut link = Link(Machine::new(config, 1));

    link.hear(Input::Command(Command::Join(Join::new(
        session.clone(),
        JoinStart::Now,
    ))));
    let (sent, _) = link.hear(Input::Socket(SocketId::FIRST, SocketInput::Opened));
    let reply = read("centrifugo.connect.reply.json");
    assert_eq!(sent[0]["connect"]["data"], data);
    assert_eq!(sent[0]["id"], reply["id"]);

    let (sent, _) = link.hear_text(&reply);
    let join = sent
        .iter()
        .find(|command| command.get("rpc").is_some())
        .expect("a call");
    assert_eq!(join["rpc"]["method"], "joinSession");
    assert_eq!(
        join["rpc"]["data"],
        read("centrifugo.rpc.joinSession.data.json")
    );

    let reply = read("centrifugo.rpc.joinSession.reply.json");
    let (_, joined) = link.hear_text(&json!({ "id": join["id"], "rpc": { "data": reply } }));
    assert_eq!(joined, [session]);
}
