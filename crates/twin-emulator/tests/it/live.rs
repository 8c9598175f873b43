//! What of the live side the transcripts cannot be held again for: another configuration, another
//! application, chance.

use serde_json::{Value, json};
use twin_emulator::{Behaviour, Bot, CentrifugoSettings, Emulator, Fault, Publication};

use crate::support::{Heard, OTHER, SESSION, Socket, call, connect_command, start_session};

async fn emulator(settings: CentrifugoSettings) -> Emulator {
    let builder = Emulator::builder().bot(Bot::echo()).centrifugo(settings);
    let emulator = builder.start().await.unwrap();
    for session in [SESSION, OTHER] {
        start_session(&emulator, Some(session), "").await;
    }
    emulator
}

fn publish(emulator: &Emulator, data: &str) {
    emulator
        .publish(&Publication::data_for(SESSION, data).unwrap())
        .unwrap();
}

/// Capture `connect-limits`.
#[tokio::test]
async fn too_many_channels_end_the_link() {
    let mut settings = CentrifugoSettings::default();
    settings.channel_limit = 1;
    let emulator = emulator(settings).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.send(&connect_command(&[SESSION, OTHER])).await;
    assert_eq!(
        socket.hear().await,
        Heard::Close(3505, "channel limit".into())
    );
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    let subscribe = json!({"id": 2, "subscribe": {"channel": format!("widget:{OTHER}")}});
    let refused = socket.ask(&subscribe.to_string()).await;
    assert_eq!(refused["error"]["code"], 106);
}

/// Capture `push-burst`: what is published while nothing is written shares frames of at most
/// sixteen lines.
#[tokio::test]
async fn a_burst_comes_in_frames_of_sixteen() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    socket.frames.clear();
    // On a runtime of one thread, nothing is written before this test waits.
    for n in 0..40 {
        publish(&emulator, &n.to_string());
    }
    for n in 0..40 {
        assert_eq!(
            socket.line().await["push"]["pub"],
            json!({"data": n, "offset": n + 1})
        );
    }
    assert_eq!(socket.frames, [16, 16, 8]);
}

/// Capture `slow-one-too-big`.
#[tokio::test]
async fn a_publication_larger_than_the_queue_ends_the_link() {
    let mut settings = CentrifugoSettings::default();
    settings.queue_max_size = 2000;
    let emulator = emulator(settings).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    publish(&emulator, &format!("{:?}", "x".repeat(3000)));
    assert_eq!(socket.hear().await, Heard::Close(3008, "slow".into()));
    assert_eq!(socket.hear().await, Heard::End);
}

/// Facts, 1.7: what is far too large is refused before it has been read, perhaps by a reset.
#[tokio::test]
async fn a_message_far_too_large_ends_the_link() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    socket.send(&"x".repeat(300_000)).await;
    let heard = socket.hear().await;
    assert!(
        matches!(heard, Heard::Close(1009, _) | Heard::End),
        "{heard:?}"
    );
}

/// Capture `rpc-slow-blocks`.
#[tokio::test]
async fn a_slow_call_holds_commands_back_but_no_publications() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    let mut behaviour = Behaviour::default();
    behaviour.join_delay_ms = 300;
    emulator.set_behaviour(behaviour);
    let join = json!({"id": 2, "rpc": {"method": "joinSession", "data": {"id": SESSION}}});
    let channel = format!("widget:{SESSION}");
    let subscribe = json!({"id": 3, "subscribe": {"channel": channel}});
    socket.send(&format!("{join}\n{subscribe}")).await;
    publish(&emulator, "1");
    assert_eq!(socket.line().await["push"]["pub"]["data"], 1);
    assert_eq!(socket.line().await["id"], 2);
    assert_eq!(socket.line().await["error"]["code"], 105);
}

