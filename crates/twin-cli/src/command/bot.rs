//! `twin bot ask`: one question to a bot, and its answer.

use std::time::Duration;

use tokio::time;
use twin_client::Answer;

use super::{Run, client};
use crate::{
    args::{Args, AskArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
};

/// How long ending the dialog may take.
const FINISHING: Duration = Duration::from_secs(5);

pub(super) async fn ask(ask: &AskArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let place = config.endpoints.bot.clone();
    let client = client(config)?;
    let renderer = Renderer::new(run.format, Audience::One);
    let bot = &ask.bot;
    let failed = |what: String| move |error| Failure::of_call(&what, &place, &error);
    let dialog = match &ask.dialog {
        Some(dialog) => client.dialog(dialog.as_str()),
        None => {
            let started = run.stop.or(client.bot(bot.as_str()).start()).await?;
            let failed = failed.clone()(format!("cannot start a dialog with bot {bot}"));
            // What it says of itself first answers nothing.
            started.map_err(failed)?.0
        }
    };
    let answer = run.stop.or(dialog.ask(ask.text.as_str())).await?;
    let answer = answer.map_err(failed(format!("cannot ask bot {bot}")));
    let is_over = answer.as_ref().is_ok_and(Answer::is_last);
    let told = match answer {
        Ok(answer) => run.print(renderer.dialog(&answer)).await,
        Err(failure) => Err(failure.into()),
    };
    if ask.dialog.is_none() && !is_over {
        if ask.keep {
            told?;
            return run.print(renderer.kept(dialog.id().as_str())).await;
        }
        // Where it cannot be finished it ends by itself, an hour later.
        let _ = run.stop.or(time::timeout(FINISHING, dialog.finish())).await;
    }
    told
}
