//! Questions whose answers come by the webhook.

use std::time::Duration;

use futures_util::FutureExt as _;
use http::StatusCode;
use serde_json::{Value, json};
use twin_client::{DialogReply, ErrorKind, Reached, webhook::Webhook};
use twin_transport::testing::Answer;

use super::{post, served, settings};
use crate::support::{World, text_of};

/// The `callbackData` of the latest question.
fn asked(world: &World) -> String {
    world.settle();
    let requests = world.http.requests();
    let body: Value = serde_json::from_slice(requests.last().unwrap().body()).unwrap();
    assert_eq!(body["returnAnswerAsync"], true);
    let url = body["callbackUrl"].as_str().unwrap();
    assert!(
        url.starts_with("https://shop.example/answers?key="),
        "{url}"
    );
    body["callbackData"].as_str().unwrap().to_owned()
}

/// The platform's reply to a question.
fn taken() -> Answer {
    text_of(&json!({"dialogId": "d"}))
}

fn answer(data: &str, text: &str) -> Value {
    json!({"dialogId": "d", "messages": [{"body": text}], "callbackData": data})
}

/// Posts it, and gives the status.
fn posted(world: &World, hook: &Webhook, json: &Value) -> u16 {
    world
        .wait(served(&hook.service, post(json)))
        .status()
        .as_u16()
}

#[test]
fn answers_find_their_questions_in_any_order_with_the_questions_own_data() {
    let world = World::new();
    let mut hook = world.client.webhook(settings());
    let dialog = world.client.dialog("d");
    world.http.push(taken());
    let mut first = DialogReply::new("one");
    first.callback_data = Some("order.17".into());
    let mut first = Box::pin(dialog.ask_by_webhook(first, &hook.answers));
    assert!(first.as_mut().now_or_never().is_none());
    let first_data = asked(&world);
    world.http.push(taken());
    let mut second = Box::pin(dialog.ask_by_webhook("two", &hook.answers));
    assert!(second.as_mut().now_or_never().is_none());
    let second_data = asked(&world);
    assert_ne!(first_data, second_data);
    assert_eq!(hook.answers.waiting(), 2);

    assert_eq!(posted(&world, &hook, &answer(&second_data, "two!")), 200);
    assert_eq!(posted(&world, &hook, &answer(&first_data, "one!")), 200);
    let first = first.now_or_never().unwrap().unwrap();
    assert_eq!(first.callback_data(), Some("order.17"));
    assert!(first.texts().eq(["one!"]));
    let second = second.now_or_never().unwrap().unwrap();
    assert_eq!(second.callback_data(), None);
    assert!(second.texts().eq(["two!"]));
    assert_eq!(hook.answers.waiting(), 0);
    assert!(hook.posts.next().now_or_never().is_none());

    // The very same again is a repeat; another one is what the bot says later.
    assert_eq!(posted(&world, &hook, &answer(&first_data, "one!")), 200);
    assert!(hook.posts.next().now_or_never().is_none());
    assert_eq!(world.client.stats().webhook_repeated, 1);
    assert_eq!(posted(&world, &hook, &answer(&first_data, "and more")), 200);
    let later = hook.posts.next().now_or_never().unwrap().unwrap();
    assert_eq!(later.callback_data(), Some("order.17"));
    let shown = format!("{first:?} {later:?}");
    assert!(!shown.contains(&first_data), "{shown}");
}

#[test]
fn an_answer_may_overtake_the_reply() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    let (held, _release) = taken().held();
    world.http.push(held);
    let dialog = world.client.dialog("d");
    let mut asking = Box::pin(dialog.ask_by_webhook("one", &hook.answers));
    assert!(asking.as_mut().now_or_never().is_none());
    let data = asked(&world);
    posted(&world, &hook, &answer(&data, "one!"));
    let answer = asking.now_or_never().unwrap().unwrap();
    assert!(answer.texts().eq(["one!"]));
}

