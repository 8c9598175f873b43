//! Calls: the struct, and its `Endpoint`.

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::{
    print::{doc, field, server, structure, uses::Uses},
    spec::{Body, Operation, Parameter, ParameterPlace, ParameterShape, Spec, Type},
};

/// A public field of a call.
struct Member {
    name: String,
    rust: String,
    documentation: String,
    /// Its value in a new call, where it need not be given.
    empty: Option<&'static str>,
}

/// The file of a call, below its header.
pub(super) fn print(spec: &Spec, operation: &Operation, name: &str) -> Result<String> {
    let mut uses = Uses::default();
    for path in [
        "bytes::Bytes",
        "crate::api::Auth",
        "crate::api::BaseUrl",
        "crate::api::DecodeError",
        "crate::api::EncodeError",
        "crate::api::Endpoint",
        "crate::api::Service",
        "crate::api::request::RequestBuilder",
        "crate::api::response",
        "http::Method",
        "http::Request",
        "http::Response",
    ] {
        uses.add(path);
    }
    let members = members(spec, operation, &mut uses)?;
    let response = match &operation.response {
        Some(schema) => field::named(spec, schema, &mut uses)?,
        None => "()".into(),
    };
    let mut text = print_struct(operation, name, &members);
    text.push_str(&print_impl(operation, name, &response));
    text.push_str(&server::print(spec, operation, name, &response)?);
    if let Body::Inline { is_required, .. } = operation.body {
        uses.add("serde::Deserialize");
        uses.add("serde::Serialize");
        text.push_str(&print_body(spec, operation, is_required, &mut uses)?);
    }
    let title = format!(
        "{}: `{} {}`.",
        operation.summary, operation.method, operation.path
    );
    let server = "#[cfg(feature = \"server\")]\n\
                  use crate::api::{RequestError, ServerEndpoint, server};\n";
    Ok(format!(
        "{}\n{}\n{text}",
        doc::lines("//!", 0, &title),
        uses.print(server)
    ))
}

fn members(spec: &Spec, operation: &Operation, uses: &mut Uses) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    for parameter in &operation.parameters {
        let (rust, empty) = member_type(spec, parameter, uses)?;
        members.push(Member {
            name: parameter.name.clone(),
            rust,
            documentation: parameter.description.clone(),
            empty,
        });
    }
    match &operation.body {
        Body::Inline { fields, .. } => {
            for field in fields {
                members.push(Member {
                    name: field.name.clone(),
                    rust: field.rust_type(spec, uses)?,
                    documentation: field.documentation(),
                    empty: (!field.is_needed()).then(|| field.empty()),
                });
            }
        }
        Body::Model {
            name,
            schema,
            description,
        } => members.push(Member {
            name: name.clone(),
            rust: field::named(spec, schema, uses)?,
            documentation: description.clone(),
            empty: None,
        }),
        Body::None => {}
    }
    Ok(members)
}

/// The Rust type of a parameter, and its value where it need not be given.
fn member_type(
    spec: &Spec,
    parameter: &Parameter,
    uses: &mut Uses,
) -> Result<(String, Option<&'static str>)> {
    let rust = match &parameter.shape {
        ParameterShape::Flag => return Ok(("bool".into(), Some("false"))),
        ParameterShape::TextList => return Ok(("Vec<String>".into(), Some("Vec::new()"))),
        ParameterShape::Parsed(ty) | ParameterShape::Text(ty) => ty.rust(spec, uses)?,
    };
    Ok(match parameter.place {
        ParameterPlace::OptionalQuery => (format!("Option<{rust}>"), Some("None")),
        ParameterPlace::Path | ParameterPlace::RequiredQuery => (rust, None),
    })
}

fn print_struct(operation: &Operation, name: &str, members: &[Member]) -> String {
    let mut text = doc::of_type(0, &operation.description, &operation.sources);
    text.push_str(&format!(
        "#[derive(Clone, Debug, PartialEq)]\n#[non_exhaustive]\npub struct {name} {{\n"
    ));
    for member in members {
        text.push_str(&doc::lines("///", 4, &member.documentation));
        text.push_str(&format!("pub {}: {},\n", member.name, member.rust));
    }
    let (rest, needed): (Vec<_>, Vec<_>) =
        members.iter().partition(|member| member.empty.is_some());
    let arguments = needed.iter().map(|member| match &*member.rust {
        "String" => format!("{}: impl Into<String>", member.name),
        rust => format!("{}: {rust}", member.name),
    });
    let given = needed.iter().map(|member| match &*member.rust {
        "String" => format!("{0}: {0}.into()", member.name),
        _ => member.name.clone(),
    });
    let left = rest
        .iter()
        .filter_map(|member| Some(format!("{}: {}", member.name, member.empty?)));
    let words = if rest.is_empty() {
        ""
    } else {
        ", and nothing else"
    };
    text.push_str(&format!(
        "}}\n\nimpl {name} {{\n\
         /// The call with what it must have{words}.\n\
         pub fn new({}) -> Self {{\nSelf {{ {} }}\n}}\n}}\n",
        arguments.collect::<Vec<_>>().join(", "),
        given.chain(left).collect::<Vec<_>>().join(", "),
    ));
    text
}

