//! A connection by HTTP: what is asked and told when, and what ends it.

use super::*;

#[test]
fn a_whole_life_by_http() {
    let mut link = Link::new(Transport::Polling);
    link.join();
    assert_eq!(
        link.say(),
        ["connecting 1", "1 get EIO=3&transport=polling&t=1.1"]
    );
    link.answer(&[OPEN]);
    assert_eq!(link.say(), ["2 get EIO=3&transport=polling&sid=sid&t=1.2"]);
    link.answer(&["40", r#"42["x",1]"#]);
    assert_eq!(
        link.say(),
        [
            "joined s",
            "connected 1",
            "event x 1",
            "3 get EIO=3&transport=polling&sid=sid&t=1.3"
        ]
    );
    link.pass(25_000);
    assert_eq!(link.say(), ["4 post 2"]);
    link.accept().answer(&["3"]);
    assert_eq!(link.say(), ["5 get EIO=3&transport=polling&sid=sid&t=1.5"]);
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        [
            "abort 5",
            "6 post 41 1",
            "ended s link asked",
            "closed asked"
        ]
    );
    link.accept();
    assert_eq!(link.say(), ["note StaleExchange(ExchangeId(6))"]);
}

#[test]
fn the_connect_packet_may_come_with_the_open_packet() {
    let mut link = Link::new(Transport::Polling);
    link.join().say();
    link.answer(&[OPEN, "40", r#"42["x"]"#]);
    assert_eq!(link.say()[..3], ["joined s", "connected 1", "event x []"]);
}

#[test]
fn text_framing_is_read_too() {
    let mut link = Link::polling();
    link.answer_with(200, "16:42[\"x\",\"Привет\"]1:6".as_bytes());
    assert_eq!(link.say()[0], "event x \"Привет\"");
}

#[test]
fn text_that_is_not_utf_8_is_repaired() {
    let mut link = Link::polling();
    link.answer_with(200, b"\x00\x01\x01\xff42[\"x\",\"\xfe\"]");
    assert_eq!(link.say()[0], "event x \"\u{fffd}\"");
}

#[test]
fn one_message_is_under_way_at_a_time_with_at_most_sixteen_packets() {
    let mut link = Link::polling();
    for number in 0..20 {
        link.emit(number, "1");
    }
    let said = link.say();
    let posts: Vec<_> = said.iter().filter(|line| line.contains("post")).collect();
    assert_eq!(posts, [r#"3 post 42["x",1]"#]);
    link.accept();
    let post = link.say().pop().unwrap();
    assert_eq!(post.matches("42[").count(), 16);
    link.accept();
    let post = link.say().pop().unwrap();
    assert_eq!(post.matches("42[").count(), 3);
}

#[test]
fn large_packets_do_not_share_a_body() {
    let mut link = Link::polling();
    let large = format!("\"{}\"", "a".repeat(20_000));
    link.emit(1, "1").emit(2, &large).emit(3, &large);
    link.say();
    for _ in 0..2 {
        link.accept();
        assert_eq!(link.say().pop().unwrap().matches("42[").count(), 1);
    }
}

#[test]
fn a_packet_and_its_bytes_share_a_body() {
    let mut link = Link::polling();
    let bytes = Argument::Binary(Bytes::from_static(&[9]));
    let emit = |number| Emit::new(EmitId::new(number), "x", vec![bytes.clone(); 10]);
    link.emit(0, "1").say();
    for number in 1..4 {
        link.command(Command::Emit(emit(number)));
    }
    for _ in 1..4 {
        link.accept();
        let post = link.say().pop().unwrap();
        assert!(post.contains(" 4510-["), "{post}");
        assert_eq!(post.matches("b\"").count(), 10, "{post}");
    }
}

#[test]
fn an_answer_without_a_packet_is_not_followed_at_once() {
    let mut link = Link::polling();
    for body in [&b""[..], b"0:", b"1:6"] {
        link.answer_with(200, body);
        let said = link.say();
        assert!(said.iter().all(|line| line.starts_with("note")), "{said:?}");
        link.pass(99);
        assert!(link.say().is_empty());
        link.pass(1);
        assert_eq!(link.say().len(), 1);
    }
}

#[test]
fn an_answer_to_a_message_is_no_sign_of_life() {
    let mut link = Link::polling();
    link.pass(25_000).accept().pass(9_999);
    assert_eq!(link.say(), ["3 post 2"]);
    link.pass(1);
    assert_eq!(link.say(), ["abort 2", "waiting 1 timeout"]);
}

#[test]
fn a_message_that_is_not_answered_ends_the_connection() {
    let mut link = Link::polling();
    link.emit(1, "1").say();
    link.pass(10_000);
    assert_eq!(link.say(), ["abort 2", "abort 3", "waiting 1 timeout"]);
}

#[test]
fn a_heartbeat_goes_first_and_waits_but_once() {
    let mut link = Link::with(Config {
        transport: Transport::Polling,
        connect_timeout: Duration::from_secs(100),
        ..Config::default()
    });
    link.join().answer(&[OPEN, "40"]).emit(1, "1");
    link.pass(24_000).answer(&[r#"427["x"]"#]);
    link.pass(1_000).answer(&["3"]).pass(25_000).say();
    link.accept();
    let post = link.say().pop().unwrap();
    assert!(post.ends_with(" post 2 437[]"), "{post}");
}

#[test]
fn acknowledgements_share_bodies_of_at_most_sixteen_packets() {
    let mut link = Link::polling();
    let events: Vec<_> = (0..20).map(|id| format!(r#"42{id}["x"]"#)).collect();
    let events: Vec<_> = events.iter().map(String::as_str).collect();
    link.answer(&events);
    let post = link.say().pop().unwrap();
    assert_eq!(post.matches(" 43").count(), 16, "{post}");
    link.accept();
    let post = link.say().pop().unwrap();
    assert_eq!(post.matches(" 43").count(), 4, "{post}");
}

#[test]
fn what_comes_before_a_break_is_delivered() {
    let mut link = Link::polling();
    link.answer_with(200, b"9:42[\"x\",1]nonsense");
    assert_eq!(link.say(), ["event x 1", "waiting 1 protocol"]);
}

#[test]
fn a_connection_that_the_server_knows_no_longer_is_begun_anew() {
    let mut link = Link::polling();
    link.emit(1, "1").say();
    link.answer_with(400, b"{\"code\":1,\"message\":\"Session ID unknown\"}");
    assert_eq!(link.say(), ["abort 3", "waiting 1 closed 400"]);
    link.pass(500);
    assert_eq!(
        link.say(),
        ["connecting 2", "4 get EIO=3&transport=polling&t=1.4"]
    );
    link.answer(&[OPEN, "40"]);
    assert_eq!(
        link.say()[..3],
        ["gap no_recovery", "joined s", "connected 2"]
    );
}

#[test]
fn a_refused_message_ends_the_connection_too() {
    let mut link = Link::polling();
    link.emit(1, "1").say();
    let (status, body) = (400, Bytes::new());
    let post = link.post.unwrap();
    link.input(Input::Exchange(
        post,
        ExchangeInput::Answered { status, body },
    ));
    assert_eq!(link.say(), ["abort 2", "waiting 1 closed 400"]);
}

#[test]
fn a_kick_by_http_ends_the_link_before_the_end_of_the_transport_is_read() {
    let mut link = Link::polling();
    link.answer(&["41", "1"]);
    assert_eq!(link.say(), ["ended s link terminated", "closed terminated"]);
}

#[test]
fn another_revision_of_the_protocol_is_named() {
    let mut link = Link::new(Transport::Polling);
    link.join().say();
    link.answer_with(200, br#"0{"sid":"x","upgrades":[]}"#);
    let said = link.say();
    assert_eq!(said.last().unwrap(), "closed protocol");
    let State::Closed { reason } = &link.machine.state else {
        panic!("{:?}", link.machine)
    };
    assert!(reason.text.as_deref().unwrap().contains("Engine.IO 4"));
}

#[test]
fn a_message_under_way_is_let_through_when_the_link_is_closed() {
    let mut link = Link::polling();
    link.emit(1, "1").say();
    link.command(Command::Close);
    assert_eq!(
        link.say(),
        ["abort 2", "ended s link asked", "closed asked"]
    );
}

#[test]
fn packets_share_a_body_up_to_its_length_and_a_longer_one_goes_alone() {
    let mut link = Link::polling();
    let kilobyte = format!("\"{}\"", "a".repeat(1_000));
    let long = format!("\"{}\"", "a".repeat(40_000));
    link.emit(1, "1").emit(2, &kilobyte).emit(3, &kilobyte);
    link.emit(4, &long).say();
    link.accept();
    assert_eq!(link.say().pop().unwrap().matches("42[").count(), 2);
    link.accept();
    assert_eq!(link.say().pop().unwrap().matches("42[").count(), 1);
}

#[test]
fn what_does_not_fit_into_the_next_body_is_not_sent_yet() {
    let mut link = Link::polling();
    for number in 0..40 {
        link.emit(number, "1");
    }
    link.say();
    link.accept();
    let said = link.say();
    let sent = said.iter().filter(|line| line.ends_with(" sent")).count();
    assert_eq!(sent, 16, "{said:?}");
}

#[test]
fn answers_to_the_server_wait_in_a_line_that_is_bounded() {
    let link = |max_acks| {
        let mut link = Link::with(Config {
            transport: Transport::Polling,
            max_acks,
            ..Config::default()
        });
        link.join().answer(&[OPEN, "40"]).emit(1, "1").say();
        link.answer(&[r#"420["x"]"#, r#"421["x"]"#, r#"422["x"]"#]);
        let note = r#"note PassedOver("more to be sent by HTTP than may wait")"#;
        let passed_over = link.say().iter().filter(|line| *line == note).count();
        link.accept();
        (passed_over, link.say().pop().unwrap())
    };
    assert_eq!(link(2), (1, "5 post 430[] 431[]".to_owned()));
    assert_eq!(link(0), (2, "5 post 430[]".to_owned()));
}

#[test]
fn what_is_sent_in_the_pause_after_an_empty_answer_shortens_it_not() {
    let mut link = Link::polling();
    link.answer_with(200, b"").pass(50).emit(1, "1");
    assert!(!link.say().iter().any(|line| line.contains(" get ")));
    link.pass(50);
    assert!(link.say().pop().unwrap().contains(" get "));
}

#[test]
fn the_end_of_a_connection_is_told_to_whom_it_concerns() {
    let mut link = Link::polling();
    link.emit(1, "1");
    let wait = WhenDown::Wait(Duration::from_secs(60));
    link.command(Command::Emit(emit(2, "2").when_down(wait)));
    link.emit(3, "3").say();
    link.answer_with(400, b"");
    let said = link.say();
    assert!(
        said.contains(&"emitted 3 not sent Down".to_owned()),
        "{said:?}"
    );
    link.pass(500).answer(&[OPEN, "40"]);
    let said = link.say();
    assert!(said.contains(&"emitted 2 sent".to_owned()), "{said:?}");
}
