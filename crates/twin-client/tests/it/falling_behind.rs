//! Readers that are too slow, on a link that others share.

use futures_util::FutureExt as _;
use http::StatusCode;
use serde_json::json;
use twin_client::{AccessToken, Config, Credentials};
use twin_transport::testing::Answer;

use crate::support::{A, B, C, World, channel, listed, message, page, told, words};

const BUFFER: usize = 20_000;

fn unfilled(config: &mut Config) {
    config.buffer_per_link = BUFFER;
    config.gap_filling = false;
}

fn filled(config: &mut Config) {
    config.buffer_per_link = BUFFER;
    config.credentials = Credentials::Token(AccessToken::parse("t").unwrap());
}

#[test]
fn a_slow_reader_stalls_nobody_and_is_told_of_a_gap_where_it_fell_behind() {
    let world = World::with(unfilled);
    let (_a, mut slow) = world.listen(A);
    let (_b, mut quick) = world.listen(B);
    let server = world.serve(&[A, B]);
    for number in 1..=50 {
        let id = format!("{number}");
        server.publish(&channel(A), number, &message(A, &id, "for the slow", 1));
        server.publish(&channel(B), number, &message(B, &id, "for the quick", 1));
        assert_eq!(told(&mut quick), ["for the quick"], "{number}");
    }
    let stats = world.client.stats();
    assert_eq!(stats.pauses, 0);

    let had = told(&mut slow);
    let (gap, kept) = had.split_last().unwrap();
    assert!(kept.iter().all(|body| body == "for the slow"), "{had:?}");
    assert_eq!(gap, "gap: overflow");
    // Nothing is lost without a word, and not more than must be.
    assert_eq!(kept.len() as u64 + stats.overflowed, 50);
    assert!((5..50).contains(&kept.len()), "{}", kept.len());
    // From there on it gets everything again.
    server.publish(&channel(A), 51, &message(A, "51", "again", 2));
    assert_eq!(told(&mut slow), ["again"]);
}

#[test]
fn what_a_slow_reader_missed_comes_from_the_list_once_it_has_read_the_rest() {
    let world = World::with(filled);
    let (_a, mut slow) = world.listen(A);
    let (_b, _events) = world.listen(B);
    let server = world.serve(&[A, B]);
    let long = "x".repeat(4000);
    for number in 1..=10 {
        let body = format!("{number} {long}");
        let data = message(A, &format!("{number}"), &body, 60 + number);
        server.publish(&channel(A), number.into(), &data);
    }
    assert!(world.asked().is_empty(), "nobody has come to the gap yet");
    let all: Vec<_> = (1..=11)
        .map(|number| {
            listed(
                A,
                &format!("{number}"),
                &format!("{number} {long}"),
                60 + number,
            )
        })
        .collect();
    let (answer, release) = page(11, &all).held();
    world.http.push(answer);
    let mut had = told(&mut slow);
    assert!((1..10).contains(&had.len()), "{}", had.len());
    world.settle();
    assert_eq!(world.asked().len(), 1);
    // While the list is on its way, what comes waits as behind any gap.
    server.publish(
        &channel(A),
        11,
        &message(A, "11", &format!("11 {long}"), 71),
    );
    server.publish(
        &channel(A),
        12,
        &message(A, "12", &format!("12 {long}"), 72),
    );
    assert_eq!(told(&mut slow), [""; 0]);
    release.release();
    world.settle();
    had.extend(told(&mut slow));
    let gap = had.iter().position(|what| what == "gap: overflow, filled");
    had.remove(gap.expect("a gap"));
    let numbers = had.iter().map(|what| {
        let body = what.strip_prefix("list: ").unwrap_or(what);
        body.split_once(' ').unwrap().0.parse().unwrap()
    });
    assert_eq!(numbers.collect::<Vec<u32>>(), (1..=12).collect::<Vec<_>>());
}

#[test]
fn a_session_that_ends_while_its_reader_is_behind_says_the_gap_first() {
    for choose in [unfilled, filled] {
        let world = World::with(choose);
        let (a, mut slow) = world.listen(A);
        let (_b, _events) = world.listen(B);
        let server = world.serve(&[A, B]);
        let long = "x".repeat(BUFFER);
        for number in 1..=3 {
            let data = message(A, &format!("{number}"), &long, 1);
            server.publish(&channel(A), number, &data);
        }
        a.leave();
        world.settle();
        world.http.push(Answer::status(StatusCode::FORBIDDEN));
        let first = world.wait(slow.next()).unwrap();
        assert_eq!(words(&first), long);
        // Where there is a list, it is asked; it is refused here.
        let gap = world.wait(slow.next()).unwrap();
        assert_eq!(words(&gap), "gap: overflow");
        assert!(world.wait(slow.next()).is_none());
    }
}

#[test]
fn a_hog_leaves_room_for_bursts_of_the_others() {
    let world = World::with(unfilled);
    let (_a, _slow) = world.listen(A);
    let (_b, mut burst) = world.listen(B);
    let (_c, _idle) = world.listen(C);
    let server = world.serve(&[A, B, C]);
    for number in 1..=100 {
        server.publish(
            &channel(A),
            number,
            &message(A, &format!("{number}"), "hog", 1),
        );
    }
    // Six of them in one frame, before the reader can take the first.
    let frame: Vec<_> = (1..=6)
        .map(|number| {
            let data = message(B, &format!("b{number}"), "burst", 1);
            json!({"push": {"channel": channel(B), "pub": {"data": data, "offset": number}}})
                .to_string()
        })
        .collect();
    server.peer.send_text(frame.join("\n"));
    world.settle();
    assert_eq!(told(&mut burst), ["burst"; 6]);
}

#[test]
fn who_reads_the_unassigned_too_slowly_stalls_nobody_either() {
    let world = World::with(unfilled);
    let mut unassigned = world.client.unassigned();
    let (_a, mut events) = world.listen(A);
    let (_b, _idle) = world.listen(B);
    let server = world.serve(&[A, B]);
    let long = "x".repeat(4000);
    for number in 1..=10 {
        let odd = json!({"event": format!("{number}"), "payload": {"long": long}});
        server.publish("news", 0, &odd);
    }
    server.publish(&channel(A), 1, &message(A, "1", "goes on", 1));
    assert_eq!(told(&mut events), ["goes on"]);
    let mut had = Vec::new();
    while let Some(Some(delivery)) = unassigned.next().now_or_never() {
        had.push(words(&delivery));
    }
    assert_eq!(had.last().map(String::as_str), Some("gap: overflow"));
    assert_eq!(
        had.len() as u64 - 1 + world.client.stats().unassigned_dropped,
        10
    );
    server.publish("news", 0, &json!({"event": "again", "payload": {}}));
    let next = unassigned.next().now_or_never().flatten().unwrap();
    assert_eq!(words(&next), "again");
}
