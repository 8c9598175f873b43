//! Direct dialogs with bots: each question once, its answer with the reply.

use http::StatusCode;
use serde_json::{Value, json};
use twin_client::{
    AccessToken, Client, Config, Credentials, DialogReply, Endpoints, ErrorKind, Reached,
};
use twin_emulator::Emulator;
use twin_transport::testing::Answer;

use crate::support::{World, text_of};

#[test]
fn a_question_is_asked_once_and_to_be_answered_at_once() {
    let world = World::new();
    let dialog = world.client.dialog("d");
    let answer = json!({"dialogId": "d", "status": "STOP", "messages": [
        {"body": "one"}, {"body": {}}, {"answers": ["yes"]}, {"body": "two"},
    ]});
    world.http.push(text_of(&answer));
    let mut question = DialogReply::new("hello");
    question.return_answer_async = Some(true);
    let answer = world.wait(dialog.ask(question)).unwrap();
    assert_eq!(answer.messages().len(), 4);
    assert!(answer.texts().eq(["one", "two"]));
    assert!(answer.is_last());
    let body: Value = serde_json::from_slice(world.http.requests()[0].body()).unwrap();
    assert_eq!(
        body,
        json!({"message": "hello", "returnAnswerAsync": false})
    );

    world.http.push(Answer::status(StatusCode::BAD_GATEWAY));
    let error = world.wait(dialog.ask("again?")).unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::Refused, Reached::Yes)
    );
    world.advance(600);
    assert_eq!(world.http.requests().len(), 2, "never asked twice");
}

#[tokio::test]
async fn a_dialog_is_held_from_its_start_to_its_end() {
    let emulator = Emulator::start().await.unwrap();
    let addresses = emulator.addresses();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&addresses.http).unwrap();
    config.credentials = Credentials::Token(AccessToken::parse(&*addresses.token).unwrap());
    let client = Client::new(config).unwrap();
    let bot = client.bot("dbfd90ed-0000-4000-8000-031212d65004");
    let mut draft = bot.draft();
    draft.bot_id = "another".into();
    let page = twin_client::RawJson::new("\"prices\"").unwrap();
    draft.variables.insert("page".into(), page);
    let (dialog, greeting) = bot.start_with(draft).await.unwrap();
    assert_eq!(greeting.reply().bot_id.as_ref(), Some(bot.id()));
    assert_eq!(greeting.dialog_id(), dialog.id());
    assert!(!greeting.messages().is_empty() && !greeting.is_last());

    let answer = dialog.ask("hello").await.unwrap();
    assert!(answer.texts().eq(["You wrote: “hello”."]));
    let variables = dialog.variables().await.unwrap();
    assert_eq!(variables.context["page"].get(), "\"prices\"");
    let mut steps = dialog.debug_info();
    assert!(steps.next().await.unwrap().is_some());
    assert!(steps.next().await.unwrap().is_some());
    assert!(steps.next().await.unwrap().is_none());
    assert!(dialog.ask("bye").await.unwrap().is_last());
    let error = dialog.ask("still there?").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNPROCESSABLE_ENTITY));
    let anew = dialog.reload(bot.id().clone()).await.unwrap();
    assert_eq!(anew.messages(), greeting.messages());
    dialog.finish().await.unwrap();
    assert!(dialog.ask("hello").await.is_err());
    let error = client.dialog("none").ask("hello").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
