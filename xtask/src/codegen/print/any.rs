//! Tests: values of every call and model, so that none can be forgotten by whoever adds one.

use std::collections::BTreeSet;

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::{
    print::{endpoint, path_of},
    spec::{
        Auth, Body, Field, Kind, Limits, Operation, Parameter, ParameterPlace, ParameterShape,
        Spec, Type,
    },
};

/// The file of the values, below its header.
pub(super) fn print(spec: &Spec) -> Result<String> {
    let mut models = BTreeSet::new();
    let mut text = String::new();
    for schema in spec.schemas.values() {
        let path = path_of(spec, schema);
        match &schema.kind {
            // Payloads of events are no part of a call.
            _ if spec.is_payload(&schema.name) => {}
            Kind::HandWritten(_) | Kind::Page { .. } => {}
            Kind::OpenEnum(values) => {
                models.insert(path);
                let known: Vec<_> = values
                    .iter()
                    .map(|value| format!("{:?}", value.wire))
                    .collect();
                text.push_str(&format!(
                    "\nimpl Any for {} {{\nfn any(source: &mut Source) -> Self {{\n\
                     source.word(&[{}]).as_str().into()\n}}\n}}\n",
                    schema.name,
                    known.join(", ")
                ));
            }
            Kind::Struct(fields) => {
                models.insert(path);
                let (needed, rest): (Vec<_>, Vec<_>) =
                    fields.iter().partition(|field| field.is_needed());
                let new = match needed.is_empty() {
                    true => format!("{}::default()", schema.name),
                    false => format!(
                        "{}::new({})",
                        schema.name,
                        arguments(needed.iter().map(|field| field_value(field)))
                    ),
                };
                let rest = rest.iter().map(|field| (&*field.name, field_value(field)));
                text.push_str(&implementation(&schema.name, &new, rest));
            }
        }
    }
    let mut calls = Vec::new();
    let mut forms = Vec::new();
    for operation in &spec.operations {
        let name = format!(
            "{}::{}",
            operation.module,
            operation.id.to_upper_camel_case()
        );
        text.push_str(&print_call(spec, operation, &name));
        match operation.body {
            Body::Multipart { .. } => forms.push(name),
            _ => calls.push(name),
        }
    }
    let modules: BTreeSet<_> = spec.operations.iter().map(|one| &*one.module).collect();
    let modules: Vec<_> = modules.into_iter().collect();
    let models: Vec<_> = models
        .iter()
        .map(|path| path.replace("crate::model::", ""))
        .collect();
    let imports = format!(
        "use twin_protocol::{{api::{{{}}}, model::{{{}}}}};\n\nuse crate::any::{{Any, Source}};\n",
        modules.join(", "),
        models.join(", ")
    );
    Ok(format!(
        "//! Any value of every call and of every model in one.\n\n{imports}{text}\n{}\n{}",
        list(
            "every_call",
            "Calls `$test` for every call but those of forms.",
            &calls
        ),
        list(
            "every_form",
            "The same for every call whose body is a form.",
            &forms
        ),
    ))
}

/// The file by which the fuzz targets find a call, below its header.
pub(super) fn print_fuzz(spec: &Spec) -> String {
    let mut lines: Vec<_> = spec
        .operations
        .iter()
        .map(|operation| {
            let (module, id) = (&operation.module, &operation.id);
            format!(
                "            {id:?} => $function::<twin_protocol::api::{module}::{}>($($argument),*),\n",
                id.to_upper_camel_case()
            )
        })
        .collect();
    lines.sort();
    format!(
        "//! A function over the type of a call, found by the call's name.\n\n\
         /// Calls `$function` for the call of this name, if there is one.\n\
         macro_rules! with_call {{\n    \
         ($name:expr, $function:ident, $($argument:expr),*) => {{\n        \
         match $name {{\n{}            _ => {{}}\n        }}\n    }};\n}}\n\n\
         pub(super) use with_call;\n",
        lines.concat()
    )
}

