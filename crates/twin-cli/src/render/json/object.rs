//! A JSON object in one line, its fields in the order in which they are added.

use std::fmt::Write as _;

use serde::Serialize;

/// A JSON object being written.
#[derive(Debug)]
pub(super) struct Object(String);

impl Object {
    /// An object whose first field is its type.
    pub(super) fn of_type(name: &str) -> Self {
        Self(String::from("{")).value("type", name)
    }

    /// An object without fields.
    pub(super) fn new() -> Self {
        Self(String::from("{"))
    }

    pub(super) fn value(mut self, name: &str, value: impl Serialize) -> Self {
        self.name(name);
        let json = serde_json::to_string(&value).expect("texts, numbers and lists can be JSON");
        self.0.push_str(&json);
        self
    }

    /// A field that is left out where there is no value.
    pub(super) fn some(self, name: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    /// A field whose value is JSON already: byte for byte, but for line breaks between its tokens,
    /// which become spaces. (Inside of a token a raw line break cannot stand.)
    pub(super) fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.reserve(json.len() + 1);
        for (at, part) in json.split(['\n', '\r']).enumerate() {
            if at > 0 {
                self.0.push(' ');
            }
            self.0.push_str(part);
        }
        self
    }

    pub(super) fn object(self, name: &str, object: Self) -> Self {
        let json = object.end();
        self.raw(name, &json)
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        let _ = write!(self.0, "{comma}\"{name}\":");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_within_is_kept_but_for_line_breaks_between_tokens() {
        let line = Object::of_type("event")
            .value("session", None::<&str>)
            .raw(
                "payload",
                "{\"a\" : 1.0,\r\n\"a\":\"\\u0436\\n\",\n\"b\":1e400}",
            )
            .some("absent", None::<u8>)
            .object("position", Object::new().value("offset", 3))
            .end();
        assert_eq!(
            line,
            r#"{"type":"event","session":null,"payload":{"a" : 1.0,  "a":"\u0436\n", "b":1e400},"position":{"offset":3}}"#
        );
    }
}
