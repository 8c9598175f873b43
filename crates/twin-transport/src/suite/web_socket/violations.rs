//! What a server must not send: it ends the connection with a close frame that says so, and nothing
//! of it is given as a message.

use futures_util::SinkExt as _;

use super::stage::{Stage, fails, next};
use crate::{
    error::ErrorKind,
    suite::frame::{BINARY, CLOSE, ENDS, GOES_ON, PING, PONG, TEXT, TEXT_BEGINS, close, frame},
    websocket::Message,
};

/// These bytes must be refused with this close code, before anything of them is given.
async fn is_refused(stage: Stage, bytes: &[u8], code: u16) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(bytes).await;
    fails(&mut socket, ErrorKind::Protocol).await;
    drop(socket);
    assert_eq!(peer.frame().await.code(), Some(code));
    assert_eq!(peer.try_frame().await, None);
}

const BROKEN: u16 = 1002;
const NOT_UTF_8: u16 = 1007;

pub(super) async fn a_masked_frame_is_refused(stage: Stage) {
    is_refused(stage, &[TEXT, 0x82, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2], BROKEN).await;
}

pub(super) async fn a_compressed_frame_is_refused(stage: Stage) {
    for bit in [0x40, 0x20, 0x10] {
        is_refused(stage, &frame(TEXT | bit, "a"), BROKEN).await;
    }
}

pub(super) async fn an_unknown_opcode_is_refused(stage: Stage) {
    for opcode in [0x83, 0x87, 0x8b, 0x8f] {
        is_refused(stage, &frame(opcode, ""), BROKEN).await;
    }
}

pub(super) async fn a_length_that_is_not_the_shortest_is_refused(stage: Stage) {
    let short = [&[BINARY, 126, 0, 125][..], &[0; 125]].concat();
    is_refused(stage, &short, BROKEN).await;
    let long = [&[BINARY, 127, 0, 0, 0, 0, 0, 0, 0, 1][..], &[0]].concat();
    is_refused(stage, &long, BROKEN).await;
}

pub(super) async fn a_message_inside_another_is_refused(stage: Stage) {
    let frames = [frame(TEXT_BEGINS, "one"), frame(TEXT, "two")];
    is_refused(stage, &frames.concat(), BROKEN).await;
}

pub(super) async fn a_continuation_of_nothing_is_refused(stage: Stage) {
    is_refused(stage, &frame(ENDS, "two"), BROKEN).await;
    is_refused(stage, &frame(GOES_ON, "two"), BROKEN).await;
}

pub(super) async fn a_control_frame_in_fragments_is_refused(stage: Stage) {
    for first in [PING, PONG, CLOSE] {
        is_refused(stage, &frame(first & 0x0f, ""), BROKEN).await;
    }
}

pub(super) async fn a_long_ping_is_refused(stage: Stage) {
    is_refused(stage, &frame(PING, "x".repeat(200)), BROKEN).await;
}

pub(super) async fn a_long_pong_is_refused(stage: Stage) {
    is_refused(stage, &frame(PONG, "x".repeat(200)), BROKEN).await;
}

pub(super) async fn a_long_close_frame_is_refused(stage: Stage) {
    is_refused(stage, &close(1000, &"x".repeat(198)), BROKEN).await;
}

pub(super) async fn a_close_frame_with_half_a_code_is_refused(stage: Stage) {
    is_refused(stage, &frame(CLOSE, [3]), BROKEN).await;
}

pub(super) async fn text_that_is_not_utf_8_is_refused(stage: Stage) {
    is_refused(stage, &frame(TEXT, [b'a', 0xff]), NOT_UTF_8).await;
    // A surrogate, and more bytes than the character needs.
    is_refused(stage, &frame(TEXT, [0xed, 0xa0, 0x80]), NOT_UTF_8).await;
    is_refused(stage, &frame(TEXT, [0xc0, 0xaf]), NOT_UTF_8).await;
}

pub(super) async fn a_cut_character_at_the_end_of_fragments_is_refused(stage: Stage) {
    let frames = [frame(TEXT_BEGINS, "a"), frame(ENDS, [0xd0])];
    is_refused(stage, &frames.concat(), NOT_UTF_8).await;
}

pub(super) async fn a_first_fragment_that_is_not_utf_8_is_refused(stage: Stage) {
    // At once or at the end of the message.
    let frames = [frame(TEXT_BEGINS, [0xff]), frame(ENDS, "b")];
    is_refused(stage, &frames.concat(), NOT_UTF_8).await;
}

pub(super) async fn a_violation_after_our_close_gets_no_second_close(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let sent = socket.send(Message::Close(None)).await;
    assert!(sent.is_ok(), "{:?}", sent.err());
    peer.write(&frame(0x83, "")).await;
    while next(&mut socket).await.is_some() {}
    drop(socket);
    assert_eq!(peer.frame().await.first, CLOSE);
    assert_eq!(peer.try_frame().await, None);
}
