//! How an event and its payload are wrapped in a publication: the article does not show it
//! (facts, 5), so there is more than one way.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How an event and its payload are wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum EnvelopeForm {
    /// `{"event": name, "data": payload}`
    EventData,
    /// `{"event": name, "payload": payload}`
    #[default]
    EventPayload,
    /// `{"event": name, ...the payload's own fields}`; a payload that is no object stands in
    /// `payload`, as there are no fields to put beside the name.
    Flat,
    /// `{"name": name, "data": payload}`
    NameData,
    /// `{"name": name, "payload": payload}`
    NamePayload,
    /// `[name, payload]`
    Pair,
    /// `{"type": name, "data": payload}`
    TypeData,
    /// `{"type": name, "payload": payload}`
    TypePayload,
}

impl EnvelopeForm {
    /// All forms.
    pub const ALL: [Self; 8] = [
        Self::EventData,
        Self::EventPayload,
        Self::Flat,
        Self::NameData,
        Self::NamePayload,
        Self::Pair,
        Self::TypeData,
        Self::TypePayload,
    ];

    /// The data of a publication; `payload` stands in it byte for byte.
    pub(crate) fn wrap(self, name: &str, payload: &RawValue) -> Box<RawValue> {
        let name = serde_json::Value::from(name);
        let payload = payload.get();
        let fields = payload.trim().strip_prefix('{').map(str::trim_start);
        let text = match (self, fields) {
            (Self::EventData, _) => format!(r#"{{"event":{name},"data":{payload}}}"#),
            (Self::Flat, Some("}")) => format!(r#"{{"event":{name}}}"#),
            (Self::Flat, Some(fields)) => format!(r#"{{"event":{name},{fields}"#),
            (Self::EventPayload, _) | (Self::Flat, None) => {
                format!(r#"{{"event":{name},"payload":{payload}}}"#)
            }
            (Self::NameData, _) => format!(r#"{{"name":{name},"data":{payload}}}"#),
            (Self::NamePayload, _) => format!(r#"{{"name":{name},"payload":{payload}}}"#),
            (Self::Pair, _) => format!("[{name},{payload}]"),
            (Self::TypeData, _) => format!(r#"{{"type":{name},"data":{payload}}}"#),
            (Self::TypePayload, _) => format!(r#"{{"type":{name},"payload":{payload}}}"#),
        };
        RawValue::from_string(text).expect("put together from JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_wraps_name_and_payload() {
        let payload = RawValue::from_string(r#"{ "a" : 1.0 }"#.to_owned()).unwrap();
        let wrapped = EnvelopeForm::ALL.map(|form| form.wrap("e", &payload).get().to_owned());
        let expected = [
            r#"{"event":"e","data":{ "a" : 1.0 }}"#,
            r#"{"event":"e","payload":{ "a" : 1.0 }}"#,
            r#"{"event":"e","a" : 1.0 }"#,
            r#"{"name":"e","data":{ "a" : 1.0 }}"#,
            r#"{"name":"e","payload":{ "a" : 1.0 }}"#,
            r#"["e",{ "a" : 1.0 }]"#,
            r#"{"type":"e","data":{ "a" : 1.0 }}"#,
            r#"{"type":"e","payload":{ "a" : 1.0 }}"#,
        ];
        assert_eq!(wrapped, expected);
    }

    #[test]
    fn the_flat_form_copes_with_any_payload() {
        for (payload, expected) in [
            ("{}", r#"{"event":"e"}"#),
            ("{ }", r#"{"event":"e"}"#),
            ("[1]", r#"{"event":"e","payload":[1]}"#),
            (r#""{""#, r#"{"event":"e","payload":"{"}"#),
        ] {
            let payload = RawValue::from_string(payload.to_owned()).unwrap();
            assert_eq!(EnvelopeForm::Flat.wrap("e", &payload).get(), expected);
        }
    }
}
