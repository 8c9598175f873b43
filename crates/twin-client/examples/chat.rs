//! A whole chat: `cargo run -p twin-client --example chat`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use twin_client::{Client, Config, Delivery, Endpoints, Event, SessionDraft};
use twin_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The platform on this machine. Without this line and the next but one it is TWIN itself.
    let emulator = Emulator::start().await?;
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http)?;
    let client = Client::new(config)?;

    let chat = client.chat("0a5be2f5-5a4b-4d0c-8a4b-8f2f3a3f0d57");
    let (session, mut events) = chat.start(SessionDraft::new("example")).await?;
    session.send("reply").await.sent()?;
    session.send("bye").await.sent()?;

    while let Some(delivery) = events.next().await {
        match delivery {
            Delivery::Event(event) => match event.event {
                Event::MessageCreated(message) => println!("{}", message.body),
                Event::TypingIndicator(_) => println!("..."),
                Event::SessionClosed(_) => println!("The chat is over."),
                other => println!("{other:?}"),
            },
            Delivery::Gap(gap) => println!("Something may be missing: {:?}", gap.reason),
            _ => {}
        }
    }
    client.close().await;
    Ok(())
}
