//! Links between the documents lead somewhere.
//!
//! Only links to files of the tree are looked at. What is elsewhere may be away for an hour.

use anyhow::Result;

use super::{Finding, Tree};

/// Looks at every `](target)` in Markdown, outside of code blocks.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.ends_with(".md")) {
        let text = tree.text(file)?.unwrap_or_default();
        let mut in_code = false;
        for (at, line) in text.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            if in_code {
                continue;
            }
            for target in targets(line) {
                if resolve(file, target).is_none_or(|path| !stands(tree, &path)) {
                    findings.push(Finding::at(
                        file,
                        at + 1,
                        format!("leads nowhere: {target}"),
                    ));
                }
            }
        }
    }
    Ok(findings)
}

/// The files that a line links to, without the places in them.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        let elsewhere =
            target.is_empty() || target.contains("://") || target.starts_with("mailto:");
        (!elsewhere).then_some(target)
    })
}

/// The path from the root of the tree that `target` means in `file`; `None` where it leaves the
/// tree.
fn resolve(file: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether it is a file of the tree, or a folder with files of the tree.
fn stands(tree: &Tree, path: &str) -> bool {
    tree.files().iter().any(|file| file == path) || tree.below(path).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    fn found(text: &str) -> Vec<String> {
        let (tree, _folder) =
            testing::tree(&[("docs/a/b.md", text), ("docs/c.md", ""), ("x.rs", "")]);
        check(&tree)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_in_order() {
        for text in [
            "[c](../c.md) and [c](../c.md#part) and [x](../../x.rs)",
            "[self](b.md) [folder](..) [folder](../a/)",
            "[place](#part) [web](https://example.org/a) [mail](mailto:a@example.org)",
            "```\n[code](gone.md)\n```",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        assert_eq!(
            found("a\n[c](c.md) [c](../c.md)"),
            ["docs/a/b.md:2: leads nowhere: c.md"]
        );
        assert_eq!(found("[out](../../../x)").len(), 1);
    }
}