/// A macro that names each of `types`.
fn list(name: &str, title: &str, types: &[String]) -> String {
    let mut text = format!(
        "/// {title}\nmacro_rules! {name} {{\n    ($test:ident $(, $argument:expr)*) => {{\n"
    );
    // rustfmt leaves the inside of a macro as it is.
    for ty in types {
        text.push_str(&format!(
            "        $test::<twin_protocol::api::{ty}>($($argument),*);\n"
        ));
    }
    text.push_str(&format!("    }};\n}}\npub(crate) use {name};\n"));
    text
}

fn print_call(spec: &Spec, operation: &Operation, name: &str) -> String {
    let mut needed = Vec::new();
    let mut rest = Vec::new();
    if operation.auth == Auth::Bare {
        needed.push("source.token()".to_owned());
    }
    for parameter in &operation.parameters {
        let value = parameter_value(spec, parameter);
        match parameter.place {
            ParameterPlace::OptionalQuery => rest.push((&*parameter.name, value)),
            ParameterPlace::Path | ParameterPlace::RequiredQuery => needed.push(value),
        }
    }
    match &operation.body {
        Body::Inline { fields, .. } | Body::Multipart { fields, .. } => {
            for field in fields {
                if field.is_needed() {
                    needed.push(field_value(field));
                } else {
                    rest.push((&*field.name, field_value(field)));
                }
            }
        }
        Body::Model { .. } => needed.push("source.any()".into()),
        Body::None => {}
    }
    let new = format!("{name}::new({})", arguments(needed.into_iter()));
    implementation(name, &new, rest.into_iter())
}

fn arguments(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(", ")
}

fn implementation<'a>(
    name: &str,
    new: &str,
    rest: impl Iterator<Item = (&'a str, String)>,
) -> String {
    let rest: Vec<_> = rest
        .map(|(field, value)| format!("value.{field} = {value};\n"))
        .collect();
    let source = if rest.is_empty() && !new.contains("source") {
        "_source"
    } else {
        "source"
    };
    let body = match rest.is_empty() {
        true => new.to_owned(),
        false => format!("let mut value = {new};\n{}value", rest.concat()),
    };
    format!("\nimpl Any for {name} {{\nfn any({source}: &mut Source) -> Self {{\n{body}\n}}\n}}\n")
}

/// Any value of a field, within its limits.
fn field_value(field: &Field) -> String {
    let value = if field.limits.is_filled {
        "source.filled()".to_owned()
    } else if field.limits.any() {
        let Limits { least, most, .. } = field.limits;
        let function = match field.ty {
            Type::Seconds => "seconds",
            _ => "number",
        };
        format!("source.{function}({least:?}, {most:?})")
    } else if field.is_needed() && matches!(field.ty, Type::Text { .. }) {
        return "source.text()".into();
    } else if field.is_needed() && matches!(field.ty, Type::Secret) {
        return "source.secret()".into();
    } else if field.is_needed() && matches!(field.ty, Type::SecretUrl) {
        return "source.url()".into();
    } else {
        return "source.any()".into();
    };
    match field.is_option() {
        true => format!("source.coin().then(|| {value})"),
        false => value,
    }
}

fn parameter_value(spec: &Spec, parameter: &Parameter) -> String {
    let is_optional = parameter.place == ParameterPlace::OptionalQuery;
    let value = match (&parameter.shape, parameter.place) {
        (ParameterShape::TextList, _) => return "source.words()".into(),
        (ParameterShape::Parsed(_), _) if parameter.limits.any() => {
            let Limits { least, most, .. } = parameter.limits;
            format!("source.number({least:?}, {most:?})")
        }
        (ParameterShape::Text(ty), ParameterPlace::Path) => {
            debug_assert!(endpoint::is_text(spec, ty));
            return match ty {
                Type::Named(_) => "source.path_value().into()".into(),
                _ => "source.path_value()".into(),
            };
        }
        (ParameterShape::Text(Type::Text { .. }), ParameterPlace::RequiredQuery) => {
            return "source.text()".into();
        }
        (ParameterShape::Text(Type::Secret), ParameterPlace::RequiredQuery) => {
            return "source.secret()".into();
        }
        _ => return "source.any()".into(),
    };
    match is_optional {
        true => format!("source.coin().then(|| {value})"),
        false => value,
    }
}
