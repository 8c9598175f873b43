//! `twin chat`: a chat in line mode. A line is a message, a number takes a quick reply, a few words
//! with a slash are commands.

mod line;
mod talk;

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use tokio::time;
use twin_client::{
    Client, Credentials, EndKind, EndReason, Error, ErrorKind, Events, Reached, Session,
    SessionDraft, api::BaseUrl,
};

use self::talk::Talk;
use super::{Run, client, follow::Following, input::Input, patience::patiently};
use crate::{
    args::{Args, ChatArgs},
    failure::{End, Failure, Setback, causes},
    render::{Audience, Renderer},
    settings::{self, Settings},
};

/// How long ending the session may take.
const CLOSING: Duration = Duration::from_secs(5);

pub(super) async fn run(chat: &ChatArgs, args: &Args, run: &Run) -> Result<(), End> {
    let mut renderer = Renderer::new(run.format, Audience::One);
    let settings = run.stop.or(Settings::read(&args.connection)).await??;
    let waiting: Vec<String> = chat.session.iter().cloned().collect();
    let find = async || settings.find().await;
    let emulator = patiently(run, &mut renderer, &waiting, find).await?;
    let config = settings.config(emulator, &run.renewals).await;
    let endpoints = config.endpoints.clone();
    let live_address = settings::live_address(&config);
    // Without a token, sessions start through the gateway of the widget.
    let starts_at = match config.credentials {
        Credentials::Anonymous if !chat.continue_last => endpoints.widget.clone(),
        _ => endpoints.chats.clone(),
    };

    let client = client(config)?;
    let mut following = Following::new(client.clone());
    let open = async || open(chat, &client, &starts_at).await;
    let (session, events) = patiently(run, &mut renderer, &waiting, open).await?;
    following.add(session.clone(), events);
    run.print(renderer.opened(session.id().as_str())).await?;

    let input = Input::new().map_err(|error| Failure::of_io("cannot read stdin", &error))?;
    let mut talk = Talk::new(session.clone(), (&endpoints, &live_address), renderer, run);
    let echo = !io::stdin().is_terminal();
    let ended = talk.hold(&mut following, input, echo).await;
    let closed = match chat.close_on_exit && !talk.is_closed() {
        true => close(&session, &endpoints.chats).await,
        false => Ok(()),
    };
    let mut renderer = talk.into_renderer();
    for change in following.close().await {
        run.print(renderer.link(&change)).await?;
    }
    match ended {
        Ok(()) | Err(End::Stopped) => closed.and(ended),
        failed => failed,
    }
}

/// Starts the session, goes on with the client's last, or takes the one that is named.
async fn open(
    chat: &ChatArgs,
    client: &Client,
    starts_at: &BaseUrl,
) -> Result<(Session, Events), Setback> {
    let opened = match &chat.session {
        Some(id) => {
            let listened = client.listen([id.as_str()]);
            listened.map(|sessions| sessions.into_iter().next())
        }
        None if chat.continue_last => {
            let place = client.chat(chat.chat.as_str());
            place.continue_last(draft(chat)).await.map(Some)
        }
        None => {
            let place = client.chat(chat.chat.as_str());
            place.start(draft(chat)).await.map(Some)
        }
    };
    let what = format!("cannot start a session of chat {}", chat.chat);
    match opened {
        Ok(Some(opened)) => Ok(opened),
        Ok(None) => Err(Failure::new(ErrorKind::Internal, what).into()),
        Err(error) => Err(judged(Failure::of_call(&what, starts_at, &error), &error)),
    }
}

/// Nothing has been started where the platform was not reached: then it can be tried again.
fn judged(failure: Failure, error: &Error) -> Setback {
    if error.reached() == Reached::No && error.is_retryable() {
        let kind = match error.kind() {
            ErrorKind::Timeout => EndKind::Timeout,
            _ => EndKind::Unreachable,
        };
        Setback::passing(failure, EndReason::new(kind).with_text(causes(error)))
    } else {
        failure.into()
    }
}

fn draft(chat: &ChatArgs) -> SessionDraft {
    let mut draft = SessionDraft::new(chat.name.as_str());
    draft.bot_id = chat.bot_id.as_deref().map(Into::into);
    draft
        .client_external_id
        .clone_from(&chat.client_external_id);
    draft
}

async fn close(session: &Session, chats: &BaseUrl) -> Result<(), End> {
    let what = format!("cannot close session {}", session.id());
    match time::timeout(CLOSING, session.close(None)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::of_call(&what, chats, &error).into()),
        Err(_) => {
            let why = "no answer in time";
            Err(Failure::told(&what, ErrorKind::Timeout, None, why).into())
        }
    }
}
