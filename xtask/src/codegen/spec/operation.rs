//! The calls.

mod parameter;

use anyhow::Result;

pub(in crate::codegen) use self::parameter::{Parameter, ParameterPlace, ParameterShape};
use crate::codegen::{
    spec::{Field, SourceNames, Sources, Type, reference},
    yaml::Node,
};

/// The services that `x-service` may name, and their variants of `Service`.
const SERVICES: [&str; 4] = ["bot", "chats", "iam", "widget"];
/// The methods that a path may have.
const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

/// A call.
#[derive(Debug)]
pub(in crate::codegen) struct Operation {
    /// Its name, verb first: `sendMessage`.
    pub(in crate::codegen) id: String,
    /// The module that it stands in.
    pub(in crate::codegen) module: String,
    /// What the module is about.
    pub(in crate::codegen) module_description: String,
    pub(in crate::codegen) service: String,
    pub(in crate::codegen) method: String,
    pub(in crate::codegen) path: String,
    pub(in crate::codegen) auth: Auth,
    pub(in crate::codegen) is_idempotent: bool,
    /// What it does, without a full stop.
    pub(in crate::codegen) summary: String,
    pub(in crate::codegen) description: String,
    pub(in crate::codegen) sources: Sources,
    pub(in crate::codegen) parameters: Vec<Parameter>,
    pub(in crate::codegen) body: Body,
    /// The status of a success.
    pub(in crate::codegen) status: u16,
    /// The body of a success.
    pub(in crate::codegen) response: Response,
}

/// How a call is authorized: the variant of the crate's `Auth`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::codegen) enum Auth {
    /// By a token without a scheme, which is a field of the call.
    Bare,
    Bearer,
    None,
}

/// The body of a request.
#[derive(Debug)]
pub(in crate::codegen) enum Body {
    /// Fields of the call itself.
    Inline {
        fields: Vec<Field>,
        is_required: bool,
    },
    /// A model, in a field of this name.
    Model {
        name: String,
        schema: String,
        description: String,
    },
    /// A form with files, of which the call has all but the files.
    Multipart {
        fields: Vec<Field>,
        /// The name of the parts that are files.
        files: String,
    },
    None,
}

/// The body of a response.
#[derive(Debug, PartialEq)]
pub(in crate::codegen) enum Response {
    /// Bytes of any kind.
    Bytes,
    Empty,
    /// A list of this schema, each item of which is read by itself.
    List(String),
    Model(String),
}

impl Response {
    /// The schema in it.
    fn schema(&self) -> Option<&str> {
        match self {
            Self::List(name) | Self::Model(name) => Some(name),
            Self::Bytes | Self::Empty => None,
        }
    }
}

/// The calls of the file of which `root` is the root, in the file's order.
pub(super) fn read_all(root: &Node, sources: &SourceNames) -> Result<Vec<Operation>> {
    root.only(&[
        "components",
        "info",
        "openapi",
        "paths",
        "security",
        "servers",
        "tags",
        "x-sources",
    ])?;
    root.need("components")?.only(&[
        "parameters",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
    ])?;
    let mut operations = Vec::new();
    for (path, item) in root.need("paths")?.entries()? {
        item.only(&[&METHODS[..], &["parameters"]].concat())?;
        for (method, node) in item
            .entries()?
            .iter()
            .filter(|(key, _)| key != "parameters")
        {
            operations.push(Operation::read(root, path, item, method, node, sources)?);
        }
    }
    Ok(operations)
}

impl Operation {
    fn read(
        root: &Node,
        path: &str,
        item: &Node,
        method: &str,
        node: &Node,
        sources: &SourceNames,
    ) -> Result<Self> {
        node.only(&[
            "description",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "security",
            "summary",
            "tags",
            "x-certainty",
            "x-idempotent",
            "x-service",
            "x-source",
        ])?;
        node.need("x-certainty")?;
        let service = node.need_text("x-service")?;
        if !SERVICES.contains(&service) {
            return Err(node.error(format!("`x-service` is one of {}", SERVICES.join(", "))));
        }
        let (module, module_description) = read_tag(root, node)?;
        let (status, response) = read_success(root, node.need("responses")?)?;
        let parameters = [item.get("parameters"), node.get("parameters")];
        let mut all = Vec::new();
        for list in parameters.into_iter().flatten() {
            for parameter in list.list()? {
                all.push(Parameter::read(reference::resolve(root, parameter)?)?);
            }
        }
        for name in path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        {
            if !all
                .iter()
                .any(|one| one.place == ParameterPlace::Path && one.wire == name)
            {
                return Err(node.error(format!("its path names `{name}`, its parameters do not")));
            }
        }
        Ok(Self {
            id: node.need_text("operationId")?.to_owned(),
            module,
            module_description,
            service: service.to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            auth: read_auth(
                node.get("security")
                    .map_or_else(|| root.need("security"), Ok)?,
            )?,
            is_idempotent: node.need("x-idempotent")?.boolean()?,
            summary: node.need_text("summary")?.to_owned(),
            description: node.need_text("description")?.trim().to_owned(),
            sources: sources.of(node)?,
            parameters: all,
            body: match node.get("requestBody") {
                Some(body) => Body::read(reference::resolve(root, body)?, sources)?,
                None => Body::None,
            },
            status,
            response,
        })
    }

    /// The fields that the body shares with the call itself.
    pub(in crate::codegen) fn inline_fields(&self) -> &[Field] {
        match &self.body {
            Body::Inline { fields, .. } | Body::Multipart { fields, .. } => fields,
            Body::Model { .. } | Body::None => &[],
        }
    }

