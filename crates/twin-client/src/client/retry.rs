//! Repeating calls: whether, and when.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, header::RETRY_AFTER};
use twin_protocol::link::Backoff;

use crate::{config::RetryPolicy, error::Error};

/// What a retry costs, in parts of what a success gives back.
const COST: u32 = 10;
/// A server that asks for more is not believed: it may be a mistake, and the caller decides anyway.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How many retries all calls of a client have left.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    full: u32,
    left: Mutex<u32>,
}

impl RetryBudget {
    pub(super) fn new(policy: &RetryPolicy) -> Self {
        let full = policy.budget.saturating_mul(COST);
        Self {
            full,
            left: Mutex::new(full),
        }
    }

    /// A call has succeeded.
    fn give_back(&self) {
        let mut left = self.lock();
        *left = left.saturating_add(1).min(self.full);
    }

    /// Takes a retry, where there is one left.
    fn take(&self) -> bool {
        let mut left = self.lock();
        let rest = left.checked_sub(COST);
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The retries of one call.
#[derive(Debug)]
pub(super) struct Retries<'a> {
    budget: &'a RetryBudget,
    backoff: Backoff,
    left: u32,
}

impl<'a> Retries<'a> {
    pub(super) fn new(
        policy: &RetryPolicy,
        budget: &'a RetryBudget,
        idempotent: bool,
        seed: u64,
    ) -> Self {
        let attempts = if idempotent { policy.attempts } else { 1 };
        Self {
            budget,
            backoff: Backoff::new(policy.backoff, seed),
            left: attempts.saturating_sub(1),
        }
    }

    /// The call has succeeded.
    pub(super) fn succeeded(&self) {
        self.budget.give_back();
    }

    /// The pause before the next attempt, where there shall be one that begins within `time`.
    pub(super) fn pause_after(&mut self, error: &Error, time: Duration) -> Option<Duration> {
        if self.left == 0 || !error.is_retryable() {
            return None;
        }
        let asked = error.retry_after().unwrap_or_default();
        let pause = self.backoff.next_pause().max(asked);
        if pause >= time || !self.budget.take() {
            return None;
        }
        self.left -= 1;
        Some(pause)
    }
}

/// How long a server asks to be left alone, in either form of the header; `now` is the server's time.
pub(super) fn retry_after(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean: very long.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        // Without the server's own time its date says nothing: our clock may be wrong.
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(now?).unwrap_or_default()
    };
    Some(pause.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(text: &'static str, now: Option<u64>) -> Option<u64> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
        let now = now.map(|now| SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        retry_after(&headers, now).map(|pause| pause.as_secs())
    }

    #[test]
    fn both_forms_are_read_and_none_is_believed_without_bounds() {
        assert_eq!(asked("120", None), Some(120));
        assert_eq!(asked(" 0 ", None), Some(0));
        assert_eq!(asked("99999999999999999999999", None), Some(86_400));
        let date = "Thu, 01 Jan 1970 00:01:30 GMT";
        assert_eq!(asked(date, Some(60)), Some(30));
        assert_eq!(asked(date, Some(600)), Some(0));
        assert_eq!(asked(date, None), None);
        for text in ["", "soon", "-1", "1.5"] {
            assert_eq!(asked(text, Some(60)), None, "{text}");
        }
    }

    #[test]
    fn a_budget_is_spent_and_earned_again_slowly() {
        let policy = RetryPolicy {
            budget: 2,
            ..RetryPolicy::default()
        };
        let budget = RetryBudget::new(&policy);
        assert!(budget.take() && budget.take() && !budget.take());
        for _ in 0..9 {
            budget.give_back();
        }
        assert!(!budget.take());
        budget.give_back();
        assert!(budget.take() && !budget.take());
    }
}
