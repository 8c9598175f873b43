//! What is wanted where something else was given, in plain English: whoever reads it has written a
//! request by hand.

use std::{fmt::Display, str::FromStr};

use crate::time::Timestamp;

/// A value that stands as text in a query or a form.
pub(crate) trait Value: FromStr {
    /// What would stand in the place of `text`, which is none.
    fn wanted(text: &str) -> String;
}

macro_rules! whole_numbers {
    ($($number:ty),+) => {
        $(impl Value for $number {
            fn wanted(text: &str) -> String {
                whole_number(text, &Self::MIN, &Self::MAX)
            }
        })+
    };
}

whole_numbers!(i32, i64, u32, u64);

impl Value for Timestamp {
    fn wanted(_: &str) -> String {
        "a date and time with an offset, as 2026-03-01T10:00:00+03:00".into()
    }
}

/// The limits are told to those alone who have overstepped them.
fn whole_number(text: &str, least: &dyn Display, most: &dyn Display) -> String {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        format!("a whole number from {least} to {most}")
    } else {
        "a whole number".into()
    }
}

/// The decoder's reason for what is wrong with a field, in the same words.
pub(crate) fn instead_of(reason: &str) -> String {
    let mismatch = |kind| reason.strip_prefix(kind)?.split_once(", expected ");
    let (found, wanted) = match (mismatch("invalid type: "), mismatch("invalid value: ")) {
        (Some((found, wanted)), _) => (given(found), wanted),
        (None, Some((_, wanted))) => (None, wanted),
        (None, None) => return reason.to_owned(),
    };
    // The field is known, and says more than its place in the text.
    let wanted = wanted.split(" at line ").next().unwrap_or(wanted);
    let wanted = match wanted {
        "a sequence" => "a list",
        "a string" => "text",
        "a boolean" => "true or false",
        _ if wanted.starts_with("struct ") || wanted == "a map" => "an object",
        _ => wanted,
    };
    match found {
        Some(found) => format!("wants {wanted}, not {found}"),
        None => format!("wants {wanted}"),
    }
}

/// What was met, without its contents.
fn given(found: &str) -> Option<&'static str> {
    Some(match found.split([' ', '`']).next()? {
        "boolean" => "true or false",
        "floating" => "a number with a decimal point",
        "integer" => "a number",
        "map" => "an object",
        "null" => "null",
        "sequence" => "a list",
        "string" => "text",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::wire;

    #[test]
    fn limits_are_told_where_a_number_oversteps_them() {
        assert_eq!(u32::wanted("x"), "a whole number");
        assert_eq!(u32::wanted("1.5"), "a whole number");
        assert_eq!(u32::wanted(""), "a whole number");
        let limits = "a whole number from 0 to 4294967295";
        assert_eq!(u32::wanted("-1"), limits);
        assert_eq!(u32::wanted("4294967296"), limits);
    }

    #[test]
    fn the_words_of_the_decoder_are_put_plainly() {
        #[derive(Debug, Deserialize)]
        #[allow(dead_code, reason = "none can be read")]
        struct Asked {
            list: Option<Vec<String>>,
            one: Option<Box<Asked>>,
            #[serde(default, deserialize_with = "wire::optional_integer")]
            number: Option<u8>,
        }

        for (json, field, reason) in [
            (r#"{"list":{}}"#, "list", "wants a list, not an object"),
            (r#"{"list":"x"}"#, "list", "wants a list, not text"),
            (r#"{"list":[1]}"#, "list[0]", "wants text, not a number"),
            (
                r#"{"list":[1.5]}"#,
                "list[0]",
                "wants text, not a number with a decimal point",
            ),
            (r#"{"list":[null]}"#, "list[0]", "wants text, not null"),
            (
                r#"{"one":true}"#,
                "one",
                "wants an object, not true or false",
            ),
            (
                r#"{"number":300}"#,
                "number",
                "wants a whole number, also as text, within the limits of its field",
            ),
        ] {
            let unreadable = wire::decode::<Asked>(json.as_bytes()).unwrap_err();
            assert_eq!(unreadable.field, field);
            assert_eq!(instead_of(&unreadable.reason), reason, "{json}");
        }
        assert_eq!(instead_of("missing"), "missing");
    }
}
