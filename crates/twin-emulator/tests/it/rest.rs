//! The REST calls: what they do, and what they refuse.

use serde_json::{Value, json};
use twin_emulator::{Bot, Emulator};

use crate::support::{CHAT, Reply, Socket, call, connect_command, start_session};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const TOKEN: (&str, &str) = ("Authorization", "Bearer TOKEN");

async fn chats(emulator: &Emulator, method: &str, path: &str, body: &str) -> Reply {
    let line = format!("{method} /api/chats/v1{path}");
    call(emulator, &line, &[JSON, TOKEN], body).await
}

#[tokio::test]
async fn the_articles_start_request_gets_the_articles_reply() {
    let emulator = Emulator::start().await.unwrap();
    let sample = include_str!("../../../../tests/fixtures/samples/rest.startSession.request.json");
    let mut draft: Value = serde_json::from_str(sample).unwrap();
    draft["messageAttachments"] = json!([]);
    draft["returnAnswerAsync"] = json!(false);
    let path = format!("/chats/{CHAT}/sessions");
    let reply = chats(&emulator, "POST", &path, &draft.to_string()).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let reply = reply.json();
    assert_eq!(reply["id"], draft["sessionId"]);
    assert_eq!(reply["clientId"], draft["clientId"]);
    assert_eq!(reply["ttl"], 3600);
    assert!(reply["messageId"].is_string());
    // The greeting, and the echo of the first message.
    let bodies: Vec<&Value> = reply["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["body"])
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[1], "You wrote: “string”.");
}

#[tokio::test]
async fn the_articles_requests_are_taken_as_they_stand() {
    let emulator = Emulator::start().await.unwrap();
    let start = include_str!("../../../../tests/fixtures/samples/rest.startSession.request.json");
    let line = format!("POST /api/chats/v1/chats/{CHAT}/sessions?x_widget=1");
    let json = [("Content-Type", "application/json")];
    let started = call(&emulator, &line, &json, start).await;
    assert_eq!(started.status, 201, "{}", started.body);
    let session = started.json()["id"].as_str().unwrap().to_owned();
    let message = include_str!("../../../../tests/fixtures/samples/rest.sendMessage.request.json");
    let line = format!("POST /api/chats/v1/sessions/{session}/messages");
    let sent = call(&emulator, &line, &json, message).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    assert!(sent.json()["createdAt"].is_string());
    // It answers a message that there is not, and so none.
    let path = format!("/sessions/{session}/messages");
    let listed = chats(&emulator, "GET", &path, "").await.json();
    let items = listed["items"].as_array().unwrap();
    let kept = items
        .iter()
        .find(|it| it["id"] == sent.json()["id"])
        .unwrap();
    assert_eq!(
        (&kept["body"], kept.get("replyTo")),
        (&json!("string"), None)
    );
}

