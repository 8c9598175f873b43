//! The article's flow: connect, subscribe, join, events, pings.

use super::*;

#[test]
fn the_articles_flow() {
    let mut link = Link::new();
    link.join("a");
    assert_eq!(link.say(), ["connecting 1", "dial 1"]);
    link.opened();
    assert_eq!(
        link.say(),
        [
            r#"1 send {"connect":{"data":{"application":"widget","settings":{"sessions":["a"]}},"name":"js"},"id":1}"#
        ]
    );
    link.text(&connected(
        1,
        r#""widget:a":{"recoverable":true,"epoch":"e","positioned":true}"#,
    ));
    assert_eq!(
        link.say(),
        [concat!(
            r#"1 send {"subscribe":{"channel":"widget:a"},"id":2}"#,
            "\n",
            r#"{"rpc":{"method":"joinSession","data":{"id":"a"}},"id":3}"#
        )]
    );
    link.text(concat!(
        r#"{"id":2,"error":{"code":105,"message":"already subscribed"}}"#,
        "\n",
        r#"{"id":3,"rpc":{"data":{"success":true}}}"#
    ));
    assert_eq!(link.say(), ["joined a", "connected 1"]);
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn what_shares_a_message_with_the_connect_reply_is_read() {
    let mut link = Link::new();
    link.join("a").opened().say();
    let reply = connected(1, r#""widget:a":{"recoverable":true,"epoch":"e"}"#);
    link.text(&format!("{reply}\n{}\n{{}}", publication("widget:a", 1)));
    let said = link.say();
    assert_eq!(said[0], "event a chatMessageRead e/1");
    assert!(
        said[1].ends_with("\n{}"),
        "the pong leaves with the joins: {said:?}"
    );
    assert_eq!(said.len(), 2);
}

#[test]
fn events_are_reported_before_every_session_is_joined() {
    let mut link = Link::new();
    link.join("a").join("b").opened().say();
    link.text(&connected(
        1,
        r#""widget:a":{"recoverable":true,"epoch":"e"}"#,
    ))
    .say();
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn a_ping_is_answered_once_and_only_where_that_is_wanted() {
    let mut link = Link::joined(&["a"]);
    link.text("{}");
    assert_eq!(link.say(), ["1 send {}"]);

    let mut link = Link::new();
    link.join("a").opened().say();
    link.text("{}");
    assert!(
        link.say().is_empty(),
        "before the connect reply a pong would end the connection"
    );
    link.text(r#"{"id":1,"connect":{"ping":25}}"#).say();
    link.text("{}");
    assert!(link.say().is_empty());
}

#[test]
fn whose_an_event_is() {
    let named = r#"{"event":"x","payload":{"sessionId":"b"}}"#;
    let nameless = r#"{"event":"x","payload":{}}"#;
    for (sessions, channel, data, owner) in [
        (&["a", "b"][..], "widget:a", named, "a"),
        (&["a", "b"], "widget:b", nameless, "b"),
        (&["a", "b"], "personal:u", named, "b"),
        (&["a", "b"], "personal:u", nameless, "-"),
        (&["a", "b"], "widget:other", nameless, "-"),
        (&["a"], "personal:u", nameless, "a"),
        (&["a"], "personal:u", named, "b"),
    ] {
        let mut link = Link::joined(sessions);
        link.text(&format!(
            r#"{{"push":{{"channel":"{channel}","pub":{{"data":{data}}}}}}}"#
        ));
        assert_eq!(
            link.say(),
            [format!("event {owner} x")],
            "{sessions:?} {channel} {data}"
        );
    }
}

#[test]
fn what_comes_over_the_channel_of_a_session_is_its_own_though_the_channel_was_taken() {
    let mut link = Link::new();
    link.join("a").join("b").opened();
    link.text(&connected(1, r#""widget:a":{},"widget:b":{}"#));
    link.agree();
    link.say();
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2500}}}"#)
        .say();
    link.text(&publication("widget:a", 0));
    assert_eq!(link.say(), ["event a chatMessageRead"]);
}

#[test]
fn events_of_a_session_that_was_left_are_nobody_elses() {
    let mut link = Link::joined(&["a", "b"]);
    link.input(Input::Command(Command::Leave("a".into())));
    let said = link.say();
    assert_eq!(said[0], "ended a left");
    assert!(
        said[1].contains(r#"{"unsubscribe":{"channel":"widget:a"}"#),
        "{said:?}"
    );
    link.text(&publication("widget:a", 1));
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn a_closed_session_ends_after_its_last_event() {
    let mut link = Link::joined(&["a", "b"]);
    let closed = r#"{"event":"sessionClosed","payload":{"sessionId":"a","chatId":"c","sessionRatingRequired":false}}"#;
    link.text(&format!(
        r#"{{"push":{{"channel":"widget:a","pub":{{"data":{closed},"offset":1}}}}}}"#
    ));
    let said = link.say();
    assert_eq!(said[..2], ["event a sessionClosed e/1", "ended a closed"]);
    assert!(said[2].contains("unsubscribe"), "{said:?}");
    let id = link.machine.core.next_id() - 1;
    link.text(&format!(r#"{{"id":{id},"unsubscribe":{{}}}}"#))
        .say();
    link.lost().pass(1000).opened();
    let connect = link.say().pop().unwrap();
    assert!(connect.contains(r#""sessions":["b"]"#), "{connect}");
    assert!(!connect.contains("widget:a"), "{connect}");
}

#[test]
fn data_of_odd_shape_is_delivered() {
    let mut link = Link::joined(&["a"]);
    for data in [
        "null",
        "5",
        r#""text""#,
        "[]",
        "{}",
        "1e400",
        r#"{"event":7}"#,
    ] {
        link.text(&format!(
            r#"{{"push":{{"channel":"widget:a","pub":{{"data":{data}}}}}}}"#
        ));
        assert_eq!(link.say(), ["event a -"], "{data}");
    }
    link.text(r#"{"push":{"channel":"widget:a","pub":{}}}"#);
    link.text(r#"{"push":{"message":{"data":1}}}"#);
    assert_eq!(link.say(), ["event a -", "event a -"]);
}

#[test]
fn any_batching_of_the_same_frames_gives_the_same_events() {
    let frames: Vec<_> = (1..=40)
        .map(|offset| publication("widget:a", offset))
        .collect();
    let one_by_one = {
        let mut link = Link::joined(&["a"]);
        for frame in &frames {
            link.text(frame);
        }
        link.say()
    };
    for size in [2, 3, 16, 40] {
        let mut link = Link::joined(&["a"]);
        for chunk in frames.chunks(size) {
            link.text(&chunk.join("\n"));
        }
        assert_eq!(link.say(), one_by_one);
    }
}

#[test]
fn an_emit_is_told_that_this_protocol_carries_none() {
    use crate::link::{Emit, EmitId};

    let mut link = Link::joined(&["a"]);
    let emit = Emit::new(EmitId::new(7), "chatMessageReadEmit", Vec::new());
    link.input(Input::Command(Command::Emit(emit.clone())));
    assert_eq!(link.say(), ["emitted 7 NotSent(Unsupported)"]);
    link.closed(3500).say();
    link.input(Input::Command(Command::Emit(emit)));
    assert_eq!(link.say(), ["emitted 7 NotSent(Unsupported)"]);
}
