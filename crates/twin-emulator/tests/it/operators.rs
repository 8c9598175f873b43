//! The operator's side: chats, sessions, operators, what all lists have.

use serde_json::{Value, json};
use twin_emulator::{Bot, Emulator};

use crate::support::{CHAT, Reply, Socket, call, connect_command, start_session};

async fn chats(emulator: &Emulator, line: &str, body: Value) -> Reply {
    let (method, path) = line.split_once(' ').unwrap();
    let headers = [
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer TOKEN"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    call(
        emulator,
        &format!("{method} /api/chats/v1{path}"),
        &headers,
        &body,
    )
    .await
}

#[tokio::test]
async fn a_chats_settings_are_kept_and_hold_for_its_sessions() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let bot = "dbfd90ed-0000-4000-8000-031212d65004";
    let draft = json!({"name": "Website", "botId": bot, "sessionTtl": 120, "pushData": [],
        "sessionRatingRequired": true, "results": ["sold"]});
    let created = chats(&emulator, "POST /chats", draft).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let chat = chats(&emulator, &format!("GET /chats/{id}"), Value::Null)
        .await
        .json();
    assert_eq!(
        (&chat["botName"], &chat["sessionTtl"]),
        (&json!("The emulator's bot"), &json!(120))
    );
    assert_eq!(chat.get("createdAt"), None);

    let start = format!("POST /chats/{id}/sessions");
    let session = chats(&emulator, &start, json!({"name": "n"})).await.json();
    assert_eq!(session["ttl"], 120);
    let session = session["id"].as_str().unwrap();
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[session])).await;
    chats(
        &emulator,
        &format!("DELETE /sessions/{session}"),
        Value::Null,
    )
    .await;
    assert_eq!(socket.event().await.1["sessionRatingRequired"], true);

    let put = format!("PUT /chats/{id}");
    assert_eq!(
        chats(&emulator, &put, json!({"name": "Other"}))
            .await
            .status,
        204
    );
    let list = async |query: &str| {
        chats(&emulator, &format!("GET /chats{query}"), Value::Null)
            .await
            .json()
    };
    assert_eq!(list("?name=Other&keyword=the").await["items"][0]["id"], id);
    assert_eq!(list("?name=Website").await["count"], 0);
    assert_eq!(list("?to=2000-01-01T00:00:00Z").await["count"], 0);
    assert_eq!(
        chats(&emulator, &format!("DELETE /chats/{id}"), Value::Null)
            .await
            .status,
        204
    );
    for line in [format!("GET /chats/{id}"), format!("DELETE /chats/{id}")] {
        assert_eq!(
            chats(&emulator, &line, Value::Null).await.status,
            404,
            "{line}"
        );
    }
    let nameless = chats(&emulator, "POST /chats", json!({"name": ""})).await;
    assert_eq!(nameless.json()["details"]["field"], "name");
    let draft = json!({"name": "n", "eventCallbackUrl": "nowhere"});
    let refused = chats(&emulator, "POST /chats", draft).await;
    assert_eq!(refused.json()["details"]["field"], "eventCallbackUrl");
}

#[tokio::test]
async fn operators_come_go_and_write_and_the_client_is_told() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    let path = format!("/sessions/{session}");
    let get = format!("GET {path}");
    let done = async |line: String| {
        let reply = chats(&emulator, &line, Value::Null).await;
        assert_eq!(reply.status, 204, "{line}: {}", reply.body);
    };
    done(format!("PUT {path}/operators/389")).await;
    assert_eq!(socket.event().await.1["operatorName"], "Anna Operator");
    done(format!("PUT {path}/operators/494")).await;
    done(format!("PATCH {path}/operators/494")).await;
    let (name, changed) = socket.event().await;
    assert_eq!(
        (name.as_str(), &changed["operatorId"]),
        ("operatorChanged", &json!("494"))
    );
    assert_eq!(changed["previousOperatorId"], "389");
    let seen = chats(&emulator, &get, Value::Null).await.json();
    assert_eq!(
        (&seen["operatorId"], &seen["botStatus"]),
        (&json!("494"), &json!("STOPPED"))
    );
    assert_eq!(seen["operators"].as_array().unwrap().len(), 1);
    done(format!("DELETE {path}/operators/494")).await;
    let seen = chats(&emulator, &get, Value::Null).await.json();
    assert_eq!(
        (seen.get("operatorId"), &seen["botStatus"]),
        (None, &json!("ACTIVE"))
    );

    // Whoever writes first has the session.
    let write = format!("POST {path}/operators/messages");
    let sent = chats(&emulator, &write, json!({"body": "hello"})).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    assert_eq!(socket.event().await.1["operatorName"], "Demo User");
    let (_, message) = socket.event().await;
    assert_eq!(
        (&message["authorType"], &message["body"]),
        (&json!("OPERATOR"), &json!("hello"))
    );
    done(format!("PATCH {path}/groupoperators/7")).await;
    let seen = chats(&emulator, &get, Value::Null).await.json();
    assert_eq!(seen.get("operatorId"), None);

    for line in [
        format!("PUT {path}/operators/no"),
        format!("DELETE {path}/operators/389"),
        "PATCH /sessions/no/operators/389".into(),
    ] {
        assert_eq!(
            chats(&emulator, &line, Value::Null).await.status,
            404,
            "{line}"
        );
    }
}

