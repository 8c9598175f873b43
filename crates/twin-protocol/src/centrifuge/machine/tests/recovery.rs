//! Positions across connections: what is recovered, what is declared missing.

use super::*;

pub(super) fn sub(fields: &str) -> String {
    format!(r#""widget:a":{{"recoverable":true,{fields}}}"#)
}

/// A link that has seen offset 1 and was cut; its next connect command is sent.
pub(super) fn cut() -> Link {
    let mut link = Link::joined(&["a"]);
    link.text(&publication("widget:a", 1))
        .lost()
        .pass(500)
        .opened();
    let connect = link.say().pop().unwrap();
    assert!(
        connect.contains(r#""subs":{"widget:a":{"recover":true,"offset":1,"epoch":"e"}}"#),
        "{connect}"
    );
    link.out.push(connect);
    link
}

#[test]
fn what_was_missed_comes_once_and_in_order() {
    let mut link = cut();
    let id = link.last_id("connect");
    link.say();
    let missed = r#"[{"data":1,"offset":2},{"data":2,"offset":3}]"#;
    link.text(&connected(id, &sub(&format!(
        r#""epoch":"e","offset":1,"was_recovering":true,"recovered":true,"publications":{missed}"#
    ))));
    let said = link.say();
    assert_eq!(
        said[..2],
        ["event a - e/2 recovered", "event a - e/3 recovered"]
    );
    link.text(&publication("widget:a", 3))
        .text(&publication("widget:a", 4));
    assert_eq!(
        link.say(),
        ["note duplicate 3", "event a chatMessageRead e/4"]
    );
}

#[test]
fn a_full_recovery_with_nothing_missed_is_no_gap() {
    let mut link = cut();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(
        id,
        &sub(r#""epoch":"e","offset":1,"recovered":true"#),
    ));
    assert!(link.say()[0].starts_with("2 send"));
}

#[test]
fn a_recovery_that_leaves_something_out_is_a_gap_whatever_the_server_says_of_it() {
    let mut fresh = Link::new();
    fresh.join_fresh("a").opened();
    for mut link in [cut(), fresh] {
        let id = link.last_id("connect");
        link.say();
        let last = r#"[{"data":1,"offset":7}]"#;
        link.text(&connected(
            id,
            &sub(&format!(
                r#""epoch":"e","offset":7,"recovered":true,"publications":{last}"#
            )),
        ));
        assert_eq!(link.say()[..2], ["gap a jump", "event a - e/7 recovered"]);
    }
}

#[test]
fn what_could_not_be_recovered_is_a_gap_before_the_next_event() {
    for fields in [
        r#""epoch":"e","offset":9,"was_recovering":true"#,
        r#""epoch":"other","offset":1,"was_recovering":true"#,
        r#""epoch":"e","offset":1,"was_recovering":true"#,
        r#""epoch":"e","offset":1"#,
    ] {
        let mut link = cut();
        let id = link.last_id("connect");
        link.say();
        link.text(&connected(id, &sub(fields)));
        let said = link.say();
        assert_eq!(said[0], "gap a not_recovered", "{fields}");
        assert!(said[1].starts_with("2 send"), "{said:?}");
        link.text(&publication("widget:a", 10));
        let said = link.say();
        assert!(
            said.last().unwrap().starts_with("event a chatMessageRead"),
            "{said:?}"
        );
    }
}

#[test]
fn a_channel_that_is_no_longer_granted_is_a_gap_and_is_not_asked_for_again() {
    for reply in [
        r#"{"id":ID,"connect":{"subs":{}}}"#,
        r#"{"id":ID,"connect":{}}"#,
    ] {
        let mut link = cut();
        let id = link.last_id("connect");
        link.say();
        link.text(&reply.replace("ID", &id.to_string()));
        assert_eq!(link.say()[0], "gap a channel_lost");
        link.lost().pass(500).opened();
        assert!(!link.say().pop().unwrap().contains("subs"));
    }
}

#[test]
fn a_channel_of_several_sessions_leaves_a_gap_in_each() {
    let mut link = Link::new();
    link.join("a").join("b").opened();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e"}"#,
    ));
    link.agree();
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(
        id,
        r#""personal:u":{"recoverable":true,"epoch":"f","was_recovering":true}"#,
    ));
    assert_eq!(
        link.say()[..2],
        ["gap a not_recovered", "gap b not_recovered"]
    );
}

#[test]
fn a_channel_without_history_leaves_a_gap_at_every_reconnect() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    link.agree();
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(id, r#""widget:a":{}"#));
    assert_eq!(link.say()[0], "gap a not_recovered");
}

