//! The Rust code of the README is code that compiles: the text of an example program.
//!
//! A block of Rust follows a comment that names the file: `<!-- crates/x/examples/y.rs -->`. The
//! block is that file without its `//!` opening.

use anyhow::Result;

use super::{Finding, Tree};

const README: &str = "README.md";

/// Compares each Rust block with the file that it is said to be.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    if !tree.files().iter().any(|file| file == README) {
        return Ok(vec![Finding::new(README, "is missing")]);
    }
    let text = tree.text(README)?.unwrap_or_default();
    let mut findings = Vec::new();
    for block in blocks(&text) {
        let found = |text: String| Finding::at(README, block.line, text);
        let Some(file) = block.file else {
            let hint = "name the example it is in a comment before it: `<!-- path.rs -->`";
            findings.push(found(hint.to_owned()));
            continue;
        };
        if !tree.files().iter().any(|it| it == file) {
            findings.push(found(format!("there is no {file}")));
            continue;
        }
        let example = tree.text(file)?.unwrap_or_default();
        if block.code.trim() != without_opening(&example).trim() {
            findings.push(found(format!("differs from {file}: copy it again")));
        }
    }
    Ok(findings)
}

struct Block<'a> {
    line: usize,
    file: Option<&'a str>,
    code: String,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut named = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let comment = line
            .strip_prefix("<!--")
            .and_then(|rest| rest.strip_suffix("-->"));
        if let Some(file) = comment {
            named = Some(file.trim());
        } else if line.starts_with("```rust") {
            let code = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```");
            let code = code.fold(String::new(), |code, line| code + line + "\n");
            blocks.push(Block {
                line: at + 1,
                file: named.take(),
                code,
            });
        } else if !line.is_empty() {
            named = None;
        }
    }
    blocks
}

fn without_opening(example: &str) -> String {
    let lines = example.lines().skip_while(|line| line.starts_with("//!"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    const EXAMPLE: (&str, &str) = (
        "crates/a/examples/chat.rs",
        "//! A chat.\n\nfn main() {\n    chat();\n}\n",
    );

    fn found(readme: &str) -> Vec<String> {
        let (tree, _folder) = testing::tree(&[(README, readme), EXAMPLE]);
        check(&tree)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_block_that_is_its_example_is_in_order() {
        let readme = "# Twin\n<!-- crates/a/examples/chat.rs -->\n\n```rust\nfn main() {\n    chat();\n}\n```\n\n```sh\nls\n```\n";
        assert_eq!(found(readme), [""; 0]);
    }

    #[test]
    fn a_block_that_differs_or_names_no_example_is_found() {
        for (readme, wanted) in [
            (
                "<!-- crates/a/examples/chat.rs -->\n```rust\nfn main() {}\n```\n",
                "differs from",
            ),
            (
                "<!-- crates/a/examples/gone.rs -->\n```rust\nfn main() {}\n```\n",
                "there is no",
            ),
            (
                "```rust\nfn main() {}\n```\n",
                "README.md:1: name the example",
            ),
            (
                "<!-- crates/a/examples/chat.rs -->\nWords.\n```rust\n```\n",
                "name the example",
            ),
        ] {
            let found = found(readme);
            assert!(
                found.len() == 1 && found[0].contains(wanted),
                "{readme}: {found:?}"
            );
        }
    }

    #[test]
    fn a_tree_without_a_readme_is_found() {
        let (tree, _folder) = testing::tree(&[EXAMPLE]);
        assert_eq!(check(&tree).unwrap().len(), 1);
    }
}
