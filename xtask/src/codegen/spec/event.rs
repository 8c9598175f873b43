//! The events of the live channels.

use anyhow::Result;

use crate::codegen::{spec::reference, yaml::Node};

/// An event of the live channels.
#[derive(Debug)]
pub(in crate::codegen) struct Message {
    /// Its name on the wire.
    pub(in crate::codegen) wire: String,
    /// What has happened, in words.
    pub(in crate::codegen) summary: String,
    /// The schema of its payload.
    pub(in crate::codegen) payload: String,
}

/// The messages of the file of which `root` is the root.
pub(super) fn read_all(root: &Node) -> Result<Vec<Message>> {
    root.only(&[
        "asyncapi",
        "channels",
        "components",
        "defaultContentType",
        "info",
        "operations",
        "servers",
    ])?;
    let components = root.need("components")?;
    components.only(&["messages", "schemas"])?;
    components
        .need("messages")?
        .entries()?
        .iter()
        .filter_map(|entry| read(entry).transpose())
        .collect()
}

/// A message; `None` for what the webhook posts, which is no event of the live channels.
fn read((wire, node): &(String, Node)) -> Result<Option<Message>> {
    node.only(&[
        "description",
        "examples",
        "name",
        "payload",
        "summary",
        "x-certainty",
        "x-source",
        "x-webhook",
    ])?;
    node.need("x-certainty")?;
    if node.need_text("name")? != wire {
        return Err(node.error("its `name` must be its key"));
    }
    let payload = node.need("payload")?;
    let schema = reference::schema_name(payload)?;
    let schema = schema.ok_or_else(|| payload.error("must be a schema of `components`"))?;
    if node.is("x-webhook")? {
        return Ok(None);
    }
    Ok(Some(Message {
        wire: wire.clone(),
        summary: node.need_text("summary")?.to_owned(),
        payload: schema,
    }))
}
