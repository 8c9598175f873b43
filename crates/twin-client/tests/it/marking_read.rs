//! That a message was read: over the live connection where it carries that, by a call elsewhere.

use http::StatusCode;
use serde_json::json;
use twin_client::{ErrorKind, LiveChannel, Reached, SocketIoTransport};
use twin_transport::testing::Answer;

use crate::support::{A, B, World};

#[test]
fn after_a_fallback_a_session_that_stays_on_centrifugo_goes_on_making_the_call() {
    let world = World::with(|config| {
        config.gap_filling = false;
        config.live_channel = LiveChannel::Auto;
        config.sessions_per_link = 1;
        config.socketio_transport = SocketIoTransport::WebSocket;
    });
    let (session, _events) = world.listen(A);
    let _server = world.serve(&[A]);
    let (_refused, _its_events) = world.listen(B);
    let refusing = world.accept();
    let connect = refusing.command().expect("a connect command");
    let refusal = json!({"code": 101, "message": "unauthorized"});
    refusing.say(&json!({"id": connect["id"], "error": refusal}));
    world.settle();
    assert!(world.client.fallback().is_some());
    world.http.push(Answer::status(StatusCode::UNAUTHORIZED));
    let error = world.wait(session.mark_read("m")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(world.asked().len(), 1);
}

#[test]
fn a_receipt_that_no_server_takes_is_not_worth_another_attempt() {
    let world = World::with(|config| {
        config.gap_filling = false;
        config.live_channel = LiveChannel::SocketIo;
        config.socketio_transport = SocketIoTransport::WebSocket;
    });
    let (session, _events) = world.listen(A);
    let outcome = |id: &str| world.wait(session.mark_read(id)).unwrap_err();
    let too_large = outcome(&"m".repeat(2 << 20));
    assert_eq!(too_large.kind(), ErrorKind::InvalidInput);
    assert_eq!(too_large.reached(), Reached::No);
    assert!(!too_large.is_retryable());
    let down = outcome("m");
    assert_eq!(down.kind(), ErrorKind::Unreachable);
    assert_eq!(down.reached(), Reached::No);
    assert!(down.is_retryable());
}
