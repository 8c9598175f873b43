//! The user says that the network has changed, or wants no connection for a while.

use super::*;

#[test]
fn a_live_connection_is_tried_when_the_network_has_changed_and_kept_where_it_answers() {
    let mut link = Link::live();
    link.command(Command::ReconnectNow);
    assert_eq!(link.say(), ["1 send 2"]);
    // One heartbeat is enough for any number of changes.
    link.command(Command::ReconnectNow);
    assert!(link.say().is_empty());
    link.pass(4_999).text("3").say();
    link.pass(10_000);
    assert!(link.say().is_empty());
}

#[test]
fn a_live_connection_that_does_not_answer_is_given_up_soon() {
    let mut link = Link::live();
    link.command(Command::ReconnectNow).say();
    // Words that were on their way are no answer.
    link.text(r#"42["x"]"#).say();
    link.pass(5_000);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn a_live_connection_by_http_is_tried_too() {
    let mut link = Link::polling();
    link.command(Command::ReconnectNow);
    assert!(link.say()[0].contains("post"), "a heartbeat is posted");
}

#[test]
fn whatever_is_under_way_is_given_up_for_another_attempt() {
    let mut dialing = Link::new(Transport::WebSocket);
    dialing.join().pass(600).say();
    let mut opening = Link::new(Transport::WebSocket);
    opening.join().opened().pass(600).say();
    let mut greeting = Link::new(Transport::WebSocket);
    greeting.join().opened().text(OPEN).pass(600).say();
    for link in [&mut dialing, &mut opening, &mut greeting] {
        link.command(Command::ReconnectNow);
        let said = link.say();
        assert_eq!(said[..2], ["1 hang up 1000", "connecting 1"]);
        assert!(said[2].starts_with("2 dial"), "{said:?}");
    }
    let mut waiting = Link::new(Transport::WebSocket);
    waiting.join().pass(600);
    waiting.dial_fails(DialFailureKind::Unreachable).say();
    waiting.command(Command::ReconnectNow);
    assert_eq!(waiting.say()[0], "connecting 1");
}

#[test]
fn dials_on_request_are_no_closer_than_the_shortest_pause() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().say();
    let mut dials = 0;
    for _ in 0..100 {
        link.command(Command::ReconnectNow).pass(50);
        dials += link
            .say()
            .iter()
            .filter(|line| line.contains(" dial "))
            .count();
    }
    assert_eq!(dials, 10, "in five seconds");
}

#[test]
fn a_suspended_link_says_goodbye_and_comes_back_with_a_gap() {
    let mut link = Link::live();
    link.pass(600);
    link.command(Command::Suspend);
    assert_eq!(link.say(), ["1 send 41", "1 hang up 1000", "suspended"]);
    assert_eq!(link.machine.deadline(), None);
    link.command(Command::Suspend)
        .command(Command::ReconnectNow);
    assert!(link.say().is_empty());
    link.command(Command::Resume).opened().text(OPEN).text("40");
    let said = link.say();
    assert_eq!(said[0], "connecting 1");
    assert!(
        said.iter()
            .any(|line| line.starts_with("gap") && line.ends_with("no_recovery")),
        "{said:?}"
    );
}

#[test]
fn what_is_sent_while_the_link_is_suspended_waits_or_fails_as_its_sender_wants() {
    let mut link = Link::live();
    link.command(Command::Suspend).say();
    link.emit(1, "{}");
    assert_eq!(link.say(), ["emitted 1 not sent Down"]);
    let waiting = emit(2, "{}").when_down(WhenDown::Wait(Duration::from_secs(60)));
    link.command(Command::Emit(waiting.clone()));
    link.pass(1000)
        .command(Command::Resume)
        .opened()
        .text(OPEN)
        .text("40");
    let sent = link
        .say()
        .into_iter()
        .filter(|line| line.starts_with("emitted 2"));
    assert_eq!(sent.collect::<Vec<_>>(), ["emitted 2 sent"]);

    link.command(Command::Suspend)
        .command(Command::Emit(waiting))
        .say();
    link.pass(60_000);
    assert_eq!(link.say(), ["emitted 2 not sent Expired"]);
}

#[test]
fn a_session_may_come_while_the_link_is_suspended() {
    let mut link = Link::new(Transport::WebSocket);
    link.command(Command::Suspend)
        .command(Command::Resume)
        .command(Command::Suspend);
    assert_eq!(link.say(), ["suspended", "suspended"]);
    link.join();
    assert!(link.say().is_empty());
    link.command(Command::Resume);
    assert_eq!(link.say()[0], "connecting 1");
}

#[test]
fn a_connection_is_tried_no_longer_than_its_silence_lasts_nor_longer_for_being_tried_twice() {
    let mut link = Link::live();
    link.pass(24_000).command(Command::ReconnectNow);
    assert_eq!(link.say(), ["1 send 2"]);
    // That was the heartbeat, and it is not tried for longer.
    link.pass(4_000).command(Command::ReconnectNow).pass(999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);

    let mut link = Link::live();
    link.pass(34_000).command(Command::ReconnectNow).say();
    link.pass(1_000);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn whatever_ends_the_connection_tells_what_becomes_of_the_emits() {
    let second = Duration::from_secs(1);
    let ends: [fn(&mut Link) -> &mut Link; 3] = [
        |link| link.command(Command::Suspend),
        |link| link.command(Command::Leave("s".into())),
        |link| link.text("41"),
    ];
    for end in ends {
        let mut link = Link::live();
        link.command(Command::Emit(emit(1, "1").acknowledged_within(second)));
        link.say();
        let said = end(&mut link).say();
        assert!(said.contains(&"emitted 1 lost".to_owned()), "{said:?}");
        link.pass(1_000);
        assert!(link.say().is_empty());
    }
}
