//! Changelog fragments: `docs/changes/<crate>/<slug>.md`, as `docs/changes/README.md` has it.

use anyhow::Result;

use super::{Finding, Tree};

const FOLDER: &str = "docs/changes";

/// The words that a fragment may begin with.
const KINDS: [&str; 6] = [
    "added",
    "changed",
    "deprecated",
    "fixed",
    "removed",
    "security",
];

/// Fragments stand under the folder name of a crate, are named by words, and begin with a kind.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.below(FOLDER).filter(|file| *file != "README.md") {
        let path = format!("{FOLDER}/{file}");
        if let Err(text) = check_place(tree, file) {
            findings.push(Finding::new(&path, text));
        }
        let text = tree.text(&path)?;
        let first = text
            .as_deref()
            .and_then(|text| text.lines().next())
            .unwrap_or_default();
        if let Err(text) = check_first_line(first) {
            findings.push(Finding::at(&path, 1, text));
        }
    }
    Ok(findings)
}

fn check_place(tree: &Tree, file: &str) -> Result<(), String> {
    let (folder, name) = file
        .split_once('/')
        .ok_or("put it in the folder of a crate")?;
    if tree.below(&format!("crates/{folder}")).next().is_none() {
        return Err(format!("there is no crates/{folder}"));
    }
    let slug = name
        .strip_suffix(".md")
        .ok_or("a fragment is a `.md` file")?;
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !slug.split('-').all(word) {
        return Err("name it by lower-case words joined by `-`".to_owned());
    }
    Ok(())
}

fn check_first_line(line: &str) -> Result<(), String> {
    let kinds = KINDS.join(", ");
    let (kind, sentence) = line
        .split_once(": ")
        .ok_or(format!("begin with one of {kinds}, then `: `"))?;
    if !KINDS.contains(&kind) {
        return Err(format!("`{kind}` is none of {kinds}"));
    }
    if !sentence.ends_with('.') {
        return Err("say it in a sentence that ends with a full stop".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    fn found(file: &str, text: &str) -> Vec<String> {
        let (tree, _folder) = testing::tree(&[("crates/twin-client/src/lib.rs", ""), (file, text)]);
        check(&tree)
            .unwrap()
            .into_iter()
            .map(|finding| finding.text)
            .collect()
    }

    #[test]
    fn a_fragment_as_described_is_in_order() {
        let text = "added: `Session::history` pages backwards.\n\nMore words.\n";
        assert_eq!(
            found("docs/changes/twin-client/history-pages.md", text),
            [""; 0]
        );
        assert_eq!(found("docs/changes/README.md", "anything"), [""; 0]);
    }

    #[test]
    fn what_is_wrong_with_a_fragment_is_said() {
        let good = "fixed: It works.";
        for (file, text, wanted) in [
            ("docs/changes/a.md", good, "folder of a crate"),
            ("docs/changes/twin-gone/a.md", good, "no crates/twin-gone"),
            ("docs/changes/twin-client/a.txt", good, "`.md` file"),
            ("docs/changes/twin-client/A b.md", good, "lower-case words"),
            ("docs/changes/twin-client/a.md", "", "begin with one of"),
            (
                "docs/changes/twin-client/a.md",
                "better: It works.",
                "`better` is none of",
            ),
            ("docs/changes/twin-client/a.md", "fixed: it", "full stop"),
        ] {
            let found = found(file, text);
            assert!(
                found.len() == 1 && found[0].contains(wanted),
                "{file}: {found:?}"
            );
        }
    }
}
