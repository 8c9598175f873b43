//! Messages that go.

use futures_util::{FutureExt as _, SinkExt as _};

use super::stage::{Stage, message, text};
use crate::{
    suite::frame::{BINARY, TEXT, frame},
    websocket::Message,
};

pub(super) async fn messages_of_every_length_leave_masked(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let mut masks = Vec::new();
    for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
        let body: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let sending = socket.send(Message::Binary(body.clone().into()));
        let (sent, frame) = tokio::join!(sending, peer.frame());
        assert!(sent.is_ok(), "{length}: {:?}", sent.err());
        assert_eq!((frame.first, frame.payload), (BINARY, body), "{length}");
        masks.push(frame.mask);
    }
    let sent = socket.send(text("слово")).await;
    assert!(sent.is_ok(), "{:?}", sent.err());
    let frame = peer.frame().await;
    assert_eq!(
        (frame.first, &frame.payload[..]),
        (TEXT, "слово".as_bytes())
    );
    masks.dedup();
    assert!(masks.len() > 4, "masks must not be foreseeable: {masks:?}");
}

pub(super) async fn what_is_flushed_has_left(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    // Long enough to be kept back by a layer that waits for more, TLS say.
    for length in [5, 40_000] {
        let sent = socket.send(Message::Binary(vec![1; length].into())).await;
        assert!(sent.is_ok(), "{:?}", sent.err());
        // The socket is not touched any more.
        assert_eq!(peer.frame().await.payload.len(), length);
    }
}

pub(super) async fn a_batch_leaves_in_order_with_one_flush(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    for number in 0..32 {
        let fed = socket.feed(text(number.to_string())).await;
        assert!(fed.is_ok(), "{:?}", fed.err());
    }
    let flushed = socket.flush().await;
    assert!(flushed.is_ok(), "{:?}", flushed.err());
    for number in 0..32 {
        let frame = peer.frame().await;
        assert_eq!(frame.payload, number.to_string().into_bytes());
    }
}

pub(super) async fn who_writes_to_a_peer_that_does_not_read_waits(stage: Stage) {
    let (mut socket, mut peer) = stage.open().await;
    let mut fed = 0;
    // What waits is bounded: one message beyond the mark, and what the system takes.
    while fed < 1000 {
        match socket
            .feed(Message::Binary(vec![0; 100_000].into()))
            .now_or_never()
        {
            Some(Ok(())) => fed += 1,
            Some(Err(error)) => panic!("{error}"),
            None => break,
        }
        // The system is given the time to say that it is full.
        tokio::task::yield_now().await;
    }
    assert!(fed < 1000, "a hundred megabytes are kept in memory");
    let receive = async {
        for _ in 0..fed {
            assert_eq!(peer.frame().await.payload.len(), 100_000);
        }
    };
    let (flushed, ()) = tokio::join!(socket.flush(), receive);
    assert!(flushed.is_ok(), "{:?}", flushed.err());
}

pub(super) async fn a_megabyte_goes_there_and_back(stage: Stage) {
    let connector = stage.connector_with(1 << 20, std::time::Duration::from_secs(50));
    let (mut socket, mut peer) = stage.open_with(connector).await;
    let body = vec![7; 1 << 20];
    let echo = async {
        let received = peer.frame().await;
        peer.write(&frame(BINARY, received.payload)).await;
    };
    let client = async {
        let sent = socket.send(Message::Binary(body.clone().into())).await;
        assert!(sent.is_ok(), "{:?}", sent.err());
        message(&mut socket).await
    };
    let (received, ()) = tokio::join!(client, echo);
    assert_eq!(received, Message::Binary(body.into()));
}
