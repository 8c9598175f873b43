//! `twin listen`: the live events of sessions, until stopped.

use std::time::Duration;

use tokio::time;
use twin_client::{Delivery, EndReason, SessionEnd};

use super::{
    Run, client,
    follow::{Following, Happening},
    patience::patiently,
};
use crate::{
    args::{Args, ListenArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
    settings::{self, Settings},
    stop::Stop,
};

pub(super) async fn run(listen: &ListenArgs, args: &Args, run: &Run) -> Result<(), End> {
    if let Some(duration) = listen.duration {
        stop_after(duration, run.stop.clone());
    }
    let audience = match listen.sessions.as_slice() {
        [_] => Audience::One,
        _ => Audience::Several,
    };
    let mut renderer = Renderer::new(run.format, audience);
    let settings = run.stop.or(Settings::read(&args.connection)).await??;
    let find = async || settings.find().await;
    let emulator = patiently(run, &mut renderer, &listen.sessions, find).await?;
    let mut config = settings.config(emulator, &run.renewals).await;
    settings::share_buffer(&mut config, listen.sessions.len());
    let address = settings::live_address(&config);

    let client = client(config)?;
    let mut following = Following::new(client.clone());
    let sessions = client.listen(listen.sessions.iter().map(String::as_str));
    let sessions = sessions.map_err(|error| Failure::of_client("cannot listen", &error))?;
    for (session, events) in sessions {
        following.add(session, events);
    }
    let ended = follow(&mut following, &mut renderer, listen.count, &address, run).await;
    for change in following.close().await {
        run.print(renderer.link(&change)).await?;
    }
    ended
}

async fn follow(
    following: &mut Following,
    renderer: &mut Renderer,
    mut count: Option<u64>,
    address: &str,
    run: &Run,
) -> Result<(), End> {
    while let Some(happening) = run.stop.or(following.next()).await? {
        match happening {
            Happening::Link(change) => run.print(renderer.link(&change)).await?,
            Happening::Delivery(delivery) => {
                run.print(renderer.delivery(&delivery)).await?;
                if let (Delivery::Event(_), Some(left)) = (&delivery, &mut count) {
                    *left -= 1;
                    if *left == 0 {
                        return Ok(());
                    }
                }
            }
            Happening::Ended(session, Some(end)) => {
                check(session.id().as_str(), end, address)?;
            }
            Happening::Ended(_, None) => {}
        }
    }
    Ok(())
}

/// Whether the session may end so.
pub(super) fn check(session: &str, end: SessionEnd, address: &str) -> Result<(), Failure> {
    match end {
        SessionEnd::JoinRefused(reason) => {
            let what = format!("cannot listen to session {session} at {address}");
            Err(Failure::of_end(&what, &reason))
        }
        SessionEnd::LinkClosed(reason) => Err(link_closed(&reason, address)),
        _ => Ok(()),
    }
}

fn link_closed(reason: &EndReason, address: &str) -> Failure {
    Failure::of_end(&format!("no live connection to {address}"), reason)
}

fn stop_after(duration: Duration, stop: Stop) {
    tokio::spawn(async move {
        time::sleep(duration).await;
        stop.request();
    });
}
