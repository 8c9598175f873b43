//! The Rust code of the guides is code that compiles: each block stands in a test of the guide's name.
//!
//! What the code says to people is not compared, as guides have more than one language, nor how it is
//! broken into lines. A line `// ...` stands for what the guide leaves out.

use anyhow::Result;

use super::{Finding, Tree};

/// Where guides are, in every language.
const GUIDES: [&str; 2] = ["docs/guide", "docs/ru"];
/// Where their code is.
const TESTS: &str = "tests/tests/guide";
const LEFT_OUT: &str = "// ...";

/// Looks for the code of each block.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for folder in GUIDES {
        for name in tree.below(folder).filter(|name| name.ends_with(".md")) {
            let guide = format!("{folder}/{name}");
            let text = tree.text(&guide)?.unwrap_or_default();
            let stem = name.trim_end_matches(".md").replace('-', "_");
            let file = format!("{TESTS}/{stem}.rs");
            let code = match tree.files().contains(&file) {
                true => tree.text(&file)?.unwrap_or_default(),
                false => String::new(),
            };
            let code = bare(&code);
            let missing = blocks(&text).into_iter().filter(|(_, it)| !has(&code, it));
            findings.extend(missing.map(|(line, _)| {
                let text =
                    format!("this code is not in {file}: copy it there, so that it compiles");
                Finding::at(&guide, line, text)
            }));
        }
    }
    Ok(findings)
}

/// Whether all parts of a block are in `code`, one after the other.
fn has(code: &str, block: &[&str]) -> bool {
    let mut rest = Some(code);
    for part in block.split(|line| line.trim() == LEFT_OUT) {
        let part = bare(&part.join("\n"));
        rest = rest
            .and_then(|rest| rest.split_once(&part))
            .map(|(_, rest)| rest);
    }
    rest.is_some()
}

/// The blocks of Rust, each with its line. However one begins (`rust,ignore`), it is one.
fn blocks(text: &str) -> Vec<(usize, Vec<&str>)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line.trim_start().starts_with("```rust") {
            let code = lines.by_ref().map(|(_, line)| line);
            blocks.push((
                at + 1,
                code.take_while(|line| line.trim() != "```").collect(),
            ));
        }
    }
    blocks
}

/// Code without comments, blanks and the words in texts. rustfmt puts a comma after the last of several
/// lines.
fn bare(code: &str) -> String {
    let mut bare = String::new();
    for line in code.lines() {
        // Every other part is within quotes: guides have no text with a quote in it.
        for (at, part) in line.split('"').enumerate() {
            match (at % 2, part.split_once("//")) {
                (0, Some((before, _))) => {
                    bare.push_str(before);
                    break;
                }
                (0, None) => bare.push_str(part),
                _ => bare.push('"'),
            }
        }
    }
    bare.retain(|character| !character.is_whitespace());
    let ends = [")", "]", "}"];
    ends.iter()
        .fold(bare, |bare, end| bare.replace(&format!(",{end}"), end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    const TEST: (&str, &str) = (
        "tests/tests/guide/first_chat.rs",
        "fn chat() {\n    let a = long(\n        1,\n        2,\n    );\n    between();\n    after(a);\n    tell(\"http://hi\");\n}\n",
    );

    fn found(guide: (&str, &str)) -> Vec<String> {
        let (tree, _folder) = testing::tree(&[guide, TEST]);
        let findings = check(&tree).unwrap();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn code_that_a_test_has_is_in_order() {
        for code in [
            "let a = long(1, 2);\nbetween();\n",
            "let a = long(1, 2);\n// ...\nafter(a);\n",
            "tell(\"http://привет\"); // по-русски\n",
        ] {
            for folder in GUIDES {
                let text = format!("# A\n\n```rust\n{code}```\n\n```sh\nls\n```\n");
                assert_eq!(found((&format!("{folder}/first-chat.md"), &text)), [""; 0]);
            }
        }
    }

    #[test]
    fn code_that_nothing_compiles_is_found() {
        for code in [
            "let a = long(1, 3);\n",
            "after(a);\n// ...\nbetween();\n",
            "tell(2);\n",
        ] {
            let text = format!("# A\n\n```rust,ignore\n{code}```\n");
            let found = found(("docs/guide/first-chat.md", &text));
            assert!(
                found.len() == 1 && found[0].starts_with("docs/guide/first-chat.md:3: "),
                "{found:?}"
            );
        }
        let text = "```rust\nbetween();\n```\n";
        assert_eq!(found(("docs/ru/other.md", text)).len(), 1);
    }
}
