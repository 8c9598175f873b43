//! Why a JSON text could not be read, in words that do not repeat its contents: they may be what
//! people write to each other, or a link that opens without a password.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::wire::{ByName, from_slice};

/// What is wrong with a JSON text, and in which of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Where, as `messages[0].createdAt`; empty for the whole.
    pub(crate) field: String,
    /// What, without the contents.
    pub(crate) reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "`{}`: {}", self.field, self.reason)
        }
    }
}

/// Reads a `T`. Where that fails, the text is read once more to learn which field is to blame:
/// keeping track of it costs, and is wanted only then.
pub(crate) fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, Unreadable> {
    from_slice(json).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        match serde_path_to_error::deserialize::<_, T>(ByName(&mut deserializer)) {
            Err(tracked) => {
                let path = tracked.path().to_string();
                // So the crate writes the whole value.
                let path = if path == "." { String::new() } else { path };
                Unreadable::new(path, without_contents(tracked.inner()))
            }
            // The value itself is right: something follows it.
            Ok(_) => Unreadable::new(String::new(), without_contents(&error)),
        }
    })
}

impl Unreadable {
    fn new(object: String, reason: String) -> Self {
        // serde blames the object that lacks a field; we name the field.
        let missing = reason
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'))
            .map(|(name, _)| name);
        match missing {
            Some(name) => {
                let dot = if object.is_empty() { "" } else { "." };
                let field = format!("{object}{dot}{name}");
                Self {
                    field,
                    reason: "missing".into(),
                }
            }
            None => Self {
                field: object,
                reason,
            },
        }
    }
}

/// The decoder's words without the text that it quotes.
pub(crate) fn without_contents(error: &serde_json::Error) -> String {
    let words = error.to_string();
    // serde quotes a text that it met, `invalid type: string "...", expected ...`: from the first
    // quote to the last, since the text may hold quotes itself. Names of fields stand in backticks.
    match (words.find(" \""), words.rfind('"')) {
        (Some(start), Some(end)) if start + 1 < end => {
            format!("{}{}", &words[..start], &words[end + 1..])
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn reason<T: DeserializeOwned + fmt::Debug>(json: &str) -> String {
        without_contents(&serde_json::from_str::<T>(json).unwrap_err())
    }

    #[test]
    fn a_text_that_was_met_is_left_out() {
        let reason = reason::<u32>(r#""https://example.com/?signature=\"abc\", expected x""#);
        assert!(
            reason.starts_with("invalid type: string, expected u32"),
            "{reason}"
        );
        assert!(!reason.contains("signature"), "{reason}");
    }

    #[test]
    fn other_words_stay() {
        assert!(reason::<Vec<u8>>("{}").starts_with("invalid type: map, expected a sequence"));
    }

    #[test]
    fn the_field_to_blame_is_named() {
        #[derive(Debug, Deserialize)]
        struct Inner {
            #[allow(dead_code)] // only ever failed to be read
            size: u64,
        }
        #[derive(Debug, Deserialize)]
        struct Outer {
            #[allow(dead_code)] // only ever failed to be read
            files: Vec<Inner>,
        }
        let unreadable =
            decode::<Outer>(br#"{"files":[{"size":1},{"size":"secret"}]}"#).unwrap_err();
        assert_eq!(unreadable.field, "files[1].size");
        assert!(
            !unreadable.reason.contains("secret"),
            "{}",
            unreadable.reason
        );
        let missing = decode::<Outer>(br#"{"files":[{"size":1},{}]}"#).unwrap_err();
        assert_eq!(missing.to_string(), "`files[1].size`: missing");
        assert_eq!(
            decode::<Outer>(b"{}").unwrap_err().to_string(),
            "`files`: missing"
        );
        for whole in ["<html>", "", "[", r#"{"files":[]} x"#] {
            assert_eq!(
                decode::<Outer>(whole.as_bytes()).unwrap_err().field,
                "",
                "{whole}"
            );
        }
    }
}
