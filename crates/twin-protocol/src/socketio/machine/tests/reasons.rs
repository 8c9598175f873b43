//! The words that ends come with: a log is read by people.

use super::*;
use crate::socketio::OnDisconnect;

impl Link {
    /// What the last state that `input` leads to gives for a reason, and whether the socket is hung up or
    /// the request given up.
    fn reason_for(&mut self, input: Input) -> (String, bool) {
        let mut out = Outbox::new();
        self.machine.handle(self.now, input, &mut out);
        let (mut text, mut given_up) = (None, false);
        for output in out.drain() {
            match output {
                Output::Action(Action::HangUp { .. } | Action::Abort(_)) => given_up = true,
                Output::Report(Report::State(
                    LinkState::Waiting { reason, .. } | LinkState::Closed { reason },
                )) => text = reason.text,
                _ => {}
            }
        }
        (text.expect("a reason with words"), given_up)
    }

    fn socket_for(&mut self, news: SocketInput) -> (String, bool) {
        let socket = self.socket.expect("the machine has dialled");
        self.reason_for(Input::Socket(socket, news))
    }

    fn exchange_for(&mut self, news: ExchangeInput) -> (String, bool) {
        let exchange = self.get.expect("the machine has asked");
        self.reason_for(Input::Exchange(exchange, news))
    }

    fn elapse_in(&mut self, millis: u64) -> (String, bool) {
        self.now = self.now + Duration::from_millis(millis);
        self.reason_for(Input::Elapsed)
    }
}

fn dialing() -> Link {
    let mut link = Link::new(Transport::WebSocket);
    link.join();
    link
}

fn opening() -> Link {
    let mut link = dialing();
    link.opened();
    link
}

fn asking() -> Link {
    let mut link = Link::new(Transport::Polling);
    link.join();
    link
}

fn greeting() -> Link {
    let mut link = opening();
    link.text(OPEN);
    link
}

fn lost() -> SocketInput {
    SocketInput::Lost("reset by peer".into())
}

fn unreadable() -> SocketInput {
    SocketInput::Unreadable("not UTF-8".into())
}

fn closed() -> SocketInput {
    SocketInput::Closed(CloseFrame {
        code: None,
        reason: "bye".into(),
    })
}

fn answered(body: &'static [u8]) -> ExchangeInput {
    let (status, body) = (200, Bytes::from_static(body));
    ExchangeInput::Answered { status, body }
}

fn kept(words: &str) -> (String, bool) {
    (words.to_owned(), false)
}

fn given_up(words: &str) -> (String, bool) {
    (words.to_owned(), true)
}

#[test]
fn an_attempt_that_takes_too_long_is_given_up() {
    let timeout = given_up("no connection in time");
    assert_eq!(dialing().elapse_in(10_000), timeout);
    let timeout = given_up("no open packet in time");
    assert_eq!(opening().elapse_in(10_000), timeout);
    assert_eq!(asking().elapse_in(10_000), timeout);
    let timeout = given_up("the session was not let in in time");
    assert_eq!(greeting().elapse_in(10_000), timeout);
}

#[test]
fn what_cannot_be_read_is_given_up() {
    for mut link in [opening(), greeting(), Link::live()] {
        assert_eq!(link.socket_for(unreadable()), given_up("not UTF-8"));
    }
    let unreadable = || ExchangeInput::Unreadable("too long".into());
    assert_eq!(asking().exchange_for(unreadable()), kept("too long"));
    let text = Link::polling().exchange_for(unreadable()).0;
    assert_eq!(text, "too long");
    let text = |text: &'static [u8]| SocketInput::Text(Bytes::from_static(text));
    assert_eq!(
        opening().socket_for(text(b"\xff")),
        given_up("text that is not UTF-8")
    );
    assert_eq!(
        opening().socket_for(text(b"0{}")),
        given_up("an open packet that cannot be read: it names no sid")
    );
    assert_eq!(
        Link::live().socket_for(text(b"b4?")),
        given_up("bytes whose base64 cannot be read")
    );
    assert_eq!(
        asking().exchange_for(answered(b"3:0{}")),
        kept("an open packet that cannot be read: it names no sid")
    );
    assert_eq!(
        asking().exchange_for(answered(b"1:6")),
        kept("the first answer holds no open packet")
    );
}

#[test]
fn what_ends_by_the_servers_word_or_without_one_says_so() {
    for mut link in [opening(), greeting(), Link::live()] {
        assert_eq!(link.socket_for(lost()), kept("reset by peer"));
    }
    assert_eq!(Link::live().socket_for(closed()), kept("bye"));
    assert_eq!(dialing().socket_for(closed()), kept("bye"));
    let text = |text: &'static str| SocketInput::Text(text.into());
    assert_eq!(
        Link::live().socket_for(text("1")),
        given_up("the server ended the transport")
    );
    for on_disconnect in [OnDisconnect::StayAway, OnDisconnect::ComeBack] {
        let mut link = Link::live_with(Config {
            on_disconnect,
            ..Config::default()
        });
        let words = given_up("the server disconnected the session");
        assert_eq!(link.socket_for(text("41")), words);
    }
    // Neither the connection's name, `sid`, is repeated nor the session's, `s`.
    let refusal = text(r#"44"no: sid""#);
    assert_eq!(greeting().socket_for(refusal), given_up("no: s..id.."));
    let over =
        r#"42["sessionClosed",{"sessionId":"s","chatId":"c","sessionRatingRequired":false}]"#;
    let words = given_up("the session is over");
    assert_eq!(Link::live().socket_for(text(over)), words);
}

#[test]
fn silence_has_words() {
    assert_eq!(
        Link::live().elapse_in(35_000),
        given_up("the server fell silent")
    );
    let mut link = Link::polling();
    link.emit(1, "1");
    assert_eq!(
        link.elapse_in(10_000),
        given_up("what was sent by HTTP was not answered")
    );
}
