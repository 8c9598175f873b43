//! The webhook over real sockets: an emulator posts, hyper and axum take in.

use std::future::IntoFuture as _;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use twin_client::{
    AccessToken, Client, Config, Credentials, DialogReply, Endpoints, ErrorKind,
    api::BaseUrl,
    webhook::{Webhook, WebhookService, WebhookSettings},
};
use twin_emulator::{Behaviour, Bot, Emulator, WebhookFault};

use super::SECRET;

/// An echo, and a client of it.
async fn platform() -> (Emulator, Client) {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    let addresses = emulator.addresses();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&addresses.http).unwrap();
    config.credentials = Credentials::Token(AccessToken::parse(&*addresses.token).unwrap());
    let client = Client::new(config).unwrap();
    (emulator, client)
}

/// A webhook that `serve` runs.
async fn webhook(client: &Client, serve: fn(TcpListener, WebhookService)) -> Webhook {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = format!("http://{}", listener.local_addr().unwrap());
    let public = BaseUrl::parse(&public).unwrap();
    let hook = client.webhook(WebhookSettings::new(&public, "/answers", SECRET).unwrap());
    serve(listener, hook.service.clone());
    hook
}

fn by_axum(listener: TcpListener, service: WebhookService) {
    let app = Router::new().route_service("/answers", service);
    tokio::spawn(axum::serve(listener, app).into_future());
}

fn by_hyper(listener: TcpListener, service: WebhookService) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(served);
        }
    });
}

#[tokio::test]
async fn answers_come_by_hyper_and_by_axum() {
    for serve in [by_axum, by_hyper] {
        let (_emulator, client) = platform().await;
        let hook = webhook(&client, serve).await;
        let bot = client.bot("a-bot");
        let mut draft = bot.draft();
        draft.message = Some("first".into());
        let (dialog, first) = bot.start_by_webhook(draft, &hook.answers).await.unwrap();
        assert!(first.texts().eq(["first"]));
        let mut question = DialogReply::new("second");
        question.callback_data = Some("own".into());
        let answer = dialog
            .ask_by_webhook(question, &hook.answers)
            .await
            .unwrap();
        assert!(answer.texts().eq(["second"]));
        assert_eq!(answer.callback_data(), Some("own"));
    }
}

#[tokio::test]
async fn many_questions_at_once_get_each_their_own_answer() {
    let (_emulator, client) = platform().await;
    let hook = webhook(&client, by_hyper).await;
    let (dialog, _) = client.bot("a-bot").start().await.unwrap();
    let asking = (0..50).map(|number| {
        let (dialog, answers) = (dialog.clone(), hook.answers.clone());
        async move {
            let question = format!("question {number}");
            let answer = dialog.ask_by_webhook(question.as_str(), &answers).await;
            assert!(answer.unwrap().texts().eq([question]));
        }
    });
    futures_util::future::join_all(asking).await;
}

#[tokio::test]
async fn repeats_are_dropped_and_what_is_cut_or_lost_is_missed() {
    let (emulator, client) = platform().await;
    let mut hook = webhook(&client, by_axum).await;
    let (dialog, _) = client.bot("a-bot").start().await.unwrap();
    let mut behaviour = Behaviour::default();
    behaviour.webhook_repeats = 2;
    behaviour.webhook_delay_ms = 20;
    emulator.set_behaviour(behaviour.clone());
    let answer = dialog
        .ask_by_webhook("thrice", &hook.answers)
        .await
        .unwrap();
    assert!(answer.texts().eq(["thrice"]));

    behaviour.webhook_repeats = 0;
    behaviour.webhook_fault = Some(WebhookFault::Cut);
    behaviour.webhook_fault_times = Some(1);
    emulator.set_behaviour(behaviour);
    let answers = hook.answers.clone();
    let answers = answers.with_patience(std::time::Duration::from_millis(300));
    let error = dialog.ask_by_webhook("cut", &answers).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    // Posts come in order: once this is answered, all before it have come.
    let answer = dialog.ask_by_webhook("whole", &hook.answers).await.unwrap();
    assert!(answer.texts().eq(["whole"]));
    let stats = client.stats();
    assert_eq!((stats.webhook_posts, stats.webhook_repeated), (4, 2));
    drop(hook.service);
    assert!(futures_util::FutureExt::now_or_never(hook.posts.next()).is_none());
}
