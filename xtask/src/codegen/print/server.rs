//! Calls: their `ServerEndpoint`, and what a server reads of a form.

use anyhow::{Result, bail};

use crate::codegen::{
    print::endpoint,
    spec::{
        Auth, Body, Field, Kind, Limits, Operation, Parameter, ParameterPlace, ParameterShape,
        Response, Spec, Type,
    },
};

/// The other direction of a call.
pub(super) fn print(
    spec: &Spec,
    operation: &Operation,
    name: &str,
    response: &str,
) -> Result<String> {
    let has_path = operation
        .parameters
        .iter()
        .any(|one| one.place == ParameterPlace::Path);
    let has_query = operation
        .parameters
        .iter()
        .any(|one| one.place != ParameterPlace::Path);
    let looks_at_request = has_query
        || operation.auth == Auth::Bare
        || matches!(operation.body, Body::Inline { .. } | Body::Model { .. });
    let mut text = format!(
        "\n#[cfg(feature = \"server\")]\nimpl ServerEndpoint for {name} {{\n\
         fn decode_request(path: &str, {}request: &Request<Bytes>) -> Result<Self, RequestError> {{\n",
        if looks_at_request { "" } else { "_" },
    );
    text.push_str(if has_path {
        "let path = server::PathValues::read::<Self>(path)?;\n"
    } else {
        "server::PathValues::read::<Self>(path)?;\n"
    });
    if has_query {
        text.push_str("let query = server::QueryValues::read(request);\n");
    }
    let mut values = Vec::new();
    if operation.auth == Auth::Bare {
        values.push("token: server::bare_token(request)?".into());
    }
    for parameter in &operation.parameters {
        values.push(format!(
            "{}: {}",
            parameter.name,
            read_parameter(spec, operation, parameter)?
        ));
    }
    match &operation.body {
        Body::Inline {
            fields,
            is_required,
        } => {
            let function = if *is_required {
                "json_body"
            } else {
                "optional_json_body"
            };
            text.push_str(&format!("let body: Body = server::{function}(request)?;\n"));
            values.extend(
                fields
                    .iter()
                    .map(|field| format!("{0}: body.{0}", field.name)),
            );
        }
        Body::Model { name, schema, .. } => {
            text.push_str(&format!(
                "let {name}: {schema} = server::json_body(request)?;\n"
            ));
            if has_limits(spec, schema)? {
                text.push_str(&format!("{name}.check()?;\n"));
            }
            values.push(name.clone());
        }
        Body::Multipart { fields, .. } => values.extend(
            fields
                .iter()
                .map(|field| format!("{}: {}", field.name, field.empty())),
        ),
        Body::None => {}
    }
    let status = status_name(operation)?;
    text.push_str(&format!("Ok(Self {{ {} }})\n}}\n\n", values.join(", ")));
    text.push_str(&match operation.response {
        Response::Empty => format!(
            "fn encode_response((): &()) -> Result<Response<Bytes>, EncodeError> {{\n\
             Ok(server::empty_response(http::StatusCode::{status}))\n}}\n}}\n"
        ),
        Response::Bytes => format!(
            "fn encode_response(response: &{response}) -> Result<Response<Bytes>, EncodeError> {{\n\
             Ok(server::content_response(http::StatusCode::{status}, response))\n}}\n}}\n"
        ),
        // What is given is borrowed as what it borrows as: a list as a slice.
        Response::List(_) | Response::Model(_) => format!(
            "fn encode_response(response: &{response}) -> Result<Response<Bytes>, EncodeError> {{\n\
             server::json_response(http::StatusCode::{status}, response)\n}}\n}}\n"
        ),
    });
    if let Body::Multipart { fields, .. } = &operation.body {
        text.push_str(&print_set_field(name, fields));
    }
    Ok(text)
}

/// How a server reads the fields of a form, one after the other, as they come.
fn print_set_field(name: &str, fields: &[Field]) -> String {
    let mut text = format!(
        "\n#[cfg(feature = \"server\")]\nimpl ServerMultipartEndpoint for {name} {{\n\
         fn set_field(&mut self, name: &str, value: &str) -> Result<(), RequestError> {{\n\
         match name {{\n"
    );
    for field in fields {
        let value = match field.ty {
            Type::Boolean { .. } => "server::boolean(name, value)?",
            Type::Seconds => "server::seconds(name, value)?",
            Type::Text { .. } => "value.to_owned()",
            _ => "server::parse(name, value)?",
        };
        text.push_str(&format!(
            "{:?} => self.{} = Some({value}),\n",
            field.wire, field.name
        ));
    }
    text.push_str("_ => {}\n}\nOk(())\n}\n}\n");
    text
}

fn read_parameter(spec: &Spec, operation: &Operation, parameter: &Parameter) -> Result<String> {
    let wire = &parameter.wire;
    let value = match &parameter.shape {
        ParameterShape::Boolean => format!("query.boolean({wire:?})?"),
        ParameterShape::Flag => return Ok(format!("query.flag({wire:?})?")),
        ParameterShape::TextList => return Ok(format!("query.list({wire:?})")),
        ParameterShape::Parsed(_) if parameter.limits.any() => {
            let Limits { least, most, .. } = parameter.limits;
            format!("query.limited({wire:?}, {least:?}, {most:?})?")
        }
        ParameterShape::Parsed(_) => format!("query.parse({wire:?})?"),
        ParameterShape::Seconds => format!("query.seconds({wire:?})?"),
        ParameterShape::Text(ty) => {
            if !endpoint::is_text(spec, ty) {
                bail!(
                    "{}: the parameter `{wire}` can be an id, an enumeration or text",
                    operation.id
                );
            }
            format!("query.text({wire:?})")
        }
    };
    Ok(match parameter.place {
        ParameterPlace::OptionalQuery => value,
        ParameterPlace::Path => format!("path.get({wire:?})?"),
        ParameterPlace::RequiredQuery => format!("server::required({wire:?}, {value})?"),
    })
}

fn has_limits(spec: &Spec, schema: &str) -> Result<bool> {
    Ok(match &spec.schema(schema)?.kind {
        Kind::Struct(fields) => fields.iter().any(|field| field.limits.any()),
        _ => false,
    })
}

fn status_name(operation: &Operation) -> Result<&'static str> {
    Ok(match operation.status {
        200 => "OK",
        201 => "CREATED",
        202 => "ACCEPTED",
        204 => "NO_CONTENT",
        status => bail!(
            "{}: the generator knows no name for the status {status}",
            operation.id
        ),
    })
}