    /// The names of the schemas in it, but for those of the inline fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let body = match &self.body {
            Body::Model { schema, .. } => Some(schema.as_str()),
            Body::Inline { .. } | Body::Multipart { .. } | Body::None => None,
        };
        let parameters = self.parameters.iter().filter_map(|one| one.schema_name());
        parameters.chain(body).chain(self.response.schema())
    }
}

impl Body {
    fn read(node: &Node, sources: &SourceNames) -> Result<Self> {
        node.only(&["content", "description", "required", "x-name"])?;
        let content = node.need("content")?;
        if content.get("multipart/form-data").is_some() {
            return Self::read_multipart(media_schema(content, "multipart/form-data")?, sources);
        }
        let schema = media_schema(content, "application/json")?;
        let is_required = node.is("required")?;
        let Some(name) = reference::schema_name(schema)? else {
            schema.only(&["properties", "required", "type"])?;
            let fields = Field::read_all(schema, sources)?;
            if fields.iter().any(|field| field.limits.any()) {
                return Err(schema.error("limits are checked in schemas of `components` only"));
            }
            return Ok(Self::Inline {
                fields,
                is_required,
            });
        };
        if !is_required {
            return Err(node.error("a body that is a schema of `components` must be required"));
        }
        Ok(Self::Model {
            name: node.need_text("x-name")?.to_owned(),
            schema: name,
            description: node.need_text("description")?.to_owned(),
        })
    }

    fn read_multipart(schema: &Node, sources: &SourceNames) -> Result<Self> {
        schema.only(&["properties", "required", "type"])?;
        let is_file = |node: &Node| -> Result<bool> {
            let items = node.get("items").map(|items| items.get_text("format"));
            Ok(items.transpose()?.flatten() == Some("binary"))
        };
        let mut files = None;
        for (wire, node) in schema.need("properties")?.entries()? {
            if is_file(node)? && files.replace(wire.clone()).is_some() {
                return Err(node.error("a form has its files under one name"));
            }
        }
        let files = files.ok_or_else(|| schema.error("a form without files should be JSON"))?;
        let mut fields = Vec::new();
        for field in Field::read_others(schema, &files, sources)? {
            let is_plain = match &field.ty {
                Type::Boolean { .. } | Type::Integer { .. } | Type::Seconds => true,
                ty => *ty == Type::Text { lenient: false },
            };
            if !is_plain || field.is_required() || field.limits.any() {
                return Err(schema.error(format!(
                    "`{}` of a form must be text, a number or true or false, neither required nor \
                     limited",
                    field.wire
                )));
            }
            fields.push(field);
        }
        Ok(Self::Multipart { fields, files })
    }
}

/// The module of a call: its only tag.
fn read_tag(root: &Node, node: &Node) -> Result<(String, String)> {
    let tags = node.need("tags")?.texts()?;
    let [tag] = &tags[..] else {
        return Err(node.error("a call has one tag: its module"));
    };
    for known in root.need("tags")?.list()? {
        if known.need_text("name")? == tag {
            return Ok((tag.clone(), known.need_text("description")?.to_owned()));
        }
    }
    Err(node.error(format!("`tags` of the file do not name `{tag}`")))
}

/// How a call is authorized: the first of the ways that `security` allows decides.
fn read_auth(security: &Node) -> Result<Auth> {
    let Some(first) = security.list()?.first() else {
        return Ok(Auth::None);
    };
    first.only(&["bareToken", "bearer"])?;
    Ok(if first.get("bareToken").is_some() {
        Auth::Bare
    } else if first.get("bearer").is_some() {
        Auth::Bearer
    } else {
        Auth::None
    })
}

/// The status and the body of the one response that is a success.
fn read_success(root: &Node, responses: &Node) -> Result<(u16, Response)> {
    let mut success = None;
    for (status, response) in responses.entries()? {
        match status.parse::<u16>() {
            Ok(status @ 200..=299) if success.is_none() => success = Some((status, response)),
            Err(_) if matches!(&**status, "4XX" | "5XX") => {}
            _ => return Err(response.error("one status from 200 to 299, `4XX` or `5XX`")),
        }
    }
    let (status, response) =
        success.ok_or_else(|| responses.error("there is no status from 200 to 299"))?;
    let response = reference::resolve(root, response)?;
    response.only(&["content", "description", "headers"])?;
    let body = match response.get("content") {
        Some(content) => Response::read(content)?,
        None => Response::Empty,
    };
    Ok((status, body))
}

impl Response {
    fn read(content: &Node) -> Result<Self> {
        if content.get("*/*").is_some() {
            let schema = media_schema(content, "*/*")?;
            schema.only(&["format", "type"])?;
            return match (schema.need_text("type")?, schema.need_text("format")?) {
                ("string", "binary") => Ok(Self::Bytes),
                _ => Err(schema.error("what is not JSON must be a string of format `binary`")),
            };
        }
        let schema = media_schema(content, "application/json")?;
        if let Some(name) = reference::schema_name(schema)? {
            return Ok(Self::Model(name));
        }
        schema.only(&["items", "type"])?;
        let items = schema.need("items")?;
        match reference::schema_name(items)? {
            Some(name) if schema.need_text("type")? == "array" => Ok(Self::List(name)),
            _ => Err(schema.error("a response must be a schema of `components`, or a list of one")),
        }
    }
}

/// The schema of a body, which must be of this media type alone.
fn media_schema<'a>(content: &'a Node, media_type: &str) -> Result<&'a Node> {
    content.only(&[media_type])?;
    let media = content.need(media_type)?;
    media.only(&["examples", "schema"])?;
    media.need("schema")
}
