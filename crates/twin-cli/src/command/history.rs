//! `twin history`: the messages of a session, as the platform lists them.

use twin_client::{Session, api::BaseUrl};

use super::{Run, client};
use crate::{
    args::{Args, HistoryArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
};

pub(super) async fn run(history: &HistoryArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let chats = config.endpoints.chats.clone();
    let client = client(config)?;
    let session = client.session(history.session.as_str());
    let mut renderer = Renderer::new(run.format, Audience::One);
    print(&session, &chats, &mut renderer, run).await
}

/// Prints the messages of `session`, which are to be had at `chats`.
pub(super) async fn print(
    session: &Session,
    chats: &BaseUrl,
    renderer: &mut Renderer,
    run: &Run,
) -> Result<(), End> {
    let id = session.id().as_str();
    let mut messages = session.history();
    loop {
        match run.stop.or(messages.next()).await? {
            Ok(Some(message)) => run.output.line(renderer.listed(id, &message)).await?,
            Ok(None) => return Ok(()),
            Err(error) => {
                let what = format!("cannot list the messages of session {id}");
                return Err(Failure::of_call(&what, chats, &error).into());
            }
        }
    }
}
