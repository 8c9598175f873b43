//! `cargo xtask tidy`: what must hold of the tree and no compiler checks.
//!
//! One file a check. A check looks at a [`Tree`] and says what it found; it changes nothing.

mod arrows;
mod changes;
mod guide;
mod layout;
mod links;
mod machine;
mod operations;
mod readme;
mod source;
mod translation;
mod tree;
mod words;

use std::fmt;

use anyhow::{Result, bail};

use self::tree::Tree;
use crate::workspace;

/// Something that is not as it must be.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// The file or package it is about.
    place: String,
    /// The line, from 1, where it is about one.
    line: Option<usize>,
    /// What is wrong, and what to do where that is not plain.
    text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        let (place, text) = (place.into(), text.into());
        Self {
            place,
            line: None,
            text,
        }
    }

    fn at(place: impl Into<String>, line: usize, text: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::new(place, text)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.text),
            None => write!(f, "{}: {}", self.place, self.text),
        }
    }
}

/// Runs every check and shows all that they found.
///
/// # Errors
///
/// When there was anything, or the tree cannot be read.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::of_checkout(&workspace::root()?)?;
    let mut findings = arrows::check()?;
    for check in [
        changes::check,
        guide::check,
        layout::check,
        links::check,
        machine::check,
        operations::check,
        readme::check,
        source::check,
        translation::check,
        words::check,
    ] {
        findings.extend(check(&tree)?);
    }
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files in order", tree.files().len());
            Ok(())
        }
        found => bail!("tidy found {found} thing(s) to put right"),
    }
}
