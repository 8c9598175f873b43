//! Fields: their Rust types, their serde attributes, their documentation.

use anyhow::{Result, bail};

use crate::codegen::{
    print::{doc, path_of, uses::Uses},
    spec::{Field, Kind, ListForm, Presence, Spec, Type},
};

impl Field {
    /// Its Rust type, with what that needs imported.
    pub(super) fn rust_type(&self, spec: &Spec, uses: &mut Uses) -> Result<String> {
        let rust = self.ty.rust(spec, uses)?;
        Ok(if self.is_option() {
            format!("Option<{rust}>")
        } else {
            rust
        })
    }

    /// Whether absence is `None`: lists and maps are empty instead.
    pub(super) fn is_option(&self) -> bool {
        matches!(self.presence, Presence::Optional(_)) && !self.is_collection()
    }

    /// Whether no value can be made without it.
    pub(super) fn is_needed(&self) -> bool {
        self.presence == Presence::Required && !self.is_collection()
    }

    /// Its value in a new object that is given only what is needed.
    pub(super) fn empty(&self) -> &'static str {
        match self.ty {
            Type::List { .. } => "Vec::new()",
            Type::Map { .. } => "BTreeMap::new()",
            _ if self.is_option() => "None",
            _ => "String::new()",
        }
    }

    fn is_collection(&self) -> bool {
        matches!(self.ty, Type::List { .. } | Type::Map { .. })
    }

    /// What stands in its `#[serde(..)]`.
    pub(super) fn attributes(&self) -> Result<Vec<String>> {
        let mut attributes = Vec::new();
        if camel_case(&self.name) != self.wire {
            attributes.push(format!("rename = {:?}", self.wire));
        }
        for alias in &self.aliases {
            attributes.push(format!("alias = {alias:?}"));
        }
        let is_option = self.is_option();
        if let Some((function, is_total)) = self.reader()? {
            // serde takes an absent `Option` for `None` only where nothing else reads it.
            if is_option || is_total {
                attributes.push("default".into());
            }
            attributes.push(match self.ty {
                Type::Seconds => format!("with = \"wire::{function}\""),
                _ => format!("deserialize_with = \"wire::{function}\""),
            });
        }
        let is_written_when_empty = self.presence == Presence::Required;
        match self.ty {
            _ if is_option => attributes.push("skip_serializing_if = \"Option::is_none\"".into()),
            Type::List { .. } if !is_written_when_empty => {
                attributes.push("skip_serializing_if = \"Vec::is_empty\"".into());
            }
            Type::Map { .. } if !is_written_when_empty => {
                attributes.push("skip_serializing_if = \"BTreeMap::is_empty\"".into());
            }
            _ => {}
        }
        Ok(attributes)
    }

    /// The function of `wire` that reads it, if it needs one, and whether absence is a value to it.
    fn reader(&self) -> Result<Option<(&'static str, bool)>> {
        let either =
            |plain, optional| Some((if self.is_option() { optional } else { plain }, false));
        let is_empty_if_absent = self.presence == Presence::EmptyIfAbsent;
        Ok(match &self.ty {
            Type::Boolean { lenient: true } => either("boolean", "optional_boolean"),
            Type::Bytes { lenient: true }
            | Type::Integer { lenient: true, .. }
            | Type::Minutes { lenient: true } => either("integer", "optional_integer"),
            Type::List { item, .. } if **item == (Type::Text { lenient: true }) => {
                Some(("texts", true))
            }
            Type::List { item, .. } if item.is_lenient() => {
                bail!(
                    "`{}`: of lists only those of texts may have items of more types",
                    self.wire
                )
            }
            Type::List {
                form: ListForm::ListOrText,
                ..
            } => Some(("list_or_text", true)),
            Type::List { .. } => Some(("list", true)),
            Type::Map { value } if value.is_lenient() => {
                bail!(
                    "`{}`: the values of a map cannot have more than one type",
                    self.wire
                )
            }
            Type::Map { .. } => Some(("map", true)),
            Type::Seconds => either("seconds", "optional_seconds"),
            Type::Text { lenient: true } if is_empty_if_absent => Some(("text_or_empty", true)),
            Type::Text { .. } if is_empty_if_absent => Some(("null_as_default", true)),
            Type::Text { lenient: true } => either("text", "optional_text"),
            _ => None,
        })
    }

    /// Its documentation, as text.
    pub(super) fn documentation(&self) -> String {
        let mut sentences = vec![self.description.clone()];
        match self.ty {
            Type::Bytes { .. } => sentences.push("In bytes.".into()),
            Type::Minutes { .. } => sentences.push("In minutes.".into()),
            Type::Seconds => sentences.push("In whole seconds on the wire.".into()),
            _ => {}
        }
        let unit = if self.ty == Type::Seconds { " s" } else { "" };
        if let Some(least) = self.limits.least {
            sentences.push(format!("At least {least}{unit}."));
        }
        if let Some(most) = self.limits.most {
            sentences.push(format!("At most {most}{unit}."));
        }
        if self.limits.is_filled {
            sentences.push("Not empty.".into());
        }
        if let Some(default) = &self.default {
            sentences.push(format!("The platform takes {default} where it is absent."));
        }
        if let Presence::Optional(Some(reason)) = &self.presence {
            sentences.push(format!("`None` {reason}."));
        }
        for alias in &self.aliases {
            sentences.push(format!("Also read from `{alias}`."));
        }
        sentences.extend(doc::of_sources(&self.sources));
        sentences.join(" ")
    }
}

