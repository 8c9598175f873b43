//! The emulator's own calls: the operator's seat, what is played, faults.

use serde_json::{Value, json};
use twin_emulator::{
    Behaviour, Bot, ChannelPlan, Emulator, EnvelopeForm, ErrorKind, Fault, Grant, Publication,
    StartAnswers, UnknownSession,
};

use crate::support::{
    CHAT, Heard, OTHER, SESSION, Socket, call, connect_command, send, start_session,
};

async fn quiet(behaviour: Behaviour) -> Emulator {
    let builder = Emulator::builder().bot(Bot::echo()).behaviour(behaviour);
    let emulator = builder.start().await.unwrap();
    for session in [SESSION, OTHER] {
        start_session(&emulator, Some(session), "").await;
    }
    emulator
}

fn playing(change: impl FnOnce(&mut Behaviour)) -> Behaviour {
    let mut behaviour = Behaviour::default();
    change(&mut behaviour);
    behaviour
}

fn join(id: u32, session: &str) -> String {
    json!({"id": id, "rpc": {"method": "joinSession", "data": {"id": session}}}).to_string()
}

async fn control(emulator: &Emulator, line: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let reply = call(emulator, line, &[], &body).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn the_addresses_are_those_of_the_contract() {
    let emulator = Emulator::start().await.unwrap();
    let (status, json) = control(&emulator, "GET /_emulator/addresses", Value::Null).await;
    let http = &emulator.addresses().http;
    let host = http.strip_prefix("http://").unwrap();
    let expected = json!({
        "http": http,
        "widget": format!("{http}/api/chats/v1"),
        "chats": format!("{http}/api/chats/v1"),
        "bot": format!("{http}/api/bot/v1"),
        "iam": format!("{http}/api/iam/v1"),
        "centrifugo": format!("ws://{host}/centrifugo/connection/websocket"),
        "socketio": format!("{http}/operator/socket.io/"),
        "token": emulator.addresses().token,
        "instance": emulator.addresses().instance,
    });
    assert_eq!((status, json), (200, expected));
}

#[tokio::test]
async fn each_run_says_which_it_is() {
    let everywhere = || Emulator::builder().listen("0.0.0.0:0".parse().unwrap());
    let first = everywhere().token("the same").start().await.unwrap();
    let second = everywhere().token("the same").start().await.unwrap();
    let (first_run, second_run) = (&first.addresses().instance, &second.addresses().instance);
    assert_ne!(first_run, second_run);
    let (_, told) = control(&first, "GET /_emulator/addresses", Value::Null).await;
    assert_eq!(told["instance"], first_run.as_str());
}

#[tokio::test]
async fn who_listens_everywhere_is_found_where_he_is_asked() {
    let builder = Emulator::builder().listen("0.0.0.0:0".parse().unwrap());
    let emulator = builder.start().await.unwrap();
    let http = &emulator.addresses().http;
    assert!(http.starts_with("http://127.0.0.1:"), "{http}");
    let port = http.rsplit(':').next().unwrap();
    let head = format!("GET /_emulator/addresses HTTP/1.1\r\nHost: emulator:{port}\r\n");
    let reply = send(&emulator, &format!("{head}Connection: close\r\n\r\n")).await;
    assert_eq!(
        reply.json()["chats"],
        format!("http://emulator:{port}/api/chats/v1")
    );
}

#[tokio::test]
async fn pages_of_others_may_call() {
    let emulator = Emulator::start().await.unwrap();
    let line = format!("OPTIONS /api/chats/v1/chats/{CHAT}/sessions");
    let headers = [
        ("Access-Control-Request-Method", "POST"),
        ("Origin", "https://example.com"),
    ];
    let reply = call(&emulator, &line, &headers, "").await;
    assert_eq!(reply.status, 204);
    assert!(
        reply
            .head
            .contains("access-control-allow-headers: authorization, content-type")
    );
    let reply = call(&emulator, "GET /health", &[], "").await;
    assert!(reply.head.contains("access-control-allow-origin: *"));
}

#[tokio::test]
async fn an_operator_acts_through_the_seat() {
    let emulator = quiet(Behaviour::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    let acts = json!({"session": SESSION, "do": [
        {"operator": {"id": "494", "name": "Boris", "avatar": null}},
        {"typing": "OPERATOR"},
        {"message": {"from": "OPERATOR", "body": "At your service."}},
        "close",
    ]});
    let (status, _) = control(&emulator, "POST /_emulator/act", acts).await;
    assert_eq!(status, 204);
    let (_, changed) = socket.event().await;
    assert_eq!(
        (&changed["operatorId"], &changed["avatar"]),
        (&json!("494"), &Value::Null)
    );
    assert_eq!(socket.event().await.1, json!({"authorType": "OPERATOR"}));
    let (_, message) = socket.event().await;
    assert_eq!(
        (&message["authorName"], &message["authorId"]),
        (&json!("Boris"), &json!("494"))
    );
    assert_eq!(socket.event().await.0, "sessionClosed");

    let refused = emulator.act(SESSION, r#"["typing"]"#).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused);
    let acts = json!({"session": SESSION, "do": ["typing"]});
    assert_eq!(control(&emulator, "POST /_emulator/act", acts).await.0, 422);
}

#[tokio::test]
async fn bad_control_calls_say_what_is_wrong() {
    let emulator = quiet(Behaviour::default()).await;
    for (line, body, expected) in [
        (
            "POST /_emulator/act",
            json!({"session": SESSION, "do": ["dance"]}),
            "dance",
        ),
        ("POST /_emulator/act", json!({"session": SESSION}), "do"),
        (
            "PUT /_emulator/behaviour",
            json!({"grants": "join"}),
            "grants",
        ),
        ("POST /_emulator/disconnect", json!({"reason": "x"}), "code"),
        (
            "POST /_emulator/publish",
            json!({"session": SESSION}),
            "event",
        ),
        ("POST /_emulator/publish", json!({"data": 1}), "session"),
        (
            "POST /_emulator/publish",
            json!({"session": "none", "data": 1}),
            "no session",
        ),
        (
            "POST /_emulator/history/remove",
            json!({"session": "none"}),
            "no session",
        ),
    ] {
        let (status, reply) = control(&emulator, line, body.clone()).await;
        assert_eq!(status, 422, "{line} {body}");
        let reason = reply["details"]["reason"].as_str().unwrap();
        assert!(reason.contains(expected), "{line} {body}: {reason}");
    }
    assert_eq!(
        control(&emulator, "GET /_emulator/nowhere", Value::Null)
            .await
            .0,
        404
    );
    assert_eq!(
        control(&emulator, "GET /_emulator/act", Value::Null)
            .await
            .0,
        405
    );
}

#[tokio::test]
async fn every_envelope_can_be_played() {
    let emulator = quiet(Behaviour::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    for form in EnvelopeForm::ALL {
        let behaviour = playing(|it| (it.envelope, it.emit_suffix) = (form, true));
        let json = serde_json::to_value(&behaviour).unwrap();
        assert_eq!(
            control(&emulator, "PUT /_emulator/behaviour", json).await.0,
            204
        );
        assert_eq!(emulator.behaviour(), behaviour);
        emulator.act(SESSION, r#"["typing"]"#).unwrap();
        let data = socket.line().await["push"]["pub"]["data"].to_string();
        assert!(
            data.contains(r#""showTypingIndicatorEmit""#),
            "{form:?}: {data}"
        );
        assert!(data.contains(r#""authorType":"BOT""#), "{form:?}: {data}");
    }
}

#[tokio::test]
async fn a_publication_by_hand_comes_byte_for_byte() {
    let emulator = quiet(Behaviour::default()).await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[SESSION])).await;
    let body =
        format!(r#"{{"session":"{SESSION}","event":"e","payload":{{ "a" : 1.0 , "a":1e400}}}}"#);
    let reply = call(&emulator, "POST /_emulator/publish", &[], &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json()["offset"], 1);
    let Heard::Line(line) = socket.hear().await else {
        panic!("no line")
    };
    assert!(
        line.contains(r#"{"event":"e","payload":{ "a" : 1.0 , "a":1e400}}"#),
        "{line}"
    );

    emulator
        .publish(&Publication::data_for(SESSION, "null").unwrap())
        .unwrap();
    assert_eq!(
        socket.line().await["push"]["pub"],
        json!({"data": null, "offset": 2})
    );
    let broken = Publication::event(SESSION, "e", "{").unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn channels_are_granted_as_it_is_told() {
    let channel = format!("widget:{SESSION}");
    for (grant, in_reply, pushed_at_join) in [
        (Grant::Both, true, false),
        (Grant::Connect, true, false),
        (Grant::Join, false, true),
    ] {
        let emulator = quiet(playing(|it| it.grant = grant)).await;
        let mut socket = Socket::dial(&emulator, "").await;
        let reply = socket.ask(&connect_command(&[SESSION])).await;
        assert_eq!(
            reply["connect"]["subs"].get(&channel).is_some(),
            in_reply,
            "{grant:?}"
        );
        let mut answer = socket.ask(&join(2, SESSION)).await;
        if pushed_at_join {
            assert_eq!(answer["push"]["channel"], channel, "{grant:?}");
            assert_eq!(
                answer["push"]["subscribe"]["recoverable"], true,
                "{grant:?}"
            );
            answer = socket.line().await;
        }
        assert_eq!(
            answer,
            json!({"id": 2, "rpc": {"data": {"success": true}}}),
            "{grant:?}"
        );
        emulator.act(SESSION, r#"["typing"]"#).unwrap();
        assert_eq!(socket.event().await.0, "showTypingIndicator");
    }
    // A session that is joined later, and not on the connect's list.
    for (grant, pushed) in [(Grant::Both, true), (Grant::Connect, false)] {
        let emulator = quiet(playing(|it| it.grant = grant)).await;
        let mut socket = Socket::dial(&emulator, "").await;
        socket.ask(&connect_command(&[SESSION])).await;
        let answer = socket.ask(&join(2, OTHER)).await;
        assert_eq!(answer.get("push").is_some(), pushed, "{grant:?}");
    }
}

#[tokio::test]
async fn one_channel_a_user_carries_all_sessions() {
    let emulator = quiet(playing(|it| it.channels = ChannelPlan::User)).await;
    let mut socket = Socket::dial(&emulator, "").await;
    let reply = socket.ask(&connect_command(&[SESSION, OTHER])).await;
    let subs: Vec<&String> = reply["connect"]["subs"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(subs, ["widget:visitor"]);
    for session in [SESSION, OTHER] {
        emulator
            .act(session, r#"[{"message":{"body":"b"}}]"#)
            .unwrap();
        assert_eq!(socket.event().await.1["sessionId"], session);
    }
}

#[tokio::test]
async fn connects_are_refused_as_often_as_it_is_told() {
    let fault = Fault::Error {
        code: 1001,
        message: "try again".into(),
        temporary: true,
    };
    let behaviour = playing(|it| {
        it.connect_fault = Some(fault);
        it.connect_fault_times = Some(1);
    });
    let emulator = quiet(behaviour).await;
    let mut socket = Socket::dial(&emulator, "").await;
    let refused = socket.ask(&connect_command(&[SESSION])).await;
    let error = json!({"code": 1001, "message": "try again", "temporary": true});
    assert_eq!(refused, json!({"id": 1, "error": error}));
    // A second connect on it is not heard; it ends without a close frame.
    socket.send(&connect_command(&[SESSION])).await;
    assert_eq!(socket.hear().await, Heard::End);

    let mut socket = Socket::dial(&emulator, "").await;
    assert!(socket.ask(&connect_command(&[SESSION])).await["connect"].is_object());

    let fault = Fault::Disconnect {
        code: 4501,
        reason: "go".into(),
    };
    emulator.set_behaviour(playing(|it| it.connect_fault = Some(fault)));
    let mut socket = Socket::dial(&emulator, "").await;
    socket.send(&connect_command(&[SESSION])).await;
    assert_eq!(socket.hear().await, Heard::Close(4501, "go".into()));
}

#[tokio::test]
async fn joins_are_answered_as_it_is_told() {
    let fault = Fault::Error {
        code: 100,
        message: String::new(),
        temporary: true,
    };
    let unsuccessful = json!({"id": 2, "rpc": {"data": {"success": false}}});
    let error =
        |code: u32, message: &str| json!({"id": 2, "error": {"code": code, "message": message}});
    for (behaviour, session, expected) in [
        (Behaviour::default(), "unknown", unsuccessful.clone()),
        (
            playing(|it| it.unknown_session = UnknownSession::Error),
            "unknown",
            error(404, "session not found"),
        ),
        (
            playing(|it| it.join_fault = Some(Fault::Unsuccessful)),
            SESSION,
            unsuccessful.clone(),
        ),
        (
            playing(|it| it.join_fault = Some(fault)),
            SESSION,
            json!({"id": 2, "error": {"code": 100, "temporary": true}}),
        ),
        (
            playing(|it| it.join_delay_ms = 20),
            SESSION,
            json!({"id": 2, "rpc": {"data": {"success": true}}}),
        ),
    ] {
        let emulator = quiet(behaviour.clone()).await;
        let mut socket = Socket::dial(&emulator, "").await;
        socket.ask(&connect_command(&[SESSION])).await;
        assert_eq!(
            socket.ask(&join(2, session)).await,
            expected,
            "{behaviour:?}"
        );
    }
}

#[tokio::test]
async fn start_answers_come_where_it_is_told() {
    for (plan, is_event) in [
        (StartAnswers::Reply, false),
        (StartAnswers::ReplyAndEvents, true),
    ] {
        let emulator = quiet(playing(|it| it.start_answers = plan)).await;
        let body = json!({"name": "n", "sessionId": "s", "messageBody": "hi"}).to_string();
        let line = format!("POST /api/chats/v1/chats/{CHAT}/sessions?x_widget=1");
        let reply = call(
            &emulator,
            &line,
            &[("Content-Type", "application/json")],
            &body,
        )
        .await;
        assert_eq!(reply.json()["messages"][0]["body"], "hi", "{plan:?}");
        let mut socket = Socket::dial(&emulator, "").await;
        let mut connect: Value = serde_json::from_str(&connect_command(&["s"])).unwrap();
        connect["connect"]["subs"]["widget:s"]["recover"] = true.into();
        let reply = socket.ask(&connect.to_string()).await;
        let recovered = &reply["connect"]["subs"]["widget:s"]["publications"];
        assert_eq!(recovered.is_array(), is_event, "{plan:?}: {reply}");
    }
}
