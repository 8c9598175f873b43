//! The `twin` tool.
fn main() {}
