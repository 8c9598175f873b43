//! Halves of surrogate pairs in JSON text. A server that cuts a text by UTF-16 units leaves one
//! behind (capture `lone-surrogate.node-server.py-client.ws`): valid JSON to JavaScript and Python,
//! and no Unicode, so serde_json refuses the string that holds it.

use memchr::memchr;

/// The JSON text with U+FFFD in place of every half of a pair; `None` where it has none.
pub(crate) fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut repaired = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &json.as_bytes()[at..]) {
        let start = at + found;
        match escaped_unit(json, start) {
            Some(0xd800..=0xdbff)
                if matches!(escaped_unit(json, start + 6), Some(0xdc00..=0xdfff)) =>
            {
                at = start + 12;
            }
            Some(0xd800..=0xdfff) => {
                repaired.push_str(&json[copied..start]);
                repaired.push_str("\\ufffd");
                at = start + 6;
                copied = at;
            }
            // Whatever is escaped, a backslash too, is passed over with it.
            _ => at = start + 2,
        }
        if at >= json.len() {
            break;
        }
    }
    if copied == 0 {
        return None;
    }
    repaired.push_str(&json[copied..]);
    Some(repaired)
}

/// The UTF-16 unit that is escaped at `at`, where one is.
fn escaped_unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_hex
        .then(|| u16::from_str_radix(digits, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_pairs_kept() {
        for (json, repaired) in [
            (r#""Привет \ud83d""#, Some(r#""Привет \ufffd""#)),
            (r#""\uDE00 x""#, Some(r#""\ufffd x""#)),
            (r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (
                r#""\ud83d\u0041\udfff\n""#,
                Some(r#""\ufffd\u0041\ufffd\n""#),
            ),
            (r#"{"\udc00":1}"#, Some(r#"{"\ufffd":1}"#)),
            (r#""\ud83d\ude00""#, None),
            (r#""\\ud83d""#, None),
            (r#""\\\ud83d""#, Some(r#""\\\ufffd""#)),
            (r#""\u00e9 \n \u12""#, None),
            ("\"\\", None),
            ("\\uж", None),
            ("", None),
        ] {
            assert_eq!(without_lone_surrogates(json).as_deref(), repaired, "{json}");
        }
    }

    #[test]
    fn what_is_repaired_can_be_read() {
        let json = r#"{"preview":"Привет \ud83d"}"#;
        assert!(serde_json::from_str::<serde_json::Value>(json).is_err());
        let repaired = without_lone_surrogates(json).unwrap();
        let value: serde_json::Value = serde_json::from_str(&repaired).unwrap();
        assert_eq!(value["preview"], "Привет \u{fffd}");
    }
}
