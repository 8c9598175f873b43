//! Nothing of one person's machine in the tree: no home folders, no private package hosts.

use anyhow::Result;

use super::{Finding, Tree};

/// Files in which such words stand for a reason.
const EXCUSED: [&str; 1] = ["xtask/src/tidy/machine.rs"];

/// Recorded by machines, of which they may speak.
const FIXTURES: &str = "tests/fixtures/";

/// Folders that exist on somebody's machine. They count where a path begins.
const FOLDERS: [&str; 4] = ["/home/", "/root/", "/Users/", "/work/"];

/// Ways to say from which host packages are to come.
const HOSTS: [&str; 9] = [
    "://registry.",
    "://index.crates.io",
    "://static.crates.io",
    "://files.pythonhosted.org",
    "://pypi.org/simple",
    "://proxy.golang.org",
    "GOPROXY=",
    "index-url",
    "replace-with",
];

/// Looks at every line of text.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let files = tree.files().iter();
    for file in files.filter(|file| !EXCUSED.contains(&&***file) && !file.starts_with(FIXTURES)) {
        let Some(text) = tree.text(file)? else {
            continue;
        };
        for (at, line) in text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| begins_path(line, folder)) {
                let text = format!("a path of one machine: {folder}...");
                findings.push(Finding::at(file, at + 1, text));
            }
            if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
                let text = format!("says where packages come from: `{host}`");
                findings.push(Finding::at(file, at + 1, text));
            }
        }
    }
    Ok(findings)
}

/// Whether a path in `line` begins with `folder`: not in the middle of a longer one.
fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    fn found(text: &str) -> usize {
        let (tree, _folder) = testing::tree(&[("docs/a.md", text)]);
        check(&tree).unwrap().len()
    }

    #[test]
    fn paths_of_a_machine_are_found_where_they_begin() {
        for text in [
            "/home/ann/twin\n",
            "see `/root/x`\n",
            "PATH=/work/a\n",
            "file:\"/Users/x\"\n",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
        for text in [
            "https://example.org/home/page\n",
            "$HOME/x\n",
            "src/work/x\n",
            "{chats}/work/x\n",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }

    #[test]
    fn package_hosts_are_found() {
        let resolved = "\"resolved\": \"https://registry.example.org/ws/-/ws-8.tgz\"\n";
        assert_eq!(found(resolved), 1);
        assert_eq!(
            found("source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"),
            0
        );
    }
}
