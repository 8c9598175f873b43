//! Objects: models and payloads.

use anyhow::Result;
use heck::ToSnakeCase as _;

use crate::codegen::{
    print::{doc, uses::Uses},
    spec::{Field, Limits, Schema, Spec, Type},
};

/// The file of an object, below its header.
pub(super) fn print(spec: &Spec, schema: &Schema, fields: &[Field]) -> Result<String> {
    let name = &schema.name;
    let mut uses = Uses::default();
    uses.add("serde::Deserialize");
    uses.add("serde::Serialize");
    let default = if fields.iter().any(Field::is_needed) {
        ""
    } else {
        "Default, "
    };
    let mut text = doc::of_type(0, &schema.description, &schema.sources);
    text.push_str(&format!(
        "#[derive(Clone, Debug, {default}PartialEq, Serialize, Deserialize)]\n\
         #[serde(rename_all = \"camelCase\")]\n\
         #[non_exhaustive]\n\
         pub struct {name} {{\n",
    ));
    for field in fields {
        let attributes = field.attributes()?;
        if attributes
            .iter()
            .any(|attribute| attribute.contains("wire::"))
        {
            uses.add("crate::wire");
        }
        text.push_str(&doc::lines("///", 4, &field.documentation()));
        text.push_str(&attribute_line(&attributes));
        text.push_str(&format!(
            "pub {}: {},\n",
            field.name,
            field.rust_type(spec, &mut uses)?
        ));
    }
    text.push_str("}\n");
    text.push_str(&print_new(spec, name, fields)?);
    let check = if spec.is_body(name) {
        print_check(name, fields)
    } else {
        None
    };
    let before_own = match check {
        Some(_) => "#[cfg(feature = \"server\")]\nuse crate::api::{RequestError, server};\n",
        None => "",
    };
    text.push_str(check.as_deref().unwrap_or_default());
    // A type needs no import of itself.
    let uses = uses.without(&format!("crate::model::{name}"));
    let title = match spec
        .messages
        .iter()
        .find(|message| message.payload == *name)
    {
        Some(message) => format!("`{}`: {}.", message.wire, message.summary),
        None => schema.title.clone(),
    };
    Ok(format!(
        "{}\n{}\n{text}",
        doc::lines("//!", 0, &title),
        uses.print(before_own)
    ))
}

/// A line of serde's attributes, if there are any.
pub(super) fn attribute_line(attributes: &[String]) -> String {
    match attributes {
        [] => String::new(),
        _ => format!("#[serde({})]\n", attributes.join(", ")),
    }
}

/// The constructor, if there is anything that must be given.
fn print_new(spec: &Spec, name: &str, fields: &[Field]) -> Result<String> {
    let (needed, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.is_needed());
    if needed.is_empty() {
        return Ok(String::new());
    }
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in needed {
        // What is imported for the field is imported already.
        let rust = field.rust_type(spec, &mut Uses::default())?;
        if matches!(field.ty, Type::Secret | Type::SecretUrl | Type::Text { .. }) {
            arguments.push(format!("{}: impl Into<{rust}>", field.name));
            values.push(format!("{0}: {0}.into()", field.name));
        } else {
            arguments.push(format!("{}: {rust}", field.name));
            values.push(field.name.clone());
        }
    }
    let words = if rest.is_empty() {
        "with all it has"
    } else {
        "with what it must have, and nothing else"
    };
    values.extend(
        rest.iter()
            .map(|field| format!("{}: {}", field.name, field.empty())),
    );
    let article = if name.starts_with(['A', 'E', 'I', 'O', 'U']) {
        "An"
    } else {
        "A"
    };
    Ok(format!(
        "\nimpl {name} {{\n\
         /// {article} `{name}` {words}.\n\
         pub fn new({}) -> Self {{\nSelf {{ {} }}\n}}\n}}\n",
        arguments.join(", "),
        values.join(", "),
    ))
}

/// The check of the limits that a server makes, if there are any.
fn print_check(name: &str, fields: &[Field]) -> Option<String> {
    let limited: Vec<_> = fields.iter().filter(|field| field.limits.any()).collect();
    if limited.is_empty() {
        return None;
    }
    let mut text = format!(
        "\n#[cfg(feature = \"server\")]\nimpl {name} {{\n\
         /// Whether every value lies within its limits.\n\
         pub(crate) fn check(&self) -> Result<(), RequestError> {{\n",
    );
    for field in limited {
        if field.limits.is_filled {
            let value = if field.is_option() {
                format!("self.{}.as_deref()", field.name)
            } else {
                format!("Some(&*self.{})", field.name)
            };
            text.push_str(&format!(
                "server::check_filled({:?}, {value})?;\n",
                field.wire
            ));
            continue;
        }
        let value = match (&field.ty, field.is_option()) {
            (Type::Seconds, true) => format!("self.{}.map(|value| value.as_secs())", field.name),
            (Type::Seconds, false) => format!("Some(self.{}.as_secs())", field.name),
            (_, true) => format!("self.{}", field.name),
            (_, false) => format!("Some(self.{})", field.name),
        };
        let Limits { least, most, .. } = field.limits;
        let variable = field.wire.to_snake_case();
        text.push_str(&format!(
            "let {variable} = {value};\n\
             server::check_limits({:?}, {variable}, {least:?}, {most:?})?;\n",
            field.wire,
        ));
    }
    text.push_str("Ok(())\n}\n}\n");
    Some(text)
}
