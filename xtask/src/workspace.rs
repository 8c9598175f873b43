//! Where the workspace is and what cargo knows of it.

use std::{env, path::PathBuf};

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand};

/// The packages that are published, in the order of their arrows.
pub(crate) const LIBRARIES: [&str; 3] = ["twin-protocol", "twin-transport", "twin-client"];

/// The root of the checkout.
///
/// Asked of the environment first: a binary that was built before the checkout moved still finds it.
pub(crate) fn root() -> Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = own.parent().context("xtask has no parent folder")?;
    Ok(root.to_path_buf())
}

/// The workspace as cargo resolves it for this machine, with every feature on.
///
/// # Errors
///
/// When cargo cannot resolve it, or `Cargo.lock` would have to change.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root()?.join("Cargo.toml"))
        .features(cargo_metadata::CargoOpt::AllFeatures)
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("cargo metadata failed")
}
