//! The file of a login on disk: read and replaced as a whole.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

/// No login is longer, in bytes.
const LONGEST: u64 = 256 << 10;

pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Writes the file as a whole: for its owner alone, and never half of it. Where that fails, what was
/// there is there still.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder(path);
    create(folder)?;
    // Made by `tempfile` as mode 0600, and gone if it does not become the file.
    let file = tempfile::Builder::new()
        .prefix(".twin-login-")
        .tempfile_in(folder)
        .map_err(without_name)?;
    file.as_file().write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The old file's refresh token is used up: after a loss of power the new one has to be there. Not
    // everywhere can a folder be opened.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// An error of `tempfile` without the name that it has made up, which tells nobody anything.
fn without_name(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((why, _)) => io::Error::new(error.kind(), why),
        None => error,
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
