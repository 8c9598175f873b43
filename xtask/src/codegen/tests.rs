//! What the generator prints for each feature of a specification, and what it says to what it does
//! not know.

mod call;
mod error;
mod field;
mod form;
mod tree;

use std::collections::BTreeMap;

use anyhow::Result;

use crate::{
    codegen::{output, print, proto, spec::Spec},
    workspace,
};

/// A specification of calls with these paths and these schemas, indented for their places.
fn rest(paths: &str, schemas: &str) -> String {
    let indent = |text: &str, by: usize| -> String {
        text.lines()
            .map(|line| format!("{:by$}{line}\n", ""))
            .collect()
    };
    format!(
        "openapi: 3.1.0\n\
         x-sources: {{ P: the SDK }}\n\
         security: [{{ bearer: [] }}]\n\
         tags: [{{ name: chats, description: Chats. }}]\n\
         paths:\n{}\
         components:\n  schemas:\n    ThingId:\n      type: string\n      \
         description: Names a thing.\n      x-hand-written: id::ThingId\n{}",
        if paths.is_empty() {
            "  {}\n".into()
        } else {
            indent(paths, 2)
        },
        indent(schemas, 4),
    )
}

/// A specification of no events at all.
const NO_EVENTS: &str = "asyncapi: 3.0.0\ncomponents:\n  messages: {}\n  schemas: {}\n";

/// The files that are printed, laid out, by their paths below the source of the crate.
fn print_files(rest: &str, events: &str) -> Result<BTreeMap<String, String>> {
    let spec = Spec::read("rest.yaml", rest, "events.asyncapi.yaml", events)?;
    let live = proto::Definition::read("live.proto", "message Reply {\n}\n")?;
    let mut files = output::format(&workspace::root()?, print::files(&spec, &live)?)?;
    files.retain(|path, _| !path.ends_with("protobuf/messages.rs"));
    let short = |path: String| path.replace("crates/twin-protocol/src/", "");
    Ok(files
        .into_iter()
        .map(|(path, text)| (short(path), text))
        .collect())
}

/// The file of the schema `Thing` that has this one property and, if `required`, requires it.
fn print_thing(property: &str, required: bool) -> Result<String> {
    let name = property.split(':').next().unwrap();
    let schemas = format!(
        "Thing:\n  type: object\n  description: A thing.\n  x-source: [P]\n{}  properties:\n    \
         {}\n",
        if required {
            format!("  required: [{name}]\n")
        } else {
            String::new()
        },
        property.replace('\n', "\n    "),
    );
    let files = print_files(&rest("", &schemas), NO_EVENTS)?;
    Ok(files["model/thing.rs"].clone())
}

/// The same lines without what they are indented by.
#[track_caller]
fn assert_has(text: &str, lines: &str) {
    let trim = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert!(
        trim(text).contains(&trim(lines)),
        "expected\n{lines}\nin\n{text}"
    );
}
