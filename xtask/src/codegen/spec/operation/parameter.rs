//! The parameters of a call, in its path and in its query.

use anyhow::Result;
use heck::ToSnakeCase as _;

use crate::codegen::{
    spec::{Auth, Limits, Type},
    yaml::Node,
};

/// A parameter of a call.
#[derive(Debug)]
pub(in crate::codegen) struct Parameter {
    /// Its name in the path or in the query.
    pub(in crate::codegen) wire: String,
    /// Its name in Rust.
    pub(in crate::codegen) name: String,
    pub(in crate::codegen) description: String,
    pub(in crate::codegen) place: ParameterPlace,
    pub(in crate::codegen) shape: ParameterShape,
    /// The limits of a number.
    pub(in crate::codegen) limits: Limits,
    /// What of the call changes when this flag is set.
    pub(in crate::codegen) selects: Option<Selects>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::codegen) enum ParameterPlace {
    OptionalQuery,
    Path,
    RequiredQuery,
}

/// How a parameter is written.
#[derive(Debug, PartialEq)]
pub(in crate::codegen) enum ParameterShape {
    /// `1` or `0`.
    Boolean,
    /// Either there as `1` or not there.
    Flag,
    /// A value that Rust parses.
    Parsed(Type),
    /// A duration in whole seconds.
    Seconds,
    /// Text, or a type that is made of text.
    Text(Type),
    /// Texts with commas between them.
    TextList,
}

/// What of a call changes when a flag is set.
#[derive(Debug)]
pub(in crate::codegen) struct Selects {
    pub(in crate::codegen) service: String,
    pub(in crate::codegen) auth: Auth,
}

impl Parameter {
    pub(super) fn read(node: &Node) -> Result<Self> {
        node.only(&[
            "description",
            "explode",
            "in",
            "name",
            "required",
            "schema",
            "style",
            "x-name",
            "x-selects",
        ])?;
        let wire = node.need_text("name")?;
        let is_required = node.is("required")?;
        let place = match (node.need_text("in")?, is_required) {
            ("path", true) => ParameterPlace::Path,
            ("query", true) => ParameterPlace::RequiredQuery,
            ("query", false) => ParameterPlace::OptionalQuery,
            _ => return Err(node.error("must be `in: query`, or `in: path` and required")),
        };
        let shape = ParameterShape::read(node)?;
        let is_fitting = match (&shape, place) {
            (ParameterShape::Text(_), _) => true,
            (ParameterShape::Parsed(_), place) => place != ParameterPlace::Path,
            (_, place) => place == ParameterPlace::OptionalQuery,
        };
        if !is_fitting {
            return Err(node.error("a parameter of this type cannot stand there, or be required"));
        }
        Ok(Self {
            wire: wire.to_owned(),
            name: node
                .get_text("x-name")?
                .map_or_else(|| wire.to_snake_case(), str::to_owned),
            description: node.need_text("description")?.trim().to_owned(),
            place,
            limits: Limits::read(node.need("schema")?)?,
            selects: node
                .get("x-selects")
                .map(|selects| Selects::read(selects, &shape))
                .transpose()?,
            shape,
        })
    }

    /// The schema that its type is, where it is one of `components`.
    pub(super) fn schema_name(&self) -> Option<&str> {
        match &self.shape {
            ParameterShape::Text(Type::Named(name)) => Some(name),
            _ => None,
        }
    }
}

impl ParameterShape {
    fn read(node: &Node) -> Result<Self> {
        let schema = node.need("schema")?;
        if let Some(constant) = schema.get("const") {
            schema.only(&["const", "type"])?;
            return match (schema.need_text("type")?, constant.integer()?) {
                ("integer", 1) => Ok(Self::Flag),
                _ => Err(schema.error("the only constant is the integer 1: a flag")),
            };
        }
        if let Some(values) = schema.get("enum") {
            schema.only(&["enum", "type"])?;
            return match values.list()? {
                [no, yes] if no.integer()? == 0 && yes.integer()? == 1 => Ok(Self::Boolean),
                _ => Err(values.error("the only closed enumeration is `[0, 1]`: no or yes")),
            };
        }
        let ty = Type::read(schema, &[])?;
        let is_text = |ty: &Type| matches!(ty, Type::Named(_) | Type::Secret | Type::Text { .. });
        match &ty {
            Type::List { item, .. } if **item == (Type::Text { lenient: false }) => {
                if node.get_text("style")? != Some("form") || node.is("explode")? {
                    return Err(node.error("a list needs `style: form` and `explode: false`"));
                }
                Ok(Self::TextList)
            }
            Type::Integer { .. } | Type::Timestamp => Ok(Self::Parsed(ty)),
            Type::Seconds => Ok(Self::Seconds),
            _ if is_text(&ty) => Ok(Self::Text(ty)),
            _ => Err(schema.error("a parameter cannot be of this type")),
        }
    }
}

impl Selects {
    fn read(node: &Node, shape: &ParameterShape) -> Result<Self> {
        node.only(&["auth", "service"])?;
        if *shape != ParameterShape::Flag {
            return Err(node.error("only a flag can select"));
        }
        let service = node.need_text("service")?;
        if !super::SERVICES.contains(&service) {
            return Err(node.error(format!(
                "`service` is one of {}",
                super::SERVICES.join(", ")
            )));
        }
        let auth = match node.need_text("auth")? {
            "bearer" => Auth::Bearer,
            "none" => Auth::None,
            _ => return Err(node.error("`auth` is `bearer` or `none`")),
        };
        Ok(Self {
            service: service.to_owned(),
            auth,
        })
    }
}