#[tokio::test]
async fn a_session_needs_a_token_but_for_the_widget() {
    let emulator = Emulator::start().await.unwrap();
    let draft = r#"{"name":"n"}"#;
    let start = format!("POST /api/chats/v1/chats/{CHAT}/sessions");
    for (line, headers, status) in [
        (start.clone(), vec![JSON], 401),
        (
            start.clone(),
            vec![JSON, ("Authorization", "Bearer wrong")],
            401,
        ),
        (start.clone(), vec![JSON, ("Authorization", "TOKEN")], 401),
        (start.clone(), vec![JSON, TOKEN], 201),
        (format!("{start}?x_widget=0"), vec![JSON], 401),
        (format!("{start}?x_widget=1"), vec![JSON], 201),
        (start.replace("POST", "PUT"), vec![JSON], 401),
        (start.replace("POST", "PUT"), vec![JSON, TOKEN], 200),
    ] {
        let reply = call(&emulator, &line, &headers, draft).await;
        assert_eq!(reply.status, status, "{line}: {}", reply.body);
        if status == 401 {
            assert_eq!(
                reply.json(),
                json!({"error": "Unauthorized.", "details": null})
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_request_is_told_what_is_wrong_with_it() {
    let emulator = Emulator::start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let start = format!("/chats/{CHAT}/sessions");
    let messages = format!("/sessions/{session}/messages");
    for (method, path, body, status, field) in [
        ("POST", start.as_str(), "{", 400, "body"),
        ("POST", &start, r#"{"name":5}"#, 422, "name"),
        ("POST", &start, r#"{"name":""}"#, 422, "name"),
        (
            "POST",
            &start,
            r#"{"name":"n","sessionTtl":43201}"#,
            422,
            "sessionTtl",
        ),
        (
            "POST",
            &start,
            r#"{"name":"n","sessionTtl":0}"#,
            422,
            "sessionTtl",
        ),
        ("POST", &messages, r#"{"body":""}"#, 422, "body"),
        (
            "POST",
            &messages,
            r#"{"body":"b","attachments":["no"]}"#,
            422,
            "attachments[0]",
        ),
    ] {
        let reply = chats(&emulator, method, path, body).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.body);
        assert_eq!(
            reply.json()["details"]["field"],
            field,
            "{body}: {}",
            reply.body
        );
    }
    for query in [
        "limit=x",
        "from=yesterday",
        "sort=nothing",
        "page=0",
        "withoutCount=maybe",
    ] {
        let reply = chats(&emulator, "GET", &format!("{messages}?{query}"), "").await;
        assert_eq!(reply.status, 422, "{query}: {}", reply.body);
        let field = query.split('=').next().unwrap();
        assert_eq!(reply.json()["details"]["field"], field);
    }
    let line = format!("POST /api/chats/v1{messages}");
    let reply = call(&emulator, &line, &[("Content-Type", "text/plain")], "{}").await;
    assert_eq!(reply.json()["details"]["field"], "Content-Type");
}

#[tokio::test]
async fn what_there_is_not_is_not_found() {
    let emulator = Emulator::start().await.unwrap();
    for (method, path, status) in [
        ("GET", "/sessions/none/messages", 404),
        ("POST", "/sessions/none/messages", 404),
        ("POST", "/sessions/none/clients/messages", 404),
        ("PATCH", "/messages/none/read", 404),
        ("DELETE", "/sessions/none", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/sessions/none/messages", 405),
        ("GET", "/chats/c/sessions", 405),
    ] {
        let body = if method == "POST" {
            r#"{"body":"b"}"#
        } else {
            ""
        };
        let reply = chats(&emulator, method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path}");
        assert!(reply.json()["error"].is_string(), "{method} {path}");
    }
}

#[tokio::test]
async fn messages_are_kept_and_listed() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    let mut ids = Vec::new();
    for (n, path) in ["messages", "clients/messages", "messages"]
        .iter()
        .enumerate()
    {
        let path = format!("/sessions/{session}/{path}");
        let body = json!({"body": format!("m{n}")}).to_string();
        let reply = chats(&emulator, "POST", &path, &body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        assert!(reply.json()["createdAt"].is_string());
        ids.push(reply.json()["id"].clone());
        // The echo: what is sent has been answered before the next is.
        let (name, payload) = socket.event().await;
        assert_eq!(
            (name.as_str(), &payload["body"]),
            ("chatMessageCreated", &json!(format!("m{n}")))
        );
    }
    let list = |query: &'static str| {
        let path = format!("/sessions/{session}/messages{query}");
        let emulator = &emulator;
        async move { chats(emulator, "GET", &path, "").await.json() }
    };
    let all = list("").await;
    assert_eq!(all["count"], 6);
    let authors: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["authorType"].as_str().unwrap())
        .collect();
    assert_eq!(authors, ["CLIENT", "BOT", "CLIENT", "BOT", "CLIENT", "BOT"]);
    assert_eq!(all["items"][0]["id"], ids[0]);

    let page = list("?limit=2&offset=3").await;
    assert_eq!(page["count"], 6);
    assert_eq!(page["items"], json!([all["items"][3], all["items"][4]]));
    assert_eq!(list("?limit=2&page=2").await["items"][0], all["items"][2]);
    assert_eq!(
        list("?sort=-createdAt&limit=1").await["items"][0],
        all["items"][5]
    );
    assert_eq!(list("?withoutCount=1").await.get("count"), None);

    let from = all["items"][4]["createdAt"]
        .as_str()
        .unwrap()
        .replace('+', "%2B");
    let path = format!("/sessions/{session}/messages?from={from}");
    assert_eq!(chats(&emulator, "GET", &path, "").await.json()["count"], 2);
    let path = format!("/sessions/{session}/messages?to={from}");
    assert_eq!(chats(&emulator, "GET", &path, "").await.json()["count"], 5);
}

#[tokio::test]
async fn the_last_session_of_a_client_goes_on() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let path = format!("/chats/{CHAT}/sessions");
    let put = |external: &'static str| {
        let (emulator, path) = (&emulator, &path);
        let draft = json!({"name": "n", "clientExternalId": external, "messageBody": "hi"});
        async move {
            chats(emulator, "PUT", path, &draft.to_string())
                .await
                .json()
        }
    };
    let first = put("anna").await;
    let again = put("anna").await;
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["clientId"], first["clientId"]);
    assert_ne!(again["messageId"], first["messageId"]);
    assert_eq!(again["messages"][0]["body"], "hi");
    assert_ne!(put("boris").await["id"], first["id"]);

    let session = format!("/sessions/{}", first["id"].as_str().unwrap());
    assert_eq!(chats(&emulator, "DELETE", &session, "").await.status, 204);
    let later = put("anna").await;
    assert_ne!(later["id"], first["id"]);
    assert_eq!(later["clientId"], first["clientId"]);
}

#[tokio::test]
async fn a_closed_session_is_told_of_and_takes_no_more() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    let path = format!("/sessions/{session}");
    assert_eq!(
        chats(&emulator, "DELETE", &path, r#"{"result":"done"}"#)
            .await
            .status,
        204
    );
    let expected = json!({"sessionId": session, "chatId": CHAT, "sessionRatingRequired": false});
    assert_eq!(socket.event().await, ("sessionClosed".to_owned(), expected));
    for (method, path, body) in [
        ("POST", format!("{path}/messages"), r#"{"body":"b"}"#),
        ("DELETE", path.clone(), ""),
    ] {
        let reply = chats(&emulator, method, &path, body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (422, &json!("Session is closed."))
        );
    }
    assert_eq!(
        chats(&emulator, "GET", &format!("{path}/messages"), "")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_session_ends_with_its_time_to_live() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let path = format!("/chats/{CHAT}/sessions");
    let reply = chats(&emulator, "POST", &path, r#"{"name":"n","sessionTtl":1}"#)
        .await
        .json();
    assert_eq!(reply["ttl"], 1);
    let mut socket = Socket::dial(&emulator, "").await;
    socket
        .ask(&connect_command(&[reply["id"].as_str().unwrap()]))
        .await;
    assert_eq!(socket.event().await.0, "sessionClosed");
}

#[tokio::test]
async fn reading_a_clients_message_is_told_of_once() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let session = start_session(&emulator, None, "").await;
    let path = format!("/sessions/{session}/messages");
    let id = chats(&emulator, "POST", &path, r#"{"body":"b"}"#)
        .await
        .json()["id"]
        .clone();
    let read = format!("/messages/{}/read", id.as_str().unwrap());
    let mut socket = Socket::dial(&emulator, "").await;
    socket.ask(&connect_command(&[&session])).await;
    for _ in 0..2 {
        assert_eq!(chats(&emulator, "PATCH", &read, "").await.status, 204);
    }
    chats(&emulator, "DELETE", &format!("/sessions/{session}"), "").await;
    let mut events = Vec::new();
    while events
        .last()
        .is_none_or(|(name, _)| name != "sessionClosed")
    {
        events.push(socket.event().await);
    }
    events.retain(|(name, _)| name == "chatMessageRead");
    assert_eq!(
        events,
        [("chatMessageRead".to_owned(), json!({"messageId": id}))]
    );
}
