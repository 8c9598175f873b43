//! Times as people read them: local, and short.

use jiff::{Zoned, tz::TimeZone};
use twin_client::Timestamp;

/// Shows points in time.
#[derive(Debug)]
pub(super) struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// Of the zone in which this machine is.
    pub(super) fn new() -> Self {
        Self {
            zone: TimeZone::system(),
        }
    }

    /// The time of day, with the date where it is not today's; now, where there is none.
    pub(super) fn show(&self, time: Option<&Timestamp>) -> String {
        let now = jiff::Timestamp::now().to_zoned(self.zone.clone());
        let time = time.and_then(|time| jiff::Timestamp::from_millisecond(time.unix_millis()).ok());
        match time {
            Some(time) => show(&time.to_zoned(self.zone.clone()), &now),
            None => show(&now, &now),
        }
    }
}

fn show(time: &Zoned, now: &Zoned) -> String {
    let form = if time.date() == now.date() {
        "%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    time.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn the_date_is_shown_where_it_is_not_todays() {
        let zone = TimeZone::fixed(Offset::constant(3));
        let at = |text: &str| -> Zoned {
            let time: jiff::Timestamp = text.parse().unwrap();
            time.to_zoned(zone.clone())
        };
        let now = at("2026-11-24T22:30:00Z");
        assert_eq!(show(&at("2026-11-24T21:00:05Z"), &now), "00:00:05");
        assert_eq!(
            show(&at("2026-11-24T20:59:59Z"), &now),
            "2026-11-24 23:59:59"
        );
    }
}
