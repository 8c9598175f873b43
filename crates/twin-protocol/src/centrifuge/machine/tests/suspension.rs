//! The user says that the network has changed, or wants no connection for a while.

use super::*;

impl Link {
    fn command(&mut self, command: Command) -> &mut Self {
        self.input(Input::Command(command))
    }
}

#[test]
fn a_waiting_link_dials_at_once_when_the_network_has_changed() {
    let mut link = Link::with_pauses(Duration::from_millis(500), Duration::from_secs(20));
    link.join("a");
    for _ in 0..8 {
        link.dial_fails(DialFailureKind::Unreachable).pass(20_000);
    }
    // A second after the dial, in a pause of many.
    link.pass(1000)
        .dial_fails(DialFailureKind::Unreachable)
        .say();
    link.command(Command::ReconnectNow);
    let dialled = link.socket.unwrap().number();
    assert_eq!(
        link.say(),
        ["connecting 1".to_owned(), format!("dial {dialled}")]
    );
    // The failures before count no more: the next pause is a short one again.
    link.dial_fails(DialFailureKind::Unreachable);
    let pause = link.machine.deadline().unwrap() - link.now;
    assert!(pause <= Duration::from_secs(1), "{pause:?}");
}

#[test]
fn dials_on_request_are_no_closer_than_the_shortest_pause() {
    let mut link = Link::new();
    link.join("a").say();
    let mut dials = 0;
    for _ in 0..100 {
        link.command(Command::ReconnectNow).pass(50);
        dials += link
            .say()
            .iter()
            .filter(|line| line.starts_with("dial"))
            .count();
    }
    assert_eq!(dials, 10, "in five seconds");
}

#[test]
fn whatever_is_under_way_is_given_up_for_another_dial() {
    let mut dialing = Link::new();
    dialing.join("a").pass(600).say();
    let mut greeting = Link::new();
    greeting.join("a").opened().pass(600).say();
    let mut live = Link::joined(&["a"]);
    live.text(&publication("widget:a", 3)).pass(600).say();
    for link in [&mut dialing, &mut greeting, &mut live] {
        link.command(Command::ReconnectNow);
        assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
        link.input(Input::Socket(SocketId::FIRST, SocketInput::Opened));
        assert_eq!(link.say(), ["note stale socket 1", "1 hang up 1000"]);
    }
    let connect = live.opened().say().pop().unwrap();
    assert!(
        connect.contains(r#""widget:a":{"recover":true,"offset":3,"epoch":"e"}"#),
        "{connect}"
    );
}

#[test]
fn a_suspended_link_keeps_its_positions_and_goes_on_from_them() {
    let mut link = Link::joined(&["a"]);
    link.text(&publication("widget:a", 1)).pass(600).say();
    link.command(Command::Suspend);
    assert_eq!(link.say(), ["1 hang up 1000", "suspended"]);
    assert_eq!(link.machine.deadline(), None);
    link.command(Command::Suspend)
        .command(Command::ReconnectNow);
    link.input(Input::Elapsed);
    assert!(link.say().is_empty());
    // What was still on its way is recovered later.
    link.text(&publication("widget:a", 2));
    assert_eq!(link.say(), ["note stale socket 1"]);

    link.command(Command::Resume);
    assert_eq!(link.say(), ["connecting 1", "dial 2"]);
    link.opened();
    let id = link.last_id("connect");
    let connect = link.say().pop().unwrap();
    assert!(connect.contains(r#""offset":1,"epoch":"e""#), "{connect}");
    let missed = r#""recoverable":true,"epoch":"e","recovered":true,"publications":[{"data":{"event":"x"},"offset":2}]"#;
    link.text(&connected(id, &format!(r#""widget:a":{{{missed}}}"#)));
    assert_eq!(link.say()[0], "event a x e/2 recovered");
    link.command(Command::Resume);
    assert!(link.say().is_empty());
}

#[test]
fn sessions_come_and_go_while_the_link_is_suspended() {
    let mut link = Link::new();
    link.command(Command::Suspend);
    assert_eq!(link.say(), ["suspended"]);
    link.join("a").join("b");
    link.command(Command::Leave("a".into()));
    assert_eq!(link.say(), ["ended a left"]);
    link.command(Command::Resume).opened();
    assert!(link.say()[2].contains(r#""sessions":["b"]"#));

    link.command(Command::Suspend).say();
    link.command(Command::Close);
    assert_eq!(link.say(), ["ended b link asked", "closed asked"]);
}

#[test]
fn a_link_that_was_never_used_is_idle_again() {
    let mut link = Link::new();
    link.command(Command::Suspend)
        .command(Command::Resume)
        .say();
    assert_eq!(link.machine.deadline(), None);
    link.join("a");
    assert_eq!(link.say(), ["connecting 1", "dial 1"]);
}

#[test]
fn a_link_suspended_right_after_its_dial_waits_for_the_rest_of_the_shortest_pause() {
    let mut link = Link::new();
    link.join("a").pass(200);
    link.command(Command::Suspend).command(Command::Resume);
    assert_eq!(
        link.say()[2..],
        ["1 hang up 1000", "suspended", "waiting 1 renewed"]
    );
    link.pass(299);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["connecting 1", "dial 2"]);
}
