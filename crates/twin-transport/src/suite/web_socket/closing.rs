//! How connections end, in order and without.

use futures_util::SinkExt as _;

use super::stage::{Stage, ends, fails, message, text};
use crate::{
    error::{ErrorKind, Reached},
    suite::frame::{CLOSE, TEXT, TEXT_BEGINS, close, frame},
    websocket::{CloseFrame, Message, WebSocket},
};

fn closed(code: u16, reason: &str) -> Message {
    let reason = reason.to_owned();
    Message::Close(Some(CloseFrame { code, reason }))
}

async fn send(socket: &mut Box<dyn WebSocket>, message: Message) {
    let sent = socket.send(message).await;
    assert!(sent.is_ok(), "{:?}", sent.err());
}

pub(super) async fn a_close_of_the_peer_is_given_and_answered(stage: Stage) {
    for (code, reason) in [(1000, ""), (3501, "bad request"), (4999, "я")] {
        let (mut socket, mut peer) = stage.open().await;
        peer.write(&close(code, reason)).await;
        assert_eq!(message(&mut socket).await, closed(code, reason));
        ends(&mut socket).await;
        assert_eq!(peer.frame().await.code(), Some(code));
        drop(socket);
        assert_eq!(peer.try_frame().await, None);
    }
}

pub(super) async fn an_empty_close_of_the_peer_is_given_and_answered(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(&frame(CLOSE, "")).await;
    assert_eq!(message(&mut socket).await, Message::Close(None));
    ends(&mut socket).await;
    assert_eq!(peer.frame().await.first, CLOSE);
}

pub(super) async fn a_close_with_a_code_of_no_range_is_given(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    // Servers pass on what an application says.
    peer.write(&close(9000, "mine")).await;
    assert_eq!(message(&mut socket).await, closed(9000, "mine"));
    ends(&mut socket).await;
    assert_eq!(peer.frame().await.first, CLOSE);
}

pub(super) async fn what_comes_after_a_close_is_not_given(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let frames = [close(1000, "bye"), frame(TEXT, "too late")];
    peer.write(&frames.concat()).await;
    assert_eq!(message(&mut socket).await, closed(1000, "bye"));
    ends(&mut socket).await;
}

pub(super) async fn our_close_is_sent_and_its_answer_given(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, closed(3000, "bye")).await;
    let frame = peer.frame().await;
    assert_eq!(
        (frame.code(), &frame.payload[2..]),
        (Some(3000), &b"bye"[..])
    );
    peer.write(&close(3000, "")).await;
    assert_eq!(message(&mut socket).await, closed(3000, ""));
    ends(&mut socket).await;
    drop(socket);
    assert_eq!(peer.try_frame().await, None);
}

pub(super) async fn an_empty_close_of_ours_is_sent_empty(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, Message::Close(None)).await;
    let frame = peer.frame().await;
    assert_eq!((frame.first, frame.payload.len()), (CLOSE, 0));
}

pub(super) async fn messages_still_come_after_our_close(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, Message::Close(None)).await;
    let frames = [frame(TEXT, "on its way"), close(1000, "")];
    peer.write(&frames.concat()).await;
    assert_eq!(message(&mut socket).await, text("on its way"));
    assert_eq!(message(&mut socket).await, closed(1000, ""));
    ends(&mut socket).await;
}

pub(super) async fn nothing_can_be_sent_after_our_close(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, closed(1000, "")).await;
    for late in [text("too late"), closed(1000, "")] {
        let refused = socket.send(late).await;
        let error = refused.expect_err("nothing may follow");
        assert_eq!(
            (error.kind(), error.reached()),
            (ErrorKind::Closed, Reached::No)
        );
    }
    assert_eq!(peer.frame().await.code(), Some(1000));
    drop(socket);
    assert_eq!(peer.try_frame().await, None);
}

pub(super) async fn a_long_reason_is_cut_between_characters(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, closed(1000, &"я".repeat(100))).await;
    let frame = peer.frame().await;
    assert_eq!(frame.payload.len(), 2 + 122);
    assert!(std::str::from_utf8(&frame.payload[2..]).is_ok());
}

pub(super) async fn a_code_that_must_not_be_sent_is_refused(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    for code in [0, 999, 1005, 1006, 1015, 5000, u16::MAX] {
        let refused = socket.send(closed(code, "")).await;
        let error = refused.expect_err("no endpoint may send it");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{code}");
    }
    send(&mut socket, text("still open")).await;
    assert_eq!(peer.frame().await.payload, b"still open");
}

pub(super) async fn our_close_without_an_answer_ends(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, closed(1000, "")).await;
    ends(&mut socket).await;
    drop(socket);
    peer.closed().await;
}

pub(super) async fn a_peer_that_hangs_up_after_our_close_is_no_failure(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    send(&mut socket, closed(1000, "")).await;
    peer.frame().await;
    peer.hang_up().await;
    ends(&mut socket).await;
}

pub(super) async fn a_connection_that_ends_without_a_close_is_lost(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(&frame(TEXT, "last")).await;
    peer.close().await;
    assert_eq!(message(&mut socket).await, text("last"));
    fails(&mut socket, ErrorKind::Lost).await;
}

pub(super) async fn a_connection_that_ends_inside_a_message_is_lost(stage: Stage) {
    for bytes in [&frame(TEXT, "cut")[..4], &frame(TEXT_BEGINS, "cut")] {
        let (mut socket, mut peer) = stage.open().await;
        peer.write(bytes).await;
        peer.close().await;
        fails(&mut socket, ErrorKind::Lost).await;
    }
}

pub(super) async fn a_connection_that_is_reset_is_lost(stage: Stage) {
    let (mut socket, peer) = stage.open().await;
    peer.reset();
    fails(&mut socket, ErrorKind::Lost).await;
}

pub(super) async fn a_dropped_socket_is_closed(stage: Stage) {
    let (socket, mut peer) = stage.open().await;
    drop(socket);
    peer.closed().await;
}