#[test]
fn a_recovery_that_cannot_be_read_is_given_up_after_two_connects() {
    let mut link = Link::joined(&["a"]);
    link.lost().pass(500);
    for _ in 0..2 {
        link.opened();
        assert!(link.say().pop().unwrap().contains("recover"));
        link.socket(SocketInput::Unreadable(
            "a message of more than 16 MiB".into(),
        ));
        let said = link.say();
        assert!(said[0].ends_with("hang up 1000"), "{said:?}");
        assert_eq!(said[1], "waiting 2 protocol".replace('2', &said[1][8..9]));
        link.pass(500).say();
    }
    link.opened();
    let id = link.last_id("connect");
    assert!(!link.say().pop().unwrap().contains("recover"));
    link.text(&connected(
        id,
        r#""widget:a":{"recoverable":true,"epoch":"e","offset":5}"#,
    ));
    assert_eq!(link.say()[0], "gap a unreadable");
}

#[test]
fn a_channel_taken_away_and_given_back_in_time_missed_nothing() {
    let mut link = Link::joined(&["a"]);
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    link.pass(1000);
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":0}}}"#);
    link.pass(5000);
    assert!(link.say().is_empty());
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn a_channel_given_back_further_on_is_recovered_by_a_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.text("{}").say();
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    let back = r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#;
    link.text(&format!("{back}\n{}", publication("widget:a", 3)));
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
    link.opened();
    assert!(
        link.say()
            .pop()
            .unwrap()
            .contains(r#""offset":0,"epoch":"e""#)
    );
}

#[test]
fn a_channel_that_stays_away_is_won_back_by_a_reconnect() {
    let mut link = Link::joined(&["a"]);
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    link.pass(2000);
    assert_eq!(link.say(), ["1 hang up 1000", "connecting 1", "dial 2"]);
}

#[test]
fn a_channel_without_history_that_is_taken_away_is_a_gap_at_once() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    link.agree();
    link.say();
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    link.text(r#"{"push":{"unsubscribe":{"code":2000}}}"#);
    assert_eq!(link.say(), ["gap a channel_lost", "note push "]);
}

#[test]
fn a_channel_that_comes_after_one_was_lost_is_a_gap_again() {
    // Lost on the connection, and with a connect reply.
    let mut taken = Link::new();
    taken
        .join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    taken.agree();
    taken.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    let mut not_granted = cut();
    let id = not_granted.last_id("connect");
    not_granted.text(&format!(r#"{{"id":{id},"connect":{{}}}}"#));
    not_granted.agree();
    for mut link in [taken, not_granted] {
        assert!(link.say().contains(&"gap a channel_lost".to_owned()));
        let push = r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":9}}}"#;
        link.text(push);
        assert_eq!(link.say()[0], "gap a channel_lost");
        link.text(&publication("widget:a", 10));
        assert_eq!(link.say(), ["event a chatMessageRead e/10"]);
    }
}

#[test]
fn a_channel_that_another_takes_the_place_of_is_one_gap() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e"}"#,
    ));
    link.agree();
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    let subs = r#""widget:a":{"recoverable":true,"epoch":"e","offset":3}"#;
    link.text(&connected(id, subs));
    let said = link.say();
    let gaps = said.iter().filter(|line| line.starts_with("gap"));
    assert_eq!(gaps.collect::<Vec<_>>(), ["gap a channel_lost"]);
}

#[test]
fn a_repeated_subscribe_push_changes_nothing_but_a_new_epoch_is_a_gap() {
    let mut link = Link::joined(&["a"]);
    let push = |epoch: &str, offset: u64| {
        format!(
            r#"{{"push":{{"channel":"widget:a","subscribe":{{"recoverable":true,"epoch":"{epoch}","offset":{offset}}}}}}}"#
        )
    };
    link.text(&push("e", 5));
    assert!(link.say().is_empty());
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
    link.text(&push("f", 5));
    assert_eq!(link.say(), ["gap a not_recovered"]);
}

