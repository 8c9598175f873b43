//! `first-chat.md`

use twin_client::{Client, Config, Endpoints, SessionDraft};

use crate::Done;

#[allow(dead_code, reason = "its emulator is on the port of the reader's")]
async fn a_chat() -> Done {
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator("http://127.0.0.1:8080")?;
    let client = Client::new(config)?;

    let (session, mut events) = client
        .chat("any-chat-id")
        .start(SessionDraft::new("first"))
        .await?;
    session.send("Hello!").await.sent()?;
    while let Some(delivery) = events.next().await {
        // Delivery::Event(event): match on event.event
        // Delivery::Gap(gap): something may be missing here
    }
    Ok(())
}

#[tokio::test]
async fn test_it() -> Done {
    let mut config = Config::default();
    let emulator = twin_emulator::Emulator::start().await?;
    config.endpoints = Endpoints::emulator(&emulator.addresses().http)?;
    let client = Client::new(config)?;
    let (session, _events) = client
        .chat("any-chat-id")
        .start(SessionDraft::new("first"))
        .await?;
    emulator.disconnect(None, 3001, "restart");
    session.send("Hello!").await.sent()?;
    Ok(())
}