#[tokio::test]
async fn sessions_are_listed_by_every_filter() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let first = start_session(&emulator, None, "needle").await;
    let second = start_session(&emulator, None, "").await;
    let path = format!("/sessions/{first}");
    for line in [
        format!("PATCH {path}/names/New%20name"),
        format!("PATCH {path}/spam"),
        format!("PUT {path}/operators/389"),
        format!("DELETE /sessions/{second}"),
    ] {
        assert_eq!(
            chats(&emulator, &line, Value::Null).await.status,
            204,
            "{line}"
        );
    }
    for (query, expected) in [
        ("", vec![&first, &second]),
        ("?sort=-startedAt", vec![&second, &first]),
        ("?name=New%20name", vec![&first]),
        ("?markedAsSpam=1", vec![&first]),
        ("?markedAsSpam=0", vec![&second]),
        ("?operatorId=389", vec![&first]),
        ("?operatorType=BOT", vec![&second]),
        ("?status=CLOSED", vec![&second]),
        ("?botStatus=ACTIVE", vec![]),
        ("?keyword=needle", vec![&first]),
        ("?clientBanned=1", vec![]),
        ("?tags=x", vec![]),
        ("?to=2000-01-01T00:00:00Z", vec![]),
        ("?groupByClientId=1&limit=1&page=2", vec![&second]),
        (&format!("?chatId={CHAT}&sessionId={second}"), vec![&second]),
        (
            &format!(
                "?offsetField=id&offsetValue={}",
                first.clone().min(second.clone())
            ),
            vec![std::cmp::max(&first, &second)],
        ),
    ] {
        let page = chats(&emulator, &format!("GET /sessions{query}"), Value::Null)
            .await
            .json();
        let ids: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["id"])
            .collect();
        assert_eq!(json!(ids), json!(expected), "{query}: {page}");
    }
    chats(&emulator, &format!("PATCH {path}/notSpam"), Value::Null).await;
    let seen = chats(&emulator, &format!("GET {path}"), Value::Null)
        .await
        .json();
    assert_eq!(seen["markedAsSpam"], false);
    assert_eq!(seen["name"], "New name");
    assert_eq!(seen["unreadClientMessageCount"], 1);
    assert_eq!(
        chats(&emulator, "GET /sessions/no", Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_messages_of_a_client_are_those_of_all_sessions() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let path = format!("POST /chats/{CHAT}/sessions");
    for text in ["one", "two"] {
        let draft = json!({"name": "n", "clientId": "ann", "messageBody": text});
        assert_eq!(chats(&emulator, &path, draft).await.status, 201);
    }
    let list = "GET /clients/ann/messages?fields=body,authorType&sort=createdAt";
    let page = chats(&emulator, list, Value::Null).await.json();
    let bodies: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["body"])
        .collect();
    assert_eq!(json!(bodies), json!(["one", "one", "two", "two"]));
    assert_eq!(
        chats(&emulator, "GET /clients/no/messages", Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_method_that_is_not_declared_is_refused_with_those_that_are() {
    let emulator = Emulator::start().await.unwrap();
    for (line, allowed) in [
        ("POST /api/chats/v1/chats/c", "GET,HEAD,PUT,DELETE"),
        ("GET /api/chats/v1/sessions/s/spam", "PATCH"),
        ("DELETE /api/iam/v1/files", "POST"),
        ("PATCH /api/iam/v1/users/me", "GET,HEAD"),
        ("GET /api/bot/v1/dialogs/d", "POST"),
    ] {
        let reply = call(&emulator, line, &[], "").await;
        assert_eq!(reply.status, 405, "{line}");
        assert_eq!(reply.json()["error"], "Method not allowed.");
        let allow = reply
            .head
            .lines()
            .find_map(|line| line.strip_prefix("allow: "));
        let sorted = |text: &str| {
            let mut methods: Vec<_> = text.split(',').map(str::to_owned).collect();
            methods.sort();
            methods
        };
        assert_eq!(allow.map(sorted), Some(sorted(allowed)), "{line}");
    }
}
