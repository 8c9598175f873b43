//! YAML whose every node knows its place, so that an error can name it.

mod parse;

use std::{fmt, rc::Rc};

use anyhow::{Result, anyhow};

/// A node of a YAML file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    place: Place,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Boolean(bool),
    Integer(i64),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// `null`, or a number with a fraction: nothing that the generator reads.
    Other,
    Text(String),
}

/// Where a node stands.
#[derive(Clone, Debug)]
struct Place {
    file: Rc<str>,
    line: usize,
    /// The way from the root, as in a `$ref`: `#/components/schemas/File`.
    path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} at {}", self.file, self.line, self.path)
    }
}

impl Node {
    /// Reads the one document of a file.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self> {
        parse::document(file, text)
    }

    /// The error that this node is not right.
    pub(super) fn error(&self, words: impl fmt::Display) -> anyhow::Error {
        anyhow!("{}: {words}", self.place)
    }

    /// The file in which it stands.
    pub(super) fn file(&self) -> &str {
        &self.place.file
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        match self.value {
            Value::Boolean(value) => Ok(value),
            _ => Err(self.error("must be true or false")),
        }
    }

    pub(super) fn integer(&self) -> Result<i64> {
        match self.value {
            Value::Integer(value) => Ok(value),
            _ => Err(self.error("must be a whole number")),
        }
    }

    pub(super) fn text(&self) -> Result<&str> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.error("must be text")),
        }
    }

    pub(super) fn list(&self) -> Result<&[Self]> {
        match &self.value {
            Value::List(items) => Ok(items),
            _ => Err(self.error("must be a list")),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self) -> Result<Vec<String>> {
        self.list()?
            .iter()
            .map(|item| item.text().map(str::to_owned))
            .collect()
    }

    /// A text, or a list of texts.
    pub(super) fn text_or_texts(&self) -> Result<Vec<String>> {
        match &self.value {
            Value::Text(text) => Ok(vec![text.clone()]),
            _ => self.texts(),
        }
    }

    /// The entries of a map, in the file's order.
    pub(super) fn entries(&self) -> Result<&[(String, Self)]> {
        match &self.value {
            Value::Map(entries) => Ok(entries),
            _ => Err(self.error("must be a map")),
        }
    }

    /// The value of `key`, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// The value of `key`, which must be there.
    pub(super) fn need(&self, key: &str) -> Result<&Self> {
        self.get(key)
            .ok_or_else(|| self.error(format!("`{key}` is missing")))
    }

    /// The text of `key`, which must be there.
    pub(super) fn need_text(&self, key: &str) -> Result<&str> {
        self.need(key)?.text()
    }

    /// The text of `key`, if it is there.
    pub(super) fn get_text(&self, key: &str) -> Result<Option<&str>> {
        self.get(key).map(Self::text).transpose()
    }

    /// The truth of `key`; absent is false.
    pub(super) fn is(&self, key: &str) -> Result<bool> {
        self.get(key).map_or(Ok(false), Self::boolean)
    }

    /// Refuses every key that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        match self
            .entries()?
            .iter()
            .find(|(key, _)| !known.contains(&&**key))
        {
            Some((key, node)) => Err(node.error(format!(
                "the generator does not know `{key}` here; it knows {}",
                known.join(", ")
            ))),
            None => Ok(()),
        }
    }

    /// What a `$ref` within this file, whose root this node is, leads to.
    pub(super) fn follow(&self, reference: &Self) -> Result<&Self> {
        let path = reference.text()?;
        let parts = path.strip_prefix("#/").ok_or_else(|| {
            reference.error("the generator follows only references that start with `#/` here")
        })?;
        parts
            .split('/')
            .try_fold(self, |node, part| node.get(&part.replace("~1", "/")))
            .ok_or_else(|| reference.error(format!("there is no {path}")))
    }
}
