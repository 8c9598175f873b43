//! Where files may stand.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Finding, Tree};

/// What may stand at the top, beside names that begin with a dot.
const TOP: [&str; 8] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "docs",
    "tests",
    "xtask",
];

/// Names at the top, and modules in `foo.rs` rather than `foo/mod.rs`.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let tops: BTreeSet<_> = tree
        .files()
        .iter()
        .filter_map(|file| file.split('/').next())
        .collect();
    let strangers = tops
        .iter()
        .filter(|top| !top.starts_with('.') && !TOP.contains(top));
    let mut findings: Vec<_> = strangers
        .map(|top| Finding::new(*top, "does not belong at the top of the tree"))
        .collect();
    for file in tree.files() {
        if file.ends_with("/mod.rs") {
            findings.push(Finding::new(
                file,
                "name it after its folder, and put it beside it",
            ));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    #[test]
    fn strangers_at_the_top_and_mod_files_are_found() {
        let files = [
            ("README.md", ""),
            (".ci/run", ""),
            ("notes.txt", ""),
            ("src/lib.rs", ""),
            ("crates/a/src/b/mod.rs", ""),
        ];
        let (tree, _folder) = testing::tree(&files);
        let found = check(&tree).unwrap();
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["notes.txt", "src", "crates/a/src/b/mod.rs"]);
    }
}
