//! The list of mutants that may survive, against those that do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// A mutant by its file, below the crate's sources, and by what is changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mutant {
    pub(super) file: String,
    pub(super) name: String,
}

/// Those that are listed, with how often each is.
#[derive(Debug)]
pub(super) struct Survivors(BTreeMap<Mutant, usize>);

/// What came out.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// How many survived that are listed.
    pub(super) known: usize,
    /// Those that survived and are not listed.
    pub(super) new: Vec<Mutant>,
    /// Those that are listed and did not survive.
    pub(super) stale: Vec<Mutant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    survivor: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    reason: String,
    mutants: Vec<String>,
}

impl Survivors {
    /// Reads the list.
    ///
    /// # Errors
    ///
    /// When there is none, or an entry has no reason.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut listed = BTreeMap::new();
        for entry in file.survivor {
            let file = entry.file;
            ensure!(
                !entry.reason.is_empty(),
                "an entry of {file} without a reason"
            );
            for name in entry.mutants {
                let file = file.clone();
                *listed.entry(Mutant { file, name }).or_default() += 1;
            }
        }
        Ok(Self(listed))
    }

    /// The files that it speaks of.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|mutant| &*mutant.file)
    }

    /// Compares the list with those that survived in `files`, which are paths that end with those of
    /// the list. What is listed of other files is not judged.
    pub(super) fn judge(self, survived: Vec<Mutant>, files: &BTreeSet<&str>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut listed = self.0;
        for mutant in survived {
            match listed.get_mut(&mutant).filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    verdict.known += 1;
                }
                None => verdict.new.push(mutant),
            }
        }
        let judged = |mutant: &Mutant| {
            let end = format!("/{}", mutant.file);
            files.iter().any(|file| file.ends_with(&end))
        };
        for (mutant, left) in listed {
            if judged(&mutant) {
                verdict.stale.extend(std::iter::repeat_n(mutant, left));
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
        [[survivor]]
        file = "link/a.rs"
        reason = "no test can tell"
        mutants = ["one", "two", "two"]
        [[survivor]]
        file = "link/b.rs"
        reason = "no test can tell"
        mutants = ["one"]
    "#;

    fn mutant(file: &str, name: &str) -> Mutant {
        Mutant {
            file: file.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn what_is_not_listed_is_new_and_what_does_not_survive_is_stale() {
        let survived = vec![
            mutant("link/a.rs", "one"),
            mutant("link/a.rs", "two"),
            mutant("link/a.rs", "three"),
        ];
        let files = ["crates/x/src/link/a.rs"].into();
        let verdict = Survivors::parse(LIST).unwrap().judge(survived, &files);
        assert_eq!(verdict.known, 2);
        assert_eq!(verdict.new, [mutant("link/a.rs", "three")]);
        // Once for each place; nothing of a file that was not tried.
        assert_eq!(verdict.stale, [mutant("link/a.rs", "two")]);
    }

    #[test]
    fn every_entry_has_a_reason() {
        let list = LIST.replace("no test can tell", "");
        assert!(Survivors::parse(&list).is_err());
    }

    #[test]
    fn the_list_of_this_checkout_can_be_read() {
        let root = crate::workspace::root().unwrap();
        Survivors::read(&root.join("tests/mutants/survivors.toml")).unwrap();
    }
}
