//! References to schemas, and to what else stands in the components of a file.

use anyhow::Result;

use crate::codegen::yaml::Node;

/// The name of the schema that `node` refers to: as `$ref`, with or without words beside it, or, in
/// the file of the events, as the only member of `allOf`. AsyncAPI ignores words beside a `$ref`.
pub(super) fn schema_name(node: &Node) -> Result<Option<String>> {
    if let Some(reference) = node.get("$ref") {
        if node.file().ends_with("asyncapi.yaml") && node.entries()?.len() > 1 {
            return Err(node.error("AsyncAPI ignores words beside a `$ref`; write `allOf`"));
        }
        return name_of(reference).map(Some);
    }
    match node.get("allOf").map(Node::list).transpose()? {
        Some([only]) => {
            only.only(&["$ref"])?;
            name_of(only.need("$ref")?).map(Some)
        }
        Some(_) => Err(node.error("`allOf` must hold one `$ref`")),
        None => Ok(None),
    }
}

fn name_of(reference: &Node) -> Result<String> {
    let text = reference.text()?;
    let (file, name) = text
        .split_once("#/components/schemas/")
        .filter(|(_, name)| !name.contains('/'))
        .ok_or_else(|| reference.error("must refer to a schema of `components`"))?;
    match file {
        "" | "./twin.openapi.yaml" => Ok(name.to_owned()),
        _ => Err(reference.error("must refer to this file or to `./twin.openapi.yaml`")),
    }
}

/// `node` itself, or what its `$ref` leads to in the file of which `root` is the root.
pub(super) fn resolve<'a>(root: &'a Node, node: &'a Node) -> Result<&'a Node> {
    match node.get("$ref") {
        Some(reference) => {
            node.only(&["$ref"])?;
            root.follow(reference)
        }
        None => Ok(node),
    }
}
