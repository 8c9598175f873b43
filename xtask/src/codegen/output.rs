//! The printed files beside those that are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::codegen::print::{MARK, SOURCE};

/// The folders, below the crate's source, in which printed files stand.
const FOLDERS: [&str; 3] = ["api", "event", "model"];

/// What would have to be done to the tree.
#[derive(Debug)]
pub(super) struct Changes<'a> {
    /// Files that are to be written.
    write: Vec<(&'a str, &'a str)>,
    /// Files that were printed once and are named by nothing any more.
    remove: Vec<String>,
}

/// Lays the files out as rustfmt does.
pub(super) fn format(
    root: &Path,
    files: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let format = |(path, text): (String, String)| {
        let text = rustfmt(root, &text).with_context(|| format!("rustfmt refuses {path}"))?;
        Ok((path, text))
    };
    files.into_iter().map(format).collect()
}

/// Lays `text` out as rustfmt does, with the settings of the checkout.
pub(super) fn rustfmt(root: &Path, text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt")?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // Both ends are pumped at once: neither side may wait for the other's full pipe.
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(text.as_bytes()));
        child.wait_with_output()
    })?;
    if !output.status.success() {
        bail!("{}\n{text}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("rustfmt wrote what is no UTF-8")
}

impl<'a> Changes<'a> {
    /// Compares `files` with what is below `root`.
    pub(super) fn find(root: &Path, files: &'a BTreeMap<String, String>) -> Result<Self> {
        let mut write = Vec::new();
        for (path, text) in files {
            match read(&root.join(path))? {
                Some(present) if present == *text => {}
                Some(present) if !present.starts_with(MARK) => {
                    bail!(
                        "{path} is written by hand, but a schema or a call would be printed to it"
                    );
                }
                _ => write.push((path.as_str(), text.as_str())),
            }
        }
        let mut printed = BTreeSet::new();
        for folder in FOLDERS {
            find_printed(root, &format!("{SOURCE}/{folder}"), &mut printed)?;
        }
        let remove = printed
            .into_iter()
            .filter(|path| !files.contains_key(path))
            .collect();
        check_modules(root, files)?;
        Ok(Self { write, remove })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty()
    }

    /// Makes the tree as it should be, and says how many files that changed.
    pub(super) fn apply(&self, root: &Path) -> Result<usize> {
        for (path, text) in &self.write {
            let file = root.join(path);
            let folder = file.parent().expect("the path of a file has a folder");
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&file, text))
                .with_context(|| format!("cannot write {path}"))?;
        }
        for path in &self.remove {
            fs::remove_file(root.join(path)).with_context(|| format!("cannot remove {path}"))?;
        }
        Ok(self.write.len() + self.remove.len())
    }
}

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, _) in &self.write {
            writeln!(f, "  stale: {path}")?;
        }
        for path in &self.remove {
            writeln!(f, "  named by no specification any more: {path}")?;
        }
        Ok(())
    }
}

/// The module of the calls is written by hand: it must name the printed ones.
fn check_modules(root: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    let api = format!("{SOURCE}/api.rs");
    let text = read(&root.join(&api))?.ok_or_else(|| anyhow!("{api} is missing"))?;
    for path in files.keys() {
        let module = path
            .strip_prefix(&format!("{SOURCE}/api/"))
            .and_then(|rest| rest.strip_suffix(".rs"))
            .filter(|rest| !rest.contains('/'));
        if let Some(module) = module {
            if !text.contains(&format!("pub mod {module};")) {
                bail!("{api} is written by hand and lacks `pub mod {module};`");
            }
        }
    }
    Ok(())
}

/// The printed files in `folder` and below.
fn find_printed(root: &Path, folder: &str, found: &mut BTreeSet<String>) -> Result<()> {
    let absolute = root.join(folder);
    if !absolute.is_dir() {
        return Ok(());
    }
    let entries = fs::read_dir(&absolute).with_context(|| format!("cannot read {folder}"))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {folder}"))?;
        let name = entry.file_name();
        let path = format!("{folder}/{}", name.to_string_lossy());
        if entry.path().is_dir() {
            find_printed(root, &path, found)?;
        } else if path.ends_with(".rs")
            && read(&entry.path())?.is_some_and(|text| text.starts_with(MARK))
        {
            found.insert(path);
        }
    }
    Ok(())
}

/// The text of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
