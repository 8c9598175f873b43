//! Live connections with tokens of the user's own.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use serde_json::json;
use twin_client::{ConnectionTokens, NoToken, SessionEnd};

use crate::support::{A, World, channel, granted};

/// A world whose source gives what `token` makes of the number of the request, from 1.
fn world(
    token: impl Fn(u32) -> Result<String, NoToken> + Send + Sync + 'static,
) -> (World, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let tokens = ConnectionTokens::new(move || {
        let token = token(count.fetch_add(1, Ordering::Relaxed) + 1);
        async { token }
    });
    let world = World::with(|config| config.connection_tokens = Some(tokens));
    (world, asked)
}

#[test]
fn a_connection_has_a_token_and_renews_it() {
    let (world, _) = world(|number| Ok(format!("token {number}")));
    let (_session, _events) = world.listen(A);
    let server = world.accept();
    let connect = server.command().unwrap();
    assert_eq!(connect["connect"]["token"], "token 1");
    server.say(&json!({"id": connect["id"], "connect": {
        "client": "c", "subs": {channel(A): granted(0)}, "expires": true, "ttl": 60,
    }}));
    server.agree();
    world.advance(60);
    let refresh = server.command().unwrap();
    assert_eq!(refresh["refresh"]["token"], "token 2");
}

#[test]
fn a_source_that_fails_for_now_is_asked_again_and_one_that_refuses_ends_the_link() {
    let (world, asked) = world(|number| match number {
        1 => Err(NoToken::for_now("my backend is down")),
        _ => Err(NoToken::for_good("blocked")),
    });
    let (session, _events) = world.listen(A);
    world.settle();
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert!(world.no_dial());
    let end = world.wait(session.ended());
    let Some(SessionEnd::LinkClosed(reason)) = end else {
        panic!("{end:?}");
    };
    assert_eq!(reason.to_string(), "the server wants credentials: blocked");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
