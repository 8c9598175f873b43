//! `twin history`: the messages of a session, as the platform lists them.

use super::{Run, client};
use crate::{
    args::{Args, HistoryArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
};

pub(super) async fn run(history: &HistoryArgs, args: &Args, run: &Run) -> Result<(), End> {
    let client = client(run.config(args).await?)?;
    let session = client.session(history.session.as_str());
    let mut renderer = Renderer::new(run.format, Audience::One);
    print(&session, &mut renderer, run).await
}

/// Prints the messages of `session`.
pub(super) async fn print(
    session: &twin_client::Session,
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
                return Err(Failure::of_client(&what, &error).into());
            }
        }
    }
}
