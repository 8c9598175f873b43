//! Which calls are repeated, when, and how often.

use std::time::Duration;

use twin_protocol::link::BackoffConfig;

/// Which REST calls a client repeats by itself.
///
/// Only calls that may be repeated without doing a thing twice
/// ([`Endpoint::IDEMPOTENT`](crate::api::Endpoint::IDEMPOTENT)): a message is never posted a second time,
/// nor a session started. And only after failures that may pass
/// ([`Error::is_retryable`](crate::Error::is_retryable)): no connection, a broken one, HTTP 408, 425, 429,
/// 500, 502, 503, 504.
///
/// All attempts of a call, and the pauses between them, take place within
/// [`Config::call_timeout`](crate::Config::call_timeout). A server's `Retry-After` is obeyed where it lets
/// the call still end in time; otherwise the call fails at once, and the error
/// [says](crate::Error::retry_after) when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many times a call may be made in all. Default: 3.
    pub attempts: u32,
    /// The pauses between attempts, drawn with full jitter. Default: between nothing and 500 ms, a bound
    /// that doubles up to 5 s.
    pub backoff: BackoffConfig,
    /// How many retries of all the client's calls may come in a row. Each takes one from this budget,
    /// each call that succeeds gives back a tenth of one: so a platform that is down is not asked much
    /// more often than usual. Default: 10.
    pub budget: u32,
}

impl RetryPolicy {
    /// Every call is made once.
    pub fn none() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let mut backoff = BackoffConfig::default();
        backoff.floor = Duration::ZERO;
        backoff.first_bound = Duration::from_millis(500);
        backoff.last_bound = Duration::from_secs(5);
        Self {
            attempts: 3,
            backoff,
            budget: 10,
        }
    }
}
