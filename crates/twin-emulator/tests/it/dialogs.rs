//! Direct dialogs with bots, at once and by the webhook; bots and facts.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use twin_emulator::{Behaviour, Bot, Emulator, WebhookFault};

use crate::support::{Reply, call, soon};

const BOT: &str = "dbfd90ed-0000-4000-8000-031212d65004";

async fn bot(emulator: &Emulator, line: &str, body: Value) -> Reply {
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
        &format!("{method} /api/bot/v1{path}"),
        &headers,
        &body,
    )
    .await
}

/// A receiver of webhooks, and its address.
async fn receiver() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?key=1", listener.local_addr().unwrap());
    (listener, url)
}

/// Takes one post and answers it: the head and the body that came.
async fn take(listener: &TcpListener) -> (String, String) {
    let taken = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        let mut piece = [0; 4096];
        loop {
            let read = stream.read(&mut piece).await.unwrap();
            text += std::str::from_utf8(&piece[..read]).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.to_lowercase();
            let length = length.split("content-length: ").nth(1).unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() == length || read == 0 {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                // One who was cut off hears no answer.
                let _ = stream.write_all(answer).await;
                return (head.to_owned(), body.to_owned());
            }
        }
    };
    soon(taken).await
}

#[tokio::test]
async fn a_bot_is_asked_and_answers_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let start = json!({"botId": BOT, "ttl": 3600, "communicationType": "TEXT",
        "clientMetadata": {"page": "prices"}, "variables": []});
    let started = bot(&emulator, "POST /dialogs", start).await;
    assert_eq!(started.status, 200, "{}", started.body);
    let started = started.json();
    let id = started["dialogId"].as_str().unwrap();
    assert_eq!(started["messages"][0]["answers"][0], "picture");
    assert_eq!(started["messages"][0]["substitutions"]["botId"], BOT);

    let say = format!("POST /dialogs/{id}");
    let reply = bot(&emulator, &say, json!({"message": "hello"}))
        .await
        .json();
    assert_eq!(reply["messages"][0]["body"], "You wrote: “hello”.");
    assert_eq!(reply["status"], Value::Null);

    let variables = bot(
        &emulator,
        &format!("GET /dialogs/{id}/variableList"),
        Value::Null,
    )
    .await;
    let expected = json!({"system": {"dialogId": id, "botId": BOT}, "context": {"page": "prices"}});
    assert_eq!(variables.json(), expected);
    let steps = bot(
        &emulator,
        &format!("GET /dialogs/{id}/debugInfo"),
        Value::Null,
    )
    .await;
    assert_eq!(steps.json()["count"], 2);

    let bye = bot(&emulator, &say, json!({"message": "bye"})).await.json();
    assert_eq!(bye["status"], "STOP");
    assert_eq!(bye["result"], json!({"initialVariables": []}));
    let late = bot(&emulator, &say, json!({"message": "x"})).await;
    assert_eq!(
        (late.status, &late.json()["error"]),
        (422, &json!("Dialog is over."))
    );
    let reloaded = bot(&emulator, &format!("{say}/reload"), json!({"botId": BOT})).await;
    assert_eq!(reloaded.json()["messages"][0]["answers"][0], "picture");
    let finished = bot(&emulator, &format!("{say}/finish"), Value::Null).await;
    assert_eq!(finished.status, 204);
    assert_eq!(
        bot(&emulator, &say, json!({"message": "x"})).await.status,
        422
    );
}

#[tokio::test]
async fn an_asynchronous_answer_comes_by_the_webhook_with_its_callback_data() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let (listener, url) = receiver().await;
    let start = json!({"botId": BOT, "ttl": 60, "message": "one", "returnAnswerAsync": true,
        "callbackUrl": url, "callbackData": "some custom string"});
    let started = bot(&emulator, "POST /dialogs", start).await.json();
    assert_eq!(started["messages"].as_array().map_or(0, Vec::len), 0);
    let (head, body) = take(&listener).await;
    assert!(head.starts_with("POST /hook?key=1 HTTP/1.1"), "{head}");
    assert!(
        head.to_lowercase()
            .contains("content-type: application/json")
    );
    let posted: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(posted["dialogId"], started["dialogId"]);
    assert_eq!(posted["messages"][0]["body"], "one");
    assert_eq!(posted["callbackData"], "some custom string");

    // The address of the start holds; the data is that of the question.
    let say = format!("POST /dialogs/{}", started["dialogId"].as_str().unwrap());
    let next = json!({"message": "two", "returnAnswerAsync": true, "callbackData": "2"});
    bot(&emulator, &say, next).await;
    let posted: Value = serde_json::from_str(&take(&listener).await.1).unwrap();
    assert_eq!(
        (&posted["messages"][0]["body"], &posted["callbackData"]),
        (&json!("two"), &json!("2"))
    );
}

