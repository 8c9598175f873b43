//! The service: what it answers, what it drops, and that it is bounded.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::{Method, Request};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use serde_json::json;
use twin_client::webhook::Webhook;

use super::{post, served, settings};
use crate::support::World;

#[test]
fn a_post_is_answered_at_once_whether_or_not_anyone_reads_it() {
    let world = World::new();
    let mut hook = world.client.webhook(settings());
    let dialog = json!({"dialogId": "d", "messages": [{"body": "hi"}], "callbackData": "own"});
    let response = served(&hook.service, post(&dialog)).now_or_never().unwrap();
    assert_eq!(response.status(), 200);
    let read = hook.posts.next().now_or_never().unwrap().unwrap();
    assert_eq!(read.callback_data(), Some("own"));
    assert!(!read.is_repeated);
    assert_eq!(world.client.stats().webhook_posts, 1);
}

#[test]
fn what_is_no_post_is_told_what_it_should_be() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    let status = |change: fn(&mut Request<Full<Bytes>>)| {
        let mut request = post(&json!({"dialogId": "d"}));
        change(&mut request);
        world.wait(served(&hook.service, request))
    };
    let get = status(|request| *request.method_mut() = Method::GET);
    assert_eq!(
        (get.status().as_u16(), &get.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    let lost = status(|request| *request.uri_mut() = "/answers?key=guess".parse().unwrap());
    assert_eq!(lost.status(), 404);
    let form = status(|request| {
        let form = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers_mut().insert("content-type", form);
    });
    assert_eq!(form.status(), 415);
    let text = status(|request| *request.body_mut() = Full::from("hello"));
    assert_eq!(text.status(), 400);
    let large = status(|request| *request.body_mut() = Full::from(vec![b' '; (1 << 20) + 1]));
    assert_eq!(large.status(), 413);
    assert_eq!(world.client.stats().webhook_refused, 5);
}

#[test]
fn a_post_of_unknown_length_is_bounded_in_size_and_time() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    let request = |frames: stream::BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>| {
        post(&json!({})).map(|_| StreamBody::new(frames))
    };
    let piece = || Ok(Frame::data(Bytes::from(vec![b' '; 64 << 10])));
    let endless = stream::repeat_with(piece).boxed();
    let response = world.wait(served(&hook.service, request(endless)));
    assert_eq!(response.status(), 413);
    let cut = stream::iter([piece(), Err(std::io::ErrorKind::ConnectionReset.into())]).boxed();
    let response = world.wait(served(&hook.service, request(cut)));
    assert_eq!(response.status(), 400);
    let before = twin_transport::Runtime::now(&world.runtime.handle());
    let silent = stream::pending().boxed();
    let response = world.wait(served(&hook.service, request(silent)));
    assert_eq!(response.status(), 408);
    let after = twin_transport::Runtime::now(&world.runtime.handle());
    assert_eq!(after - before, Duration::from_secs(10));
}

#[test]
fn a_full_queue_refuses_and_takes_the_same_post_later() {
    let world = World::new();
    let mut settings = settings();
    settings.waiting = 2;
    let mut hook = world.client.webhook(settings);
    let dialog = |number: u32| post(&json!({"dialogId": "d", "result": {"n": number}}));
    let status = |hook: &Webhook, number| {
        let response = world.wait(served(&hook.service, dialog(number)));
        (
            response.status().as_u16(),
            response.headers().get("retry-after").is_some(),
        )
    };
    assert_eq!(status(&hook, 1), (200, false));
    assert_eq!(status(&hook, 2), (200, false));
    assert_eq!(status(&hook, 3), (503, true));
    world.wait(hook.posts.next()).unwrap();
    assert_eq!(status(&hook, 3), (200, false));
    world.wait(hook.posts.next()).unwrap();
    let third = world.wait(hook.posts.next()).unwrap();
    assert!(!third.is_repeated, "it was not taken in before");
}

#[test]
fn an_equal_post_without_a_token_is_marked_and_not_dropped() {
    let world = World::new();
    let mut hook = world.client.webhook(settings());
    let dialog = json!({"dialogId": "d", "messages": [{"body": "yes"}], "callbackData": "own"});
    for repeated in [false, true, true] {
        world.wait(served(&hook.service, post(&dialog)));
        let read = world.wait(hook.posts.next()).unwrap();
        assert_eq!(read.is_repeated, repeated);
    }
    drop(hook.posts);
    let response = world.wait(served(&hook.service, post(&dialog)));
    assert_eq!(response.status(), 200, "nobody wants it");
}

#[test]
fn the_posts_end_with_the_service() {
    let world = World::new();
    let Webhook {
        service, mut posts, ..
    } = world.client.webhook(settings());
    let clone = service.clone();
    drop(service);
    assert!(posts.next().now_or_never().is_none());
    drop(clone);
    assert_eq!(posts.next().now_or_never(), Some(None));
}
