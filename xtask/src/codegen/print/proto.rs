//! The codec of Protobuf messages: a struct a message, with what reads it or what writes it.

use std::fmt::Write as _;

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::{
    print::header,
    proto::{Definition, Field, Message, Shape},
};

/// The text of the file, before rustfmt.
pub(super) fn print(definition: &Definition) -> Result<String> {
    let mut text = header(&[&definition.file]);
    text.push_str(
        "//! Centrifugo's messages in Protobuf: what is below [`Command`] is written, what is below
//! [`Reply`] is read. Fields that are not named here are skipped.

use super::wire::{self, Fields, Malformed, Value};

",
    );
    let written = definition.below("Command");
    let read = definition.below("Reply");
    for message in &definition.messages {
        print_struct(definition, message, &mut text)?;
        if written.contains(&*message.name) {
            print_writer(definition, message, &mut text)?;
        }
        if read.contains(&*message.name) {
            print_reader(definition, message, &mut text)?;
        }
    }
    Ok(text)
}

/// The name of a field, in Rust.
fn identifier(name: &str) -> String {
    match name {
        "pub" | "type" => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

fn type_name(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Whether a message borrows from the bytes it was read from.
fn borrows(definition: &Definition, name: &str) -> bool {
    let message = definition
        .messages
        .iter()
        .find(|message| message.name == name);
    message
        .into_iter()
        .flat_map(|message| &message.fields)
        .any(|field| match &field.shape {
            Shape::Bytes | Shape::String | Shape::Map(_) => true,
            Shape::One(inner) | Shape::Many(inner) => borrows(definition, inner),
            Shape::Bool | Shape::U32 | Shape::U64 => false,
        })
}

fn with_lifetime(definition: &Definition, name: &str, lifetime: &str) -> String {
    let generic = if borrows(definition, name) {
        lifetime
    } else {
        ""
    };
    format!("{}{generic}", type_name(name))
}

fn print_struct(definition: &Definition, message: &Message, text: &mut String) -> Result<()> {
    let name = with_lifetime(definition, &message.name, "<'a>");
    writeln!(text, "/// `{}` of the published definition.", message.name)?;
    writeln!(
        text,
        "#[derive(Debug, Default)]\npub(in crate::centrifuge) struct {name} {{"
    )?;
    for field in &message.fields {
        let inner = |inner: &str| with_lifetime(definition, inner, "<'a>");
        let shape = match &field.shape {
            Shape::Bool => "bool".to_owned(),
            Shape::Bytes => "&'a [u8]".to_owned(),
            Shape::String => "&'a str".to_owned(),
            Shape::U32 => "u32".to_owned(),
            Shape::U64 => "u64".to_owned(),
            Shape::One(name) => format!("Option<{}>", inner(name)),
            Shape::Many(name) => format!("Vec<{}>", inner(name)),
            Shape::Map(name) => format!("Vec<(&'a str, {})>", inner(name)),
        };
        let name = identifier(&field.name);
        writeln!(text, "pub(in crate::centrifuge) {name}: {shape},")?;
    }
    text.push_str("}\n\n");
    Ok(())
}

fn print_writer(definition: &Definition, message: &Message, text: &mut String) -> Result<()> {
    let name = with_lifetime(definition, &message.name, "<'_>");
    writeln!(
        text,
        "impl {name} {{\n/// Adds it to `out`.\n\
         pub(in crate::centrifuge) fn encode(&self, out: &mut Vec<u8>) {{"
    )?;
    for Field {
        name,
        number,
        shape,
    } in &message.fields
    {
        let name = identifier(name);
        match shape {
            Shape::Bool => writeln!(text, "wire::put_number(out, {number}, self.{name}.into());")?,
            Shape::U32 => writeln!(text, "wire::put_number(out, {number}, self.{name}.into());")?,
            Shape::U64 => writeln!(text, "wire::put_number(out, {number}, self.{name});")?,
            Shape::Bytes => writeln!(text, "wire::put_bytes(out, {number}, self.{name});")?,
            Shape::String => {
                writeln!(
                    text,
                    "wire::put_bytes(out, {number}, self.{name}.as_bytes());"
                )?;
            }
            Shape::One(_) => writeln!(
                text,
                "if let Some({name}) = &self.{name} {{ \
                 wire::put_message(out, {number}, |out| {name}.encode(out)); }}"
            )?,
            Shape::Many(_) => writeln!(
                text,
                "for one in &self.{name} {{ \
                 wire::put_message(out, {number}, |out| one.encode(out)); }}"
            )?,
            Shape::Map(_) => writeln!(
                text,
                "for (key, value) in &self.{name} {{ \
                 wire::put_entry(out, {number}, key, |out| value.encode(out)); }}"
            )?,
        }
    }
    text.push_str("}\n}\n\n");
    Ok(())
}

fn print_reader(definition: &Definition, message: &Message, text: &mut String) -> Result<()> {
    let lifetime = borrows(definition, &message.name);
    let (head, bytes) = if lifetime {
        (
            format!("impl<'a> {}<'a>", type_name(&message.name)),
            "&'a [u8]",
        )
    } else {
        (format!("impl {}", type_name(&message.name)), "&[u8]")
    };
    writeln!(
        text,
        "{head} {{\n/// Reads it.\n///\n/// # Errors\n///\n\
         /// When the bytes are no message, or a value is out of its range.\n\
         pub(in crate::centrifuge) fn decode(bytes: {bytes}) -> Result<Self, Malformed> {{"
    )?;
    if message.fields.is_empty() {
        text.push_str("for field in Fields::new(bytes) { field?; }\nOk(Self::default())\n}\n}\n\n");
        return Ok(());
    }
    text.push_str("let mut message = Self::default();\nfor field in Fields::new(bytes) {\n");
    // What clippy wants of a match with one arm.
    let alone = message.fields.len() == 1;
    if !alone {
        text.push_str("match field? {\n");
    }
    for field in &message.fields {
        let number = field.number;
        let (value, action) = reading(field);
        if alone {
            let value = format!("({number}, Value::{value}(value))");
            writeln!(text, "if let {value} = field? {{ {action} }}")?;
        } else {
            writeln!(text, "({number}, Value::{value}(value)) => {{ {action} }}")?;
        }
    }
    if !alone {
        text.push_str("_ => {}\n}\n");
    }
    text.push_str("}\nOk(message)\n}\n}\n\n");
    Ok(())
}

/// What stands on the wire for a field, and what becomes of it.
fn reading(field: &Field) -> (&'static str, String) {
    let name = identifier(&field.name);
    match &field.shape {
        Shape::Bool => ("Number", format!("message.{name} = value != 0;")),
        Shape::U32 => ("Number", format!("message.{name} = wire::u32(value)?;")),
        Shape::U64 => ("Number", format!("message.{name} = value;")),
        Shape::Bytes => ("Bytes", format!("message.{name} = value;")),
        Shape::String => ("Bytes", format!("message.{name} = wire::text(value)?;")),
        Shape::One(inner) => {
            let inner = type_name(inner);
            let action = format!("message.{name} = Some({inner}::decode(value)?);");
            ("Bytes", action)
        }
        Shape::Many(inner) => {
            let inner = type_name(inner);
            let action = format!("message.{name}.push({inner}::decode(value)?);");
            ("Bytes", action)
        }
        Shape::Map(inner) => {
            let inner = type_name(inner);
            let action = format!(
                "let (key, value) = wire::entry(value)?; \
                 message.{name}.push((key, {inner}::decode(value)?));"
            );
            ("Bytes", action)
        }
    }
}
