//! Sessions that this client has just started: their first publications, and the channel they come over.

use super::{recovery::sub, *};

#[test]
fn a_session_that_is_joined_is_joined_once_however_its_channel_comes() {
    let mut link = Link::new();
    link.join_fresh("a").opened().text(&connected(1, ""));
    link.agree();
    assert_eq!(link.say()[4..], ["joined a", "connected 1"]);
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert!(link.say().is_empty());
}

#[test]
fn the_channel_that_comes_again_is_that_of_the_session_which_waits_for_it() {
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("b".into())));
    let unsubscribe = link.last_id("unsubscribe");
    link.say();
    link.join("b").agree();
    link.text(&format!(r#"{{"id":{unsubscribe},"unsubscribe":{{}}}}"#));
    link.say();
    link.text(r#"{"push":{"channel":"widget:b","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert_eq!(link.say(), ["joined b"]);
}

#[test]
fn a_reconnect_for_a_fresh_session_needs_something_to_win() {
    for (subscription, gap) in [
        (r#""recoverable":true,"epoch":"e""#, None),
        (r#""offset":3"#, Some("gap b start")),
    ] {
        let mut link = Link::joined(&["a"]);
        link.text("{}").join_fresh("b").agree();
        link.say();
        link.text(&format!(
            r#"{{"push":{{"channel":"widget:b","subscribe":{{{subscription}}}}}}}"#
        ));
        let expected: Vec<_> = gap.into_iter().chain(["joined b"]).collect();
        assert_eq!(link.say(), expected, "{subscription}");
    }
}

#[test]
fn the_own_channel_of_one_session_says_nothing_of_the_start_of_another() {
    let mut link = Link::joined(&["a"]);
    link.join_fresh("b").join_fresh("c").agree();
    link.say();
    link.text(r#"{"push":{"channel":"widget:c","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert_eq!(link.say(), ["joined c"]);

    let mut link = Link::new();
    link.join_fresh("a").join_fresh("b").opened().say();
    link.text(&connected(
        1,
        r#""widget:a":{"recoverable":true,"epoch":"e"}"#,
    ));
    assert!(link.say()[0].starts_with("1 send"));
}

#[test]
fn the_start_of_a_session_is_declared_missing_once() {
    let given = |channel: &str| {
        format!(
            r#"{{"push":{{"channel":"{channel}","subscribe":{{"recoverable":true,"epoch":"e"}}}}}}"#
        )
    };
    let mut link = Link::new();
    link.join_fresh("a").opened().say();
    link.text(&connected(1, "")).say();
    link.text(&given("one")).text(&given("two"));
    assert_eq!(link.say(), ["gap a start"]);

    // With a channel of its own it is to be had, whatever else comes.
    let mut link = Link::new();
    link.join_fresh("a").opened().say();
    let recovered = r#""recoverable":true,"epoch":"e","offset":3,"recovered":true"#;
    link.text(&connected(
        1,
        &format!(r#""one":{{"recoverable":true}},"widget:a":{{{recovered}}}"#),
    ));
    assert!(link.say()[0].starts_with("1 send"));

    // A channel without history is not asked again for what it cannot say.
    let mut link = Link::new();
    link.join_fresh("a").opened();
    link.text(&connected(1, r#""widget:a":{}"#));
    link.lost().pass(500).opened();
    let connect = link.say().pop().unwrap();
    assert!(!connect.contains("recover"), "{connect}");
}

#[test]
fn what_is_granted_by_joins_alone_is_not_asked_for_in_connects_for_ever() {
    let mut link = Link::new();
    link.join_fresh("a").opened().say();
    link.text(&connected(1, "")).say();
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":3}}}"#);
    assert_eq!(link.say(), ["gap a start"]);
    link.text(r#"{"id":2,"rpc":{"data":{"success":true}}}"#);
    link.text(&publication("widget:a", 4));
    assert_eq!(
        link.say(),
        ["joined a", "connected 1", "event a chatMessageRead e/4"]
    );
}

#[test]
fn the_start_is_declared_missing_where_a_shared_channel_comes_too_late_for_it() {
    let shared = r#"{"push":{"channel":"personal:u","subscribe":{"recoverable":true,"epoch":"e","offset":3}}}"#;
    let mut link = Link::new();
    link.join_fresh("a").opened().say();
    link.text(&connected(1, "")).say();
    link.text(shared);
    assert_eq!(link.say(), ["gap a start"]);
    link.text(r#"{"id":2,"rpc":{"data":{"success":true}}}"#);
    assert_eq!(link.say(), ["joined a", "connected 1"]);

    // Named after the connect command has left.
    let mut link = Link::new();
    link.join("a").opened().join_fresh("b").say();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e","offset":3}"#,
    ));
    assert_eq!(link.say()[0], "gap b start");
}

#[test]
fn a_fresh_session_on_a_live_link_wins_its_first_publications_by_a_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.text("{}");
    link.join_fresh("b").agree();
    link.say();
    link.text(r#"{"push":{"channel":"widget:b","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#);
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
    link.opened();
    assert!(
        link.say()
            .pop()
            .unwrap()
            .contains(r#""widget:b":{"recover":true}"#)
    );
}

#[test]
fn a_fresh_session_gets_what_was_published_before_the_connect() {
    let mut link = Link::new();
    link.join_fresh("a").opened();
    let connect = link.say().pop().unwrap();
    assert!(
        connect.contains(r#""subs":{"widget:a":{"recover":true}}"#),
        "{connect}"
    );
    link.text(&connected(1, &sub(
        r#""epoch":"e","recovered":true,"was_recovering":true,"publications":[{"data":1,"offset":1}]"#,
    )));
    assert_eq!(link.say()[0], "event a - e/1 recovered");
    // From now on it is like any other.
    link.lost().pass(500).opened();
    assert!(
        link.say()
            .pop()
            .unwrap()
            .contains(r#""offset":1,"epoch":"e""#)
    );
}

#[test]
fn the_hole_of_a_fresh_session_is_declared_where_it_cannot_be_closed() {
    for (subs, gap) in [
        (sub(r#""epoch":"e","offset":3,"was_recovering":true"#), true),
        (r#""widget:a":{}"#.to_owned(), true),
        (
            r#""personal:u":{"recoverable":true,"epoch":"e"}"#.to_owned(),
            true,
        ),
        (sub(r#""epoch":"e""#), false),
    ] {
        let mut link = Link::new();
        link.join_fresh("a").opened().say();
        link.text(&connected(1, &subs));
        let said = link.say();
        assert_eq!(
            said.iter().any(|line| line == "gap a start"),
            gap,
            "{subs}: {said:?}"
        );
    }
}

#[test]
fn a_fresh_session_that_never_gets_a_channel_is_declared_after_a_while() {
    let mut link = Link::new();
    link.join_fresh("a").opened();
    link.text(r#"{"id":1,"connect":{"ping":25,"pong":true}}"#);
    link.agree();
    assert_eq!(link.say()[4..], ["joined a", "connected 1"]);
    link.pass(2000);
    assert_eq!(link.say(), ["gap a start"]);
    // Once: what comes later brings no more of it.
    link.text(r#"{"push":{"channel":"personal:u","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert!(link.say().is_empty());
}

#[test]
fn over_a_shared_channel_only_who_wants_the_start_is_told_that_it_is_missing() {
    let mut link = Link::new();
    link.join("a").opened();
    let shared = r#""personal:u":{"recoverable":true,"epoch":"e"}"#;
    link.text(&connected(
        1,
        &format!(r#"{shared},"widget:a":{{"recoverable":true,"epoch":"e"}}"#),
    ));
    link.agree();
    link.say();
    let gaps = |link: &mut Link| {
        let said = link.say().into_iter();
        said.filter(|line| line.starts_with("gap"))
            .collect::<Vec<_>>()
    };
    link.join("b");
    assert!(gaps(&mut link).is_empty());
    link.join_fresh("c").agree();
    assert_eq!(gaps(&mut link), ["gap c start"]);
    // With a channel of its own that is held, it is not.
    link.input(Input::Command(Command::Leave("a".into())));
    link.join_fresh("a");
    assert!(gaps(&mut link).is_empty());
}
