//! `twin send`: one message, and its id.

use twin_client::SendOutcome;

use super::{Run, client};
use crate::{
    args::{Args, Format, SendArgs},
    failure::{End, Failure},
    render::{Audience, Renderer, plain},
};

pub(super) async fn run(send: &SendArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let chats = config.endpoints.chats.clone();
    let client = client(config)?;
    let sending = client
        .session(send.session.as_str())
        .send(send.text.as_str());
    let session = &send.session;
    let message = match run.stop.or(sending).await? {
        SendOutcome::Sent(message) => message,
        SendOutcome::NotSent(error) => {
            let what = format!("cannot send to session {session}");
            return Err(Failure::of_call(&what, &chats, &error).into());
        }
        SendOutcome::Unknown(error) => {
            let what = format!("it is not known whether session {session} has got the message");
            return Err(Failure::of_call(&what, &chats, &error).into());
        }
    };
    let line = match run.format {
        Format::Json => {
            Renderer::new(run.format, Audience::One).sent(session, &send.text, &message)
        }
        Format::Text => Some(plain::line(message.id.as_str())),
    };
    run.print(line).await
}
