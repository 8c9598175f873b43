//! The client over Socket.IO against the emulator, over real sockets: every transport, either server.

use twin_client::{
    AccessToken, Client, Config, Credentials, Delivery, Endpoints, Event, Events, GapReason,
    LinkState, LiveChannel, Origin, SessionDraft, SessionEnd, SocketIoTransport,
};
use twin_emulator::{Behaviour, Emulator, Fault, Flavour, TellingRefusal};

const TRANSPORTS: [SocketIoTransport; 3] = [
    SocketIoTransport::WebSocket,
    SocketIoTransport::Polling,
    SocketIoTransport::PollingThenWebSocket,
];

async fn emulator(flavour: Flavour) -> Emulator {
    let mut behaviour = Behaviour::default();
    behaviour.socketio.flavour = flavour;
    let builder = Emulator::builder().behaviour(behaviour);
    builder.start().await.expect("there is a free port")
}

fn config(emulator: &Emulator, transport: SocketIoTransport) -> Config {
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).expect("an address");
    let token = AccessToken::parse(emulator.addresses().token.as_str()).expect("a token");
    config.credentials = Credentials::Token(token);
    config.live_channel = LiveChannel::SocketIo;
    config.socketio_transport = transport;
    config
}

/// The next message, whatever comes before it; gaps are put into `gaps`.
async fn message(events: &mut Events, gaps: &mut Vec<(GapReason, bool)>) -> (String, Origin) {
    loop {
        match events.next().await.expect("more is to come") {
            Delivery::Event(event) => {
                if let Event::MessageCreated(message) = &event.event {
                    return (message.body.clone(), event.origin);
                }
            }
            Delivery::Gap(gap) => gaps.push((gap.reason, gap.filled)),
            other => panic!("what is this: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_whole_chat_goes_over_every_transport_of_either_server() {
    for flavour in [Flavour::Node, Flavour::Python] {
        let emulator = emulator(flavour).await;
        for transport in TRANSPORTS {
            let client = Client::new(config(&emulator, transport)).expect("a client");
            let chat = client.chat("c");
            let started = chat.start(SessionDraft::new("t")).await;
            let (session, mut events) = started.expect("a session");
            let mut gaps = Vec::new();
            let (hello, _) = message(&mut events, &mut gaps).await;
            assert!(hello.starts_with("Hello!"), "{hello}");
            for (said, answer) in [
                ("reply 🙂", "You wrote: “reply 🙂”."),
                ("operator", "I hand you over to a colleague."),
            ] {
                session.send(said).await.sent().expect("sent");
                let (body, origin) = message(&mut events, &mut gaps).await;
                assert_eq!((body.as_str(), origin), (answer, Origin::Live));
            }
            session.send("bye").await.sent().expect("sent");
            // The operator's greeting, and the goodbye; then the platform puts the client out.
            let mut last = String::new();
            while let Some(delivery) = events.next().await {
                if let Delivery::Event(event) = delivery {
                    if let Event::MessageCreated(message) = &event.event {
                        last.clone_from(&message.body);
                    }
                }
            }
            assert!(
                last.starts_with("Goodbye!"),
                "{flavour:?} {transport:?}: {last}"
            );
            let end = session.ended().await;
            assert!(matches!(end, Some(SessionEnd::LinkClosed(_))), "{end:?}");
            // Only what came before the connection was up may be missing.
            assert!(
                gaps.iter().all(|gap| *gap == (GapReason::Start, true)),
                "{gaps:?}"
            );
            client.close().await;
        }
        emulator.stop().await;
    }
}

#[tokio::test]
async fn what_is_missed_while_away_comes_from_the_list_of_messages() {
    for transport in TRANSPORTS {
        let emulator = emulator(Flavour::Node).await;
        let client = Client::new(config(&emulator, transport)).expect("a client");
        let started = client.chat("c").start(SessionDraft::new("t")).await;
        let (session, mut events) = started.expect("a session");
        let id = session.id().as_str().to_owned();
        let mut gaps = Vec::new();
        message(&mut events, &mut gaps).await;
        session.send("before").await.sent().expect("sent");
        message(&mut events, &mut gaps).await;
        gaps.clear();

        let mut links = client.links();
        emulator.kick_socketio(Some(&id), twin_emulator::Kick::Drop);
        while !matches!(
            links.next().await.expect("a change").state,
            LinkState::Waiting { .. }
        ) {}
        emulator
            .act(&id, r#"[{"message":{"body":"missed"}}]"#)
            .expect("the bot says it");
        assert_eq!(
            message(&mut events, &mut gaps).await,
            ("missed".to_owned(), Origin::List)
        );
        assert_eq!(gaps, [(GapReason::NoRecovery, true)], "{transport:?}");
        emulator
            .act(&id, r#"[{"message":{"body":"after"}}]"#)
            .expect("the bot says it");
        assert_eq!(
            message(&mut events, &mut gaps).await,
            ("after".to_owned(), Origin::Live)
        );
        client.close().await;
        emulator.stop().await;
    }
}

#[tokio::test]
async fn a_key_that_is_no_session_ends_with_its_reason_and_is_not_tried_again() {
    for refusal in [TellingRefusal::Packet, TellingRefusal::Status] {
        for (flavour, transport) in [
            (Flavour::Node, SocketIoTransport::WebSocket),
            (Flavour::Node, SocketIoTransport::Polling),
            (Flavour::Python, SocketIoTransport::WebSocket),
        ] {
            let emulator = emulator(flavour).await;
            let mut behaviour = emulator.behaviour();
            behaviour.socketio.refusal = refusal;
            emulator.set_behaviour(behaviour);
            let client = Client::new(config(&emulator, transport)).expect("a client");
            let (session, mut events) = client
                .listen(["nobody"])
                .expect("listened")
                .pop()
                .expect("one");
            assert!(events.next().await.is_none());
            let end = session.ended().await.expect("an end");
            assert!(
                matches!(end, SessionEnd::JoinRefused(_) | SessionEnd::LinkClosed(_)),
                "{flavour:?} {transport:?}: {end:?}"
            );
            client.close().await;
            assert_eq!(
                client.stats().dials,
                u64::from(transport == SocketIoTransport::WebSocket)
            );
            emulator.stop().await;
        }
    }
}

#[tokio::test]
async fn where_centrifugo_refuses_for_good_socket_io_takes_over_and_the_reason_is_kept() {
    let emulator = emulator(Flavour::Node).await;
    let mut behaviour = emulator.behaviour();
    behaviour.connect_fault = Some(Fault::Disconnect {
        code: 3500,
        reason: "no".into(),
    });
    emulator.set_behaviour(behaviour);
    let mut config = config(&emulator, SocketIoTransport::WebSocket);
    config.live_channel = LiveChannel::Auto;
    let client = Client::new(config).expect("a client");
    assert_eq!(client.fallback(), None);
    let started = client.chat("c").start(SessionDraft::new("t")).await;
    let (session, mut events) = started.expect("a session");
    let mut gaps = Vec::new();
    let (hello, _) = message(&mut events, &mut gaps).await;
    assert!(hello.starts_with("Hello!"), "{hello}");
    assert_eq!(client.fallback().and_then(|reason| reason.code), Some(3500));
    session.send("x").await.sent().expect("sent");
    let (_, origin) = message(&mut events, &mut gaps).await;
    assert_eq!(origin, Origin::Live);
    client.close().await;
    emulator.stop().await;
}

#[tokio::test]
async fn a_visitor_without_a_token_marks_messages_as_read_over_the_connection() {
    let emulator = emulator(Flavour::Node).await;
    let mut config = config(&emulator, SocketIoTransport::WebSocket);
    config.credentials = Credentials::Anonymous;
    let client = Client::new(config).expect("a client");
    let started = client.chat("c").start(SessionDraft::new("t")).await;
    let (session, mut events) = started.expect("a session");
    // Nothing can be sent before the connection is up.
    let mut links = client.links();
    while !matches!(
        links.next().await.expect("a change").state,
        LinkState::Connected { .. }
    ) {}
    let sent = session.send("operator").await.sent().expect("sent");
    session.mark_read(sent.id.clone()).await.expect("told");
    loop {
        let Some(Delivery::Event(event)) = events.next().await else {
            continue;
        };
        if let Event::MessageRead(read) = &event.event {
            assert_eq!(read.message_id, sent.id);
            break;
        }
    }
    client.close().await;
    emulator.stop().await;
}

#[tokio::test]
async fn closing_the_client_leaves_nothing_behind() {
    let emulator = emulator(Flavour::Python).await;
    for transport in TRANSPORTS {
        let client = Client::new(config(&emulator, transport)).expect("a client");
        let started = client.chat("c").start(SessionDraft::new("t")).await;
        let (session, mut events) = started.expect("a session");
        message(&mut events, &mut Vec::new()).await;
        client.close().await;
        assert_eq!(session.ended().await, Some(SessionEnd::Left));
        while events.next().await.is_some() {}
    }
    emulator.stop().await;
}
