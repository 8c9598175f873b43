//! A value that is no object and no list. Written by hand: JSON has no one type for it.

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A value that is no object and no list, such as a bot's variable.
///
/// Source: the earlier article, the vendor's PHP SDK.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected text, a number, true, false or null")]
#[non_exhaustive]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// `null`.
    Null,
    /// A number, whole or not.
    Number(Number),
    /// Text.
    Text(String),
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

/// JSON has no infinities and no "not a number": they become [`Scalar::Null`].
impl From<f64> for Scalar {
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or(Self::Null, Self::Number)
    }
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_it_was_read() {
        for json in [
            "true",
            "null",
            "5",
            "-0.1",
            "18446744073709551615",
            r#""x""#,
        ] {
            let value: Scalar = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        assert!(serde_json::from_str::<Scalar>("[]").is_err());
        assert_eq!(Scalar::from(f64::NAN), Scalar::Null);
        assert_eq!(Scalar::from(1.5), serde_json::from_str("1.5").unwrap());
    }
}
