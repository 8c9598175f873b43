//! Lists: paged as they are read, and never for ever.

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use twin_client::{
    ErrorKind, RetryPolicy,
    api::{bot::CopyBot, chats::ListSessions},
    model::{ChatDraft, FactDraft},
};
use twin_transport::testing::Answer;

use crate::support::{A, World, page, text_of};

fn session(number: u64) -> Value {
    json!({"id": format!("{number}"), "chatId": "c", "markedAsSpam": false, "ttl": 3600})
}

fn sessions(numbers: std::ops::Range<u64>) -> Vec<Value> {
    numbers.map(session).collect()
}

async fn read(world: &World, filter: ListSessions) -> Result<Vec<String>, twin_client::Error> {
    let listing = world.client.sessions().list(filter).into_stream();
    listing
        .map_ok(|item| item.read().unwrap().id.as_str().to_owned())
        .try_collect()
        .await
}

#[test]
fn a_list_is_asked_for_page_by_page_with_its_filters_and_ends() {
    let world = World::new();
    world.http.push(page(5, &sessions(0..2)));
    world.http.push(page(5, &sessions(2..4)));
    world.http.push(page(5, &sessions(4..5)));
    let mut filter = ListSessions::new();
    filter.status = Some("OPEN".into());
    filter.limit = Some(2);
    filter.page = Some(7);
    let ids = world.wait(read(&world, filter)).unwrap();
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
    let queries = ["0", "2", "4"]
        .map(|offset| format!("GET /api/v1/sessions?status=OPEN&limit=2&offset={offset}"));
    assert_eq!(world.asked(), queries);
}

#[test]
fn nothing_is_asked_before_it_is_read_and_only_what_is_read() {
    let world = World::new();
    let mut listing = world.client.sessions().list(ListSessions::new());
    assert!(world.asked().is_empty());
    world.http.push(page(500, &sessions(0..100)));
    for _ in 0..100 {
        world.wait(listing.next()).unwrap().unwrap();
    }
    assert_eq!(world.asked(), ["GET /api/v1/sessions?limit=100&offset=0"]);
}

#[test]
fn without_a_count_an_empty_page_is_the_end_and_a_short_one_is_not() {
    let world = World::new();
    let answer = |items: Vec<Value>| text_of(&json!({"items": items}));
    world.http.push(answer(sessions(3..4)));
    world.http.push(answer(sessions(4..5)));
    world.http.push(answer(Vec::new()));
    let mut filter = ListSessions::new();
    filter.offset = Some(3);
    filter.limit = Some(5_000);
    assert_eq!(world.wait(read(&world, filter)).unwrap(), ["3", "4"]);
    let queries = ["3", "4", "5"].map(|n| format!("GET /api/v1/sessions?limit=1000&offset={n}"));
    assert_eq!(world.asked(), queries);
}

#[test]
fn a_platform_that_gives_the_same_page_again_and_again_is_not_asked_for_ever() {
    let world = World::new();
    let same = || text_of(&json!({"items": sessions(0..2)}));
    world.http.push(same());
    world.http.push(same());
    let mut listing = world.client.sessions().list(ListSessions::new());
    for _ in 0..2 {
        assert!(world.wait(listing.next()).unwrap().is_some());
    }
    let error = world.wait(listing.next()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(world.wait(listing.next()).unwrap().is_none());
    assert_eq!(world.asked().len(), 2);
}

#[test]
fn what_a_list_holds_is_not_shown() {
    let world = World::new();
    let secret = json!({"id": "1", "downloadLink": "https://files.example/a?signature=secret"});
    world
        .http
        .push(text_of(&json!({"items": [secret, secret]})));
    let mut filter = ListSessions::new();
    filter.status = Some("secret".into());
    let mut listing = world.client.sessions().list(filter);
    assert!(world.wait(listing.next()).unwrap().is_some());
    let shown = format!("{listing:?}");
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("listSessions"), "{shown}");
}

#[test]
fn after_an_error_the_same_page_is_asked_for_again() {
    let world = World::with(|config| config.retry = RetryPolicy::none());
    world.http.push(page(2, &sessions(0..1)));
    world
        .http
        .push(Answer::status(http::StatusCode::BAD_GATEWAY));
    world.http.push(page(2, &sessions(1..2)));
    let mut listing = world.client.sessions().list(ListSessions::new());
    assert!(world.wait(listing.next()).unwrap().is_some());
    assert!(world.wait(listing.next()).is_err());
    assert!(world.wait(listing.next()).unwrap().is_some());
    assert!(world.wait(listing.next()).unwrap().is_none());
    assert_eq!(world.asked()[1], world.asked()[2]);
}

