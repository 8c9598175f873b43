//! The file of a login on disk: read and replaced as a whole.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::bounded;

/// No login is longer, in bytes.
const LONGEST: usize = 256 << 10;

pub(super) fn read(path: &Path) -> io::Result<String> {
    bounded::text(fs::File::open(path)?, LONGEST)
}

/// Writes the file as a whole: for its owner alone, and never half of it. Where that fails, what was
/// there is there still.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder(path);
    create(folder)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Gone if it does not become the file. It is opened here, as an error of `tempfile` itself would
    // tell the name that it has made up.
    let file = tempfile::Builder::new()
        .prefix(".twin-login-")
        .make_in(folder, |path| options.open(path))?;
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
