//! Calls: the struct, and its `Endpoint`.

use anyhow::Result;
use heck::ToUpperCamelCase as _;

use crate::codegen::{
    print::{doc, field, server, structure, uses::Uses},
    spec::{
        Auth, Body, Field, Operation, Parameter, ParameterPlace, ParameterShape, Response, Spec,
        Type,
    },
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
        Response::Bytes => {
            uses.add("crate::api::Content");
            "Content".into()
        }
        Response::Empty => "()".into(),
        Response::List(schema) => {
            uses.add("crate::api::Item");
            format!("Vec<Item<{}>>", field::named(spec, schema, &mut uses)?)
        }
        Response::Model(schema) => field::named(spec, schema, &mut uses)?,
    };
    let mut text = print_struct(operation, name, &members);
    text.push_str(&print_impl(operation, name, &response));
    text.push_str(&server::print(spec, operation, name, &response)?);
    let mut server_traits = "ServerEndpoint";
    if let Body::Multipart { .. } = operation.body {
        uses.add("crate::api::MultipartEndpoint");
        uses.add("crate::api::request::FormFields");
        server_traits = "ServerEndpoint, ServerMultipartEndpoint";
    }
    if let Body::Inline { is_required, .. } = operation.body {
        uses.add("serde::Deserialize");
        uses.add("serde::Serialize");
        text.push_str(&print_body(spec, operation, is_required, &mut uses)?);
    }
    let title = format!(
        "{}: `{} {}`.",
        operation.summary, operation.method, operation.path
    );
    let server = format!(
        "#[cfg(feature = \"server\")]\nuse crate::api::{{RequestError, {server_traits}, server}};\n"
    );
    Ok(format!(
        "{}\n{}\n{text}",
        doc::lines("//!", 0, &title),
        uses.print(&server)
    ))
}

