//! What a server or a user may have the machine keep.

use super::*;

fn narrow(max_channels: usize) -> Link {
    Link::with(Config {
        max_channels,
        silence_grace: Duration::from_secs(3600),
        ..Config::default()
    })
}

fn given(channel: &str) -> String {
    format!(
        r#"{{"push":{{"channel":"{channel}","subscribe":{{"recoverable":true,"epoch":"e"}}}}}}"#
    )
}

#[test]
fn more_channels_than_may_be_kept_end_the_connection() {
    let mut link = narrow(2);
    link.join("a").opened().say();
    link.text(&connected(1, r#""one":{},"two":{},"three":{}"#));
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 protocol"]);
    link.pass(500).opened();
    let id = link.last_id("connect");
    link.text(&connected(id, r#""one":{},"two":{}"#));
    assert!(link.say().pop().unwrap().starts_with("2 send"));
    link.text(&given("three"));
    assert_eq!(link.say(), ["2 hang up 1000", "waiting 2 protocol"]);
}

#[test]
fn as_many_channels_as_may_be_kept_can_come_one_after_another() {
    let mut link = narrow(2);
    link.join("a").opened().text(&connected(1, "")).say();
    link.text(&given("one")).text(&given("two"));
    assert!(link.say().is_empty());
    link.text(&given("three"));
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 protocol"]);
}

#[test]
fn of_commands_that_are_never_answered_the_last_are_remembered() {
    // The subscribe is the first of them, the joins are the others.
    let after = |joins: u64, reply: &str| {
        let mut link = narrow(1);
        link.join("a").opened().text(&connected(1, r#""one":{}"#));
        link.pass((joins - 1) * 10_500);
        assert_eq!(link.ids("rpc").len() as u64, joins);
        link.say();
        link.text(reply);
        link.say()
    };
    let subscribed = r#"{"id":2,"error":{"code":103}}"#;
    assert_eq!(after(3, subscribed), ["note subscribe refused 103"]);
    assert_eq!(after(4, subscribed), ["note stale reply 2"]);
    let joined = r#"{"id":3,"rpc":{}}"#;
    assert_eq!(after(4, joined), ["joined a", "connected 1"]);
    assert_eq!(after(5, joined), ["note stale reply 3"]);
}

#[test]
fn of_sessions_that_have_ended_the_last_are_remembered() {
    let mut link = narrow(2);
    link.join("a");
    link.connect(&["a"]);
    for session in ["b", "c", "d"] {
        link.join(session);
        link.input(Input::Command(Command::Leave(session.into())));
    }
    link.say();
    link.text(&given("widget:c"));
    assert!(link.say()[0].contains(r#"{"unsubscribe":{"channel":"widget:c"}"#));
    let id = link.machine.core.next_id() - 1;
    link.text(&format!(r#"{{"id":{id},"unsubscribe":{{}}}}"#));
    link.text(&given("widget:b"));
    assert!(link.say().is_empty());
}

#[test]
fn what_is_left_without_a_connection_leaves_nothing_behind() {
    let mut link = Link::joined(&["a"]);
    link.lost();
    for session in 0..10 {
        link.join(&session.to_string());
        let leave = Command::Leave(session.to_string().as_str().into());
        link.input(Input::Command(leave));
    }
    assert!(link.machine.core.farewells.is_empty());
}
