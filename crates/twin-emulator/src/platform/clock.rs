//! The dates of the platform.

use std::time::{Duration, SystemTime};

use twin_protocol::time::Timestamp;

/// Now, in UTC, to the microsecond.
pub(crate) fn now() -> Timestamp {
    let now = SystemTime::now();
    let since = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let nanos = Duration::from_nanos(u64::from(since.subsec_nanos() % 1000));
    Timestamp::try_from(now - nanos)
        .expect("the system's clock is between the years -9999 and 9999")
}