#[tokio::test]
async fn a_webhook_is_lost_cut_and_repeated_on_demand() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let (listener, url) = receiver().await;
    let start = json!({"botId": BOT, "ttl": 60, "callbackUrl": url});
    let id = bot(&emulator, "POST /dialogs", start).await.json()["dialogId"].clone();
    let say = format!("POST /dialogs/{}", id.as_str().unwrap());
    let ask = async |text: &str| {
        let body = json!({"message": text, "returnAnswerAsync": true});
        assert_eq!(bot(&emulator, &say, body).await.status, 200);
    };
    let mut behaviour = Behaviour::default();
    behaviour.webhook_fault = Some(WebhookFault::Lost);
    behaviour.webhook_fault_times = Some(1);
    emulator.set_behaviour(behaviour.clone());
    ask("lost").await;
    ask("came").await;
    let (_, body) = take(&listener).await;
    assert!(body.contains("came"), "{body}");

    behaviour.webhook_fault = Some(WebhookFault::Cut);
    emulator.set_behaviour(behaviour.clone());
    ask("cut").await;
    let (_, body) = take(&listener).await;
    assert!(serde_json::from_str::<Value>(&body).is_err(), "{body}");

    behaviour.webhook_fault = None;
    behaviour.webhook_repeats = 1;
    behaviour.webhook_delay_ms = 20;
    emulator.set_behaviour(behaviour);
    ask("twice").await;
    let first = take(&listener).await.1;
    assert_eq!(take(&listener).await.1, first);

    let line = "GET /_emulator/webhooks";
    let attempts = async || call(&emulator, line, &[], "").await.json();
    let attempts = soon(async {
        loop {
            let attempts = attempts().await;
            if attempts.as_array().unwrap().len() == 5 {
                return attempts;
            }
            tokio::task::yield_now().await;
        }
    });
    let attempts = attempts.await;
    let said: Vec<_> = attempts
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(json!(said), json!([null, 200, null, 200, 200]));
    assert_eq!(attempts[0]["error"], "lost on purpose");
}

#[tokio::test]
async fn a_dialog_that_cannot_be_is_told_why() {
    let emulator = Emulator::start().await.unwrap();
    for (body, field) in [
        (json!({"ttl": 60}), "botId"),
        (json!({"botId": BOT}), "ttl"),
        (
            json!({"botId": BOT, "ttl": 60, "returnAnswerAsync": true}),
            "callbackUrl",
        ),
        (
            json!({"botId": BOT, "ttl": 60, "callbackUrl": "ftp://x"}),
            "callbackUrl",
        ),
        (
            json!({"botId": BOT, "ttl": 60, "attachments": ["no"]}),
            "attachments[0]",
        ),
    ] {
        let reply = bot(&emulator, "POST /dialogs", body.clone()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.body);
        assert_eq!(reply.json()["details"]["field"], field, "{body}");
    }
    for (line, body) in [
        ("POST /dialogs/no", json!({"message": "x"})),
        ("POST /dialogs/no/finish", Value::Null),
        ("POST /dialogs/no/reload", json!({"botId": BOT})),
        ("GET /dialogs/no/variableList", Value::Null),
        ("GET /dialogs/no/debugInfo", Value::Null),
    ] {
        assert_eq!(bot(&emulator, line, body).await.status, 404, "{line}");
    }
}

#[tokio::test]
async fn bots_are_copied_deleted_and_recovered() {
    let emulator = Emulator::start().await.unwrap();
    let copy = bot(
        &emulator,
        &format!("POST /bots/{BOT}/copy"),
        json!({"name": "Second"}),
    )
    .await;
    let id = copy.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/bots/{id}");
    let get = format!("GET {path}?fields=id,name");
    let found = bot(&emulator, &get, Value::Null).await.json();
    assert_eq!(found, json!({"id": id, "name": "Second"}));
    let count = async |query: &str| {
        bot(&emulator, &format!("GET /bots{query}"), Value::Null)
            .await
            .json()["count"]
            .clone()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(
        count("?keyword=Second&companyId=1&accessType=private&hasViewDetails=0").await,
        1
    );
    assert_eq!(
        bot(&emulator, &format!("DELETE {path}"), Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        (count("").await, count("?deleted=1").await),
        (json!(1), json!(1))
    );
    let start = json!({"botId": id, "ttl": 60});
    let refused = bot(&emulator, "POST /dialogs", start).await;
    assert_eq!(refused.json()["details"]["field"], "botId");
    assert_eq!(
        bot(&emulator, &format!("PUT {path}/recover"), Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(count("").await, 2);
    for line in ["GET /bots/no", "DELETE /bots/no", "PUT /bots/no/recover"] {
        assert_eq!(
            bot(&emulator, line, Value::Null).await.status,
            404,
            "{line}"
        );
    }
}

#[tokio::test]
async fn facts_are_kept_replaced_listed_and_deleted() {
    let emulator = Emulator::start().await.unwrap();
    let fact = json!({"botId": BOT, "clientId": "c", "context": "orders", "name": "has a card"});
    let saved = bot(&emulator, "PUT /facts", fact).await.json();
    let other = json!({"factId": saved["id"], "clientId": "c", "name": "has two cards"});
    assert_eq!(bot(&emulator, "PUT /facts", other).await.json(), saved);
    let list = async |query: &str| {
        bot(&emulator, &format!("GET /facts{query}"), Value::Null)
            .await
            .json()
    };
    assert_eq!(list("").await["items"][0]["name"], "has two cards");
    for (query, count) in [
        ("?clientId=c", 1),
        ("?context=orders", 0),
        ("?from=2100-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(list(query).await["count"], count, "{query}");
    }
    let delete = format!("DELETE /facts/{}", saved["id"].as_str().unwrap());
    assert_eq!(
        bot(&emulator, &delete, json!({"companyId": 1}))
            .await
            .status,
        204
    );
    assert_eq!(bot(&emulator, &delete, Value::Null).await.status, 404);
    let unknown = bot(&emulator, "PUT /facts", json!({"factId": "no"})).await;
    assert_eq!(unknown.status, 404);
}