#[test]
fn an_answer_of_another_dialog_or_without_the_token_answers_nothing() {
    let world = World::new();
    let mut hook = world.client.webhook(settings());
    world.http.push(taken());
    let dialog = world.client.dialog("d");
    let mut asking = Box::pin(dialog.ask_by_webhook("one", &hook.answers));
    assert!(asking.as_mut().now_or_never().is_none());
    let data = asked(&world);
    let mut other = answer(&data, "x");
    other["dialogId"] = "e".into();
    for json in [
        other,
        answer("one", "x"),
        answer(&format!("{data}0"), "x"),
        json!({"dialogId": "d"}),
        json!({"dialogId": 1.5, "callbackData": data}),
    ] {
        assert_eq!(posted(&world, &hook, &json), 200);
        assert!(asking.as_mut().now_or_never().is_none());
        assert!(hook.posts.next().now_or_never().is_some(), "{json}");
    }
    posted(&world, &hook, &answer(&data, "one!"));
    assert!(asking.now_or_never().unwrap().unwrap().texts().eq(["one!"]));
}

#[test]
fn a_question_waits_for_so_long_and_so_many_wait() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    let answers = hook.answers.clone().with_patience(Duration::from_secs(5));
    let answers = answers.with_most(1);
    let dialog = world.client.dialog("d");
    world.http.push(taken());
    let mut first = Box::pin(dialog.ask_by_webhook("one", &answers));
    assert!(first.as_mut().now_or_never().is_none());
    let error = world
        .wait(dialog.ask_by_webhook("two", &answers))
        .unwrap_err();
    let told = (error.kind(), error.reached());
    assert_eq!(told, (ErrorKind::InvalidInput, Reached::No));
    let error = world.wait(first).unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::Timeout, Reached::Yes)
    );
    assert_eq!(answers.waiting(), 0);

    world.http.push(Answer::never());
    let error = world
        .wait(dialog.ask_by_webhook("three", &answers))
        .unwrap_err();
    let told = (error.kind(), error.reached());
    assert_eq!(told, (ErrorKind::Timeout, Reached::Unknown));
    world
        .http
        .push(Answer::status(StatusCode::UNPROCESSABLE_ENTITY));
    let error = world
        .wait(dialog.ask_by_webhook("four", &answers))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(answers.waiting(), 0);
}

#[test]
fn an_answer_that_nobody_waits_for_any_more_is_found_among_the_posts() {
    let world = World::new();
    let mut hook = world.client.webhook(settings());
    world.http.push(taken());
    let dialog = world.client.dialog("d");
    let mut question = DialogReply::new("one");
    question.callback_data = Some("own".into());
    let mut asking = Box::pin(dialog.ask_by_webhook(question, &hook.answers));
    assert!(asking.as_mut().now_or_never().is_none());
    let data = asked(&world);
    drop(asking);
    posted(&world, &hook, &answer(&data, "late"));
    let late = hook.posts.next().now_or_never().unwrap().unwrap();
    assert_eq!(late.callback_data(), Some("own"));
}

#[test]
fn a_dialog_can_be_started_so_too() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    world.http.push(taken());
    let bot = world.client.bot("b");
    let mut starting = Box::pin(bot.start_by_webhook(bot.draft(), &hook.answers));
    assert!(starting.as_mut().now_or_never().is_none());
    let data = asked(&world);
    posted(&world, &hook, &answer(&data, "welcome"));
    let (dialog, greeting) = starting.now_or_never().unwrap().unwrap();
    assert_eq!(dialog.id().as_str(), "d");
    assert!(greeting.texts().eq(["welcome"]));
}

#[test]
fn no_debug_form_shows_the_secret_or_a_token() {
    let world = World::new();
    let hook = world.client.webhook(settings());
    let shown = format!("{hook:?}");
    assert!(!shown.contains(super::SECRET), "{shown}");
}
