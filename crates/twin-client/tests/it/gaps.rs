//! Gaps that the list of messages fills.

mod in_a_row;

use http::{HeaderValue, StatusCode, header::DATE};
use serde_json::{Value, json};
use twin_client::{AccessToken, Config, Credentials, Events, RetryPolicy, Session, SessionDraft};
use twin_transport::testing::Answer;

use crate::support::{A, Server, World, channel, granted, listed, message, page, started, told};

fn filling(config: &mut Config) {
    config.credentials = Credentials::Token(AccessToken::parse("t").unwrap());
}

/// A session that was told of message 1, whose connection broke and came back without recovery.
fn torn(world: &World) -> (Session, Events, Server<'_>) {
    let (session, events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 60));
    server.peer.lose();
    let mut sub: Value = granted(9);
    sub["was_recovering"] = true.into();
    let server = world.grant(&json!({channel(A): sub}));
    (session, events, server)
}

#[test]
fn missed_messages_follow_the_gap_in_order_and_what_came_meanwhile_follows_them() {
    let world = World::with(filling);
    let (answer, release) = page(
        4,
        &[
            listed(A, "1", "one", 60),
            listed(A, "3", "three", 62),
            listed(A, "2", "two", 61),
            json!({"id": "me", "authorType": "CLIENT", "body": "mine", "sessionId": A,
                   "createdAt": "2026-03-01T10:01:01+00:00"}),
        ],
    )
    .held();
    world.http.push(answer);
    let (_session, mut events, server) = torn(&world);
    server.publish(&channel(A), 10, &message(A, "3", "three", 62));
    server.publish(&channel(A), 11, &message(A, "4", "four", 63));
    assert_eq!(told(&mut events), ["one"], "the rest waits for the list");
    release.release();
    world.settle();
    let expected = ["gap: not_recovered, filled", "list: two", "three", "four"];
    assert_eq!(told(&mut events), expected);
    // A minute before the last message that was known.
    let asked = &world.asked()[0];
    assert!(
        asked.contains("from=2026-03-01T10%3A00%3A00%2B00%3A00"),
        "{asked}"
    );
    // What the list brought does not come again.
    server.publish(&channel(A), 12, &message(A, "2", "two", 61));
    server.publish(&channel(A), 13, &message(A, "5", "five", 64));
    assert_eq!(told(&mut events), ["five"]);
    assert_eq!(world.client.stats().gaps_filled, 1);
}

#[test]
fn a_list_that_is_ahead_of_the_live_channel_overtakes_nothing() {
    let world = World::with(filling);
    let (answer, release) = page(
        4,
        &[
            listed(A, "2", "two", 61),
            listed(A, "3", "three", 62),
            listed(A, "4", "four", 62),
            listed(A, "5", "five", 63),
        ],
    )
    .held();
    world.http.push(answer);
    let (_session, mut events, server) = torn(&world);
    server.publish(&channel(A), 10, &message(A, "3", "three", 62));
    assert_eq!(told(&mut events), ["one"], "the rest waits for the list");
    release.release();
    world.settle();
    let expected = [
        "gap: not_recovered, filled",
        "list: two",
        "three",
        "list: four",
        "list: five",
    ];
    assert_eq!(told(&mut events), expected);
    server.publish(&channel(A), 11, &message(A, "4", "four", 62));
    server.publish(&channel(A), 12, &message(A, "5", "five", 63));
    server.publish(&channel(A), 13, &message(A, "6", "six", 64));
    assert_eq!(told(&mut events), ["six"]);
}

#[test]
fn what_a_list_has_beyond_a_further_gap_waits_for_the_filling_of_that() {
    let world = World::with(filling);
    let (answer, release) = page(
        4,
        &[
            listed(A, "2", "two", 61),
            listed(A, "3", "three", 62),
            listed(A, "4", "four", 63),
            listed(A, "5", "five", 64),
        ],
    )
    .held();
    world.http.push(answer);
    let (_session, mut events, server) = torn(&world);
    server.publish(&channel(A), 10, &message(A, "2", "two", 61));
    server.peer.lose();
    let mut sub: Value = granted(20);
    sub["was_recovering"] = true.into();
    let server = world.grant(&json!({channel(A): sub}));
    server.publish(&channel(A), 21, &message(A, "4", "four", 63));
    assert_eq!(told(&mut events), ["one"], "the rest waits for the list");
    world.http.push(page(
        2,
        &[listed(A, "4", "four", 63), listed(A, "5", "five", 64)],
    ));
    release.release();
    world.settle();
    let expected = [
        "gap: not_recovered, filled",
        "two",
        "list: three",
        "gap: not_recovered, filled",
        "four",
        "list: five",
    ];
    assert_eq!(told(&mut events), expected);
}

