//! Carries out what waits for the server: one batch after another, in order.
//!
//! While the server cannot be reached at all, the batch is tried again: it is not lost when the
//! server is started anew. What may have reached the server is never repeated: a publication that
//! came twice would be worse than one that is known to have failed.

use std::{sync::Arc, time::Duration};

use tokio::time::{self, Instant};

use super::{
    api::CentrifugoApi,
    command::{Batch, Command, Replies},
    http::Connection,
    queue::{Job, Queue},
};
use crate::live::{LiveError, Published};

/// For how long a server that cannot be reached is tried.
const GIVE_UP: Duration = Duration::from_secs(30);
/// The pauses between tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Never returns.
pub(super) async fn run(api: CentrifugoApi, queue: Arc<Queue>) {
    let mut connection = Connection::new(api);
    let mut first_failure = None;
    loop {
        let jobs = queue.next().await;
        let mut results = match carry_out(&mut connection, &jobs).await {
            Ok(results) => results.into_iter(),
            Err(error) => {
                let count = jobs.iter().map(|job| job.commands.len()).sum();
                vec![Err(error); count].into_iter()
            }
        };
        if queue.take_overflow() {
            first_failure.get_or_insert(LiveError::Full);
        }
        for job in jobs {
            if job.commands.is_empty() {
                job.finish(match first_failure.take() {
                    Some(error) => Err(error),
                    None => Ok(Published::default()),
                });
                continue;
            }
            let mut result = Ok(Published::default());
            for one in results.by_ref().take(job.commands.len()) {
                if result.is_ok() {
                    result = one;
                }
            }
            if let Err(error) = &result {
                tracing::warn!(target: "twin::emulator", %error, "the live side did not do it");
                first_failure.get_or_insert_with(|| error.clone());
            }
            job.finish(result);
        }
    }
}

/// One result for each command of the jobs.
async fn carry_out(
    connection: &mut Connection,
    jobs: &[Job],
) -> Result<Vec<Result<Published, LiveError>>, LiveError> {
    let commands: Vec<&Command> = jobs.iter().flat_map(|job| &job.commands).collect();
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let count = commands.len();
    let body = serde_json::to_vec(&Batch { commands })
        .map_err(|error| LiveError::Broken(error.to_string()))?;
    let body = bytes::Bytes::from(body);
    let since = Instant::now();
    let answer = loop {
        match connection.post(body.clone()).await {
            Err(LiveError::Unreachable(_)) if since.elapsed() < GIVE_UP => time::sleep(PAUSE).await,
            answer => break answer?,
        }
    };
    let replies: Replies =
        serde_json::from_slice(&answer).map_err(|error| LiveError::Broken(error.to_string()))?;
    if replies.replies.len() != count {
        let text = format!("{} replies to {count} commands", replies.replies.len());
        return Err(LiveError::Broken(text));
    }
    Ok(replies.replies.into_iter().map(Into::into).collect())
}
