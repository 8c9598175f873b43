//! Trying again what may pass, for the commands that never give up.

use tokio::time;
use twin_client::link::{Backoff, BackoffConfig};

use super::Run;
use crate::{
    failure::{End, Setback},
    render::{Attempt, Renderer},
};

/// Tries until it succeeds, or fails in a way that does not pass. `sessions` are those that wait for
/// it.
pub(super) async fn patiently<T>(
    run: &Run,
    renderer: &mut Renderer,
    sessions: &[String],
    mut attempt: impl AsyncFnMut() -> Result<T, Setback>,
) -> Result<T, End> {
    let mut backoff = Backoff::new(BackoffConfig::default(), fastrand::u64(..));
    let mut number = 1;
    loop {
        let setback = match run.stop.or(attempt()).await? {
            Ok(done) => return Ok(done),
            Err(setback) => setback,
        };
        let Some(reason) = &setback.passing else {
            return Err(setback.into());
        };
        if number == 1 {
            // Where the first attempt succeeds there is nothing to tell of it.
            run.print(renderer.attempt(number, &Attempt::Begun, sessions))
                .await?;
        }
        let retry_in = backoff.next_pause();
        let failed = Attempt::Failed { retry_in, reason };
        run.print(renderer.attempt(number, &failed, sessions))
            .await?;
        run.stop.or(time::sleep(retry_in)).await?;
        number = number.saturating_add(1);
        run.print(renderer.attempt(number, &Attempt::Begun, sessions))
            .await?;
    }
}
