//! The files that tidy looks at: what git keeps, or would keep.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::child::Child;

/// A folder and the files in it that count, with `/` between the parts of their names.
pub(super) struct Tree {
    root: PathBuf,
    files: Vec<String>,
}

impl Tree {
    /// The files that git tracks or would track, and that are there.
    ///
    /// # Errors
    ///
    /// When it is no checkout of git.
    pub(super) fn of_checkout(root: &Path) -> Result<Self> {
        let listed = Child::new(
            "git",
            &[
                "ls-files",
                "--cached",
                "--others",
                "--exclude-standard",
                "-z",
            ],
        )
        .output()
        .context("tidy looks at the files that git keeps")?;
        let mut files: Vec<String> = listed
            .split_terminator('\0')
            .filter(|file| root.join(file).is_file())
            .map(str::to_owned)
            .collect();
        files.sort_unstable();
        files.dedup();
        Ok(Self {
            root: root.to_path_buf(),
            files,
        })
    }

    /// Every file, in order.
    pub(super) fn files(&self) -> &[String] {
        &self.files
    }

    /// The files in the folder `folder` and below, by their names within it.
    pub(super) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files
            .iter()
            .filter_map(move |file| file.strip_prefix(folder)?.strip_prefix('/'))
    }

    /// The text of a file; `None` where it is not text.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(super) fn text(&self, file: &str) -> Result<Option<String>> {
        match fs::read_to_string(self.root.join(file)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {file}")),
        }
    }
}

/// Trees for the tests of the checks.
#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A tree in a temporary folder, which lives as long as the value beside it.
    pub(in crate::tidy) fn tree(files: &[(&str, &str)]) -> (Tree, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let files = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        let root = folder.path().to_path_buf();
        (Tree { root, files }, folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn the_tree_of_the_checkout_holds_sources_and_no_build_output() {
        let tree = Tree::of_checkout(&workspace::root().unwrap()).unwrap();
        assert!(
            tree.files()
                .iter()
                .any(|file| file == "xtask/src/tidy/tree.rs")
        );
        assert!(!tree.files().iter().any(|file| file.starts_with("target/")));
    }

    #[test]
    fn what_is_not_text_has_none() {
        let (tree, folder) = testing::tree(&[("a/b.txt", "text"), ("a/c.bin", "")]);
        fs::write(folder.path().join("a/c.bin"), [0xff, 0xfe]).unwrap();
        assert_eq!(tree.text("a/b.txt").unwrap().as_deref(), Some("text"));
        assert_eq!(tree.text("a/c.bin").unwrap(), None);
        assert!(tree.text("gone").is_err());
        assert_eq!(tree.below("a").collect::<Vec<_>>(), ["b.txt", "c.bin"]);
    }
}
