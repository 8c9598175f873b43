//! Sessions that are not listened to any more, and the channels that the server still gives for them.

use super::*;

const TAKEN: &str = r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#;
const GIVEN: &str =
    r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e"}}}"#;

impl Link {
    fn leave(&mut self, session: &str) -> &mut Self {
        self.input(Input::Command(Command::Leave(session.into())))
    }

    /// A link to `b` that has left `a`, of which the server does not know yet.
    fn left() -> Self {
        let mut link = Self::joined(&["a", "b"]);
        link.leave("a").say();
        link
    }
}

fn ends_channel_a(line: &str) -> bool {
    line.matches(r#"{"unsubscribe":{"channel":"widget:a"}"#)
        .count()
        == 1
}

#[test]
fn who_is_not_listened_to_cannot_be_left() {
    let mut link = Link::joined(&["a"]);
    link.leave("other");
    assert!(link.say().is_empty());
    link.leave("a").leave("a");
    let said = link.say();
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], "ended a left");
}

#[test]
fn the_channel_of_a_session_that_was_left_is_not_asked_for_and_is_ended_once_more_if_given() {
    let mut link = Link::left();
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    let connect = link.say().pop().unwrap();
    assert!(!connect.contains("widget:a"), "{connect}");
    let subs = r#""widget:a":{"recoverable":true,"epoch":"e","publications":[{"data":1,"offset":1}]},"widget:b":{"recoverable":true,"epoch":"e","recovered":true}"#;
    link.text(&connected(id, subs));
    let said = link.say();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(ends_channel_a(&said[0]), "{said:?}");
    assert!(!said[0].contains(r#"{"subscribe":{"channel":"widget:a"}"#));
}

#[test]
fn a_session_left_while_the_connect_reply_is_on_its_way_is_ended_once() {
    let mut link = Link::joined(&["a", "b"]);
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.leave("a").say();
    link.text(&connected(
        id,
        r#""widget:a":{"recoverable":true,"epoch":"e","recovered":true}"#,
    ));
    assert!(ends_channel_a(&link.say()[1]));
}

#[test]
fn a_session_left_and_taken_up_again_before_the_connect_reply_keeps_its_channel() {
    let mut link = Link::joined(&["a"]);
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.leave("a").join("a").say();
    link.text(&connected(
        id,
        r#""widget:a":{"recoverable":true,"epoch":"e","recovered":true}"#,
    ));
    let said = link.say();
    assert!(!said[0].contains("unsubscribe"), "{said:?}");
}

#[test]
fn a_channel_that_comes_late_on_the_next_connection_is_still_that_of_the_session_left() {
    let mut link = Link::left();
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.text(&connected(
        id,
        r#""widget:b":{"recoverable":true,"epoch":"e","recovered":true}"#,
    ));
    link.say();
    link.text(GIVEN);
    assert!(ends_channel_a(&link.say()[0]));
}

#[test]
fn what_the_server_itself_takes_from_a_session_that_was_left_is_not_won_back() {
    let mut link = Link::left();
    link.text(TAKEN).pass(10_000);
    assert!(link.say().is_empty());
    // Given again, it is new, and is ended again.
    link.text(GIVEN);
    assert!(ends_channel_a(&link.say()[0]));
}

#[test]
fn what_was_taken_away_before_the_session_was_left_is_not_won_back() {
    let mut link = Link::joined(&["a", "b"]);
    link.text(TAKEN).leave("a");
    let id = link.last_id("unsubscribe");
    link.say();
    link.text(&format!(r#"{{"id":{id},"unsubscribe":{{}}}}"#));
    link.pass(10_000);
    assert!(link.say().is_empty());
}

#[test]
fn a_fresh_session_that_was_left_is_worth_no_reconnect() {
    let mut link = Link::joined(&["b"]);
    link.join_fresh("a").leave("a").say();
    link.text(
        r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#,
    );
    let said = link.say();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(ends_channel_a(&said[0]));
}

#[test]
fn the_answer_to_a_join_that_was_left_says_nothing() {
    let mut link = Link::joined(&["a"]);
    link.join("b").leave("b");
    let id = link.last_id("rpc");
    link.say();
    link.text(&format!(r#"{{"id":{id},"rpc":{{}}}}"#));
    assert_eq!(link.say(), [format!("note stale reply {id}")]);
}

#[test]
fn a_jump_in_a_channel_that_nobody_listens_to_is_nobodys() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e"}"#,
    ));
    link.agree();
    link.leave("a").say();
    link.text(&publication("personal:u", 2));
    assert_eq!(link.say(), ["gap - jump", "event - chatMessageRead e/2"]);
}

#[test]
fn a_channel_that_comes_again_after_the_session_was_left_is_no_gap() {
    let mut link = Link::joined(&["a", "b"]);
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(
        id,
        r#""widget:b":{"recoverable":true,"epoch":"e","recovered":true}"#,
    ));
    assert_eq!(link.say()[0], "gap a channel_lost");
    link.leave("a").say();
    link.text(
        r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":3}}}"#,
    );
    let said = link.say();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(ends_channel_a(&said[0]), "{said:?}");
}
