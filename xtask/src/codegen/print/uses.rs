//! The imports of a file: three blocks, of std, of other crates, of this crate.

use std::collections::{BTreeMap, BTreeSet};

/// What a file imports.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeSet<String>);

impl Uses {
    /// Imports `path`, such as `std::time::Duration` or `crate::wire`.
    pub(super) fn add(&mut self, path: impl Into<String>) {
        self.0.insert(path.into());
    }

    /// The same without `path`.
    pub(super) fn without(mut self, path: &str) -> Self {
        self.0.remove(path);
        self
    }

    /// The blocks, each but the last followed by an empty line; `before_own` stands at the head of
    /// the last one.
    pub(super) fn print(&self, before_own: &str) -> String {
        let mut crates = BTreeMap::<&str, Tree<'_>>::new();
        for path in &self.0 {
            let (root, rest) = path.split_once("::").unwrap_or((path, ""));
            crates.entry(root).or_default().insert(rest);
        }
        let own = crates.remove("crate");
        let std = crates.remove("std");
        let mut blocks = Vec::new();
        if let Some(tree) = std {
            blocks.push(format!("use std::{};\n", tree.print()));
        }
        if !crates.is_empty() {
            let lines = crates
                .iter()
                .map(|(root, tree)| format!("use {root}::{};\n", tree.print()));
            blocks.push(lines.collect());
        }
        let own = own
            .map(|tree| format!("use crate::{};\n", tree.print()))
            .unwrap_or_default();
        if !own.is_empty() || !before_own.is_empty() {
            blocks.push(format!("{before_own}{own}"));
        }
        blocks.join("\n")
    }
}

/// Paths that begin in the same module.
#[derive(Default)]
struct Tree<'a>(BTreeMap<&'a str, Tree<'a>>);

impl<'a> Tree<'a> {
    fn insert(&mut self, path: &'a str) {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        let below = self.0.entry(first).or_default();
        if !rest.is_empty() {
            below.insert(rest);
        }
    }

    fn print(&self) -> String {
        let part = |(name, below): (&&str, &Self)| match below.0.is_empty() {
            true => (*name).to_owned(),
            false => format!("{name}::{}", below.print()),
        };
        let parts: Vec<_> = self.0.iter().map(part).collect();
        match &parts[..] {
            [one] => one.clone(),
            more => format!("{{{}}}", more.join(", ")),
        }
    }
}
