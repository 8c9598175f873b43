//! The calls.

mod parameter;

use anyhow::Result;

pub(in crate::codegen) use self::parameter::{Parameter, ParameterPlace, ParameterShape};
use crate::codegen::{
    spec::{Field, SourceNames, Sources, reference},
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
    pub(in crate::codegen) needs_token: bool,
    pub(in crate::codegen) is_idempotent: bool,
    /// What it does, without a full stop.
    pub(in crate::codegen) summary: String,
    pub(in crate::codegen) description: String,
    pub(in crate::codegen) sources: Sources,
    pub(in crate::codegen) parameters: Vec<Parameter>,
    pub(in crate::codegen) body: Body,
    /// The status of a success.
    pub(in crate::codegen) status: u16,
    /// The schema of a success; `None` for an empty body.
    pub(in crate::codegen) response: Option<String>,
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
    None,
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
            needs_token: needs_token(
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
            Body::Inline { fields, .. } => fields,
            Body::Model { .. } | Body::None => &[],
        }
    }

    /// The names of the schemas in it, but for those of the inline fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let body = match &self.body {
            Body::Model { schema, .. } => Some(schema.as_str()),
            Body::Inline { .. } | Body::None => None,
        };
        let parameters = self.parameters.iter().filter_map(|one| one.schema_name());
        parameters.chain(body).chain(self.response.as_deref())
    }
}

impl Body {
    fn read(node: &Node, sources: &SourceNames) -> Result<Self> {
        node.only(&["content", "description", "required", "x-name"])?;
        let schema = json_schema(node.need("content")?)?;
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

/// Whether a call needs a token: the first of the ways that `security` allows decides.
fn needs_token(security: &Node) -> Result<bool> {
    match security.list()?.first() {
        Some(first) => {
            first.only(&["bearer"])?;
            Ok(first.get("bearer").is_some())
        }
        None => Ok(false),
    }
}

/// The status and the schema of the one response that is a success.
fn read_success(root: &Node, responses: &Node) -> Result<(u16, Option<String>)> {
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
    response.only(&["content", "description"])?;
    let Some(content) = response.get("content") else {
        return Ok((status, None));
    };
    let schema = json_schema(content)?;
    match reference::schema_name(schema)? {
        Some(name) => Ok((status, Some(name))),
        None => Err(schema.error("a response must be a schema of `components`")),
    }
}

/// The schema of a JSON body.
fn json_schema(content: &Node) -> Result<&Node> {
    content.only(&["application/json"])?;
    let media = content.need("application/json")?;
    media.only(&["examples", "schema"])?;
    media.need("schema")
}
