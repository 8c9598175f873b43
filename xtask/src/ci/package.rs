//! The libraries as they would be published.

use anyhow::Result;

use super::{Outcome, done, is_decisive};
use crate::{child::Child, workspace::LIBRARIES};

/// Packs the libraries together, since each wants the one before, and builds them from what was
/// packed.
///
/// # Errors
///
/// When one cannot be packed or built. Where `CI` is set, also when files are not committed: what
/// is published is what is committed. At a desk the tree may be dirty.
pub(super) fn run() -> Result<Outcome> {
    let mut args = vec!["package", "--locked"];
    if !is_decisive() {
        args.push("--allow-dirty");
    }
    args.extend(LIBRARIES.iter().flat_map(|&library| ["-p", library]));
    done(Child::cargo(&args).run())
}