#[test]
fn a_state_that_the_server_calls_invalid_is_not_gone_on_from() {
    for end in ["close frame", "push"] {
        let mut link = Link::joined(&["a"]);
        link.text(&publication("widget:a", 4)).say();
        match end {
            "push" => link.text(r#"{"push":{"disconnect":{"code":3014,"reason":"state"}}}"#),
            _ => link.closed(3014),
        };
        link.pass(500).opened();
        let connect = link.say().pop().unwrap();
        assert!(
            connect.contains(r#""widget:a":{"recover":true,"offset":0,"epoch":"_"}"#),
            "{connect}"
        );
        let id = link.machine.core.next_id() - 1;
        link.text(&connected(id, &sub(r#""epoch":"e","offset":4"#)));
        assert_eq!(link.say()[0], "gap a not_recovered");
        link.text(&publication("widget:a", 5));
        assert_eq!(link.say(), ["event a chatMessageRead e/5"], "{end}");
    }
}

#[test]
fn insufficient_state_is_repaired_by_a_reconnect_with_the_positions() {
    let mut link = Link::joined(&["a"]);
    link.text(&publication("widget:a", 1)).say();
    link.closed(3010).pass(500).opened();
    let connect = link.say().pop().unwrap();
    assert!(
        connect.contains(r#""widget:a":{"recover":true,"offset":1,"epoch":"e"}"#),
        "{connect}"
    );
}

#[test]
fn whatever_the_code_a_channel_taken_away_is_won_back_by_a_reconnect() {
    for code in [0, 1999, 2000, 2499, 2500, 2501, 2502, 2599, 2600] {
        let mut link = Link::joined(&["a"]);
        link.text("{}").say();
        link.text(&format!(
            r#"{{"push":{{"channel":"widget:a","unsubscribe":{{"code":{code},"reason":"x"}}}}}}"#
        ));
        assert!(link.say().is_empty(), "{code}");
        link.pass(2000);
        assert_eq!(link.say()[1..], ["connecting 1", "dial 2"], "{code}");
    }
}

#[test]
fn a_channel_that_is_not_held_cannot_be_taken_away() {
    let mut link = Link::joined(&["a"]);
    for channel in ["", r#""channel":"widget:other","#] {
        link.text(&format!(
            r#"{{"push":{{{channel}"unsubscribe":{{"code":2000}}}}}}"#
        ));
    }
    link.say();
    link.pass(10_000).text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn what_a_reconnect_wins_of_a_channel_given_back_is_delivered() {
    let mut link = Link::joined(&["a"]);
    link.text("{}")
        .text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":1}}}"#);
    link.opened();
    let id = link.last_id("connect");
    link.say();
    let missed = r#"[{"data":1,"offset":1}]"#;
    link.text(&connected(
        id,
        &sub(&format!(
            r#""epoch":"e","recovered":true,"publications":{missed}"#
        )),
    ));
    assert_eq!(link.say()[0], "event a - e/1 recovered");
    // It is held again: there is nothing to win back.
    link.pass(10_000).text(&publication("widget:a", 2));
    let said = link.say();
    assert_eq!(said.last().unwrap(), "event a chatMessageRead e/2");
    assert!(
        !said.iter().any(|line| line.contains("hang up")),
        "{said:?}"
    );
}

#[test]
fn what_is_lost_of_a_shared_channel_is_missing_where_no_other_channel_carries_it() {
    let mut link = Link::new();
    link.join("a").join("b").opened();
    link.text(&connected(
        1,
        r#""personal:u":{"recoverable":true,"epoch":"e"},"widget:a":{}"#,
    ));
    link.agree();
    link.say();
    link.text(&publication("personal:u", 2));
    assert_eq!(link.say()[0], "gap b jump");
    assert_eq!(link.out.len(), 0);
}

#[test]
fn a_channel_that_was_lost_and_is_given_again_is_a_new_one() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(&connected(1, r#""widget:a":{}"#));
    link.agree();
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#)
        .say();
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e"}}}"#);
    assert!(link.say().is_empty());
}

#[test]
fn a_server_too_slow_for_its_connect_reply_is_asked_for_less() {
    let third_connect = |code: u16| {
        let mut link = Link::joined(&["a"]);
        link.lost().pass(500);
        for _ in 0..2 {
            link.opened().closed(code).pass(500);
        }
        link.opened().say().pop().unwrap()
    };
    assert!(!third_connect(3008).contains("recover"));
    assert!(third_connect(3001).contains("recover"));
}

#[test]
fn only_connects_in_a_row_are_given_up_recovery_for() {
    let mut link = Link::joined(&["a"]);
    link.lost().pass(500);
    for _ in 0..4 {
        link.opened();
        assert!(link.say().pop().unwrap().contains("recover"));
        link.socket(SocketInput::Unreadable("too long".into()))
            .pass(500);
        link.connect(&["a"]);
        link.lost().pass(500);
    }
}
