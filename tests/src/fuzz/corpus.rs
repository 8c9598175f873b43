//! What mutations start from: files kept in the tree.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where the inputs of a target are kept: `tests/fixtures/fuzz/<target>`. Each file is one input,
/// whatever its name. An input that once did harm is put there, and so is tried ever after.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/fuzz")
        .join(target)
}

/// The inputs kept for a target, in the order of their names; at least an empty one.
///
/// # Errors
///
/// When they cannot be read.
pub fn corpus(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(target))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    files.sort_unstable();
    let mut inputs = vec![Vec::new()];
    for file in files {
        inputs.push(fs::read(file)?);
    }
    Ok(inputs)
}
