//! Properties of the wire's quirks: what holds for every value.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{model::AuthorType, wire};

/// Every quirk once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Quirks {
    #[serde(default, deserialize_with = "wire::optional_boolean")]
    boolean: Option<bool>,
    #[serde(default, deserialize_with = "wire::optional_integer")]
    integer: Option<i64>,
    #[serde(default, deserialize_with = "wire::list")]
    list: Vec<u8>,
    #[serde(default, deserialize_with = "wire::map")]
    map: BTreeMap<String, i32>,
    #[serde(default, with = "wire::optional_seconds")]
    seconds: Option<Duration>,
    #[serde(default, deserialize_with = "wire::optional_text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "wire::texts")]
    texts: Vec<String>,
}

fn quirks() -> impl Strategy<Value = Quirks> {
    (
        any::<Option<bool>>(),
        any::<Option<i64>>(),
        any::<Vec<u8>>(),
        prop::collection::btree_map(any::<String>(), any::<i32>(), 0..4),
        any::<Option<u64>>(),
        any::<Option<String>>(),
        any::<Vec<String>>(),
    )
        .prop_map(
            |(boolean, integer, list, map, seconds, text, texts)| Quirks {
                boolean,
                integer,
                list,
                map,
                seconds: seconds.map(Duration::from_secs),
                text,
                texts,
            },
        )
}

/// Any JSON value, a few levels deep.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Reads an object that has this one field.
fn read(field: &str, value: impl Serialize) -> Result<Quirks, String> {
    let json = serde_json::to_vec(&BTreeMap::from([(field, value)])).unwrap();
    wire::decode(&json).map_err(|unreadable| unreadable.to_string())
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(quirks in quirks()) {
        let json = serde_json::to_vec(&quirks).unwrap();
        prop_assert_eq!(wire::decode::<Quirks>(&json).unwrap(), quirks);
    }

    #[test]
    fn numbers_are_read_from_text_and_text_from_numbers(number: i64) {
        let quirks = read("integer", number.to_string()).unwrap();
        prop_assert_eq!(quirks.integer, Some(number));
        let quirks = read("text", number).unwrap();
        prop_assert_eq!(quirks.text, Some(number.to_string()));
        let quirks = read("texts", [number]).unwrap();
        prop_assert_eq!(quirks.texts, [number.to_string()]);
    }

    #[test]
    fn only_whole_seconds_are_sent(duration: Duration) {
        let quirks = Quirks { seconds: Some(duration), ..Quirks::default() };
        let json = serde_json::to_vec(&quirks).unwrap();
        let read = wire::decode::<Quirks>(&json).unwrap();
        prop_assert_eq!(read.seconds, Some(Duration::from_secs(duration.as_secs())));
    }

    #[test]
    fn a_fraction_is_no_whole_number(number in any::<f64>().prop_filter("", |n| n.fract() != 0.0 && n.is_finite())) {
        prop_assert!(read("integer", number).is_err());
    }

    #[test]
    fn any_json_is_read_or_refused_without_its_contents(
        field in prop::sample::select(vec!["boolean", "integer", "list", "map", "seconds", "texts"]),
        value in json(),
    ) {
        let json = serde_json::json!({ field: value }).to_string();
        if let Err(unreadable) = wire::decode::<Quirks>(json.as_bytes()) {
            prop_assert!(!unreadable.reason.is_empty());
        }
    }

    #[test]
    fn a_reason_repeats_no_text(secret in "[a-zA-Z0-9 \"\\\\]{12,40}") {
        for field in ["boolean", "integer", "list", "map", "seconds"] {
            let json = serde_json::json!({ field: secret }).to_string();
            let unreadable = wire::decode::<Quirks>(json.as_bytes()).unwrap_err();
            prop_assert_eq!(&unreadable.field, field);
            prop_assert!(!unreadable.reason.contains(&secret), "{}", unreadable.reason);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = wire::decode::<Quirks>(&bytes);
    }

    #[test]
    fn an_unknown_value_of_an_enumeration_is_kept(text: String) {
        let value = AuthorType::from(&*text);
        prop_assert_eq!(value.as_str(), &text);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<AuthorType>(&json).unwrap(), value);
    }
}

#[test]
fn null_and_absence_are_nothing() {
    for json in [
        "{}",
        r#"{"boolean":null,"integer":null,"list":null,"map":null,"seconds":null,"text":null,
            "texts":null}"#,
    ] {
        assert_eq!(
            wire::decode::<Quirks>(json.as_bytes()).unwrap(),
            Quirks::default()
        );
    }
}

#[test]
fn phps_empty_list_is_an_empty_map() {
    assert_eq!(
        wire::decode::<Quirks>(br#"{"map":[]}"#).unwrap(),
        Quirks::default()
    );
    let refused = wire::decode::<Quirks>(br#"{"map":[1]}"#).unwrap_err();
    assert!(
        refused
            .reason
            .contains("expected an object, or an empty list"),
        "{}",
        refused.reason
    );
}

#[test]
fn truth_is_read_from_numbers_and_text() {
    for (json, expected) in [
        ("1", true),
        ("0", false),
        ("\"1\"", true),
        ("\"false\"", false),
    ] {
        let json = format!("{{\"boolean\":{json}}}");
        assert_eq!(
            wire::decode::<Quirks>(json.as_bytes()).unwrap().boolean,
            Some(expected)
        );
    }
    for json in ["2", "-1", "\"yes\"", "1.0"] {
        let json = format!("{{\"boolean\":{json}}}");
        assert!(wire::decode::<Quirks>(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn a_number_out_of_its_range_is_refused() {
    for json in [
        "9223372036854775808",
        "-1e30",
        "1e400",
        "\"9223372036854775808\"",
        "\" 1\"",
    ] {
        let json = format!("{{\"integer\":{json}}}");
        assert!(wire::decode::<Quirks>(json.as_bytes()).is_err(), "{json}");
    }
    assert_eq!(
        wire::decode::<Quirks>(br#"{"integer":60.0}"#)
            .unwrap()
            .integer,
        Some(60)
    );
    assert!(wire::decode::<Quirks>(br#"{"seconds":-1}"#).is_err());
}