#[test]
fn what_was_written_before_anyone_listened_was_not_missed() {
    let world = World::with(filling);
    let listed = [
        listed(A, "old", "before listening", 55),
        listed(A, "2", "two", 61),
    ];
    // Listening began some seconds ago, by the server's clock at ten o'clock and 62 seconds.
    let date = HeaderValue::from_static("Sun, 01 Mar 2026 10:01:02 GMT");
    world.http.push(page(2, &listed).header(DATE, date));
    let (_session, mut events, _server) = torn(&world);
    assert_eq!(
        told(&mut events),
        ["one", "gap: not_recovered, filled", "list: two"]
    );
}

#[test]
fn what_is_older_than_the_first_event_of_the_reader_does_not_come_after_it() {
    let world = World::with(filling);
    // The server's clock says that listening began less than two seconds after it was written.
    let answer = page(
        3,
        &[
            listed(A, "0", "before", 59),
            listed(A, "1", "one", 60),
            listed(A, "2", "two", 61),
        ],
    );
    let date = HeaderValue::from_static("Sun, 01 Mar 2026 10:01:00 GMT");
    world.http.push(answer.header(DATE, date));
    let (_session, mut events, _server) = torn(&world);
    world.settle();
    let expected = ["one", "gap: not_recovered, filled", "list: two"];
    assert_eq!(told(&mut events), expected);
}

/// A session whose channel without history was taken away, with a message told before, one published
/// while it was away, and one after it came again.
fn taken_and_given_back(world: &World) -> Vec<String> {
    let (_session, mut events) = world.listen(A);
    let server = world.grant(&json!({channel(A): {}}));
    let data = |number: u32| message(A, &format!("{number}"), &format!("{number}"), 59 + number);
    server.publish(&channel(A), 0, &data(1));
    server.say(&json!({"push": {"channel": channel(A), "unsubscribe": {"code": 2000}}}));
    world.settle();
    server.say(&json!({"push": {"channel": channel(A), "subscribe": {}}}));
    server.publish(&channel(A), 0, &data(3));
    world.settle();
    told(&mut events)
}

#[test]
fn what_was_published_before_a_lost_channel_came_again_is_filled_too() {
    let world = World::with(filling);
    let item = |number: u32| listed(A, &format!("{number}"), &format!("{number}"), 59 + number);
    world.http.push(page(1, &[item(1)]));
    world.http.push(page(3, &[item(1), item(2), item(3)]));
    let lost = "gap: channel_lost, filled";
    assert_eq!(
        taken_and_given_back(&world),
        ["1", lost, lost, "list: 2", "3"]
    );
}

#[test]
fn a_channel_that_is_lost_and_comes_again_is_one_hole_where_nothing_fills_it() {
    let world = World::new();
    assert_eq!(
        taken_and_given_back(&world),
        ["1", "gap: channel_lost", "3"]
    );
}

#[test]
fn a_list_that_is_refused_leaves_the_gap_as_it_is_and_ends_nothing() {
    for status in [401, 403, 404, 500] {
        let world = World::with(|config| {
            filling(config);
            config.retry = RetryPolicy::none();
        });
        world
            .http
            .push(Answer::status(StatusCode::from_u16(status).unwrap()));
        let (_session, mut events, server) = torn(&world);
        server.publish(&channel(A), 10, &message(A, "2", "two", 61));
        assert_eq!(
            told(&mut events),
            ["one", "gap: not_recovered", "two"],
            "{status}"
        );
    }
}

#[test]
fn a_list_that_never_answers_is_waited_for_five_seconds() {
    let world = World::with(filling);
    world.http.push(Answer::never());
    let (_session, mut events, server) = torn(&world);
    server.publish(&channel(A), 10, &message(A, "2", "two", 61));
    world.advance(4);
    assert_eq!(told(&mut events), ["one"]);
    world.advance(2);
    assert_eq!(told(&mut events), ["gap: not_recovered", "two"]);
}

#[test]
fn more_than_may_wait_gives_up_the_filling_and_not_the_events() {
    let world = World::with(filling);
    world.http.push(Answer::never());
    let (_session, mut events, server) = torn(&world);
    let long = "x".repeat(400_000);
    for number in 0..3 {
        let data = message(A, &format!("long{number}"), &long, 61);
        server.publish(&channel(A), 10 + number, &data);
    }
    let told = told(&mut events);
    assert_eq!(told[..2], ["one", "gap: not_recovered"]);
    assert_eq!(
        told[2..].iter().map(String::len).collect::<Vec<_>>(),
        [400_000; 3]
    );
}

#[test]
fn a_session_that_is_closed_while_its_gap_is_filled_ends_after_all_of_it() {
    let world = World::with(filling);
    let (answer, release) = page(1, &[listed(A, "2", "two", 61)]).held();
    world.http.push(answer);
    let (session, mut events, server) = torn(&world);
    let closed = json!({"event": "sessionClosed", "payload": {
        "sessionId": A, "chatId": "c", "sessionRatingRequired": false,
    }});
    server.publish(&channel(A), 10, &closed);
    assert!(world.wait(session.ended()).is_some());
    assert_eq!(told(&mut events), ["one"]);
    release.release();
    world.settle();
    let expected = [
        "gap: not_recovered, filled",
        "list: two",
        "sessionClosed",
        "end",
    ];
    assert_eq!(told(&mut events), expected);
}

