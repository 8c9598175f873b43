//! Lints, on every set of features that a user could choose.
//!
//! A feature only adds items, so the sets that can break are: none, each alone, the default, all.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use cargo_metadata::Package;

use super::{Outcome, done};
use crate::{
    child::Child,
    workspace::{self, LIBRARIES},
};

/// Clippy for the whole workspace as it is used, then for each library on its sets of features.
///
/// # Errors
///
/// When any of it gives a warning.
pub(super) fn clippy() -> Result<Outcome> {
    let metadata = workspace::metadata()?;
    strict(&["--workspace", "--all-targets"])?;
    for library in LIBRARIES {
        let package = metadata
            .workspace_packages()
            .into_iter()
            .find(|package| package.name.as_str() == library)
            .with_context(|| format!("the workspace has no package {library}"))?;
        for set in feature_sets(package) {
            // Tests may use any feature, so they are looked at with all of them only.
            let targets = if set == ["--all-features"] {
                "--all-targets"
            } else {
                "--lib"
            };
            let mut args = vec!["-p", library, targets];
            args.extend(set.iter().map(String::as_str));
            strict(&args)?;
        }
    }
    done(Ok(()))
}

fn strict(args: &[&str]) -> Result<()> {
    Child::cargo(&["clippy", "--locked"])
        .args(args.iter().copied())
        .args(["--", "-D", "warnings"])
        .run()
}

/// The arguments that choose each set of features. Sets that are the same are named once.
fn feature_sets(package: &Package) -> Vec<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let alone = package.features.keys().filter(|name| *name != "default");
    let mut sets: Vec<Vec<String>> = vec![words(&["--no-default-features"])];
    sets.extend(alone.map(|name| words(&["--no-default-features", "--features", name])));
    let enabled: BTreeSet<_> = package
        .features
        .get("default")
        .into_iter()
        .flatten()
        .collect();
    if enabled.len() > 1 {
        sets.push(Vec::new());
    }
    sets.push(words(&["--all-features"]));
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets_of(library: &str) -> Vec<String> {
        let metadata = workspace::metadata().unwrap();
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == library);
        let sets = feature_sets(package.unwrap());
        sets.iter().map(|set| set.join(" ")).collect()
    }

    #[test]
    fn a_library_is_looked_at_bare_with_each_feature_alone_by_default_and_full() {
        let sets = sets_of("twin-transport");
        assert!(sets.contains(&"--no-default-features".to_owned()));
        assert!(sets.contains(&"--no-default-features --features tls-ring".to_owned()));
        assert!(sets.contains(&String::new()));
        assert!(sets.contains(&"--all-features".to_owned()));
        assert!(!sets.contains(&"--no-default-features --features default".to_owned()));
    }

    #[test]
    fn a_default_that_is_empty_is_not_looked_at_twice() {
        assert!(!sets_of("twin-protocol").contains(&String::new()));
    }
}
