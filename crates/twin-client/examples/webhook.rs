//! A bot that answers to a webhook, with the platform on this machine.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::{error::Error, future::IntoFuture as _};

use axum::Router;
use tokio::net::TcpListener;
use twin_client::{
    AccessToken, Client, Config, Credentials, Endpoints, api::BaseUrl, webhook::WebhookSettings,
};
use twin_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start().await?;
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http)?;
    config.credentials = Credentials::Token(AccessToken::parse(&*emulator.addresses().token)?);
    let client = Client::new(config)?;

    // Where the platform reaches this program; of one's own it is an address that it can reach.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let public = BaseUrl::parse(&format!("http://{}", listener.local_addr()?))?;
    let settings = WebhookSettings::new(&public, "/twin/answers", "a-secret-nobody-guesses")?;
    let hook = client.webhook(settings);
    let app = Router::new().route_service("/twin/answers", hook.service);
    tokio::spawn(axum::serve(listener, app).into_future());

    let bot = client.bot("dbfd90ed-0000-4000-8000-031212d65004");
    let (dialog, greeting) = bot.start_by_webhook(bot.draft(), &hook.answers).await?;
    for text in greeting.texts() {
        println!("{text}");
    }
    for question in ["hello", "bye"] {
        println!("> {question}");
        let answer = dialog.ask_by_webhook(question, &hook.answers).await?;
        for text in answer.texts() {
            println!("{text}");
        }
        if answer.is_last() {
            println!("The dialog is over.");
        }
    }
    Ok(())
}