impl Type {
    /// The Rust type, with what it needs imported.
    pub(super) fn rust(&self, spec: &Spec, uses: &mut Uses) -> Result<String> {
        Ok(match self {
            Self::Boolean { .. } => "bool".into(),
            Self::Bytes { .. } => "u64".into(),
            Self::Integer { rust, .. } => (*rust).into(),
            Self::List {
                item,
                form: ListForm::ListOrText | ListForm::Plain,
            } => format!("Vec<{}>", item.rust(spec, uses)?),
            Self::List {
                item,
                form: ListForm::Raw,
            } => {
                uses.add("crate::api::Item");
                format!("Vec<Item<{}>>", item.rust(spec, uses)?)
            }
            Self::Map { value } => {
                uses.add("std::collections::BTreeMap");
                format!("BTreeMap<String, {}>", value.rust(spec, uses)?)
            }
            Self::Minutes { .. } => "i32".into(),
            Self::Named(name) => return named(spec, name, uses),
            Self::Secret => {
                uses.add("crate::secret::Secret");
                "Secret".into()
            }
            Self::SecretUrl => {
                uses.add("crate::url::SecretUrl");
                "SecretUrl".into()
            }
            Self::Seconds => {
                uses.add("std::time::Duration");
                "Duration".into()
            }
            Self::Text { .. } => "String".into(),
            Self::Timestamp => {
                uses.add("crate::time::Timestamp");
                "Timestamp".into()
            }
        })
    }

    /// Whether the Rust type is copied and not cloned.
    pub(super) fn is_copy(&self) -> bool {
        match self {
            Self::Boolean { .. }
            | Self::Bytes { .. }
            | Self::Integer { .. }
            | Self::Minutes { .. }
            | Self::Seconds => true,
            Self::List { .. }
            | Self::Map { .. }
            | Self::Named(_)
            | Self::Secret
            | Self::SecretUrl
            | Self::Text { .. }
            | Self::Timestamp => false,
        }
    }

    fn is_lenient(&self) -> bool {
        match self {
            Self::Boolean { lenient }
            | Self::Bytes { lenient }
            | Self::Integer { lenient, .. }
            | Self::Minutes { lenient }
            | Self::Text { lenient } => *lenient,
            // Each of these is read by a function of `wire`, which no item of a list can name.
            Self::List { .. } | Self::Map { .. } | Self::Seconds => true,
            Self::Named(_) | Self::Secret | Self::SecretUrl | Self::Timestamp => false,
        }
    }
}

/// The Rust type of a schema, with what it needs imported.
pub(super) fn named(spec: &Spec, name: &str, uses: &mut Uses) -> Result<String> {
    let schema = spec.schema(name)?;
    let path = path_of(spec, schema);
    let short = path.rsplit("::").next().unwrap_or(&path).to_owned();
    uses.add(path);
    Ok(match &schema.kind {
        Kind::Page { item } => format!("{short}<{}>", named(spec, item, uses)?),
        _ => short,
    })
}

/// The name that serde makes of a field's name under `rename_all = "camelCase"`.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        camel.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(chars.as_str());
    }
    camel
}
