//! What the generator understands of the two specifications.
//!
//! Everything that it does not understand is an error with its place, so that a word in the
//! specification is never without effect in the code.

mod event;
mod field;
mod operation;
mod reference;
mod schema;

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};

pub(super) use self::{
    event::Message,
    field::{Field, Limits, ListForm, Presence, Type},
    operation::{Auth, Body, Operation, Parameter, ParameterPlace, ParameterShape, Response},
    schema::{Kind, Schema, Value},
};
use crate::codegen::yaml::Node;

/// Both specifications.
#[derive(Debug)]
pub(super) struct Spec {
    /// The schemas of both files by name.
    pub(super) schemas: BTreeMap<String, Schema>,
    /// The calls.
    pub(super) operations: Vec<Operation>,
    /// The events.
    pub(super) messages: Vec<Message>,
    /// The file of the calls, as it is named in what is printed.
    pub(super) rest_file: String,
    /// The file of the events.
    pub(super) events_file: String,
}

/// Where a fact comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sources {
    /// The sources in words.
    pub(super) words: Vec<String>,
    /// Whether it is assumed and not documented.
    pub(super) is_assumed: bool,
}

impl Spec {
    /// Reads the texts of both files.
    pub(super) fn read(
        rest_file: &str,
        rest: &str,
        events_file: &str,
        events: &str,
    ) -> Result<Self> {
        let rest = Node::parse(rest_file, rest)?;
        let events = Node::parse(events_file, events)?;
        let names = SourceNames::read(rest.need("x-sources")?)?;
        let mut spec = Self {
            schemas: BTreeMap::new(),
            operations: operation::read_all(&rest, &names)?,
            messages: event::read_all(&events)?,
            rest_file: rest_file.into(),
            events_file: events_file.into(),
        };
        for file in [&rest, &events] {
            for (name, node) in file.need("components")?.need("schemas")?.entries()? {
                let schema = Schema::read(name, node, &names)?;
                if spec.schemas.insert(name.clone(), schema).is_some() {
                    return Err(node.error(format!("both files have a schema `{name}`")));
                }
            }
        }
        spec.check_names()?;
        Ok(spec)
    }

    /// The schema of this name; every name has been checked to have one.
    pub(super) fn schema(&self, name: &str) -> Result<&Schema> {
        self.schemas
            .get(name)
            .ok_or_else(|| anyhow!("there is no schema `{name}`"))
    }

    /// Whether a message has this schema as its payload.
    pub(super) fn is_payload(&self, schema: &str) -> bool {
        self.messages
            .iter()
            .any(|message| message.payload == schema)
    }

    /// Whether a call has this schema as the body of its request.
    pub(super) fn is_body(&self, schema: &str) -> bool {
        self.operations.iter().any(
            |operation| matches!(&operation.body, Body::Model { schema: body, .. } if body == schema),
        )
    }

    fn check_names(&self) -> Result<()> {
        let fields = self.schemas.values().flat_map(|schema| match &schema.kind {
            Kind::Struct(fields) => fields.iter(),
            _ => [].iter(),
        });
        let inline = self
            .operations
            .iter()
            .flat_map(|operation| operation.inline_fields());
        for name in fields.chain(inline).flat_map(|field| field.ty.names()) {
            self.schema(name)?;
        }
        for operation in &self.operations {
            for name in operation.names() {
                self.schema(name)?;
            }
        }
        for schema in self.schemas.values() {
            match &schema.kind {
                Kind::Page { item } => _ = self.schema(item)?,
                Kind::Struct(fields) if !self.is_body(&schema.name) => {
                    if let Some(field) = fields.iter().find(|field| field.limits.any()) {
                        bail!(
                            "{}.{}: limits are checked only in the body of a request",
                            schema.name,
                            field.wire
                        );
                    }
                }
                Kind::HandWritten(_) | Kind::OpenEnum(_) | Kind::Struct(_) => {}
            }
        }
        self.messages
            .iter()
            .try_for_each(|message| self.schema(&message.payload).map(drop))
    }
}

/// What the letters of `x-source` stand for.
#[derive(Debug)]
pub(super) struct SourceNames(Vec<(String, String)>);

impl SourceNames {
    fn read(node: &Node) -> Result<Self> {
        let entry = |(letter, words): &(String, Node)| Ok((letter.clone(), words.text()?.into()));
        node.entries()?
            .iter()
            .map(entry)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Reads `x-source` and `x-certainty` of `node`.
    fn of(&self, node: &Node) -> Result<Sources> {
        let words = match node.get("x-source") {
            Some(letters) => letters
                .texts()?
                .iter()
                .map(
                    |letter| match self.0.iter().find(|(known, _)| known == letter) {
                        Some((_, words)) => Ok(words.clone()),
                        None => Err(letters.error(format!("`x-sources` has no `{letter}`"))),
                    },
                )
                .collect::<Result<_>>()?,
            None => Vec::new(),
        };
        let is_assumed = match node.get_text("x-certainty")? {
            Some("assumed") => true,
            Some("documented") | None => false,
            Some(_) => {
                return Err(node.error("`x-certainty` is either `assumed` or `documented`"));
            }
        };
        Ok(Sources { words, is_assumed })
    }
}