fn print_impl(operation: &Operation, name: &str, response: &str) -> String {
    let Operation {
        id,
        service,
        method,
        path,
        is_idempotent,
        ..
    } = operation;
    let mut text = format!(
        "\nimpl Endpoint for {name} {{\n\
         const OPERATION: &'static str = {id:?};\n\
         const SERVICE: Service = Service::{};\n\
         const AUTH: Auth = Auth::{};\n\
         const METHOD: Method = Method::{method};\n\
         const PATH: &'static str = {path:?};\n\
         const IDEMPOTENT: bool = {is_idempotent};\n\
         type Response = {response};\n",
        service.to_upper_camel_case(),
        auth(operation.needs_token),
    );
    for parameter in &operation.parameters {
        if let Some(selects) = &parameter.selects {
            text.push_str(&format!(
                "\nfn service(&self) -> Service {{\n\
                 if self.{0} {{ Service::{1} }} else {{ Self::SERVICE }}\n}}\n\
                 \nfn auth(&self) -> Auth {{\n\
                 if self.{0} {{ Auth::{2} }} else {{ Self::AUTH }}\n}}\n",
                parameter.name,
                selects.service.to_upper_camel_case(),
                auth(selects.needs_token),
            ));
        }
    }
    text.push_str("\nfn encode(&self, base: &BaseUrl) -> Result<Request<Bytes>, EncodeError> {\n");
    if let Body::Inline { fields, .. } = &operation.body {
        let fields = fields.iter().map(|field| {
            let clone = if field.ty.is_copy() { "" } else { ".clone()" };
            format!("{0}: self.{0}{clone}", field.name)
        });
        text.push_str(&format!(
            "let body = Body {{ {} }};\n",
            fields.collect::<Vec<_>>().join(", ")
        ));
    }
    text.push_str("RequestBuilder::new::<Self>(base)");
    for parameter in &operation.parameters {
        text.push_str(&print_parameter(parameter));
    }
    text.push_str(&match &operation.body {
        Body::Inline { .. } => ".json(&body)".into(),
        Body::Model { name, .. } => format!(".json(&self.{name})"),
        Body::None => ".empty()".into(),
    });
    let reader = if response == "()" { "empty" } else { "json" };
    text.push_str(&format!(
        "\n}}\n\nfn decode(response: Response<Bytes>) -> Result<{response}, DecodeError> {{\n\
         response::{reader}(response)\n}}\n}}\n"
    ));
    text
}

fn auth(needs_token: bool) -> &'static str {
    if needs_token { "Bearer" } else { "None" }
}

fn print_parameter(parameter: &Parameter) -> String {
    let Parameter { wire, name, .. } = parameter;
    match (&parameter.shape, parameter.place) {
        (ParameterShape::Flag, _) => format!(".flag({wire:?}, self.{name})"),
        (ParameterShape::TextList, _) => format!(".list({wire:?}, &self.{name})"),
        (_, ParameterPlace::Path) => format!(".path({wire:?}, self.{name}.as_str())"),
        (_, ParameterPlace::RequiredQuery) => format!(".query({wire:?}, Some(&self.{name}))"),
        (_, ParameterPlace::OptionalQuery) => format!(".query({wire:?}, self.{name}.as_ref())"),
    }
}

/// The private struct that is the body of the request.
fn print_body(
    spec: &Spec,
    operation: &Operation,
    is_required: bool,
    uses: &mut Uses,
) -> Result<String> {
    let default = if is_required { "" } else { "Default, " };
    let mut text = format!(
        "\n/// What the body holds.\n#[derive({default}Serialize, Deserialize)]\n\
         #[serde(rename_all = \"camelCase\")]\nstruct Body {{\n"
    );
    for field in operation.inline_fields() {
        let attributes = field.attributes()?;
        if attributes
            .iter()
            .any(|attribute| attribute.contains("wire::"))
        {
            uses.add("crate::wire");
        }
        text.push_str(&structure::attribute_line(&attributes));
        text.push_str(&format!(
            "{}: {},\n",
            field.name,
            field.rust_type(spec, uses)?
        ));
    }
    text.push_str("}\n");
    Ok(text)
}

/// Whether a parameter's type can be made of text.
pub(super) fn is_text(spec: &Spec, ty: &Type) -> bool {
    use crate::codegen::spec::Kind;

    match ty {
        Type::Named(name) => spec.schema(name).is_ok_and(|schema| match &schema.kind {
            Kind::HandWritten(path) => path.starts_with("id::"),
            Kind::OpenEnum(_) => true,
            Kind::Page { .. } | Kind::Struct(_) => false,
        }),
        _ => true,
    }
}
