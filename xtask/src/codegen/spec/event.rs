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
        .map(read)
        .collect()
}

fn read((wire, node): &(String, Node)) -> Result<Message> {
    node.only(&["examples", "name", "payload", "summary", "x-certainty"])?;
    node.need("x-certainty")?;
    if node.need_text("name")? != wire {
        return Err(node.error("its `name` must be its key"));
    }
    let payload = node.need("payload")?;
    let schema = reference::schema_name(payload)?;
    Ok(Message {
        wire: wire.clone(),
        summary: node.need_text("summary")?.to_owned(),
        payload: schema.ok_or_else(|| payload.error("must be a schema of `components`"))?,
    })
}
