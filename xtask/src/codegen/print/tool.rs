//! The tool's table of calls: what each is named, what fields it takes, and which type it is.

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::spec::{
    Auth, Body, Kind, Operation, Parameter, ParameterPlace, ParameterShape, Response, Spec, Type,
};

/// The file of the table, below its header.
pub(super) fn print(spec: &Spec) -> Result<String> {
    let mut operations: Vec<_> = spec.operations.iter().collect();
    operations.sort_by_key(|operation| &operation.id);
    let mut text = String::from(
        "//! Every call of the platform: its name, its fields, and its type.\n\n\
         use super::operation::{Field, Form, Operation, Place};\n\n\
         /// In alphabetical order.\n\
         pub(super) const OPERATIONS: &[Operation] = &[\n",
    );
    for operation in &operations {
        text.push_str(&print_operation(spec, operation)?);
    }
    text.push_str(
        "];\n\n\
         /// Calls `$function` for the type of the call of this name, if it takes and gives JSON.\n\
         macro_rules! with_call {\n    \
         ($name:expr, $function:ident, $($argument:expr),*) => {\n        \
         match $name {\n",
    );
    // rustfmt leaves the inside of a macro as it is.
    for operation in operations.iter().filter(|one| takes_and_gives_json(one)) {
        text.push_str(&format!(
            "            {:?} => Some($function::<twin_protocol::api::{}::{}>($($argument),*).await),\n",
            operation.id,
            operation.module,
            operation.id.to_upper_camel_case(),
        ));
    }
    text.push_str("            _ => None,\n        }\n    };\n}\n\npub(super) use with_call;\n");
    Ok(text)
}

/// What takes or gives files is made otherwise.
fn takes_and_gives_json(operation: &Operation) -> bool {
    !matches!(operation.body, Body::Multipart { .. }) && operation.response != Response::Bytes
}

fn print_operation(spec: &Spec, operation: &Operation) -> Result<String> {
    let mut fields = String::new();
    if operation.auth == Auth::Bare {
        fields.push_str(&field(
            "token",
            "Header",
            "Secret",
            true,
            "The token that authorizes the call, expired or not.",
        ));
    }
    for parameter in &operation.parameters {
        fields.push_str(&of_parameter(parameter));
    }
    let in_body = match &operation.body {
        Body::Model { schema, .. } => match &spec.schema(schema)?.kind {
            Kind::Struct(fields) => &fields[..],
            _ => &[],
        },
        Body::Inline { .. } | Body::Multipart { .. } | Body::None => operation.inline_fields(),
    };
    if let Body::Multipart { files, .. } = &operation.body {
        let about = "A file to send; may be given more than once.";
        fields.push_str(&field(files, "Body", "File", true, about));
    }
    for one in in_body {
        let form = form(spec, &one.ty)?;
        fields.push_str(&field(
            &one.wire,
            "Body",
            form,
            one.is_required(),
            &one.description,
        ));
    }
    Ok(format!(
        "Operation {{ name: {:?}, about: {:?}, method: {:?}, path: {:?}, fields: &[{fields}] }},\n",
        operation.id, operation.summary, operation.method, operation.path,
    ))
}

fn of_parameter(parameter: &Parameter) -> String {
    let place = match parameter.place {
        ParameterPlace::Path => "Path",
        ParameterPlace::OptionalQuery | ParameterPlace::RequiredQuery => "Query",
    };
    let form = match parameter.shape {
        ParameterShape::Boolean | ParameterShape::Flag => "Boolean",
        ParameterShape::Parsed(Type::Integer { .. }) | ParameterShape::Seconds => "Number",
        ParameterShape::Parsed(_) | ParameterShape::Text(_) | ParameterShape::TextList => "Text",
    };
    let is_required = parameter.place != ParameterPlace::OptionalQuery;
    field(
        &parameter.wire,
        place,
        form,
        is_required,
        &parameter.description,
    )
}

/// How a field of a body is written on a command line.
fn form(spec: &Spec, ty: &Type) -> Result<&'static str> {
    Ok(match ty {
        Type::Boolean { .. } => "Boolean",
        Type::Bytes { .. } | Type::Integer { .. } | Type::Minutes { .. } | Type::Seconds => {
            "Number"
        }
        Type::List { .. } | Type::Map { .. } => "Json",
        Type::Named(name) => match &spec.schema(name)?.kind {
            Kind::OpenEnum(_) => "Text",
            Kind::HandWritten(path) if path.starts_with("id::") => "Text",
            Kind::HandWritten(_) | Kind::Page { .. } | Kind::Struct(_) => "Json",
        },
        Type::Secret => "Secret",
        Type::SecretUrl | Type::Text { .. } | Type::Timestamp => "Text",
    })
}

fn field(name: &str, place: &str, form: &str, is_required: bool, about: &str) -> String {
    let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "Field {{ name: {name:?}, place: Place::{place}, form: Form::{form}, \
         is_required: {is_required}, about: {about:?} }},"
    )
}
