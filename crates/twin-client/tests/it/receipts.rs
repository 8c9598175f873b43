//! Receipts for what was read, given over Socket.IO by HTTP.

use http::StatusCode;
use twin_client::{Delivery, Error, Event, Events, LiveChannel, Session};
use twin_protocol::socketio::Transport;
use twin_transport::testing::Answer;

use crate::support::{A, World, message};

const OPEN: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;

/// A body of these packets.
fn body(packets: &[String]) -> Answer {
    let framed: String = packets
        .iter()
        .map(|packet| format!("{}:{packet}", packet.len()))
        .collect();
    Answer::json(framed)
}

/// A world whose link is given so many messages at once that it waits for its reader, and whose
/// requests then are answered so.
fn waiting_for_its_reader(answers: impl IntoIterator<Item = Answer>) -> World {
    let world = World::with(|config| {
        config.buffer_per_link = 10_000;
        config.gap_filling = false;
        config.live_channel = LiveChannel::SocketIo;
        config.socketio_transport = Transport::Polling;
    });
    world.http.push(body(&[OPEN.to_owned()]));
    let long = "x".repeat(6000);
    let events = (1..=3).map(|number| {
        let data = message(A, &format!("{number}"), &long, number);
        format!("42[{},{}]", data["event"], data["payload"])
    });
    let packets: Vec<_> = ["40".to_owned()].into_iter().chain(events).collect();
    world.http.push(body(&packets));
    for answer in answers {
        world.http.push(answer);
    }
    world
}

/// Reads the next message and gives a receipt for it.
fn read(world: &World, session: &Session, events: &mut Events) -> Result<(), Error> {
    let Some(Delivery::Event(event)) = world.wait(events.next()) else {
        panic!("an event waits");
    };
    let Event::MessageCreated(message) = event.event else {
        panic!("{:?}", event.event);
    };
    world.wait(session.mark_read(message.id.unwrap()))
}

#[test]
fn a_reader_that_waits_for_its_receipts_is_not_held_up_by_what_it_has_not_read() {
    let taken = || Answer::status(StatusCode::OK);
    let world = waiting_for_its_reader([taken(), taken(), taken(), Answer::never()]);
    let (session, mut events) = world.listen(A);
    world.settle();
    assert_eq!(world.client.stats().pauses, 1);
    for _ in 0..3 {
        read(&world, &session, &mut events).unwrap();
    }
    world.settle();
    let posts = |method: &str| {
        let asked = world.asked();
        asked.iter().filter(|line| line.starts_with(method)).count()
    };
    assert_eq!((posts("POST"), posts("GET")), (3, 3));
}

#[test]
fn a_receipt_that_is_not_taken_in_time_holds_up_no_reader_for_good() {
    let world = waiting_for_its_reader([Answer::never(), Answer::never()]);
    let (session, mut events) = world.listen(A);
    world.settle();
    read(&world, &session, &mut events).unwrap();
    read(&world, &session, &mut events).unwrap_err();
    read(&world, &session, &mut events).unwrap_err();
    // It connects anew, after the pause that this costs.
    world.advance(2);
    assert_eq!(world.asked().len(), 4);
}