#[test]
fn a_list_is_paged_until_it_is_complete() {
    let world = World::with(filling);
    let items: Vec<_> = (0..100)
        .map(|number| listed(A, &format!("l{number}"), "listed", 61))
        .collect();
    world.http.push(page(101, &items));
    world
        .http
        .push(page(101, &[listed(A, "last", "the last", 62)]));
    let (_session, mut events, _server) = torn(&world);
    let told = told(&mut events);
    assert_eq!(told.len(), 103);
    assert_eq!(told[1], "gap: not_recovered, filled");
    assert_eq!(told[102], "list: the last");
    assert!(
        world.asked()[1].contains("offset=100"),
        "{:?}",
        world.asked()
    );
}

#[test]
fn a_message_that_is_deleted_between_two_pages_leaves_the_gap_unfilled() {
    let world = World::with(filling);
    let items: Vec<_> = (0..100)
        .map(|number| listed(A, &format!("l{number}"), "listed", 61))
        .collect();
    world.http.push(page(102, &items));
    // One of the first hundred is gone: the next page begins one message too late.
    world
        .http
        .push(page(101, &[listed(A, "last", "the last", 62)]));
    let (_session, mut events, _server) = torn(&world);
    let told = told(&mut events);
    assert_eq!(told[1], "gap: not_recovered");
    // What is there is told all the same.
    assert_eq!((told.len(), told[102].as_str()), (103, "list: the last"));
}

#[test]
fn a_minute_with_more_messages_than_are_remembered_brings_none_twice() {
    let world = World::with(filling);
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    let id = |number: u64| format!("m{number}");
    for number in 1..=1100 {
        let second = 60 + u32::try_from(number).unwrap() / 50;
        server.publish(
            &channel(A),
            number,
            &message(A, &id(number), "live", second),
        );
    }
    assert_eq!(told(&mut events).len(), 1100);
    // The list begins a minute before the last.
    let oldest: Vec<_> = (1..=100)
        .map(|number| {
            listed(
                A,
                &id(number),
                "live",
                60 + u32::try_from(number).unwrap() / 50,
            )
        })
        .collect();
    world.http.push(page(100, &oldest));
    server.peer.lose();
    let mut sub: Value = granted(1109);
    sub["was_recovering"] = true.into();
    let _server = world.grant(&json!({channel(A): sub}));
    assert_eq!(told(&mut events), ["gap: not_recovered, filled"]);
}

#[test]
fn what_came_with_the_reply_to_the_start_does_not_come_again_from_the_list() {
    let world = World::with(filling);
    world.http.push(started(
        A,
        &[json!({"body": "hello"}), json!({"body": "well?"})],
    ));
    let chat = world.client.chat("c");
    let start = chat.start(SessionDraft::new("n"));
    let (_session, mut events) = world.wait(start).unwrap();
    world.http.push(page(
        4,
        &[
            listed(A, "1", "hello", 0),
            listed(A, "2", "well?", 0),
            listed(A, "3", "hello", 1),
            listed(A, "4", "new", 2),
        ],
    ));
    // What was published before the first connect cannot be had.
    let server = world.grant(&json!({channel(A): granted(4)}));
    let expected = [
        "start: hello",
        "start: well?",
        "gap: start, filled",
        "list: hello",
        "list: new",
    ];
    assert_eq!(told(&mut events), expected);
    drop(server);
}

#[test]
fn a_thousand_gaps_at_once_ask_the_list_a_few_at_a_time() {
    let world = World::with(filling);
    let names: Vec<_> = (0..100).map(|number| format!("s{number}")).collect();
    let listening = world.client.listen(names.iter().map(String::as_str));
    let mut listening = listening.unwrap();
    let held: Vec<_> = names.iter().map(|_| page(0, &[]).held()).collect();
    let mut releases = Vec::new();
    for (answer, release) in held {
        world.http.push(answer);
        releases.push(release);
    }
    let sessions: Vec<_> = names.iter().map(String::as_str).collect();
    let server = world.serve(&sessions);
    for name in &names {
        server.publish(&channel(name), 1, &message(name, name, "one", 60));
    }
    server.peer.lose();
    let lost: serde_json::Map<_, _> = names
        .iter()
        .map(|name| {
            let mut sub: Value = granted(9);
            sub["was_recovering"] = true.into();
            (channel(name), sub)
        })
        .collect();
    let _server = world.grant(&lost.into());
    let asked = world.asked().len();
    assert!((1..=16).contains(&asked), "{asked} at once");
    for release in releases {
        release.release();
        world.settle();
    }
    assert_eq!(world.asked().len(), 100);
    for (_, events) in &mut listening {
        assert_eq!(told(events), ["one", "gap: not_recovered, filled"]);
    }
}
