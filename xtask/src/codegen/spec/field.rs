//! The fields of an object: their types, and what the wire may do to them.

use anyhow::Result;
use heck::ToSnakeCase as _;

use crate::codegen::{
    spec::{SourceNames, Sources, reference},
    yaml::Node,
};

/// A field of an object.
#[derive(Debug)]
pub(in crate::codegen) struct Field {
    /// Its name in JSON.
    pub(in crate::codegen) wire: String,
    /// Its name in Rust.
    pub(in crate::codegen) name: String,
    /// Other names in JSON that are read too.
    pub(in crate::codegen) aliases: Vec<String>,
    pub(in crate::codegen) description: String,
    pub(in crate::codegen) ty: Type,
    pub(in crate::codegen) presence: Presence,
    pub(in crate::codegen) limits: Limits,
    /// What the platform takes where the field is absent, for the documentation.
    pub(in crate::codegen) default: Option<String>,
    pub(in crate::codegen) sources: Sources,
}

/// Whether a field is there.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::codegen) enum Presence {
    /// Absent and `null` are the empty text, which is always written.
    EmptyIfAbsent,
    /// It may be absent or `null`, then it is `None`; promised, but for this reason.
    Optional(Option<String>),
    /// It must be there.
    Required,
}

/// The `pattern` of a number that is written as text; the second is that of one that is not negative.
const NUMBERS: [&str; 2] = ["^-?[0-9]{1,18}$", "^[0-9]{1,9}$"];

/// The limits of a number, or of the length of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::codegen) struct Limits {
    pub(in crate::codegen) least: Option<i64>,
    pub(in crate::codegen) most: Option<i64>,
    /// Whether a text must not be empty.
    pub(in crate::codegen) is_filled: bool,
}

impl Limits {
    pub(super) fn read(node: &Node) -> Result<Self> {
        let is_filled = match node.get("minLength").map(Node::integer).transpose()? {
            None => false,
            Some(1) => true,
            Some(_) => return Err(node.error("the only `minLength` is 1: not empty")),
        };
        let least = node.get("minimum").map(Node::integer).transpose()?;
        // That such a number is not negative its type says already.
        let format = node.get_text("format")?;
        let is_unsigned =
            node.get("x-unit").is_some() || format.is_some_and(|it| it.starts_with('u'));
        Ok(Self {
            least: least.filter(|least| *least != 0 || !is_unsigned),
            most: node.get("maximum").map(Node::integer).transpose()?,
            is_filled,
        })
    }

    /// Whether there are any.
    pub(in crate::codegen) fn any(self) -> bool {
        self != Self::default()
    }
}

/// The type of a field or of a parameter. `lenient` ones are also read where they are written as
/// another JSON type.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::codegen) enum Type {
    Boolean { lenient: bool },
    Bytes { lenient: bool },
    Integer { rust: &'static str, lenient: bool },
    List { item: Box<Type>, form: ListForm },
    Map { value: Box<Type> },
    Minutes { lenient: bool },
    Named(String),
    Secret,
    SecretUrl,
    Seconds,
    Text { lenient: bool },
    Timestamp,
}

/// How a list comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::codegen) enum ListForm {
    /// As a list, or as the text of one.
    ListOrText,
    Plain,
    /// Each item keeps the JSON it came as.
    Raw,
}

/// The words that may stand at a field, whatever its type.
const COMMON: [&str; 7] = [
    "$ref",
    "allOf",
    "description",
    "x-alias",
    "x-name",
    "x-optional",
    "x-source",
];

/// Names that Rust keeps to itself and that a field of JSON may well have.
const KEYWORDS: [&str; 12] = [
    "abstract", "enum", "final", "for", "in", "match", "override", "ref", "self", "static", "type",
    "use",
];

impl Field {
    /// The fields of the object `node`, in the file's order.
    pub(super) fn read_all(node: &Node, sources: &SourceNames) -> Result<Vec<Self>> {
        Self::read_others(node, "", sources)
    }

