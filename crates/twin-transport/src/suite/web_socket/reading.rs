//! How a socket is read: reads that are dropped, messages that come slowly, two tasks.

use std::{cell::Cell, time::Instant};

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};

use super::stage::{Stage, message, text};
use crate::{
    suite::frame::{BINARY, ENDS, PING, TEXT, TEXT_BEGINS, frame},
    websocket::{Incoming, Message},
};

pub(super) async fn a_read_dropped_at_any_byte_loses_nothing(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    // A cut falls into the head, the long length, the payload, and between fragments.
    let frames = [
        frame(TEXT, "short"),
        frame(BINARY, [7; 130]),
        frame(TEXT_BEGINS, "one"),
        frame(PING, "?"),
        frame(ENDS, "two"),
    ];
    let reads = Cell::new(0);
    let drip = async {
        for byte in frames.concat() {
            peer.write(&[byte]).await;
            // The byte is read, and the read dropped, before the next leaves.
            let before = reads.get();
            while reads.get() < before + 3 {
                tokio::task::yield_now().await;
            }
        }
    };
    let read = async {
        let mut messages = Vec::new();
        while messages.len() < 3 {
            reads.set(reads.get() + 1);
            match socket.next().now_or_never() {
                Some(Some(Ok(Incoming::Message(message)))) => messages.push(message),
                Some(Some(Ok(_))) => {}
                Some(other) => panic!("after {messages:?} there is {other:?}"),
                None => tokio::task::yield_now().await,
            }
        }
        // The drip may still wait for its last byte to be read.
        reads.set(usize::MAX);
        messages
    };
    let (messages, ()) = tokio::join!(read, drip);
    let bytes = Message::Binary(vec![7; 130].into());
    assert_eq!(messages, [text("short"), bytes, text("onetwo")]);
}

pub(super) async fn a_message_that_drips_is_a_sign_of_life(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let bytes = frame(TEXT, "slow");
    peer.write(&bytes[..3]).await;
    let first = socket.next().await;
    assert!(matches!(first, Some(Ok(Incoming::Progress))), "{first:?}");
    peer.write(&bytes[3..]).await;
    assert_eq!(message(&mut socket).await, text("slow"));
}

pub(super) async fn signs_of_life_come_at_most_once_a_second(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let start = Instant::now();
    let drip = async {
        for _ in 0..200 {
            peer.write(&frame(PING, "?")).await;
            tokio::task::yield_now().await;
        }
        peer.write(&frame(TEXT, "end")).await;
    };
    let count = async {
        let mut signs = 0;
        loop {
            match socket.next().await {
                Some(Ok(Incoming::Message(_))) => return signs,
                Some(Ok(_)) => signs += 1,
                other => panic!("{other:?}"),
            }
        }
    };
    let (signs, ()) = tokio::join!(count, drip);
    let seconds = start.elapsed().as_secs() as usize;
    assert!(signs >= 1 && signs <= seconds + 1, "{signs} in {seconds} s");
}

pub(super) async fn who_reads_does_not_take_the_wake_up_of_who_writes(stage: Stage) {
    let (socket, mut peer) = stage.open().await;
    let (mut sink, mut stream) = socket.split();
    // So much that it waits for the peer to read.
    let size = 16 << 20;
    let writer = tokio::spawn(async move {
        let sent = sink.send(Message::Binary(vec![0; size].into())).await;
        sent.map(|()| sink)
    });
    let reader = tokio::spawn(async move { while stream.next().await.is_some() {} });
    // Each ping has the reader write, which the full connection refuses.
    for _ in 0..10 {
        peer.write(&frame(PING, "?")).await;
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
    }
    let received = tokio::spawn(async move {
        let frame = peer.frame().await;
        (frame.payload.len(), peer)
    });
    let (received, peer) = received.await.expect("the peer does not panic");
    assert_eq!(received, size);
    let sink = writer.await.expect("the writer does not panic");
    assert!(sink.is_ok(), "{:?}", sink.err());
    drop(peer);
    reader.await.expect("the reader does not panic");
}