/// Facts, 1.12 and the architecture's "hole between start and connect".
#[tokio::test]
async fn what_was_published_before_the_first_connect_can_be_recovered() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    publish(&emulator, r#""early""#);
    let channel = format!("widget:{SESSION}");
    let mut connect: Value = serde_json::from_str(&connect_command(&[SESSION])).unwrap();
    connect["connect"]["subs"][&channel]["recover"] = true.into();
    connect["connect"]["subs"]["widget:unknown"]["recover"] = true.into();
    let mut socket = Socket::dial(&emulator, "").await;
    let reply = socket.ask(&connect.to_string()).await;
    let subs = reply["connect"]["subs"].as_object().unwrap();
    assert_eq!(subs.len(), 1);
    let publications = json!([{"data": "early", "offset": 1}]);
    assert_eq!(subs[&channel]["publications"], publications);
}

#[tokio::test]
async fn a_connect_that_is_not_the_articles_is_refused() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let settings = json!({"sessions": [SESSION]});
    for (name, data) in [
        (
            "python",
            json!({"application": "widget", "settings": settings}),
        ),
        ("js", json!({"application": "other", "settings": settings})),
        ("js", json!({"application": "widget"})),
        (
            "js",
            json!({"application": "widget", "settings": {"sessions": SESSION}}),
        ),
        (
            "js",
            json!({"application": "widget", "settings": {"session": [SESSION]}}),
        ),
        ("js", json!([])),
    ] {
        let mut socket = Socket::dial(&emulator, "").await;
        let connect = json!({"id": 1, "connect": {"name": name, "data": data}});
        let reply = socket.ask(&connect.to_string()).await;
        assert_eq!(reply["error"]["code"], 400, "{connect}");
    }
    let mut socket = Socket::dial(&emulator, "").await;
    socket.send(r#"{"id":1,"connect":{"token":"x"}}"#).await;
    assert_eq!(
        socket.hear().await,
        Heard::Close(3500, "invalid token".into())
    );
}

/// Captures `http-refused` and `http-subprotocol`.
#[tokio::test]
async fn what_is_no_upgrade_is_refused() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let path = "/centrifugo/connection/websocket";
    let upgrade = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Key", "fVnZ8F3xKuv4cj4zwpZX1g=="),
        ("Sec-WebSocket-Version", "13"),
    ];
    for (line, headers, status, body) in [
        (format!("GET {path}"), vec![], 400, "Bad Request\n"),
        (
            format!("POST {path}"),
            upgrade.to_vec(),
            405,
            "Method Not Allowed\n",
        ),
        (
            format!("GET {path}"),
            upgrade[..2].to_vec(),
            400,
            "Bad Request\n",
        ),
    ] {
        let reply = call(&emulator, &line, &headers, "").await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (status, body),
            "{line}"
        );
        assert!(
            reply
                .head
                .to_lowercase()
                .contains("sec-websocket-version: 13")
        );
    }
    let slash = call(&emulator, &format!("GET {path}/"), &upgrade, "").await;
    assert_eq!(slash.status, 404);
    let health = call(&emulator, "GET /health", &[], "").await;
    assert_eq!((health.status, health.body.as_str()), (200, "{}"));
}

/// Capture `sub-refused`.
#[tokio::test]
async fn a_foreign_channel_is_not_given() {
    let emulator = emulator(CentrifugoSettings::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[])).await;
    let subscribe = r#"{"id":2,"subscribe":{"channel":"widget:nobody"}}"#;
    let refused = socket.ask(subscribe).await;
    assert_eq!(
        refused["error"],
        json!({"code": 403, "message": "not yours"})
    );
    let mut behaviour = Behaviour::default();
    behaviour.join_fault = Some(Fault::Disconnect {
        code: 4403,
        reason: "not yours".into(),
    });
    emulator.set_behaviour(behaviour);
    socket
        .send(r#"{"id":3,"rpc":{"method":"joinSession","data":{"id":"x"}}}"#)
        .await;
    assert_eq!(socket.hear().await, Heard::Close(4403, "not yours".into()));
}
