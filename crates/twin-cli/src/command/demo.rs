//! `twin demo`: a whole conversation with an emulator inside this program, over real sockets.

use std::time::Duration;

use tokio::time;
use twin_client::{
    Client, Config, Delivery, Endpoints, ErrorKind, Event, LinkState, SendOutcome, Session,
    SessionDraft,
};
use twin_emulator::Emulator;

use super::{
    Run, client, emulator_failed,
    follow::{Following, Happening},
    listen, program,
};
use crate::{
    args::{Args, Format},
    failure::{End, Failure},
    quick_replies,
    render::{Audience, Renderer},
};

/// What is said, each when the other side has finished and offers answers.
const LINES: [&str; 4] = ["picture", "reply", "operator", "bye"];
/// After which line the emulator tells of something that only a newer client would know.
const NEWS_AFTER: &str = "reply";
const NEWS: &str = r#"[{"event":{"name":"queuePositionChanged","payload":{"position":1}}}]"#;
/// The conversation takes no second; something is broken where it takes so long.
const LONGEST: Duration = Duration::from_secs(30);

pub(super) async fn run(_args: &Args, run: &Run) -> Result<(), End> {
    let emulator = Emulator::start()
        .await
        .map_err(|error| emulator_failed(&error))?;
    let ended = match time::timeout(LONGEST, converse(&emulator, run)).await {
        Ok(ended) => ended,
        Err(_) => {
            let text = "the demonstration does not come to its end; please report this with the output of -vv";
            Err(Failure::new(ErrorKind::Timeout, text).into())
        }
    };
    emulator.stop().await;
    ended
}

async fn converse(emulator: &Emulator, run: &Run) -> Result<(), End> {
    let http = &emulator.addresses().http;
    if run.format == Format::Text {
        let text = format!(
            "The emulator at {http} plays the platform; all this goes over real sockets.\n"
        );
        run.output.line(text).await?;
    }
    let client = client(config(emulator)?)?;
    let mut following = Following::new(client.clone());
    let ended = talk(&client, &mut following, emulator, run).await;
    let mut renderer = Renderer::new(run.format, Audience::One);
    for change in following.close().await {
        run.print(renderer.link(&change)).await?;
    }
    ended?;
    if run.format == Format::Text {
        let text = format!("\nYour turn: {} emulator", program());
        run.output.line(text).await?;
    }
    Ok(())
}

fn config(emulator: &Emulator) -> Result<Config, Failure> {
    let internal =
        |error: &dyn std::fmt::Display| Failure::new(ErrorKind::Internal, error.to_string());
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).map_err(|e| internal(&e))?;
    let token = twin_client::AccessToken::parse(emulator.addresses().token.as_str());
    config.credentials = twin_client::Credentials::Token(token.map_err(|error| internal(&error))?);
    Ok(config)
}

async fn talk(
    client: &Client,
    following: &mut Following,
    emulator: &Emulator,
    run: &Run,
) -> Result<(), End> {
    let mut renderer = Renderer::new(run.format, Audience::One);
    let chat = client.chat("demo");
    let draft = SessionDraft::new("twin demo");
    let started = run.stop.or(chat.start(draft)).await?;
    let (session, events) =
        started.map_err(|error| Failure::of_client("cannot start a session", &error))?;
    following.add(session.clone(), events);
    let mut lines = LINES.into_iter();
    let mut connected = false;
    // The bot may have finished before all of this side has begun.
    let mut our_turn = false;
    while let Some(happening) = run.stop.or(following.next()).await? {
        match happening {
            Happening::Link(change) => {
                connected |= matches!(change.state, LinkState::Connected { .. });
                run.print(renderer.link(&change)).await?;
            }
            Happening::Delivery(delivery) => {
                run.print(renderer.delivery(&delivery)).await?;
                our_turn |= offers_answers(&delivery);
            }
            Happening::Ended(session, Some(end)) => {
                let address = &emulator.addresses().centrifugo;
                listen::check(session.id().as_str(), end, address)?;
            }
            Happening::Ended(_, None) => {}
        }
        if connected && our_turn {
            our_turn = false;
            if let Some(line) = lines.next() {
                say(line, &session, &mut renderer, run).await?;
                if line == NEWS_AFTER {
                    let told = emulator.act(session.id().as_str(), NEWS);
                    told.map_err(|error| emulator_failed(&error))?;
                }
            }
        }
    }
    Ok(())
}

fn offers_answers(delivery: &Delivery) -> bool {
    let Delivery::Event(event) = delivery else {
        return false;
    };
    let Event::MessageCreated(message) = &event.event else {
        return false;
    };
    !quick_replies::offered(&message.answers, message.keyboard.as_ref()).is_empty()
}

async fn say(
    line: &'static str,
    session: &Session,
    renderer: &mut Renderer,
    run: &Run,
) -> Result<(), End> {
    run.print(renderer.said(line)).await?;
    match run.stop.or(session.send(line)).await? {
        SendOutcome::Sent(message) => {
            let line = renderer.sent(session.id().as_str(), line, &message);
            run.print(line).await
        }
        SendOutcome::NotSent(error) | SendOutcome::Unknown(error) => {
            Err(Failure::of_client("cannot send a message", &error).into())
        }
    }
}
