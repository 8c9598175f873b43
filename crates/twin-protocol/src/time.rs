//! Points in time as the platform writes them.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use jiff::fmt::temporal::Pieces;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, with the UTC offset and in the very form in which it came.
///
/// The platform writes ISO 8601 with an offset (`2018-10-31T11:56:07+00:00`). The text is kept, so
/// what is read and written again is the same text. Order and equality go by the point in time,
/// whatever the offset.
#[derive(Clone)]
pub struct Timestamp {
    instant: jiff::Timestamp,
    text: Box<str>,
}

/// A text that is no ISO 8601 date and time with an offset.
#[derive(Debug, thiserror::Error)]
#[error("not an ISO 8601 date and time with a UTC offset: {text:?}")]
pub struct ParseTimestampError {
    text: String,
}

impl Timestamp {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(&self) -> i64 {
        self.instant.as_millisecond()
    }

    /// The same point in time as the standard library has it.
    pub fn to_system_time(&self) -> SystemTime {
        self.instant.into()
    }

    /// This long before, written with offset `+00:00`; the earliest that can be written where that
    /// is too far back.
    #[must_use]
    pub fn minus(&self, earlier: Duration) -> Self {
        let instant = self
            .instant
            .checked_sub(earlier)
            .unwrap_or(jiff::Timestamp::MIN);
        Self::from_instant(instant)
    }

    fn from_instant(instant: jiff::Timestamp) -> Self {
        // Years before 0 are written with a sign and six digits, as ISO 8601 has it.
        let text = instant
            .display_with_offset(jiff::tz::Offset::UTC)
            .to_string();
        Self {
            instant,
            text: text.into(),
        }
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = ParseTimestampError;

    fn try_from(time: SystemTime) -> Result<Self, Self::Error> {
        jiff::Timestamp::try_from(time)
            .map(Self::from_instant)
            .map_err(|_| ParseTimestampError {
                text: "a time outside of years -9999 to 9999".into(),
            })
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `Pieces` tells apart a date without an offset, which would be ambiguous.
        let instant = |pieces: &Pieces<'_>| {
            let date = pieces.date().to_datetime(pieces.time()?);
            let offset = pieces.to_numeric_offset()?;
            offset.to_timestamp(date).ok()
        };
        match Pieces::parse(text).ok().as_ref().and_then(instant) {
            Some(instant) => Ok(Self {
                instant,
                text: text.into(),
            }),
            None => Err(ParseTimestampError {
                text: text.chars().take(64).collect(),
            }),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({})", self.text)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl std::hash::Hash for Timestamp {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_the_order_goes_by_the_instant() {
        let moscow: Timestamp = "2018-10-31T14:56:07+03:00".parse().unwrap();
        let utc: Timestamp = "2018-10-31T11:56:07+00:00".parse().unwrap();
        assert_eq!(moscow, utc);
        assert_eq!(moscow.as_str(), "2018-10-31T14:56:07+03:00");
        assert_eq!(
            serde_json::to_string(&moscow).unwrap(),
            r#""2018-10-31T14:56:07+03:00""#
        );
        assert!(moscow < "2018-10-31T11:56:08Z".parse().unwrap());
    }

    #[test]
    fn going_back_is_written_in_utc() {
        let time: Timestamp = "2018-10-31T14:56:07+03:00".parse().unwrap();
        assert_eq!(
            time.minus(Duration::from_secs(67)).as_str(),
            "2018-10-31T11:55:00+00:00"
        );
    }

    #[test]
    fn a_year_before_zero_is_written_so_that_it_can_be_read() {
        let time: Timestamp = "-009999-01-12T00:00:00Z".parse().unwrap();
        let earlier = time.minus(Duration::from_secs(60));
        assert_eq!(earlier.as_str(), "-009999-01-11T23:59:00+00:00");
        assert_eq!(earlier.as_str().parse::<Timestamp>().unwrap(), earlier);
    }

    #[test]
    fn what_is_no_date_with_an_offset_is_refused() {
        for text in [
            "",
            "2018-10-31",
            "2018-10-31T11:56:07",
            "yesterday",
            "2018-13-31T11:56:07Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
