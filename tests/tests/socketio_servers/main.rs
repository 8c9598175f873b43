//! The client over Socket.IO against stock servers that this project did not write.
//!
//! They want Node and Python with the packages of `tests/peers`, and a build of what stands there in
//! Rust, so they run on demand only: `cargo xtask ci --step peers`.

mod server;
mod wire;

use std::time::Duration;

use tokio::time::timeout;
use twin_client::{
    Client, Config, Delivery, Event, Events, GapReason, LinkState, LiveChannel, LiveEvent,
    SessionEnd, SocketIoTransport, api::BaseUrl,
};

use self::server::{Kind, Server};

/// Keeps a hung server from staying for ever.
const PATIENCE: Duration = Duration::from_secs(60);

fn client(server: &Server, transport: SocketIoTransport) -> Client {
    let mut config = Config::default();
    config.endpoints.socketio = BaseUrl::parse(&server.url()).expect("an address");
    config.gap_filling = false;
    config.live_channel = LiveChannel::SocketIo;
    config.socketio_transport = transport;
    Client::new(config).expect("a client")
}

async fn next(events: &mut Events) -> Delivery {
    let next = timeout(PATIENCE, events.next()).await;
    next.expect("something comes").expect("more comes")
}

async fn event(events: &mut Events) -> LiveEvent {
    match next(events).await {
        Delivery::Event(event) => *event,
        other => panic!("no event but {other:?}"),
    }
}

/// What every client is greeted with.
async fn greeting(events: &mut Events) {
    for name in [
        "showTypingIndicator",
        "chatMessageCreated",
        "chatMessageRead",
        "operatorChanged",
        "operatorStatusChanged",
        "operatorLoggedOut",
    ] {
        let event = event(events).await;
        assert_eq!(event.name.as_deref(), Some(name));
        assert!(
            !matches!(event.event, Event::Unreadable(_) | Event::Unrecognized),
            "{event:?}"
        );
        if let Event::MessageCreated(message) = event.event {
            assert_eq!(message.body, "Здравствуйте! 👋🏽 👨‍👩‍👧");
        }
    }
    let binary = event(events).await;
    assert_eq!(
        (binary.name.as_deref(), binary.arguments),
        (Some("binary"), 2)
    );
    assert_eq!(binary.binary, [&[0_u8, 255][..]]);
}

async fn message(events: &mut Events, body: &str) {
    let event = event(events).await;
    match event.event {
        Event::MessageCreated(message) => assert_eq!(message.body, body),
        other => panic!("no message but {other:?}"),
    }
}

/// A client of a server that greets, speaks, dies, and comes back.
async fn live_through(kind: Kind, transport: SocketIoTransport) {
    let mut server = Server::start(kind, 0).await;
    let client = client(&server, transport);
    let mut links = client.links();
    let listening = client.listen(["good-session"]).expect("listened");
    let (session, mut events) = listening.into_iter().next().expect("one session");
    greeting(&mut events).await;
    for number in 0..40 {
        server.say(&format!("сообщение {number} 🙂")).await;
    }
    for number in 0..40 {
        message(&mut events, &format!("сообщение {number} 🙂")).await;
    }

    let port = server.port;
    server.kill().await;
    loop {
        let change = timeout(PATIENCE, links.next())
            .await
            .expect("the loss is noticed");
        if matches!(change.expect("a change").state, LinkState::Waiting { .. }) {
            break;
        }
    }
    let mut server = Server::start(kind, port).await;
    match next(&mut events).await {
        Delivery::Gap(gap) => assert_eq!(gap.reason, GapReason::NoRecovery),
        other => panic!("no gap but {other:?}"),
    }
    greeting(&mut events).await;
    server.say("снова").await;
    message(&mut events, "снова").await;

    session.leave();
    assert!(events.next().await.is_none());
    assert_eq!(session.ended().await, Some(SessionEnd::Left));
    client.close().await;
    server.kill().await;
}

async fn is_refused(kind: Kind, transport: SocketIoTransport) {
    let server = Server::start(kind, 0).await;
    let client = client(&server, transport);
    let listening = client.listen(["bad"]).expect("listened");
    let (session, mut events) = listening.into_iter().next().expect("one session");
    let ended = timeout(PATIENCE, events.next()).await.expect("it ends");
    assert!(ended.is_none(), "{ended:?}");
    let end = session.ended().await.expect("an end");
    assert!(
        matches!(end, SessionEnd::JoinRefused(_) | SessionEnd::LinkClosed(_)),
        "{end:?}"
    );
    client.close().await;
    server.kill().await;
}

macro_rules! servers {
    ($($kind:ident, $transport:ident: $life:ident, $refusal:ident;)*) => {$(
        #[tokio::test]
        #[ignore = "wants the packages of tests/peers"]
        async fn $life() {
            live_through(Kind::$kind, SocketIoTransport::$transport).await;
        }

        #[tokio::test]
        #[ignore = "wants the packages of tests/peers"]
        async fn $refusal() {
            is_refused(Kind::$kind, SocketIoTransport::$transport).await;
        }
    )*};
}

servers! {
    Node, WebSocket: node_by_web_socket, node_refuses_by_web_socket;
    Node, Polling: node_by_polling, node_refuses_by_polling;
    Node, PollingThenWebSocket: node_by_upgrade, node_refuses_by_upgrade;
    Python, WebSocket: python_by_web_socket, python_refuses_by_web_socket;
    Python, Polling: python_by_polling, python_refuses_by_polling;
    Python, PollingThenWebSocket: python_by_upgrade, python_refuses_by_upgrade;
    Rust, WebSocket: rust_by_web_socket, rust_refuses_by_web_socket;
    Rust, Polling: rust_by_polling, rust_refuses_by_polling;
    Rust, PollingThenWebSocket: rust_by_upgrade, rust_refuses_by_upgrade;
}
