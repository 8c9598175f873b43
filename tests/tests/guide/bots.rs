//! `bots.md`

use twin_client::{Client, Dialog, api::BaseUrl, webhook::WebhookSettings};
use twin_emulator::{Behaviour, Emulator};

use crate::Done;

#[tokio::test]
async fn answered_at_once() -> Done {
    let emulator = Emulator::start().await?;
    let client = crate::client(&emulator)?;
    let bot_id = "any-bot";
    let (dialog, greeting) = client.bot(bot_id).start().await?;
    let answer = dialog.ask("What does it cost?").await?;
    for text in answer.texts() {
        println!("{text}");
    }
    dialog.finish().await?;
    assert!(answer.texts().next().is_some());
    Ok(())
}

#[allow(dead_code, reason = "its address is the reader's")]
async fn answered_to_a_webhook(client: Client, dialog: Dialog, secret: &str) -> Done {
    let settings = WebhookSettings::new(
        &BaseUrl::parse("https://shop.example")?,
        "/twin/answers",
        secret,
    )?;
    let hook = client.webhook(settings);
    let app = axum::Router::new().route_service("/twin/answers", hook.service);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:8443").await?;
    tokio::spawn(async { axum::serve(listener, app).await });
    let answer = dialog
        .ask_by_webhook("What does it cost?", &hook.answers)
        .await?;
    Ok(())
}

#[tokio::test]
async fn test_it() -> Done {
    let emulator = Emulator::start().await?;
    let mut behaviour = Behaviour::default();
    behaviour.webhook_repeats = 2;
    behaviour.webhook_delay_ms = 500;
    emulator.set_behaviour(behaviour);
    assert_eq!(emulator.behaviour().webhook_repeats, 2);
    Ok(())
}