    /// The same without the property of this name.
    pub(super) fn read_others(
        node: &Node,
        left_out: &str,
        sources: &SourceNames,
    ) -> Result<Vec<Self>> {
        if node.need_text("type")? != "object" {
            return Err(node.error("must be an object"));
        }
        let required = node.get("required").map_or(Ok(Vec::new()), Node::texts)?;
        let properties = node.need("properties")?;
        for name in &required {
            properties.need(name)?;
        }
        let field = |(wire, property): &(String, Node)| {
            Self::read(wire, property, required.contains(wire), sources)
        };
        let entries = properties.entries()?.iter();
        entries
            .filter(|(wire, _)| wire != left_out)
            .map(field)
            .collect()
    }

    /// Whether it must be there.
    pub(in crate::codegen) fn is_required(&self) -> bool {
        self.presence == Presence::Required
    }

    fn read(wire: &str, node: &Node, is_required: bool, sources: &SourceNames) -> Result<Self> {
        let ty = Type::read(node, &COMMON)?;
        let name = match (node.get_text("x-name")?, &ty) {
            (Some(name), _) => name.to_owned(),
            (None, Type::Minutes { .. }) => format!("{}_minutes", wire.to_snake_case()),
            (None, _) => wire.to_snake_case(),
        };
        if KEYWORDS.contains(&&*name) {
            return Err(node.error(format!(
                "Rust keeps `{name}` to itself; give it an `x-name`"
            )));
        }
        let is_collection = matches!(ty, Type::List { .. } | Type::Map { .. });
        let reason = node.get_text("x-optional")?;
        if reason.is_some() && (!is_required || is_collection) {
            return Err(node.error("`x-optional` is for required fields other than lists and maps"));
        }
        let default = node
            .get("default")
            .map(|default| ty.default(default))
            .transpose()?;
        let presence = match (&default, is_required, reason) {
            (Some(Default::Empty), _, _) => Presence::EmptyIfAbsent,
            (_, true, Some(reason)) => Presence::Optional(Some(reason.to_owned())),
            (_, true, None) => Presence::Required,
            (_, false, _) => Presence::Optional(None),
        };
        Ok(Self {
            wire: wire.to_owned(),
            name,
            aliases: node.get("x-alias").map_or(Ok(Vec::new()), Node::texts)?,
            description: node.need_text("description")?.trim().to_owned(),
            limits: match ty {
                // Those of a boolean that may be a number are its type's own.
                Type::Boolean { .. } => Limits::default(),
                _ => Limits::read(node)?,
            },
            default: match default {
                Some(Default::Words(words)) => Some(words),
                Some(Default::Empty) | None => None,
            },
            ty,
            presence,
            sources: sources.of(node)?,
        })
    }
}

enum Default {
    Empty,
    Words(String),
}

