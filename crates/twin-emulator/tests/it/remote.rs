//! The emulator behind a Centrifugo: what it tells that server, and what it answers to it. The
//! server here is played by hand; a real one is met by `tests/tests/engine.rs`.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, routing::post};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};
use twin_emulator::{
    Behaviour, Bot, CentrifugoApi, Emulator, ErrorKind, Fault, Grant, Publication,
};

use crate::support::{CHAT, OTHER, SESSION, call, soon, start_session};

/// What an API answers to a command.
type Answer = fn(&Value) -> Value;

/// A server's API that writes down what it is told.
#[derive(Clone)]
struct Api {
    told: mpsc::UnboundedSender<Value>,
    answer: Arc<Mutex<Answer>>,
}

impl Api {
    /// Serves it, and gives what it is told, command by command.
    async fn serve() -> (Self, SocketAddr, mpsc::UnboundedReceiver<Value>) {
        let (told, heard) = mpsc::unbounded_channel();
        let answer: Answer = |_| json!({"publish": {"offset": 7, "epoch": "ep"}});
        let answer = Arc::new(Mutex::new(answer));
        let api = Self { told, answer };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        api.clone().serve_on(listener);
        (api, address, heard)
    }

    fn serve_on(self, listener: TcpListener) {
        let router = Router::new()
            .route("/api/batch", post(batch))
            .with_state(self);
        tokio::spawn(async move { axum_serve(listener, router).await });
    }
}

/// What of axum's own server is needed, without its feature.
async fn axum_serve(listener: TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let stream = hyper_util::rt::TokioIo::new(stream);
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(stream, service)
                .await;
        });
    }
}

async fn batch(
    State(api): State<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    if headers.get("X-API-Key").is_none_or(|key| key != "secret") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let answer = *api.answer.lock().unwrap();
    let mut replies = Vec::new();
    for command in body["commands"].as_array().unwrap() {
        replies.push(answer(command));
        api.told.send(command.clone()).unwrap();
    }
    Ok(Json(json!({"replies": replies})))
}

async fn behind(address: SocketAddr, key: &str, behaviour: Behaviour) -> Emulator {
    let api = CentrifugoApi::new(&format!("http://{address}/api"), key).unwrap();
    let builder = Emulator::builder().bot(Bot::echo()).behaviour(behaviour);
    let emulator = builder.centrifugo_api(api).start().await.unwrap();
    for session in [SESSION, OTHER] {
        start_session(&emulator, Some(session), "").await;
    }
    emulator
}

