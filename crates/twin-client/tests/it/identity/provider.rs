//! Providers of one's own, and the platform itself.

use std::{
    future::pending,
    sync::atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use twin_client::{
    AccessToken, Client, Config, Credentials, Endpoints, ErrorKind, Iam, PasswordLogin, Reached,
    StoredTokens, TokenError, TokenProvider, Tokens, api::iam::GetCurrentUser,
};
use twin_emulator::Emulator;

use super::{jwt, list, no_sessions, story};
use crate::support::World;

#[derive(Debug, Default)]
struct Counting(AtomicU32);

#[async_trait]
impl TokenProvider for Counting {
    async fn renew(&self, held: Option<&Tokens>, _iam: &Iam) -> Result<Tokens, TokenError> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(held.is_some(), number > 0);
        let token = AccessToken::parse(jwt(&number.to_string(), 600));
        Ok(Tokens::new(token.map_err(TokenError::refused)?))
    }
}

#[derive(Debug)]
struct Silent;

#[async_trait]
impl TokenProvider for Silent {
    async fn renew(&self, _held: Option<&Tokens>, _iam: &Iam) -> Result<Tokens, TokenError> {
        pending().await
    }
}

#[test]
fn a_provider_of_ones_own_is_asked_like_any_other() {
    let world =
        World::with(|config| config.credentials = Credentials::provider(Counting::default()));
    world.http.push(no_sessions());
    world.http.push(super::expired());
    world.http.push(no_sessions());
    world.wait(list(&world)).unwrap();
    world.wait(list(&world)).unwrap();
    assert_eq!(story(&world), ["call with 0", "call with 0", "call with 1"]);
}

#[test]
fn a_provider_that_never_answers_holds_up_neither_calls_nor_the_end() {
    let world = World::with(|config| config.credentials = Credentials::provider(Silent));
    let error = world.wait(list(&world)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(error.reached(), Reached::No);
    assert!(world.client.close().now_or_never().is_none());
    world.wait(world.client.close());
    assert!(world.http.requests().is_empty());
}

#[tokio::test]
async fn an_emulators_users_log_in_and_stay_so() {
    let emulator = Emulator::start().await.unwrap();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).unwrap();
    config.credentials = Credentials::provider(PasswordLogin::new("anna@example.com", "demo"));
    let client = Client::new(config.clone()).unwrap();
    let mut changes = client.tokens();
    let me = client.call(GetCurrentUser::new()).await.unwrap();
    assert_eq!(me.email.as_deref(), Some("anna@example.com"));
    let first = changes.next().await.unwrap();
    assert!(first.expires.is_some());

    emulator.expire_tokens();
    client.call(GetCurrentUser::new()).await.unwrap();
    let second = changes.next().await.unwrap();
    assert_ne!(first, second);
    drop(client);

    // What was stored goes on where the first client ended.
    emulator.expire_tokens();
    config.credentials = Credentials::provider(StoredTokens::new(second.clone()));
    let client = Client::new(config.clone()).unwrap();
    client.call(GetCurrentUser::new()).await.unwrap();

    // Those that were used are good for nothing any more.
    config.credentials = Credentials::provider(StoredTokens::new(second));
    let client = Client::new(config.clone()).unwrap();
    let error = client.call(GetCurrentUser::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);

    config.credentials = Credentials::provider(PasswordLogin::new("anna@example.com", "wrong"));
    let client = Client::new(config).unwrap();
    let error = client.call(GetCurrentUser::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}
