//! Tokens: who gets them, when they are renewed, and what calls do meanwhile.

mod failures;
mod provider;
mod renewal;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::{
    HeaderValue, Request, StatusCode,
    header::{AUTHORIZATION, DATE},
};
use serde_json::{Value, json};
use twin_client::{
    AccessToken, Credentials, PasswordLogin, StoredTokens, Tokens, api::chats::ListSessions,
};
use twin_transport::testing::Answer;

use crate::support::{World, text_of};

/// Three o'clock, when every test begins, in seconds since 1970.
const START: u64 = 1_772_334_000;

/// A client with e-mail and password.
fn with_password() -> World {
    let login = PasswordLogin::new("me@example.com", "secret-password");
    World::with(|config| config.credentials = Credentials::provider(login))
}

/// A client with tokens that are valid for so many seconds.
fn with_tokens(seconds: u64) -> World {
    let tokens = Tokens::new(AccessToken::parse(jwt("stored", seconds)).unwrap());
    let stored = StoredTokens::new(tokens.with_refresh("secret-refresh-0"));
    World::with(|config| config.credentials = Credentials::provider(stored))
}

/// A token of this name that is valid until so many seconds after the beginning.
fn jwt(name: &str, seconds: u64) -> String {
    let part = |json: Value| BASE64.encode(json.to_string());
    let claims = part(json!({"sub": name, "exp": START + seconds}));
    format!(
        "{}.{claims}.secret-signature",
        part(json!({"alg": "HS256"}))
    )
}

/// What a login or a refresh answers at this second.
fn tokens(name: &str, seconds: u64, at: u64) -> Answer {
    let answer =
        json!({"token": jwt(name, seconds), "refreshToken": format!("secret-refresh-{name}")});
    dated(text_of(&answer), at)
}

/// The same answer with the server's time.
fn dated(answer: Answer, at: u64) -> Answer {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(START + at);
    let date = HeaderValue::from_str(&httpdate::fmt_http_date(time)).unwrap();
    answer.header(DATE, date)
}

fn no_sessions() -> Answer {
    text_of(&json!({"count": 0, "items": []}))
}

fn expired() -> Answer {
    let body = json!({"error": "Token is expired."}).to_string();
    Answer::status(StatusCode::UNAUTHORIZED).body(body)
}

/// What was asked, a word each: `login`, `refresh of TOKEN`, `call with TOKEN`.
fn story(world: &World) -> Vec<String> {
    world.http.requests().iter().map(tell).collect()
}

fn tell(request: &Request<bytes::Bytes>) -> String {
    let token = request.headers().get(AUTHORIZATION).map(|value| {
        let token = value.to_str().unwrap();
        name_of(token.trim_start_matches("Bearer "))
    });
    match (request.uri().path(), token) {
        ("/api/v1/auth/login", None) => "login".into(),
        ("/api/v1/auth/refresh", Some(token)) => format!("refresh of {token}"),
        (_, Some(token)) => format!("call with {token}"),
        (path, None) => panic!("{path} without a token"),
    }
}

fn name_of(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}

async fn list(world: &World) -> Result<(), twin_client::Error> {
    world.client.call(ListSessions::new()).await.map(drop)
}