async fn ask(emulator: &Emulator, path: &str, question: Value) -> Value {
    let line = format!("POST {path}");
    let headers = [("Content-Type", "application/json")];
    let reply = call(emulator, &line, &headers, &question.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

fn connect_question(client: &str, sessions: &[&str]) -> Value {
    json!({
        "client": client, "transport": "websocket", "protocol": "json", "encoding": "json",
        "name": "js",
        "data": {"application": "widget", "settings": {"sessions": sessions}},
    })
}

#[tokio::test]
async fn clients_are_sent_to_the_other_server() {
    let (_api, address, _heard) = Api::serve().await;
    let emulator = behind(address, "secret", Behaviour::default()).await;
    let websocket = format!("ws://{address}/centrifugo/connection/websocket");
    assert_eq!(emulator.addresses().centrifugo, websocket);
    let reply = call(&emulator, "GET /_emulator/addresses", &[], "").await;
    assert_eq!(reply.json()["centrifugo"], websocket);
    let own = call(
        &emulator,
        "GET /centrifugo/connection/websocket",
        &[
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
        "",
    );
    assert_eq!(own.await.status, 404);
    // Only a server that is told of is answered to.
    let embedded = Emulator::start().await.unwrap();
    let proxy = call(&embedded, "POST /centrifugo/proxy/connect", &[], "{}").await;
    assert_eq!(proxy.status, 404);
}

#[tokio::test]
async fn what_happens_is_published_in_order_and_unchanged() {
    let (_api, address, mut heard) = Api::serve().await;
    let emulator = behind(address, "secret", Behaviour::default()).await;
    for n in 0..200 {
        let publication = Publication::event(SESSION, "e", &n.to_string()).unwrap();
        // Where it stands is not known yet.
        assert_eq!(emulator.publish(&publication).unwrap().offset, 0);
    }
    let path = format!("POST /api/chats/v1/sessions/{SESSION}/messages");
    let headers = [
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer TOKEN"),
    ];
    let reply = call(&emulator, &path, &headers, r#"{"body":"hi"}"#).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    soon(emulator.settle()).await.unwrap();
    let channel = format!("widget:{SESSION}");
    for n in 0..200 {
        let told = soon(heard.recv()).await.unwrap();
        let expected =
            json!({"publish": {"channel": channel, "data": {"event": "e", "payload": n}}});
        assert_eq!(told, expected);
    }
    // The bot's echo.
    loop {
        let told = soon(heard.recv()).await.unwrap();
        assert_eq!(told["publish"]["channel"], channel);
        if told["publish"]["data"]["event"] == "chatMessageCreated" {
            break;
        }
    }
}

#[tokio::test]
async fn control_calls_become_the_servers_own() {
    let (_api, address, mut heard) = Api::serve().await;
    let emulator = behind(address, "secret", Behaviour::default()).await;
    for client in ["c1", "c2"] {
        let question = connect_question(client, &[SESSION]);
        ask(&emulator, "/centrifugo/proxy/connect", question).await;
    }
    let channel = format!("widget:{SESSION}");
    let both = |method: &str, rest: Value| {
        ["c1", "c2"].map(|client| {
            let mut body = json!({"user": "", "client": client});
            body.as_object_mut()
                .unwrap()
                .extend(rest.as_object().unwrap().clone());
            json!({method: body})
        })
    };
    let of_channel = json!({"channel": channel});
    let end = json!({"disconnect": {"code": 4000, "reason": "r"}});
    let everyone = json!({"disconnect": {
        "user": "", "disconnect": {"code": 3503, "reason": ""},
    }});
    for (path, body, expected) in [
        (
            "subscribe",
            json!({"session": SESSION, "channel": channel}),
            both("subscribe", of_channel.clone()).to_vec(),
        ),
        (
            "unsubscribe",
            json!({"session": SESSION, "channel": channel}),
            both("unsubscribe", of_channel).to_vec(),
        ),
        (
            "disconnect",
            json!({"session": SESSION, "code": 4000, "reason": "r"}),
            both("disconnect", end).to_vec(),
        ),
        ("disconnect", json!({"code": 3503}), vec![everyone]),
        (
            "history/remove",
            json!({"session": SESSION}),
            vec![json!({"history_remove": {"channel": channel}})],
        ),
    ] {
        let line = format!("POST /_emulator/{path}");
        let reply = call(&emulator, &line, &[], &body.to_string()).await;
        assert_eq!(reply.status, 204, "{path}: {}", reply.body);
        let mut told = Vec::new();
        for _ in 0..expected.len() {
            told.push(heard.try_recv().expect("told before it is answered"));
        }
        told.sort_by_key(Value::to_string);
        assert_eq!(told, expected, "{path}");
    }
    let body = json!({"session": SESSION, "data": [1]}).to_string();
    let reply = call(&emulator, "POST /_emulator/publish", &[], &body).await;
    let receipt = json!({"channel": channel, "offset": 7, "epoch": "ep"});
    assert_eq!((reply.status, reply.json()), (200, receipt));
    // A server of somebody else cannot be restarted from here.
    assert_eq!(
        emulator.restart_live().unwrap_err().kind(),
        ErrorKind::Refused
    );
}

#[tokio::test]
async fn what_the_server_refuses_is_told() {
    let (api, address, _heard) = Api::serve().await;
    *api.answer.lock().unwrap() = |_| json!({"error": {"code": 102, "message": "unknown channel"}});
    let emulator = behind(address, "secret", Behaviour::default()).await;
    let body = json!({"session": SESSION, "data": 1}).to_string();
    let reply = call(&emulator, "POST /_emulator/publish", &[], &body).await;
    assert_eq!(reply.status, 502);
    assert!(
        reply.body.contains("error 102, unknown channel"),
        "{}",
        reply.body
    );
    let failed = soon(emulator.settle()).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Live);
    // It is told once.
    soon(emulator.settle()).await.unwrap();
    let acts = json!({"session": SESSION, "do": ["typing"]}).to_string();
    let reply = call(&emulator, "POST /_emulator/act", &[], &acts).await;
    assert_eq!(reply.status, 502);

    let emulator = behind(address, "wrong", Behaviour::default()).await;
    emulator.disconnect(None, 4000, "");
    let failed = soon(emulator.settle()).await.unwrap_err();
    assert!(failed.to_string().contains("key"), "{failed}");
}

#[tokio::test]
async fn a_server_that_comes_later_is_told_all_the_same() {
    let (api, _, mut heard) = Api::serve().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let emulator = behind(address, "secret", Behaviour::default()).await;
    for n in 0..3 {
        let publication = Publication::data_for(SESSION, &n.to_string()).unwrap();
        emulator.publish(&publication).unwrap();
    }
    api.serve_on(TcpListener::bind(address).await.unwrap());
    for n in 0..3 {
        let told = soon(heard.recv()).await.unwrap();
        assert_eq!(told["publish"]["data"], n);
    }
    soon(emulator.settle()).await.unwrap();
}

#[tokio::test]
async fn the_servers_questions_are_answered_in_its_words() {
    let (_api, address, mut heard) = Api::serve().await;
    let emulator = behind(address, "secret", Behaviour::default()).await;
    let (own, other) = (format!("widget:{SESSION}"), format!("widget:{OTHER}"));
    let connected = ask(
        &emulator,
        "/centrifugo/proxy/connect",
        connect_question("c1", &[SESSION, "unknown"]),
    )
    .await;
    assert_eq!(
        connected,
        json!({"result": {"user": "", "subs": {&own: {}}}})
    );
    let join = |method: &str, session: &str| json!({"client": "c1", "user": "", "method": method, "data": {"id": session}});
    for (question, answer) in [
        (
            join("joinSession", SESSION),
            json!({"result": {"data": {"success": true}}}),
        ),
        (
            join("joinSession", OTHER),
            json!({"result": {"data": {"success": true}}}),
        ),
        (
            join("joinSession", "none"),
            json!({"result": {"data": {"success": false}}}),
        ),
        (
            join("dance", SESSION),
            json!({"error": {"code": 404, "message": "method not found"}}),
        ),
    ] {
        assert_eq!(
            ask(&emulator, "/centrifugo/proxy/rpc", question).await,
            answer
        );
    }
    // The session that was not on the connect's list is granted by the join.
    let granted = json!({"subscribe": {"user": "", "client": "c1", "channel": other}});
    assert_eq!(soon(heard.recv()).await.unwrap(), granted);
    let subscribe = |channel: &str| json!({"client": "c1", "user": "", "channel": channel});
    let path = "/centrifugo/proxy/subscribe";
    assert_eq!(
        ask(&emulator, path, subscribe(&own)).await,
        json!({"result": {}})
    );
    let refused = json!({"error": {"code": 403, "message": "not yours"}});
    assert_eq!(ask(&emulator, path, subscribe("widget:no")).await, refused);
    let unreadable = call(&emulator, "POST /centrifugo/proxy/rpc", &[], "[]").await;
    assert_eq!(unreadable.status, 400);
}

#[tokio::test]
async fn faults_are_played_to_the_server_as_well() {
    let (_api, address, _heard) = Api::serve().await;
    let mut behaviour = Behaviour::default();
    behaviour.grant = Grant::Join;
    behaviour.connect_fault = Some(Fault::Disconnect {
        code: 4501,
        reason: "go".into(),
    });
    behaviour.connect_fault_times = Some(1);
    behaviour.join_fault = Some(Fault::Error {
        code: 1001,
        message: "later".into(),
        temporary: true,
    });
    let emulator = behind(address, "secret", behaviour).await;
    let path = "/centrifugo/proxy/connect";
    let question = connect_question("c1", &[SESSION]);
    let refused = json!({"disconnect": {"code": 4501, "reason": "go"}});
    assert_eq!(ask(&emulator, path, question.clone()).await, refused);
    let nothing = json!({"result": {"user": "", "subs": {}}});
    assert_eq!(ask(&emulator, path, question).await, nothing);
    let join = json!({"client": "c1", "method": "joinSession", "data": {"id": SESSION}});
    let fault = json!({"error": {"code": 1001, "message": "later", "temporary": true}});
    assert_eq!(ask(&emulator, "/centrifugo/proxy/rpc", join).await, fault);
}

#[tokio::test]
async fn sessions_live_without_any_server() {
    // What cannot be published is not the platform's concern: its calls answer all the same.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let emulator = behind(address, "secret", Behaviour::default()).await;
    let line = format!("POST /api/chats/v1/chats/{CHAT}/sessions?x_widget=1");
    let headers = [("Content-Type", "application/json")];
    let body = json!({"name": "test", "messageBody": "hi"}).to_string();
    assert_eq!(call(&emulator, &line, &headers, &body).await.status, 201);
}
