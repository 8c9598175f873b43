use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};

use super::*;
use crate::testing::memory_socket::MemorySocket;

fn text(text: &'static str) -> Message {
    Message::Text(text.into())
}

fn come(socket: &mut MemorySocket) -> Option<Option<Result<Incoming, Error>>> {
    socket.next().now_or_never()
}

fn message(socket: &mut MemorySocket) -> Message {
    match come(socket) {
        Some(Some(Ok(Incoming::Message(message)))) => message,
        other => panic!("{other:?}"),
    }
}

fn kind(item: Option<Option<Result<Incoming, Error>>>) -> ErrorKind {
    item.unwrap().unwrap().unwrap_err().kind()
}

#[test]
fn what_is_sent_arrives_as_it_was_sent() {
    let (mut socket, peer) = MemorySocket::open();
    assert!(come(&mut socket).is_none());
    peer.send_text("one");
    peer.send_progress();
    peer.send_binary(&b"two"[..]);
    assert_eq!(message(&mut socket), text("one"));
    assert!(matches!(
        come(&mut socket),
        Some(Some(Ok(Incoming::Progress)))
    ));
    assert_eq!(message(&mut socket), Message::Binary("two".into()));
    assert!(come(&mut socket).is_none());
}

#[test]
fn what_is_flushed_together_arrives_together() {
    let (mut socket, peer) = MemorySocket::open();
    socket.feed(text("one")).now_or_never().unwrap().unwrap();
    assert!(peer.received().now_or_never().is_none());
    socket.send(text("two")).now_or_never().unwrap().unwrap();
    socket.send(text("three")).now_or_never().unwrap().unwrap();
    let batch = peer.received_batch().now_or_never().unwrap().unwrap();
    assert_eq!(batch, [text("one"), text("two")]);
    assert_eq!(peer.take_received(), Some(text("three")));
    assert_eq!(peer.take_received(), None);
}

#[test]
fn a_close_of_the_peer_is_answered_and_ends_the_stream() {
    let (mut socket, peer) = MemorySocket::open();
    peer.close(3000, "bye");
    peer.send_text("too late");
    let reason = "bye".to_owned();
    let close = Message::Close(Some(CloseFrame { code: 3000, reason }));
    assert_eq!(message(&mut socket), close);
    assert!(matches!(come(&mut socket), Some(None)));
    assert!(matches!(come(&mut socket), Some(None)));
    assert_eq!(peer.take_received(), Some(close));
    let refused = socket.send(text("too late")).now_or_never().unwrap();
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn a_close_of_the_client_is_answered_after_what_was_on_its_way() {
    let (mut socket, peer) = MemorySocket::open();
    peer.send_text("on its way");
    let close = Message::Close(None);
    socket.send(close.clone()).now_or_never().unwrap().unwrap();
    let refused = socket.send(text("too late")).now_or_never().unwrap();
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(message(&mut socket), text("on its way"));
    assert_eq!(message(&mut socket), close);
    assert!(matches!(come(&mut socket), Some(None)));
    assert_eq!(peer.take_received(), Some(close));
    assert_eq!(peer.take_received(), None);
}

#[test]
fn a_broken_connection_gives_an_error_and_the_end() {
    let (mut socket, peer) = MemorySocket::open();
    peer.send_text("one");
    drop(peer);
    let written = socket.send(text("two")).now_or_never().unwrap();
    assert_eq!(written.unwrap_err().kind(), ErrorKind::Lost);
    assert_eq!(message(&mut socket), text("one"));
    assert_eq!(kind(come(&mut socket)), ErrorKind::Lost);
    assert!(matches!(come(&mut socket), Some(None)));
}

#[test]
fn a_peer_that_does_not_read_makes_the_client_wait() {
    let (mut socket, peer) = MemorySocket::open();
    peer.stop_reading();
    assert!(socket.send(text("one")).now_or_never().is_none());
    while socket.feed(text("more")).now_or_never().is_some() {}
    assert_eq!(peer.take_received(), None);
    peer.read_on();
    socket.flush().now_or_never().unwrap().unwrap();
    assert_eq!(peer.take_received(), Some(text("one")));
}

#[test]
fn a_peer_that_does_not_read_leaves_a_close_without_an_answer() {
    let (mut socket, peer) = MemorySocket::open();
    peer.stop_reading();
    assert!(socket.send(Message::Close(None)).now_or_never().is_none());
    assert!(come(&mut socket).is_none());
}

#[test]
fn the_peer_sees_that_the_client_is_gone_after_its_last_message() {
    let (mut socket, peer) = MemorySocket::open();
    socket.send(text("last")).now_or_never().unwrap().unwrap();
    assert!(peer.gone().now_or_never().is_none());
    drop(socket);
    assert_eq!(peer.received().now_or_never(), Some(Some(text("last"))));
    assert_eq!(peer.received().now_or_never(), Some(None));
    assert_eq!(peer.gone().now_or_never(), Some(()));
}
