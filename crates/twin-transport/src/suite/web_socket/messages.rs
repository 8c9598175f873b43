//! Messages that come, and how long they may be.

use bytes::Bytes;

use super::stage::{LIMIT, Stage, fails, message, text, while_reading};
use crate::{
    error::ErrorKind,
    suite::frame::{BINARY, BINARY_BEGINS, ENDS, GOES_ON, PING, PONG, TEXT, TEXT_BEGINS, frame},
    websocket::Message,
};

pub(super) async fn messages_come_whole_and_in_order(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    for frame in [frame(TEXT, "да"), frame(BINARY, [0, 255]), frame(TEXT, "")] {
        peer.write(&frame).await;
    }
    assert_eq!(message(&mut socket).await, text("да"));
    let bytes = Bytes::from_static(&[0, 255]);
    assert_eq!(message(&mut socket).await, Message::Binary(bytes));
    assert_eq!(message(&mut socket).await, text(""));
}

pub(super) async fn messages_of_every_length_come(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    for length in [1, 125, 126, 127, 4095, 4096, 65_535, 65_536, LIMIT] {
        let body: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let bytes = frame(BINARY, &body);
        let (received, ()) = tokio::join!(message(&mut socket), peer.write(&bytes));
        assert_eq!(received, Message::Binary(body.into()), "{length}");
    }
}

pub(super) async fn fragments_are_joined(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    // The second and the third are the halves of one character.
    for frame in [
        frame(TEXT_BEGINS, "сло"),
        frame(GOES_ON, [0xd0]),
        frame(GOES_ON, [0xb2]),
        frame(GOES_ON, ""),
        frame(ENDS, "о"),
        frame(BINARY_BEGINS, [1]),
        frame(ENDS, [2]),
    ] {
        peer.write(&frame).await;
    }
    assert_eq!(message(&mut socket).await, text("слово"));
    let bytes = Bytes::from_static(&[1, 2]);
    assert_eq!(message(&mut socket).await, Message::Binary(bytes));
}

pub(super) async fn control_frames_may_come_between_fragments(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let frames = [
        frame(TEXT_BEGINS, "one"),
        frame(PING, "here?"),
        frame(PONG, ""),
        frame(ENDS, " two"),
    ];
    peer.write(&frames.concat()).await;
    assert_eq!(message(&mut socket).await, text("one two"));
    let pong = while_reading(&mut socket, peer.frame()).await;
    assert_eq!((pong.first, &pong.payload[..]), (PONG, &b"here?"[..]));
}

pub(super) async fn a_ping_is_answered_with_what_it_holds(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    for payload in ["", "here?", &"x".repeat(125)] {
        peer.write(&frame(PING, payload)).await;
        let pong = while_reading(&mut socket, peer.frame()).await;
        assert_eq!((pong.first, &pong.payload[..]), (PONG, payload.as_bytes()));
    }
}

pub(super) async fn a_pong_that_nobody_asked_for_does_no_harm(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    peer.write(&[frame(PONG, "here!"), frame(TEXT, "next")].concat())
        .await;
    assert_eq!(message(&mut socket).await, text("next"));
}

pub(super) async fn many_messages_in_one_write_all_come(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let frames: Vec<u8> = (0..1000)
        .flat_map(|number| frame(TEXT, format!("message {number}")))
        .collect();
    let read = async {
        for number in 0..1000 {
            let expected = text(format!("message {number}"));
            assert_eq!(message(&mut socket).await, expected);
        }
    };
    tokio::join!(read, peer.write(&frames));
}

pub(super) async fn a_message_of_exactly_the_limit_comes(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let half = vec![7; LIMIT / 2];
    let frames = [
        frame(BINARY, vec![7; LIMIT]),
        frame(BINARY_BEGINS, &half),
        frame(ENDS, &half),
    ];
    let read = async {
        for _ in 0..2 {
            let expected = Message::Binary(vec![7; LIMIT].into());
            assert_eq!(message(&mut socket).await, expected);
        }
    };
    let frames = frames.concat();
    tokio::join!(read, peer.write(&frames));
}

pub(super) async fn a_frame_beyond_the_limit_is_refused(stage: Stage) {
    is_too_large(stage, &frame(TEXT, "x".repeat(LIMIT + 1))).await;
}

pub(super) async fn fragments_beyond_the_limit_are_refused(stage: Stage) {
    let frames = [frame(TEXT_BEGINS, "x".repeat(LIMIT - 1)), frame(ENDS, "xx")];
    is_too_large(stage, &frames.concat()).await;
}

pub(super) async fn twenty_fragments_of_ten_times_the_limit_are_refused(stage: Stage) {
    let part = "x".repeat(LIMIT / 2);
    let mut frames = frame(TEXT_BEGINS, &part);
    for _ in 0..18 {
        frames.extend(frame(GOES_ON, &part));
    }
    frames.extend(frame(ENDS, &part));
    is_too_large(stage, &frames).await;
}

pub(super) async fn a_frame_that_promises_an_exabyte_is_refused(stage: Stage) {
    let mut bytes = vec![BINARY, 127];
    bytes.extend((1u64 << 60).to_be_bytes());
    is_too_large(stage, &bytes).await;
}

async fn is_too_large(stage: Stage, bytes: &[u8]) {
    let (mut socket, mut peer) = stage.open().await;
    let server = async {
        // The client may hang up while this is still being written.
        let _ = peer.try_write(bytes).await;
        let close = peer.try_frame().await;
        assert!(close.is_none_or(|close| close.code() == Some(1009)));
    };
    let client = async {
        fails(&mut socket, ErrorKind::TooLarge).await;
        drop(socket);
    };
    tokio::join!(client, server);
}
