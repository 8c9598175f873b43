//! The dates of the platform.

use std::time::SystemTime;

use twin_protocol::time::Timestamp;

/// Now, in UTC.
pub(crate) fn now() -> Timestamp {
    let now = SystemTime::now();
    Timestamp::try_from(now).expect("the system's clock is between the years -9999 and 9999")
}
