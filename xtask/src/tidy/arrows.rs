//! Which crate may know which: the arrows of the architecture, in what cargo resolves.
//!
//! Only normal dependencies count, on every platform and with every feature of the crate. Tests of
//! a crate may use what the crate itself must not. `cargo tree` is asked and not `cargo metadata`,
//! whose graph also shows what only another crate's features, or tests, would bring.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::child::Child;

/// A package of the workspace, what must not be anywhere below it, and why.
struct Rule {
    package: &'static str,
    /// Names of packages; one that ends with `*` stands for all that begin so.
    never: &'static [&'static str],
    why: &'static str,
}

/// The crates of the SDK, by what they are called.
const SDK: &[&str] = &["twin-*"];

const RULES: [Rule; 5] = [
    Rule {
        package: "twin-protocol",
        never: &[
            "tokio*",
            "async-std",
            "smol",
            "hyper*",
            "rustls*",
            "ring",
            "aws-lc-*",
            "mio",
            "socket2",
            "futures-*",
            "async-trait",
            "tracing*",
            "log",
            "rand*",
            "fastrand",
            "getrandom",
            "fastwebsockets",
            "twin-*",
        ],
        why: "it has no I/O, no clock, no randomness and no async",
    },
    Rule {
        package: "twin-transport",
        never: SDK,
        why: "it carries bytes and knows no protocol",
    },
    Rule {
        package: "twin-client",
        never: &["twin-emulator", "twin-chat-cli"],
        why: "a client does not carry a server with it",
    },
    Rule {
        package: "twin-emulator",
        never: &[
            "twin-transport",
            "twin-client",
            "twin-chat-cli",
            "fastwebsockets",
        ],
        why: "it judges the client, so it shares no way of speaking with it",
    },
    Rule {
        package: "xtask",
        never: SDK,
        why: "it must work while the SDK does not compile",
    },
];

/// Looks below each package for what must not be there.
///
/// # Errors
///
/// When cargo cannot resolve one of the packages.
pub(super) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for rule in &RULES {
        let args = [
            "tree",
            "--locked",
            "-p",
            rule.package,
            "--edges",
            "normal",
            "--target",
            "all",
        ];
        let tree = Child::cargo(&args)
            .args(["--all-features", "--prefix", "depth", "--format", " {p}"])
            .output()?;
        findings.extend(rule.judge(&tree)?);
    }
    Ok(findings)
}

impl Rule {
    /// Looks for what must not be in what `cargo tree` printed: one package a line, its depth first.
    fn judge(&self, tree: &str) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut seen = BTreeSet::new();
        let mut way: Vec<&str> = Vec::new();
        for line in tree.lines().filter(|line| !line.is_empty()) {
            let (depth, name) = parse(line)?;
            way.truncate(depth);
            way.push(name);
            let banned = self.never.iter().any(|never| fits(never, name));
            if depth > 0 && banned && seen.insert(name) {
                let (why, way) = (self.why, way.join(" -> "));
                let text = format!("must not depend on {name}, as {why}: {way}");
                findings.push(Finding::new(self.package, text));
            }
        }
        Ok(findings)
    }
}

fn parse(line: &str) -> Result<(usize, &str)> {
    let unknown = || format!("cargo tree printed `{line}`");
    let (depth, package) = line.split_once(' ').with_context(unknown)?;
    let name = package.split(' ').next().with_context(unknown)?;
    Ok((depth.parse().with_context(unknown)?, name))
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        package: "pure",
        never: &["tokio*", "mio"],
        why: "it is pure",
    };

    #[test]
    fn what_must_not_be_is_found_once_with_the_way_to_it() {
        let tree = "0 pure v1.0.0 (path)\n1 a v1.0.0\n2 tokio v1.54.1\n3 mio v1.0.0\n\
                    1 b v2.0.0\n2 tokio v1.54.1 (*)\n1 tokio-util v0.7.0\n1 mio-like v1.0.0\n";
        let found = RULE.judge(tree).unwrap();
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "pure: must not depend on tokio, as it is pure: pure -> a -> tokio",
                "pure: must not depend on mio, as it is pure: pure -> a -> tokio -> mio",
                "pure: must not depend on tokio-util, as it is pure: pure -> tokio-util",
            ]
        );
    }

    #[test]
    fn a_package_is_not_below_itself() {
        let rule = Rule { never: SDK, ..RULE };
        assert_eq!(
            rule.judge("0 twin-transport v0.1.0\n1 http v1.5.0\n")
                .unwrap(),
            []
        );
    }

    #[test]
    fn what_is_no_tree_is_an_error() {
        assert!(RULE.judge("pure v1.0.0\n").is_err());
    }

    #[test]
    fn an_arrow_that_must_not_be_fires_on_what_cargo_prints() {
        // xtask depends on serde for certain.
        let args = [
            "tree", "--locked", "-p", "xtask", "--edges", "normal", "--prefix", "depth",
        ];
        let tree = Child::cargo(&args)
            .args(["--format", " {p}"])
            .output()
            .unwrap();
        let rule = Rule {
            package: "xtask",
            never: &["serde"],
            ..RULE
        };
        assert_eq!(rule.judge(&tree).unwrap().len(), 1);
    }
}
