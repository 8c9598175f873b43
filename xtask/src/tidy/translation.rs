//! The Russian guide has the files of the English one, and no others but of pages beside the guide.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Finding, Tree};

const ENGLISH: &str = "docs/guide";
const RUSSIAN: &str = "docs/ru";
/// English pages that are not of the guide may be translated too.
const BESIDE: &str = "docs";

/// Compares the two by file names.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let english: BTreeSet<_> = tree.below(ENGLISH).collect();
    let russian: BTreeSet<_> = tree.below(RUSSIAN).collect();
    let lacks = |folder: &str, other: &str, file: &str| {
        Finding::new(
            format!("{other}/{file}"),
            format!("has no counterpart in {folder}"),
        )
    };
    let untranslated = english
        .difference(&russian)
        .map(|file| lacks(RUSSIAN, ENGLISH, file));
    let is_beside = |file: &&&str| tree.files().contains(&format!("{BESIDE}/{file}"));
    let orphans = russian
        .difference(&english)
        .filter(|file| !is_beside(file))
        .map(|file| lacks(ENGLISH, RUSSIAN, file));
    Ok(untranslated.chain(orphans).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    #[test]
    fn a_file_without_its_counterpart_is_found_on_either_side() {
        let (tree, _folder) = testing::tree(&[
            ("docs/guide/a.md", ""),
            ("docs/guide/only/en.md", ""),
            ("docs/ru/a.md", ""),
            ("docs/ru/only-ru.md", ""),
        ]);
        let found = check(&tree).unwrap();
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["docs/guide/only/en.md", "docs/ru/only-ru.md"]);
    }
}
