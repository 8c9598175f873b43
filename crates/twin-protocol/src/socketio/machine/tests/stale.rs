//! News of what was given up, and commands that mean nothing here.

use super::*;
use crate::link::{AckId, TokenId, TokenInput};

/// A link whose first socket was given up, in the state that `reach` brings the second one to.
fn second(reach: fn(&mut Link) -> &mut Link) -> Link {
    let mut link = Link::new(Transport::WebSocket);
    link.join().pass(10_500);
    reach(&mut link).say();
    link
}

#[test]
fn news_of_another_socket_changes_no_state() {
    let states: [fn(&mut Link) -> &mut Link; 4] = [
        |link| link,
        |link| link.opened(),
        |link| link.opened().text(OPEN),
        |link| link.opened().text(OPEN).text("40"),
    ];
    for reach in states {
        let mut link = second(reach);
        for news in [
            SocketInput::Lost("reset".into()),
            SocketInput::Text("41".into()),
        ] {
            link.input(Input::Socket(SocketId::FIRST, news));
            assert_eq!(link.say(), ["note StaleSocket(SocketId(1))"]);
        }
    }
    // By HTTP, without a socket to move to.
    let mut link = Link::polling();
    let lost = SocketInput::Lost("reset".into());
    link.input(Input::Socket(SocketId::FIRST, lost));
    assert_eq!(link.say(), ["note StaleSocket(SocketId(1))"]);
}

#[test]
fn news_of_another_exchange_changes_nothing() {
    let (status, body) = (400, Bytes::new());
    let refused = Input::Exchange(ExchangeId::FIRST, ExchangeInput::Answered { status, body });
    let mut link = Link::polling();
    link.input(refused.clone());
    assert_eq!(link.say(), ["note StaleExchange(ExchangeId(1))"]);
    link.emit(1, "1").say();
    link.input(refused);
    assert_eq!(link.say(), ["note StaleExchange(ExchangeId(1))"]);
}

#[test]
fn what_this_link_has_no_use_for_is_noted() {
    let mut link = Link::live();
    let failed = TokenInput::Failed("no".into());
    link.input(Input::Token(TokenId::FIRST, failed));
    assert_eq!(link.say(), ["note StaleToken(TokenId(1))"]);
    link.text("4garbage");
    assert_eq!(
        link.say(),
        [r#"note PassedOver("a message that is no Socket.IO packet")"#]
    );

    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().say();
    link.text("2");
    assert_eq!(
        link.say(),
        [r#"note PassedOver("a packet before the open packet")"#]
    );
    link.text(OPEN).text("430[]");
    assert_eq!(
        link.say(),
        [r#"note PassedOver("a packet before the connect packet")"#]
    );
}

#[test]
fn the_session_joined_again_is_the_same_and_another_is_refused() {
    let mut link = Link::live();
    link.join();
    assert!(link.say().is_empty());
    let mut out = Outbox::new();
    let join = Command::Join(Join::new("other".into(), JoinStart::Now));
    link.machine
        .handle(link.now, Input::Command(join), &mut out);
    let Some(Output::Report(Report::Ended { session, end })) = out.pop() else {
        panic!("nothing was said")
    };
    assert_eq!(session.as_str(), "other");
    let SessionEnd::JoinRefused(reason) = end else {
        panic!("{end:?}")
    };
    let words = "a Socket.IO link carries one session";
    assert_eq!(reason.text.as_deref(), Some(words));
}

#[test]
fn an_event_that_closes_the_session_is_the_last_that_is_read() {
    let mut link = Link::new(Transport::Polling);
    let closed =
        r#"42["sessionClosed",{"sessionId":"s","chatId":"c","sessionRatingRequired":false}]"#;
    link.join().answer(&[OPEN, closed, r#"42["x",1]"#]);
    let said = link.say();
    assert!(said.contains(&"ended s closed".to_owned()), "{said:?}");
    assert!(
        !said.iter().any(|line| line.starts_with("event x")),
        "{said:?}"
    );
}

#[test]
fn an_answer_before_the_session_is_let_in_lets_the_next_message_go() {
    let mut link = Link::new(Transport::Polling);
    link.join().answer(&[OPEN]).answer(&["2one"]).say();
    link.answer(&["2two"]);
    assert!(!link.say().iter().any(|line| line.contains("post")));
    link.accept();
    assert_eq!(link.say(), ["6 post 3two"]);
    // An answer that holds nothing is followed by another question after a pause.
    link.answer_with(200, b"").say();
    link.pass(99);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say().len(), 1);
}

#[test]
fn a_kick_before_the_session_is_let_in_hangs_up() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened().text(OPEN).say();
    link.text("41");
    assert_eq!(
        link.say(),
        [
            "1 hang up 1000",
            "ended s link terminated",
            "closed terminated"
        ]
    );
}

#[test]
fn an_acknowledgement_of_another_connection_is_noted() {
    let mut link = Link::live();
    let ack = AckId {
        connection: 7,
        id: 1,
    };
    let respond = crate::link::Respond::new(ack, Vec::new());
    link.command(Command::Respond(respond));
    assert_eq!(link.say(), ["note StaleAck { id: 1 }"]);
}
