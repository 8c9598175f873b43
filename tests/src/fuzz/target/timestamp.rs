//! Points in time.

use std::{str, time::Duration};

use twin_protocol::time::Timestamp;

/// What is read is kept as text, and arithmetic on it gives what can be read again.
pub fn timestamp(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let Ok(time) = text.parse::<Timestamp>() else {
        return;
    };
    assert_eq!(time.as_str(), text);
    let system_time = time.to_system_time();
    let again = Timestamp::try_from(system_time).expect("it came from a timestamp");
    assert_eq!(again, time);
    let earlier = time.minus(Duration::from_secs(60));
    assert!(earlier <= time, "{earlier} > {time}");
    let read: Timestamp = earlier
        .as_str()
        .parse()
        .expect("what was written can be read");
    assert_eq!(read, earlier);
}