fn members(spec: &Spec, operation: &Operation, uses: &mut Uses) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    if operation.auth == Auth::Bare {
        uses.add("crate::secret::Secret");
        members.push(Member {
            name: "token".into(),
            rust: "Secret".into(),
            documentation: "The token that authorizes the call, expired or not.".into(),
            empty: None,
        });
    }
    for parameter in &operation.parameters {
        let (rust, empty) = member_type(spec, parameter, uses)?;
        members.push(Member {
            name: parameter.name.clone(),
            rust,
            documentation: parameter_documentation(parameter),
            empty,
        });
    }
    match &operation.body {
        Body::Inline { fields, .. } | Body::Multipart { fields, .. } => {
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

/// The documentation of a parameter, as text.
fn parameter_documentation(parameter: &Parameter) -> String {
    let mut sentences = vec![parameter.description.clone()];
    if parameter.shape == ParameterShape::Seconds {
        sentences.push("In whole seconds on the wire.".into());
    }
    if let Some(least) = parameter.limits.least {
        sentences.push(format!("At least {least}."));
    }
    if let Some(most) = parameter.limits.most {
        sentences.push(format!("At most {most}."));
    }
    sentences.join(" ")
}

/// The Rust type of a parameter, and its value where it need not be given.
fn member_type(
    spec: &Spec,
    parameter: &Parameter,
    uses: &mut Uses,
) -> Result<(String, Option<&'static str>)> {
    let rust = match &parameter.shape {
        ParameterShape::Boolean => "bool".into(),
        ParameterShape::Flag => return Ok(("bool".into(), Some("false"))),
        ParameterShape::TextList => return Ok(("Vec<String>".into(), Some("Vec::new()"))),
        ParameterShape::Parsed(ty) | ParameterShape::Text(ty) => ty.rust(spec, uses)?,
        ParameterShape::Seconds => Type::Seconds.rust(spec, uses)?,
    };
    Ok(match parameter.place {
        ParameterPlace::OptionalQuery => (format!("Option<{rust}>"), Some("None")),
        ParameterPlace::Path | ParameterPlace::RequiredQuery => (rust, None),
    })
}

fn print_struct(operation: &Operation, name: &str, members: &[Member]) -> String {
    let description = format!(
        "{}\n\n`{} {}`",
        operation.description, operation.method, operation.path
    );
    let mut text = doc::of_type(0, &description, &operation.sources);
    let needs_nothing = members.iter().all(|member| member.empty.is_some());
    let default = if needs_nothing { "Default, " } else { "" };
    text.push_str(&format!(
        "#[derive(Clone, Debug, {default}PartialEq)]\n#[non_exhaustive]\npub struct {name} {{\n"
    ));
    for member in members {
        text.push_str(&doc::lines("///", 4, &member.documentation));
        text.push_str(&format!("pub {}: {},\n", member.name, member.rust));
    }
    if needs_nothing {
        text.push_str(&format!(
            "}}\n\nimpl {name} {{\n/// The call with nothing given: it needs nothing.\n\
             pub fn new() -> Self {{\nSelf::default()\n}}\n}}\n"
        ));
        return text;
    }
    let (rest, needed): (Vec<_>, Vec<_>) =
        members.iter().partition(|member| member.empty.is_some());
    let arguments = needed.iter().map(|member| match &*member.rust {
        text @ ("Secret" | "String") => format!("{}: impl Into<{text}>", member.name),
        rust => format!("{}: {rust}", member.name),
    });
    let given = needed.iter().map(|member| match &*member.rust {
        "Secret" | "String" => format!("{0}: {0}.into()", member.name),
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
        auth(operation.auth),
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
                auth(selects.auth),
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
    if operation.auth == Auth::Bare {
        text.push_str(".bare_token(&self.token)");
    }
    for parameter in &operation.parameters {
        text.push_str(&print_parameter(parameter));
    }
    text.push_str(&match &operation.body {
        Body::Inline { .. } => ".json(&body)".into(),
        Body::Model { name, .. } => format!(".json(&self.{name})"),
        Body::Multipart { .. } => ".head()".into(),
        Body::None => ".empty()".into(),
    });
    let reader = match operation.response {
        Response::Bytes => "content",
        Response::Empty => "empty",
        Response::List(_) | Response::Model(_) => "json",
    };
    text.push_str(&format!(
        "\n}}\n\nfn decode(response: Response<Bytes>) -> Result<{response}, DecodeError> {{\n\
         response::{reader}(response)\n}}\n}}\n"
    ));
    if let Body::Multipart { fields, files } = &operation.body {
        text.push_str(&print_fields(name, fields, files));
    }
    text
}

/// The other half of a form: its fields.
fn print_fields(name: &str, fields: &[Field], files: &str) -> String {
    let mut text = format!(
        "\nimpl MultipartEndpoint for {name} {{\n\
         const FILES: &'static str = {files:?};\n\n\
         fn fields(&self) -> Vec<(&'static str, String)> {{\n\
         FormFields::default()\n"
    );
    for field in fields {
        let function = match field.ty {
            Type::Boolean { .. } => "boolean",
            Type::Seconds => "seconds",
            _ => "value",
        };
        let value = match field.ty.is_copy() && function != "value" {
            true => format!("self.{}", field.name),
            false => format!("self.{}.as_ref()", field.name),
        };
        text.push_str(&format!(".{function}({:?}, {value})\n", field.wire));
    }
    text.push_str(".finish()\n}\n}\n");
    text
}

pub(super) fn auth(auth: Auth) -> &'static str {
    match auth {
        Auth::Bare => "Bare",
        Auth::Bearer => "Bearer",
        Auth::None => "None",
    }
}

fn print_parameter(parameter: &Parameter) -> String {
    let Parameter { wire, name, .. } = parameter;
    match (&parameter.shape, parameter.place) {
        (ParameterShape::Boolean, _) => format!(".boolean({wire:?}, self.{name})"),
        (ParameterShape::Flag, _) => format!(".flag({wire:?}, self.{name})"),
        (ParameterShape::Text(Type::Secret), ParameterPlace::RequiredQuery) => {
            format!(".query({wire:?}, Some(&self.{name}.expose()))")
        }
        (ParameterShape::Seconds, _) => format!(".seconds({wire:?}, self.{name})"),
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
