//! `twin sessions`: the sessions of the platform, as it lists them.

use twin_client::api::chats::ListSessions;

use super::{Run, client};
use crate::{
    args::{Args, SessionsArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
};

/// How many are asked for at once.
const PAGE: u32 = 100;

pub(super) async fn run(sessions: &SessionsArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let chats = config.endpoints.chats.clone();
    let client = client(config)?;
    let renderer = Renderer::new(run.format, Audience::Several);
    let mut left = sessions.limit.unwrap_or(u64::MAX);
    let mut listing = client.sessions().list(filter(sessions));
    while left > 0 {
        match run.stop.or(listing.next()).await? {
            Ok(Some(session)) => run.output.line(renderer.session(&session)).await?,
            Ok(None) => break,
            Err(error) => {
                return Err(Failure::of_call("cannot list the sessions", &chats, &error).into());
            }
        }
        left -= 1;
    }
    Ok(())
}

fn filter(sessions: &SessionsArgs) -> ListSessions {
    let mut filter = ListSessions::new();
    filter.chat_id = sessions.chat_id.as_deref().map(Into::into);
    filter.status = sessions.status.clone();
    filter.bot_status = sessions.bot_status.clone();
    filter.operator_id = sessions.operator_id.as_deref().map(Into::into);
    filter.name = sessions.name.clone();
    filter.keyword = sessions.keyword.clone();
    filter.tags = sessions.tags.clone();
    filter.from = sessions.from.clone();
    filter.to = sessions.to.clone();
    filter.marked_as_spam = sessions.spam;
    filter.offset = sessions.offset;
    // No more is asked for than is wanted.
    let wanted = sessions.limit.and_then(|limit| u32::try_from(limit).ok());
    filter.limit = Some(wanted.unwrap_or(PAGE).min(PAGE));
    filter
}
