//! Joining sessions: on a live link, with a platform that grants on join or by connect only, with
//! refusals and failures.

use super::*;

fn rpc_error(id: u32, error: &str) -> String {
    format!(r#"{{"id":{id},"error":{error}}}"#)
}

#[test]
fn a_session_added_to_a_live_link_is_granted_on_join() {
    let mut link = Link::joined(&["a"]);
    link.join("b");
    assert_eq!(link.ids("rpc").len(), 1);
    link.agree();
    link.say();
    link.text(r#"{"push":{"channel":"widget:b","subscribe":{"recoverable":true,"epoch":"e","offset":4}}}"#);
    assert_eq!(link.say(), ["joined b"]);
    link.pass(10_000).text(&publication("widget:b", 5));
    assert_eq!(link.say(), ["event b chatMessageRead e/5"]);
}

#[test]
fn a_session_that_is_not_granted_on_join_is_granted_by_a_planned_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.join("b").agree();
    link.say();
    link.pass(1999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
    link.opened();
    let connect = link.say().pop().unwrap();
    assert!(connect.contains(r#""sessions":["a","b"]"#), "{connect}");
    assert!(
        connect.contains(r#""widget:a":{"recover":true,"offset":0,"epoch":"e"}"#),
        "{connect}"
    );
}

#[test]
fn sessions_added_one_after_another_share_a_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.pass(10_000).join("b").agree();
    link.pass(1900).join("c").agree();
    link.say();
    link.pass(199);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
}

#[test]
fn over_a_channel_of_several_sessions_a_join_needs_no_channel_of_its_own() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e"}"#,
    ));
    link.agree();
    link.say();
    // What it has said since its start came when nobody knew whose it was.
    link.join_fresh("b").agree();
    let said = link.say();
    assert_eq!((&*said[0], &*said[2]), ("gap b start", "joined b"));
    link.pass(10_000);
    assert!(link.say().is_empty());
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    let recovered = r#""recoverable":true,"epoch":"e","recovered":true"#;
    link.text(&connected(id, &format!(r#""personal:u":{{{recovered}}}"#)));
    assert!(link.say().iter().all(|line| !line.starts_with("gap")));
}

#[test]
fn a_session_left_before_it_was_granted_is_taken_for_no_others() {
    let leave = |link: &mut Link| {
        link.input(Input::Command(Command::Leave("a".into())));
    };
    // While the connect command is on its way.
    let mut link = Link::new();
    link.join("a").join("b").opened();
    leave(&mut link);
    let subs = r#""widget:a":{"recoverable":true,"epoch":"e"},"widget:b":{"recoverable":true,"epoch":"e"}"#;
    link.say();
    link.text(&connected(1, subs));
    assert!(link.say()[0].contains(r#"{"unsubscribe":{"channel":"widget:a"}"#));
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);

    // While the join is on its way, and once more after all was told.
    let mut link = Link::joined(&["b"]);
    link.join("a");
    leave(&mut link);
    link.say();
    for _ in 0..2 {
        link.text(
            r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e"}}}"#,
        );
        let said = link.say();
        assert!(said[0].contains(r#"{"unsubscribe":{"channel":"widget:a"}"#));
        let id = said[0].rsplit_once(':').unwrap().1.trim_end_matches('}');
        link.text(&format!(r#"{{"id":{id},"unsubscribe":{{}}}}"#));
        assert!(link.say().is_empty());
    }
    link.lost();
    assert_eq!(link.machine.core.sessions.active().count(), 1);
    assert!(link.machine.core.sessions.get("a").is_none());
}

#[test]
fn no_gap_is_told_of_a_session_that_was_left() {
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("a".into()))).say();
    let renewed = publication("widget:a", 1).replace(r#""offset""#, r#""epoch":"f","offset""#);
    link.text(&renewed);
    assert_eq!(link.say(), ["event a chatMessageRead f/1"]);
}

#[test]
fn a_refused_join_ends_that_session_alone() {
    for answer in [
        r#""error":{"code":1000,"message":"no"}"#,
        r#""error":{"code":108,"message":"not available"}"#,
        r#""rpc":{"data":{"success":false}}"#,
    ] {
        let mut link = Link::new();
        link.join("a").join("b").opened();
        link.text(&connected(1, r#""widget:a":{},"widget:b":{}"#));
        let ids = link.ids("rpc");
        link.say();
        link.text(&format!(r#"{{"id":{},{answer}}}"#, ids[0]));
        link.text(&format!(
            r#"{{"id":{},"rpc":{{"data":{{"success":true}}}}}}"#,
            ids[1]
        ));
        let said = link.say();
        assert!(said[0].starts_with("ended a join_refused"), "{said:?}");
        assert_eq!(said[2..], ["joined b", "connected 1"]);
    }
}

#[test]
fn the_last_refused_join_closes_the_link() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    let id = link.last_id("rpc");
    link.say();
    link.text(&rpc_error(id, r#"{"code":1000,"message":"no"}"#));
    assert_eq!(
        link.say(),
        [
            "ended a join_refused 1000",
            "1 hang up 1000",
            "closed join_refused 1000"
        ]
    );
    link.join("b");
    assert_eq!(link.say(), ["ended b link join_refused 1000"]);
}

#[test]
fn whatever_is_no_refusal_is_agreement() {
    for answer in [
        r#""rpc":{}"#,
        r#""rpc":{"data":null}"#,
        r#""rpc":{"data":"yes"}"#,
        r#""rpc":{"data":{"success":true,"more":[]}}"#,
        r#""rpc":{"data":{"success":"false"}}"#,
        r#""rpc":{"data":[false]}"#,
    ] {
        let mut link = Link::new();
        link.join("a")
            .opened()
            .text(&connected(1, r#""widget:a":{}"#));
        let id = link.last_id("rpc");
        link.say();
        link.text(&format!(r#"{{"id":{id},{answer}}}"#));
        assert_eq!(link.say(), ["joined a", "connected 1"], "{answer}");
    }
}

#[test]
fn a_failure_that_may_pass_is_tried_again_on_the_same_connection() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    for attempt in 2..6 {
        let id = link.last_id("rpc");
        link.say();
        link.text(&rpc_error(
            id,
            r#"{"code":100,"message":"internal server error","temporary":true}"#,
        ));
        link.pass(500);
        assert_eq!(link.out[0], format!("note join a {attempt}"));
    }
    link.agree();
    assert_eq!(link.say()[2..], ["joined a", "connected 1"]);
}

/// A link that has asked twice to join its session, as the first answer is late; and the ids of both.
fn asked_twice() -> (Link, [u32; 2]) {
    let config = Config {
        silence_grace: Duration::from_secs(3600),
        ..Config::default()
    };
    let mut link = Link::with(config);
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    let first = link.last_id("rpc");
    link.say();
    link.pass(10_500);
    let second = link.last_id("rpc");
    assert_ne!(first, second);
    link.say();
    (link, [first, second])
}

#[test]
fn a_join_without_an_answer_is_tried_again_and_a_late_answer_counts() {
    let (mut link, [first, second]) = asked_twice();
    link.text(&format!(
        r#"{{"id":{first},"rpc":{{"data":{{"success":true}}}}}}"#
    ));
    assert_eq!(link.say(), ["joined a", "connected 1"]);
    link.text(&format!(
        r#"{{"id":{second},"rpc":{{"data":{{"success":true}}}}}}"#
    ));
    assert_eq!(link.say(), [format!("note stale reply {second}")]);
}

#[test]
fn what_was_agreed_to_is_not_refused_by_the_answer_to_a_second_question() {
    for refusal in [
        r#""rpc":{"data":{"success":false}}"#,
        r#""error":{"code":400,"message":"already joined"}"#,
    ] {
        let (mut link, [first, second]) = asked_twice();
        let agreed = format!(r#"{{"id":{first},"rpc":{{"data":{{"success":true}}}}}}"#);
        link.text(&agreed).say();
        link.text(&format!(r#"{{"id":{second},{refusal}}}"#));
        assert_eq!(link.say(), [format!("note stale reply {second}")]);
    }
}

#[test]
fn sessions_are_joined_again_on_every_connect() {
    let mut link = Link::joined(&["a", "b"]);
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(id, r#""widget:a":{},"widget:b":{}"#));
    assert_eq!(link.ids("rpc").len(), 2);
}

#[test]
fn the_same_session_named_twice_is_one() {
    let mut link = Link::joined(&["a"]);
    link.join("a");
    assert!(link.say().is_empty());
}

#[test]
fn a_session_taken_up_again_after_it_was_left_is_granted_anew() {
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("a".into())));
    let unsubscribe = link.last_id("unsubscribe");
    link.say();
    link.join("a").agree();
    link.text(&format!(r#"{{"id":{unsubscribe},"unsubscribe":{{}}}}"#));
    link.say();
    link.pass(2000);
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
}

#[test]
fn a_session_taken_up_again_is_not_joined_before_the_platform_agrees() {
    let mut link = Link::new();
    link.join("a").join("b");
    link.connect(&["a", "b"]);
    link.lost().pass(500).say();
    // Left while nothing is connected; the next connection is not given its channel.
    link.input(Input::Command(Command::Leave("a".into())));
    link.opened();
    let id = link.last_id("connect");
    link.say();
    let subs = r#""widget:b":{"recoverable":true,"epoch":"e","recovered":true}"#;
    link.text(&connected(id, subs));
    let flight = link.say().pop().unwrap();
    assert!(!flight.contains("unsubscribe"), "{flight}");

    // Left while it is given, and taken up again before the server has ended it.
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("a".into())));
    let unsubscribe = link.last_id("unsubscribe");
    link.join("a");
    let join = link.last_id("rpc");
    link.say();
    link.text(&format!(r#"{{"id":{unsubscribe},"unsubscribe":{{}}}}"#));
    link.text(&format!(
        r#"{{"id":{join},"rpc":{{"data":{{"success":true}}}}}}"#
    ));
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert_eq!(link.say(), ["joined a"]);
}

#[test]
fn a_session_that_is_left_before_it_is_joined_connects_nothing() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(1, r#""widget:a":{}"#));
    link.say();
    link.input(Input::Command(Command::Leave("a".into())));
    let said = link.say();
    let claims = said.iter().any(|line| line.starts_with("connected"));
    assert!(!claims, "{said:?}");
    // The next one is told of.
    link.join("b").agree();
    assert!(link.say().contains(&"connected 1".to_owned()));
}

#[test]
fn sessions_that_never_stop_being_added_do_not_put_off_the_reconnect_for_ever() {
    let mut link = Link::joined(&["a"]);
    let began = link.now;
    for number in 0..100 {
        link.join(&format!("s{number}")).agree();
        link.say();
        link.pass(150);
        let said = link.say();
        if !said.is_empty() {
            assert_eq!(said[..3], ["1 hang up 1000", "connecting 1", "dial 2"]);
            // Twice the time that a session may be without its channel.
            assert_eq!((link.now - began).as_millis(), 4_050);
            return;
        }
    }
    panic!("it was put off for ever");
}

#[test]
fn a_session_that_waits_for_no_channel_wakes_nobody() {
    let mut link = Link::new();
    link.join("a").opened().text(r#"{"id":1,"connect":{}}"#);
    link.agree();
    assert_eq!(link.machine.deadline(), None);
}

#[test]
fn a_failure_may_pass_by_its_code_or_by_its_mark() {
    for error in [r#"{"code":100}"#, r#"{"code":1234,"temporary":true}"#] {
        let mut link = Link::new();
        link.join("a")
            .opened()
            .text(&connected(1, r#""widget:a":{}"#));
        let id = link.last_id("rpc");
        link.say();
        link.text(&rpc_error(id, error));
        assert!(link.say().is_empty(), "{error}");
        link.pass(500);
        assert_eq!(link.say()[0], "note join a 2", "{error}");
    }
}

#[test]
fn the_late_failure_of_a_join_that_was_given_up_puts_nothing_off() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    let id = link.last_id("rpc");
    link.pass(10_400).say();
    link.text(&rpc_error(id, r#"{"code":100}"#)).pass(100);
    assert_eq!(link.say()[0], "note join a 2");
}

#[test]
fn an_early_wake_up_asks_for_no_join_and_wins_back_no_channel() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{"recoverable":true}"#));
    let id = link.last_id("rpc");
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#)
        .say();
    link.input(Input::Elapsed);
    // Still asked, not paused: its answer is awaited to the end.
    link.pass(1_999);
    assert!(link.say().is_empty());
    link.text(&rpc_error(id, r#"{"code":100}"#));
    link.input(Input::Elapsed);
    assert!(link.say().is_empty());
}

#[test]
fn the_failures_of_joins_do_not_outlive_their_connection() {
    let mut link = Link::with_pauses(Duration::from_millis(500), Duration::from_secs(3600));
    link.join("a").opened();
    link.text(&connected(1, r#""widget:a":{}"#));
    for _ in 0..12 {
        let id = link.last_id("rpc");
        link.say();
        link.text(&rpc_error(id, r#"{"code":100}"#));
        while link.ids("rpc").is_empty() {
            link.text("{}").pass(20_000);
        }
    }
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"offset":1}}}"#);
    link.lost().pass(2_000).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(id, r#""widget:a":{}"#));
    let id = link.last_id("rpc");
    link.say();
    link.text(&rpc_error(id, r#"{"code":100}"#)).pass(1_000);
    assert_eq!(link.say()[0], "note join a 2");
}

#[test]
fn what_shares_a_message_with_a_late_channel_of_a_fresh_session_is_left_to_the_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.join_fresh("b").agree();
    link.say();
    let push = r#"{"push":{"channel":"widget:b","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#;
    link.text(&format!("{push}\n{}", publication("widget:b", 3)));
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
    link.opened();
    let connect = link.say().pop().unwrap();
    assert!(
        connect.contains(r#""widget:b":{"recover":true}"#),
        "{connect}"
    );
}
