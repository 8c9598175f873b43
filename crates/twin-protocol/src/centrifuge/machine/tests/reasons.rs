//! The words that ends come with: a log is read by people.

use super::*;
use crate::{
    link::{TokenId, TokenInput},
    secret::Secret,
};

impl Link {
    /// What the last state that `input` leads to gives for a reason.
    fn reason_for(&mut self, input: Input) -> String {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        let reasons = out.drain().filter_map(|output| match output {
            Output::Report(Report::State(
                LinkState::Waiting { reason, .. } | LinkState::Closed { reason },
            )) => Some(reason.text),
            _ => None,
        });
        reasons.last().flatten().expect("a reason with words")
    }

    fn elapse_in(&mut self, millis: u64) -> String {
        self.now = self.now + Duration::from_millis(millis);
        self.reason_for(Input::Elapsed)
    }

    fn text_for(&mut self, text: &str) -> String {
        let text = SocketInput::Text(text.to_owned().into());
        self.reason_for(Input::Socket(self.socket.expect("dialled"), text))
    }

    fn lost_for(&mut self) -> String {
        let lost = SocketInput::Lost("reset by peer".into());
        self.reason_for(Input::Socket(self.socket.expect("dialled"), lost))
    }
}

fn authorizing() -> Link {
    let mut link = Link::with(Config {
        tokens: true,
        ..Config::default()
    });
    link.join("a");
    link
}

fn dialing() -> Link {
    let mut link = Link::new();
    link.join("a");
    link
}

fn greeting() -> Link {
    let mut link = dialing();
    link.opened();
    link
}

fn live() -> Link {
    Link::joined(&["a"])
}

#[test]
fn an_attempt_that_fails_says_why() {
    let token = |news| Input::Token(TokenId::FIRST, news);
    let failed = TokenInput::Failed("the backend is down".into());
    assert_eq!(
        authorizing().reason_for(token(failed)),
        "the backend is down"
    );
    let refused = TokenInput::Unauthorized("blocked".into());
    assert_eq!(authorizing().reason_for(token(refused)), "blocked");
    assert_eq!(authorizing().elapse_in(10_000), "no token in time");
    assert_eq!(dialing().elapse_in(10_000), "no connection in time");
    assert_eq!(greeting().elapse_in(10_000), "no connect reply in time");
    assert_eq!(greeting().lost_for(), "reset by peer");
    assert_eq!(
        greeting().text_for(r#"{"id":1,"rpc":{}}"#),
        "a connect reply without a result"
    );
    let error = r#"{"id":1,"error":{"code":101,"message":"who are you"}}"#;
    assert_eq!(greeting().text_for(error), "who are you");
}

#[test]
fn a_connection_that_ends_says_why() {
    assert_eq!(live().elapse_in(35_000), "the server fell silent");
    assert_eq!(live().lost_for(), "reset by peer");
    let malformed = live().text_for("[]");
    assert!(malformed.contains("line 1"), "{malformed}");
    let unreadable = SocketInput::Unreadable("not UTF-8".into());
    assert_eq!(
        live().reason_for(Input::Socket(SocketId::FIRST, unreadable)),
        "not UTF-8"
    );
}

#[test]
fn a_join_that_is_refused_says_why() {
    for (answer, text) in [
        (
            r#""error":{"code":1000,"message":"no such session"}"#,
            "no such session",
        ),
        (
            r#""rpc":{"data":{"success":false}}"#,
            "the platform answered success: false",
        ),
    ] {
        let mut link = greeting();
        link.text(&connected(1, r#""widget:a":{}"#));
        let id = link.last_id("rpc");
        assert_eq!(link.text_for(&format!(r#"{{"id":{id},{answer}}}"#)), text);
    }
}

#[test]
fn a_renewal_that_is_refused_says_why() {
    let mut link = authorizing();
    let token = |id, news| Input::Token(id, news);
    let given = TokenInput::Given(Secret::from("one"));
    link.input(token(TokenId::FIRST, given)).opened();
    link.text(r#"{"id":1,"connect":{"expires":true,"ttl":60}}"#);
    link.pass(60_000);
    let refused = TokenInput::Unauthorized("blocked".into());
    assert_eq!(
        link.reason_for(token(TokenId::FIRST.next(), refused)),
        "blocked"
    );
}

#[test]
fn what_this_link_cannot_use_is_noted() {
    use crate::link::{AckId, ExchangeId, ExchangeInput, Respond};

    let mut link = live();
    let ack = AckId {
        connection: 1,
        id: 7,
    };
    link.input(Input::Command(Command::Respond(Respond::new(
        ack,
        Vec::new(),
    ))));
    link.input(Input::Exchange(ExchangeId::FIRST, ExchangeInput::Progress));
    let said = link.say();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("note StaleAck"), "{said:?}");
    assert!(said[1].starts_with("note StaleExchange"), "{said:?}");
    let mut link = greeting();
    link.say();
    link.text(r#"{"push":{"channel":"widget:a","pub":{"data":1}}}"#);
    assert_eq!(link.say(), ["note push widget:a"]);
}
