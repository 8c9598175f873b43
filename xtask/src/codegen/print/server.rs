//! Calls: their `ServerEndpoint`.

use anyhow::{Result, bail};

use crate::codegen::{
    print::endpoint,
    spec::{Body, Kind, Operation, Parameter, ParameterPlace, ParameterShape, Spec},
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
    let looks_at_request = has_query || !matches!(operation.body, Body::None);
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
        Body::None => {}
    }
    let status = status_name(operation)?;
    text.push_str(&format!("Ok(Self {{ {} }})\n}}\n\n", values.join(", ")));
    text.push_str(&if operation.response.is_none() {
        format!(
            "fn encode_response((): &()) -> Result<Response<Bytes>, EncodeError> {{\n\
             Ok(server::empty_response(http::StatusCode::{status}))\n}}\n}}\n"
        )
    } else {
        format!(
            "fn encode_response(response: &{response}) -> Result<Response<Bytes>, EncodeError> {{\n\
             server::json_response(http::StatusCode::{status}, response)\n}}\n}}\n"
        )
    });
    Ok(text)
}

fn read_parameter(spec: &Spec, operation: &Operation, parameter: &Parameter) -> Result<String> {
    let wire = &parameter.wire;
    let value = match &parameter.shape {
        ParameterShape::Flag => return Ok(format!("query.flag({wire:?})?")),
        ParameterShape::TextList => return Ok(format!("query.list({wire:?})")),
        ParameterShape::Parsed(_) => format!("query.parse({wire:?})?"),
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
