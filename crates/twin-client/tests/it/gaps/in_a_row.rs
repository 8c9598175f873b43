//! Gaps that are declared while one before them is being filled.

use serde_json::{Value, json};
use twin_transport::testing::Answer;

use super::{filling, torn};
use crate::support::{A, Server, World, channel, granted, listed, message, page, told};

/// The connection of a session breaks and comes back without recovery once more.
fn tear<'w>(world: &'w World, server: &Server<'_>, offset: u64) -> Server<'w> {
    server.peer.lose();
    let mut sub: Value = granted(offset);
    sub["was_recovering"] = true.into();
    world.grant(&json!({channel(A): sub}))
}

#[test]
fn gaps_that_wait_behind_a_list_that_did_not_answer_in_time_wait_no_longer() {
    let world = World::with(filling);
    world.http.push(Answer::never());
    let (_session, mut events, server) = torn(&world);
    server.publish(&channel(A), 10, &message(A, "2", "two", 61));
    let server = tear(&world, &server, 20);
    server.publish(&channel(A), 21, &message(A, "3", "three", 62));
    let server = tear(&world, &server, 30);
    server.publish(&channel(A), 31, &message(A, "4", "four", 63));
    assert_eq!(told(&mut events), ["one"]);
    world.advance(6);
    let gap = "gap: not_recovered";
    let expected = [gap, "two", gap, "three", gap, "four"];
    assert_eq!(told(&mut events), expected);
    // The next one is a question of its own.
    world.http.push(page(1, &[listed(A, "5", "five", 64)]));
    let _server = tear(&world, &server, 40);
    let expected = ["gap: not_recovered, filled", "list: five"];
    assert_eq!(told(&mut events), expected);
}

#[test]
fn gaps_one_after_the_other_are_filled_by_one_question() {
    let world = World::with(|config| {
        filling(config);
        // The list is not late before the connection has broken a few times.
        config.backoff.last_bound = config.backoff.first_bound;
    });
    let (answer, release) = page(1, &[listed(A, "2", "two", 61)]).held();
    world.http.push(answer);
    let (_session, mut events, mut server) = torn(&world);
    for offset in [20, 30, 40] {
        server = tear(&world, &server, offset);
    }
    server.publish(&channel(A), 41, &message(A, "4", "four", 63));
    world.http.push(page(
        3,
        &[
            listed(A, "2", "two", 61),
            listed(A, "3", "three", 62),
            listed(A, "4", "four", 63),
        ],
    ));
    release.release();
    world.settle();
    let gap = "gap: not_recovered, filled";
    assert_eq!(
        told(&mut events),
        [
            "one",
            gap,
            "list: two",
            gap,
            gap,
            gap,
            "list: three",
            "four"
        ]
    );
    assert_eq!(world.asked().len(), 2);
    assert_eq!(world.client.stats().gaps_filled, 4);
}

#[test]
fn what_waits_behind_a_further_gap_goes_on_counting() {
    let world = World::with(filling);
    let (answer, release) = page(0, &[]).held();
    world.http.push(answer);
    let (_session, mut events, server) = torn(&world);
    let server = tear(&world, &server, 20);
    let long = "x".repeat(600_000);
    server.publish(&channel(A), 21, &message(A, "2", &long, 61));
    world.http.push(Answer::never());
    release.release();
    world.settle();
    assert_eq!(told(&mut events), ["one", "gap: not_recovered, filled"]);
    server.publish(&channel(A), 22, &message(A, "3", &long, 62));
    let told = told(&mut events);
    assert_eq!(
        told.iter().map(String::len).collect::<Vec<_>>(),
        ["gap: not_recovered".len(), 600_000, 600_000]
    );
}

#[test]
fn nothing_is_asked_for_a_session_that_nobody_reads_any_more() {
    let pages = [
        // Complete, with a further gap behind it; and one that goes on.
        page(0, &[]),
        page(500, &[listed(A, "2", "two", 61)]),
    ];
    for page in pages {
        let world = World::with(filling);
        let (answer, release) = page.held();
        world.http.push(answer);
        let (session, events, server) = torn(&world);
        let _server = tear(&world, &server, 20);
        drop((session, events));
        release.release();
        world.settle();
        assert_eq!(world.asked().len(), 1);
    }
}
