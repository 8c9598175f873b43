//! The words of the tool's JSON: `twin help json` explains every one that a library can say.
//!
//! The kinds are enumerations that may grow, so no compiler holds the tool's list complete.

use anyhow::Result;

use super::{Finding, Tree};

const HELP: &str = "crates/twin-cli/src/command/help.rs";

/// The enumerations that have words, and where these stand.
const KINDS: [(&str, &str); 3] = [
    ("EndKind", "crates/twin-protocol/src/link/reason.rs"),
    ("ErrorKind", "crates/twin-client/src/error/kind.rs"),
    ("GapReason", "crates/twin-protocol/src/link/report.rs"),
];

/// Looks for every variant that has a word in the tool's list.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(help) = tree.text(HELP)? else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    for (kind, path) in KINDS {
        let source = tree.text(path)?.unwrap_or_default();
        let variants = variants(&source, kind);
        if variants.is_empty() {
            findings.push(Finding::new(path, format!("has no words of `{kind}`")));
        }
        for variant in variants {
            // Up to what follows: a name may be the beginning of another.
            if !help.contains(&format!("{kind}::{variant},")) {
                let text = format!("does not explain `{kind}::{variant}`");
                findings.push(Finding::new(HELP, text));
            }
        }
    }
    Ok(findings)
}

/// The variants of `kind` that its `as_str` gives words to.
fn variants<'a>(source: &'a str, kind: &str) -> Vec<&'a str> {
    let start = format!("impl {kind} {{");
    let lines = source.lines().skip_while(|line| *line != start);
    let lines = lines.skip_while(|line| !line.contains("fn as_str("));
    let arms = lines.take_while(|line| *line != "    }");
    arms.filter_map(|line| {
        let (variant, _) = line.trim().strip_prefix("Self::")?.split_once(" => ")?;
        Some(variant)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    fn words(kind: &str, variants: &[&str]) -> String {
        let arms = variants
            .iter()
            .map(|variant| format!("            Self::{variant} => \"x\",\n"));
        let arms: String = arms.collect();
        format!(
            "impl {kind} {{\n    pub const fn as_str(self) -> &'static str {{\n        \
             match self {{\n{arms}        }}\n    }}\n\n    const fn other(self) {{\n        \
             match self {{\n            Self::Other => \"y\",\n        }}\n    }}\n}}\n"
        )
    }

    fn found(help: &str) -> Vec<String> {
        let ends = words("EndKind", &["Lost", "Late"]);
        let errors = words("ErrorKind", &["Lost"]);
        let gaps = words("GapReason", &["Jump"]);
        let (tree, _folder) = testing::tree(&[
            (HELP, help),
            (KINDS[0].1, &ends),
            (KINDS[1].1, &errors),
            (KINDS[2].1, &gaps),
        ]);
        let findings = check(&tree).unwrap();
        findings.iter().map(ToString::to_string).collect()
    }

    const ALL: &str =
        "(EndKind::Lost, 1), (EndKind::Late, 2), (ErrorKind::Lost, 3), (GapReason::Jump, 4)";

    #[test]
    fn a_list_with_every_word_is_in_order() {
        assert_eq!(found(ALL), Vec::<String>::new());
    }

    #[test]
    fn a_word_that_is_missing_is_found() {
        for kind in ["EndKind::Late", "ErrorKind::Lost", "GapReason::Jump"] {
            let without = ALL.replace(&format!("{kind},"), &format!("{kind}Too,"));
            let findings = found(&without);
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert!(findings[0].ends_with(&format!("`{kind}`")), "{findings:?}");
        }
    }

    #[test]
    fn words_that_have_moved_are_found() {
        let elsewhere = KINDS.map(|(_, path)| (path, "//! Moved.\n"));
        let (tree, _folder) =
            testing::tree(&[(HELP, ALL), elsewhere[0], elsewhere[1], elsewhere[2]]);
        assert_eq!(check(&tree).unwrap().len(), KINDS.len());
    }
}
