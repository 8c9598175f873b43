//! Logins, tokens and users.

use serde_json::{Value, json};
use twin_emulator::Emulator;

use crate::support::{Reply, call};

const JSON: (&str, &str) = ("Content-Type", "application/json");

async fn log_in(emulator: &Emulator, body: &str) -> Reply {
    call(emulator, "POST /api/iam/v1/auth/login", &[JSON], body).await
}

async fn me(emulator: &Emulator, token: &Value) -> Reply {
    let token = format!("Bearer {}", token.as_str().unwrap());
    let headers = [("Authorization", token.as_str())];
    call(emulator, "GET /api/iam/v1/users/me", &headers, "").await
}

async fn refresh(emulator: &Emulator, tokens: &Value) -> Reply {
    let refresh_token = tokens["refreshToken"].as_str().unwrap();
    let line = format!("GET /api/iam/v1/auth/refresh?refreshToken={refresh_token}&ttl=60");
    let headers = [("Authorization", tokens["token"].as_str().unwrap())];
    call(emulator, &line, &headers, "").await
}

const LOGIN: &str =
    r#"{"email":"demo@example.com","password":"demo","ttl":43200,"companyId":1,"extra":[]}"#;

#[tokio::test]
async fn a_login_opens_the_calls_until_its_token_expires() {
    let emulator = Emulator::start().await.unwrap();
    let tokens = log_in(&emulator, LOGIN).await.json();
    let user = me(&emulator, &tokens["token"]).await;
    assert_eq!(user.status, 200, "{}", user.body);
    assert_eq!(user.json()["email"], "demo@example.com");

    emulator.expire_tokens();
    let expired = me(&emulator, &tokens["token"]).await;
    assert_eq!(expired.status, 401);
    assert_eq!(expired.json()["error"], "Token is expired.");

    let renewed = refresh(&emulator, &tokens).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_eq!(me(&emulator, &renewed.json()["token"]).await.status, 200);
    // A refresh token is good for once.
    assert_eq!(refresh(&emulator, &tokens).await.status, 401);
    assert_eq!(refresh(&emulator, &renewed.json()).await.status, 200);
}

#[tokio::test]
async fn a_token_without_any_life_has_expired_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let body = LOGIN.replace("43200", "0");
    let tokens = log_in(&emulator, &body).await.json();
    let expired = me(&emulator, &tokens["token"]).await;
    assert_eq!(expired.json()["error"], "Token is expired.");
}

#[tokio::test]
async fn what_is_no_login_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    for (body, status, field) in [
        (LOGIN.replace("\"demo\"", "\"wrong\""), 401, None),
        (LOGIN.replace("demo@", "nobody@"), 401, None),
        (
            r#"{"email":"demo@example.com"}"#.into(),
            422,
            Some("password"),
        ),
        (LOGIN.replace("43200", "\"soon\""), 422, Some("ttl")),
    ] {
        let reply = log_in(&emulator, &body).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.body);
        assert_eq!(reply.json()["details"]["field"].as_str(), field);
    }
    let line = "GET /api/iam/v1/auth/refresh?refreshToken=x";
    let reply = call(&emulator, line, &[], "").await;
    assert_eq!(reply.status, 401);
    let reply = call(&emulator, line, &[("Authorization", "x")], "").await;
    assert_eq!(reply.status, 401);
    let unknown = me(&emulator, &json!("x")).await;
    assert_eq!(unknown.json()["error"], "Unauthorized.");
}

#[tokio::test]
async fn users_are_listed_filtered_and_found() {
    let emulator = Emulator::start().await.unwrap();
    let get = async |path: &str| {
        let headers = [("Authorization", "Bearer TOKEN")];
        let reply = call(&emulator, &format!("GET /api/iam/v1{path}"), &headers, "").await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    };
    for (query, count) in [
        ("", 3),
        ("?roles=operator", 2),
        ("?roles=operator,admin&online=1", 3),
        ("?online=0", 0),
        ("?userId=389", 1),
        ("?companyId=2", 0),
    ] {
        assert_eq!(
            get(&format!("/users{query}")).await["count"],
            count,
            "{query}"
        );
    }
    let page = get("/users?sort=-firstName&limit=1&fields=id,firstName&withoutCount=1").await;
    assert_eq!(page, json!({"items": [{"id": "1", "firstName": "Demo"}]}));
    assert_eq!(
        get("/users?withoutItems=1").await,
        json!({"count": 3, "items": []})
    );
    assert_eq!(get("/users/389").await["firstName"], "Anna");
    assert_eq!(get("/users/me").await["id"], "1");
}
