//! The published definition of Centrifugo's Protobuf messages, as far as it is used: one field a
//! line, and nothing of the language beyond messages, scalars, lists and maps.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};

/// The messages of a file, in order.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) file: String,
    pub(super) messages: Vec<Message>,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) shape: Shape,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Bytes,
    String,
    U32,
    U64,
    /// One message, or none.
    One(String),
    /// A list of messages.
    Many(String),
    /// Messages by texts.
    Map(String),
}

impl Definition {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When a line is not of the kind described above, or a message is named and not there.
    pub(super) fn read(file: &str, text: &str) -> Result<Self> {
        let mut messages: Vec<Message> = Vec::new();
        let mut open = false;
        for (index, line) in text.lines().enumerate() {
            let at = || format!("{file}:{}", index + 1);
            let line = line.split("//").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with("syntax") {
                continue;
            }
            if let Some(name) = line.strip_prefix("message ") {
                let name = name.strip_suffix(" {").with_context(at)?;
                let name = name.to_owned();
                messages.push(Message {
                    name,
                    fields: Vec::new(),
                });
                open = true;
            } else if line == "}" {
                open = false;
            } else if let Some(message) = messages.last_mut().filter(|_| open) {
                message.fields.push(Field::read(line).with_context(at)?);
            } else {
                bail!("{}: outside of every message", at());
            }
        }
        let definition = Self {
            file: file.to_owned(),
            messages,
        };
        definition.check()?;
        Ok(definition)
    }

    /// The names of the messages at and below `root`.
    pub(super) fn below(&self, root: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![root];
        while let Some(name) = open.pop() {
            let message = self.messages.iter().find(|message| message.name == name);
            for field in message.into_iter().flat_map(|message| &message.fields) {
                open.extend(field.shape.message());
            }
            found.extend(message.map(|message| &*message.name));
        }
        found
    }

    fn check(&self) -> Result<()> {
        for message in &self.messages {
            let mut numbers = BTreeSet::new();
            for field in &message.fields {
                if !numbers.insert(field.number) {
                    bail!("{}: number {} twice", message.name, field.number);
                }
                if let Some(name) = field.shape.message() {
                    if !self.messages.iter().any(|message| message.name == name) {
                        bail!("{}.{}: no message {name}", message.name, field.name);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Field {
    fn read(line: &str) -> Result<Self> {
        let line = line.strip_suffix(';').context("no semicolon")?;
        let (left, number) = line.split_once(" = ").context("no number")?;
        let (shape, name) = left.rsplit_once(' ').context("no name")?;
        Ok(Self {
            name: name.to_owned(),
            number: number.parse().context("the number is none")?,
            shape: Shape::read(shape)?,
        })
    }
}

impl Shape {
    fn read(text: &str) -> Result<Self> {
        let is_name = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        Ok(match text {
            "bool" => Self::Bool,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            "uint32" => Self::U32,
            "uint64" => Self::U64,
            name if is_name(name) => Self::One(name.to_owned()),
            other => {
                let list = other.strip_prefix("repeated ");
                let map = other.strip_prefix("map<string, ");
                match (list, map.and_then(|map| map.strip_suffix('>'))) {
                    (Some(name), _) if is_name(name) => Self::Many(name.to_owned()),
                    (_, Some(name)) if is_name(name) => Self::Map(name.to_owned()),
                    _ => bail!("no shape that is known: {other}"),
                }
            }
        })
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::One(name) | Self::Many(name) | Self::Map(name) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for (text, words) in [
            ("message A {\n  int32 a = 1;\n}", "f:2"),
            ("message A {\n  B a = 1;\n}", "no message B"),
            (
                "message A {\n  bool a = 1;\n  bool b = 1;\n}",
                "number 1 twice",
            ),
            ("bool a = 1;", "f:1"),
            ("message A {\n  oneof x {\n}", "f:2"),
        ] {
            let error = Definition::read("f", text).expect_err(text);
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }

    #[test]
    fn messages_below_a_root_are_found() {
        let text = "message A {\n  map<string, B> a = 1;\n}\nmessage B {\n  repeated C c = 2;\n}\n\
                    message C {\n}\nmessage D {\n}\n";
        let definition = Definition::read("f", text).unwrap();
        assert_eq!(definition.below("A"), BTreeSet::from(["A", "B", "C"]));
    }
}