impl Type {
    /// The type that `node` describes. Beside its own words it may have those of `common`.
    pub(super) fn read(node: &Node, common: &[&str]) -> Result<Self> {
        let only = |own: &[&str]| node.only(&[common, own].concat());
        if let Some(name) = reference::schema_name(node)? {
            only(&["$ref", "allOf"])?;
            return Ok(Self::Named(name));
        }
        let types = node.need("type")?.text_or_texts()?;
        let types: Vec<&str> = types
            .iter()
            .map(String::as_str)
            .filter(|ty| *ty != "null")
            .collect();
        let lenient = types.len() > 1;
        let unit = node.get_text("x-unit")?;
        match (&types[..], unit) {
            (["array"], None) => {
                only(&["type", "items", "x-keep-raw"])?;
                let item = Box::new(Self::read(node.need("items")?, &[])?);
                let form = if node.is("x-keep-raw")? {
                    ListForm::Raw
                } else {
                    ListForm::Plain
                };
                Ok(Self::List { item, form })
            }
            (["array", "string"], None) => {
                only(&["type", "items"])?;
                let item = Box::new(Self::read(node.need("items")?, &[])?);
                let form = ListForm::ListOrText;
                Ok(Self::List { item, form })
            }
            (["boolean"], None) => {
                only(&["type"])?;
                Ok(Self::Boolean { lenient })
            }
            (["boolean", "integer"], None) => {
                only(&["type", "minimum", "maximum"])?;
                let limits = Limits::read(node)?;
                if (limits.least, limits.most) != (Some(0), Some(1)) {
                    return Err(node.error("a boolean that may be a number is 0 or 1"));
                }
                Ok(Self::Boolean { lenient })
            }
            (["integer"] | ["integer", "string"], unit) => {
                only(&[
                    "type", "format", "x-unit", "minimum", "maximum", "default", "pattern",
                ])?;
                // A number that is written as text is read as one, which says the same.
                if lenient != node.get_text("pattern")?.is_some_and(|it| NUMBERS.contains(&it)) {
                    return Err(node.error("a number that may be text has the `pattern` of one"));
                }
                Self::read_integer(node, unit, lenient)
            }
            (["object", "array"], None) => {
                only(&["type", "additionalProperties", "maxItems"])?;
                if node.need("maxItems")?.integer()? != 0 {
                    return Err(node.error("an array beside an object must have `maxItems: 0`"));
                }
                let value = Box::new(Self::read(node.need("additionalProperties")?, &[])?);
                Ok(Self::Map { value })
            }
            (["string"] | ["string", "integer"], None) => {
                only(&["type", "format", "default", "minLength"])?;
                match (node.get_text("format")?, lenient) {
                    (None, lenient) => Ok(Self::Text { lenient }),
                    (Some("date-time"), false) => Ok(Self::Timestamp),
                    (Some("password"), false) => Ok(Self::Secret),
                    (Some("uri"), false) => Ok(Self::SecretUrl),
                    (Some(_), _) => Err(node.error("a `format` that the generator does not know")),
                }
            }
            _ => Err(node.error(
                "the generator does not know this `type`, or not with this `x-unit`; it knows \
                 array, [array, string], boolean, integer, string, [boolean, integer], [integer, string], [object, \
                 array] and [string, integer]",
            )),
        }
    }

    fn read_integer(node: &Node, unit: Option<&str>, lenient: bool) -> Result<Self> {
        match (unit, node.get_text("format")?) {
            (Some("bytes"), None) => Ok(Self::Bytes { lenient }),
            (Some("minutes"), None) => Ok(Self::Minutes { lenient }),
            (Some("seconds"), None) => Ok(Self::Seconds),
            (None, Some("int32")) => Ok(Self::Integer {
                rust: "i32",
                lenient,
            }),
            (None, Some("int64")) => Ok(Self::Integer {
                rust: "i64",
                lenient,
            }),
            (None, Some("uint32")) => Ok(Self::Integer {
                rust: "u32",
                lenient,
            }),
            (None, Some("uint64")) => Ok(Self::Integer {
                rust: "u64",
                lenient,
            }),
            _ => Err(node.error(
                "a number needs either `x-unit` (bytes, minutes or seconds) or `format` (int32, \
                 int64, uint32 or uint64)",
            )),
        }
    }

    /// What `default` means for a field of this type.
    fn default(&self, node: &Node) -> Result<Default> {
        match self {
            Self::Text { .. } if node.text()?.is_empty() => Ok(Default::Empty),
            Self::Text { .. } => Ok(Default::Words(format!("`{}`", node.text()?))),
            Self::Seconds => Ok(Default::Words(format!("{} s", node.integer()?))),
            _ => Ok(Default::Words(node.integer()?.to_string())),
        }
    }

    /// The names of the schemas in it.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::List { item: inner, .. } | Self::Map { value: inner } => inner.names(),
            Self::Named(name) => vec![name],
            _ => Vec::new(),
        }
    }
}