#[test]
fn verbs_are_the_calls_of_their_names() {
    let world = World::new();
    let done = || Answer::status(http::StatusCode::NO_CONTENT);
    let sessions = world.client.sessions();
    for _ in 0..7 {
        world.http.push(done());
    }
    world.wait(async {
        sessions.rename(A, "VIP 1").await.unwrap();
        sessions.add_operator(A, "389").await.unwrap();
        sessions.switch_operator(A, "389").await.unwrap();
        sessions.remove_operator(A, "389").await.unwrap();
        sessions.switch_group(A, "7").await.unwrap();
        sessions.mark_as_spam(A, true).await.unwrap();
        sessions.mark_as_spam(A, false).await.unwrap();
    });
    let expected = [
        "PATCH names/VIP%201",
        "PUT operators/389",
        "PATCH operators/389",
        "DELETE operators/389",
        "PATCH groupoperators/7",
        "PATCH spam",
        "PATCH notSpam",
    ];
    let path = format!("/api/v1/sessions/{A}/");
    let asked: Vec<_> = world
        .asked()
        .iter()
        .map(|line| line.replace(&path, ""))
        .collect();
    assert_eq!(asked, expected);

    let world = World::new();
    world.http.push(text_of(&json!({"id": "c1"})));
    world.http.push(done());
    world.http.push(done());
    world.wait(async {
        let chats = world.client.chats();
        let id = chats.create(ChatDraft::new("n")).await.unwrap();
        chats.update(id.clone(), ChatDraft::new("m")).await.unwrap();
        chats.delete(id).await.unwrap();
    });
    let expected = [
        "POST /api/v1/chats",
        "PUT /api/v1/chats/c1",
        "DELETE /api/v1/chats/c1",
    ];
    assert_eq!(world.asked(), expected);

    let world = World::new();
    world.http.push(text_of(&json!({"id": "b2"})));
    world.http.push(done());
    world.http.push(done());
    world.http.push(text_of(&json!({"id": "f1"})));
    world.http.push(done());
    world.wait(async {
        let bots = world.client.bots();
        bots.copy(CopyBot::new("b1".into())).await.unwrap();
        bots.delete("b2").await.unwrap();
        bots.recover("b2").await.unwrap();
        bots.save_fact(FactDraft::default()).await.unwrap();
        bots.delete_fact("f1").await.unwrap();
    });
    let expected = [
        "POST /api/v1/bots/b1/copy",
        "DELETE /api/v1/bots/b2",
        "PUT /api/v1/bots/b2/recover",
        "PUT /api/v1/facts",
        "DELETE /api/v1/facts/f1",
    ];
    assert_eq!(world.asked(), expected);
}

#[tokio::test]
async fn an_emulators_lists_are_read_whole() {
    use twin_client::api::{chats::StartSession, iam::ListUsers};
    use twin_client::{AccessToken, Client, Config, Credentials, Endpoints, SessionDraft};

    let emulator = twin_emulator::Emulator::start().await.unwrap();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).unwrap();
    let token = AccessToken::parse(emulator.addresses().token.as_str()).unwrap();
    config.credentials = Credentials::Token(token);
    let client = Client::new(config).unwrap();
    let mut started = Vec::new();
    for number in 0..5 {
        let draft = SessionDraft::new(format!("session {number}"));
        let call = StartSession::new("a-chat".into(), draft);
        started.push(client.call(call).await.unwrap().id);
    }
    let mut filter = ListSessions::new();
    filter.limit = Some(2);
    let listed: Vec<_> = client
        .sessions()
        .list(filter)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    let mut ids: Vec<_> = listed
        .iter()
        .map(|item| item.read().unwrap().id.clone())
        .collect();
    ids.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    started.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(ids, started);
    client
        .sessions()
        .rename(started[0].clone(), "VIP")
        .await
        .unwrap();
    let session = client.sessions().get(started[0].clone()).await.unwrap();
    assert_eq!(session.name.as_deref(), Some("VIP"));
    let users = client.users();
    let mut all = users.list(ListUsers::new());
    let first = all.next().await.unwrap().unwrap();
    let same = users.get(first.read().unwrap().id.clone()).await.unwrap();
    assert_eq!(Some(&same.id), first.read().ok().map(|user| &user.id));
    assert_eq!(
        users.me().await.unwrap().email.as_deref(),
        Some("demo@example.com")
    );
}
