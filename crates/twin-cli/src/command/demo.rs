//! `twin demo`: a whole conversation over real sockets, with an emulator inside this program or with
//! the one that is named.

use std::time::Duration;

use tokio::time;
use twin_client::{
    Client, Config, Delivery, Endpoints, ErrorKind, Event, LinkState, SendOutcome, Session,
    SessionDraft, SessionEnd, event::MessageCreated, model::MessageType,
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
    settings,
};

/// What is said, each when the other side has finished and offers answers.
const LINES: [&str; 4] = ["picture", "reply", "operator", "bye"];
/// After which line the emulator tells of something that only a newer client would know.
const NEWS_AFTER: &str = "reply";
const NEWS: &str = r#"[{"event":{"name":"queuePositionChanged","payload":{"position":1}}}]"#;
/// The conversation takes no second; something is broken where it takes so long.
const LONGEST: Duration = Duration::from_secs(30);

pub(super) async fn run(args: &Args, run: &Run) -> Result<(), End> {
    if let Some(url) = &args.connection.emulator {
        let config = run.config(args).await?;
        return perform(config, url.as_str(), None, run).await;
    }
    let emulator = Emulator::start()
        .await
        .map_err(|error| emulator_failed(&error))?;
    let config = config(&emulator, args)?;
    let url = emulator.addresses().http.clone();
    let ended = perform(config, &url, Some(&emulator), run).await;
    emulator.stop().await;
    ended
}

async fn perform(config: Config, url: &str, own: Option<&Emulator>, run: &Run) -> Result<(), End> {
    match time::timeout(LONGEST, converse(config, url, own, run)).await {
        Ok(ended) => ended,
        Err(_) => {
            let text = "the demonstration does not come to its end; please report this with the output of -vv";
            Err(Failure::new(ErrorKind::Timeout, text).into())
        }
    }
}

async fn converse(config: Config, url: &str, own: Option<&Emulator>, run: &Run) -> Result<(), End> {
    if run.format == Format::Text {
        let text =
            format!("The emulator at {url} plays the platform; all this goes over real sockets.\n");
        run.output.line(text).await?;
    }
    let address = settings::live_address(&config);
    let client = client(config)?;
    let mut following = Following::new(client.clone());
    let ended = talk(&client, &mut following, (own, &address), run).await;
    let mut renderer = Renderer::new(run.format, Audience::One);
    for change in following.close().await {
        run.print(renderer.link(&change)).await?;
    }
    ended?;
    if run.format == Format::Text {
        let next = match own {
            Some(_) => "emulator".to_owned(),
            None => format!("--emulator {url} chat any-chat-id"),
        };
        let text = format!("\nYour turn: {} {next}", program());
        run.output.line(text).await?;
    }
    Ok(())
}

fn config(emulator: &Emulator, args: &Args) -> Result<Config, Failure> {
    let internal =
        |error: &dyn std::fmt::Display| Failure::new(ErrorKind::Internal, error.to_string());
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).map_err(|e| internal(&e))?;
    config.live_channel = args.connection.link;
    let token = twin_client::AccessToken::parse(emulator.addresses().token.as_str());
    config.credentials = twin_client::Credentials::Token(token.map_err(|error| internal(&error))?);
    Ok(config)
}

async fn talk(
    client: &Client,
    following: &mut Following,
    (own, address): (Option<&Emulator>, &str),
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
    let mut over = false;
    while let Some(happening) = run.stop.or(following.next()).await? {
        match happening {
            Happening::Link(change) => {
                connected |= matches!(change.state, LinkState::Connected { .. });
                run.print(renderer.link(&change)).await?;
            }
            Happening::Delivery(delivery) => {
                run.print(renderer.delivery(&delivery)).await?;
                our_turn |= offers_answers(&delivery);
                over |= is_last(&delivery);
            }
            // Over Socket.IO a session that is closed is told of by the end of the connection alone.
            Happening::Ended(_, Some(SessionEnd::LinkClosed(_))) if over => {}
            Happening::Ended(session, Some(end)) => {
                listen::check(session.id().as_str(), end, address)?;
            }
            Happening::Ended(_, None) => {}
        }
        if connected && our_turn {
            our_turn = false;
            if let Some(line) = lines.next() {
                say(line, &session, &mut renderer, run).await?;
                if let Some(emulator) = own.filter(|_| line == NEWS_AFTER) {
                    let told = emulator.act(session.id().as_str(), NEWS);
                    told.map_err(|error| emulator_failed(&error))?;
                }
            }
        }
    }
    Ok(())
}

/// Whether it is the last message of a conversation.
pub(super) fn is_last(delivery: &Delivery) -> bool {
    message(delivery).is_some_and(|it| it.message_type == Some(MessageType::Terminal))
}

fn message(delivery: &Delivery) -> Option<&MessageCreated> {
    match delivery {
        Delivery::Event(event) => match &event.event {
            Event::MessageCreated(message) => Some(message),
            _ => None,
        },
        _ => None,
    }
}

fn offers_answers(delivery: &Delivery) -> bool {
    let Some(message) = message(delivery) else {
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
