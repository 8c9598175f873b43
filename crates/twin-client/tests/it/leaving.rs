//! Leaving sessions, dropping handles, closing the client.

use twin_client::SessionEnd;

use crate::support::{A, World, channel, message, told};

#[test]
fn dropping_the_last_handle_closes_the_connection_and_ends_the_tasks() {
    let world = World::new();
    let (session, events) = world.listen(A);
    let server = world.serve(&[A]);
    let clone = session.clone();
    drop((session, events));
    world.settle();
    assert!(!server.peer.is_gone(), "a handle is left");
    drop(clone);
    assert_eq!(server.closed_by_client().0, Some(1000));
    server.peer.close(1000, "");
    world.settle();
    assert_eq!(world.runtime.task_names(), [""; 0]);
}

#[test]
fn leaving_ends_the_stream_after_what_has_come() {
    let world = World::new();
    let (session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "one", 1));
    session.leave();
    world.settle();
    assert_eq!(told(&mut events), ["one", "end"]);
    assert_eq!(world.wait(session.ended()), Some(SessionEnd::Left));
}

#[test]
fn a_closed_client_is_done_even_where_the_server_never_says_goodbye_and_can_be_used_again() {
    let world = World::new();
    let (session, _events) = world.listen(A);
    let _server = world.serve(&[A]);
    world.wait(world.client.close());
    assert_eq!(world.runtime.task_names(), [""; 0]);
    assert_eq!(world.wait(session.ended()), Some(SessionEnd::Left));
    let (_session, mut events) = world.listen(A);
    let server = world.serve(&[A]);
    server.publish(&channel(A), 1, &message(A, "1", "again", 1));
    assert_eq!(told(&mut events), ["again"]);
}

#[test]
fn a_session_that_nobody_listens_to_has_no_end() {
    let world = World::new();
    assert_eq!(world.wait(world.client.session(A).ended()), None);
    assert!(world.no_dial());
}
