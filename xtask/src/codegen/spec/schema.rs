//! The schemas of `components`.

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::{
    spec::{Field, SourceNames, Sources, reference},
    yaml::Node,
};

/// A schema of `components`.
#[derive(Debug)]
pub(in crate::codegen) struct Schema {
    pub(in crate::codegen) name: String,
    /// The file in which it stands.
    pub(in crate::codegen) file: String,
    /// One sentence for the module; the first one of the description where the schema has none.
    pub(in crate::codegen) title: String,
    pub(in crate::codegen) description: String,
    pub(in crate::codegen) sources: Sources,
    pub(in crate::codegen) kind: Kind,
}

/// What a schema becomes.
#[derive(Debug)]
pub(in crate::codegen) enum Kind {
    /// A type that someone wrote by hand, at this path below the crate's root.
    HandWritten(String),
    /// An enumeration that keeps values which it does not know.
    OpenEnum(Vec<Value>),
    /// A page of a list.
    Page {
        /// The schema of its items.
        item: String,
    },
    Struct(Vec<Field>),
}

/// A known value of an open enumeration.
#[derive(Debug)]
pub(in crate::codegen) struct Value {
    pub(in crate::codegen) name: String,
    pub(in crate::codegen) wire: String,
    pub(in crate::codegen) description: String,
}

impl Schema {
    pub(super) fn read(name: &str, node: &Node, sources: &SourceNames) -> Result<Self> {
        let description = node.need_text("description")?.trim().to_owned();
        let title = match node.get_text("title")? {
            Some(title) => title.to_owned(),
            None => first_sentence(&description),
        };
        Ok(Self {
            name: name.to_owned(),
            file: node.file().to_owned(),
            title,
            description,
            sources: sources.of(node)?,
            kind: Kind::read(node, sources)?,
        })
    }
}

impl Kind {
    fn read(node: &Node, sources: &SourceNames) -> Result<Self> {
        if let Some(path) = node.get_text("x-hand-written")? {
            // The type itself says the rest; the other words are for people of other languages.
            node.only(&[
                "additionalProperties",
                "description",
                "items",
                "oneOf",
                "properties",
                "title",
                "type",
                "x-hand-written",
            ])?;
            return Ok(Self::HandWritten(path.to_owned()));
        }
        if node.get("x-extensible-enum").is_some() {
            return read_values(node).map(Self::OpenEnum);
        }
        if node.is("x-page")? {
            return read_page(node);
        }
        node.only(&[
            "description",
            "properties",
            "required",
            "title",
            "type",
            "x-certainty",
            "x-source",
        ])?;
        Field::read_all(node, sources).map(Self::Struct)
    }
}

fn read_values(node: &Node) -> Result<Vec<Value>> {
    node.only(&[
        "description",
        "title",
        "type",
        "x-certainty",
        "x-enumDescriptions",
        "x-extensible-enum",
        "x-source",
    ])?;
    if node.need_text("type")? != "string" {
        return Err(node.error("only texts can be an open enumeration"));
    }
    let descriptions = node.need("x-enumDescriptions")?;
    let values = node.need("x-extensible-enum")?.texts()?;
    descriptions.only(&values.iter().map(String::as_str).collect::<Vec<_>>())?;
    let value = |wire: String| {
        let description = descriptions.need_text(&wire)?.to_owned();
        Ok(Value {
            name: wire.to_upper_camel_case(),
            wire,
            description,
        })
    };
    values.into_iter().map(value).collect()
}

fn read_page(node: &Node) -> Result<Kind> {
    node.only(&[
        "description",
        "properties",
        "title",
        "type",
        "x-page",
        "x-source",
    ])?;
    let properties = node.need("properties")?;
    properties.only(&["count", "items"])?;
    properties.need("count")?;
    let items = properties.need("items")?.need("items")?;
    match reference::schema_name(items)? {
        Some(item) => Ok(Kind::Page { item }),
        None => Err(items.error("the items of a page must be a schema of `components`")),
    }
}

fn first_sentence(text: &str) -> String {
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text.lines().next().unwrap_or_default().to_owned(),
    }
}
