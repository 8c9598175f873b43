//! Files of this machine, read and written by tokio's threads for what blocks.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tempfile::TempPath;
use tokio::runtime::Handle;
use twin_transport::Reached;

use super::{Download, FileSource};
use crate::error::{Error, ErrorKind};

/// How much is read at once, in bytes.
const PIECE: usize = 256 << 10;

/// What to do where a file of the wanted name is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Existing {
    /// Keep it, and fail.
    Keep,
    /// Replace it, at once and as a whole.
    Replace,
}

impl FileSource {
    /// A file of this machine, under its own name, of the media type that its ending stands for. It
    /// is read while it is sent. What is no regular file, a pipe say, has no known length.
    ///
    /// # Errors
    ///
    /// With kind [`Io`](ErrorKind::Io) where it cannot be opened or is a folder, with
    /// [`InvalidInput`](ErrorKind::InvalidInput) outside of a tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the file.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let what = format!("opening {}", path.display());
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let content_type = mime_guess::from_path(&path).first();
        let open = move || {
            let file = fs::File::open(path)?;
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            let length = metadata.is_file().then_some(metadata.len());
            Ok((file, length))
        };
        let (file, length) = blocking(&what, open).await?;
        let source = Self::stream(name, chunks(file), length);
        Ok(match content_type {
            Some(content_type) => source.content_type(content_type.essence_str()),
            None => source,
        })
    }
}

/// What is in a file, piece by piece.
fn chunks(file: fs::File) -> impl futures_core::Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold(file, |mut file| async move {
        let read = move || {
            let mut piece = BytesMut::zeroed(PIECE);
            let read = loop {
                match file.read(&mut piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?,
                }
            };
            piece.truncate(read);
            Ok((read > 0).then(|| (piece.freeze(), file)))
        };
        spawn(read).await
    })
}

impl Download {
    /// Writes the file to `path`, and gives its length. Until it is whole it has another name in the
    /// same folder, so there is never half a file under `path`, whatever happens.
    ///
    /// Where `path` is there and is no regular file (a device, a pipe), it is written to as it
    /// stands.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); with kind [`Io`](ErrorKind::Io) where the disk does not take it,
    /// or where there is a file that is to be [kept](Existing::Keep); with
    /// [`InvalidInput`](ErrorKind::InvalidInput) outside of a tokio runtime.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the download, and removes what has been written.
    pub async fn save(mut self, path: impl AsRef<Path>, existing: Existing) -> Result<u64, Error> {
        let path = path.as_ref().to_owned();
        let what = format!("writing {}", path.display());
        let target = blocking(&what, move || Target::create(path, existing)).await?;
        let mut written = 0;
        while let Some(chunk) = self.chunk().await? {
            written += chunk.len() as u64;
            let file = Arc::clone(&target.file);
            blocking(&what, move || (&*file).write_all(&chunk)).await?;
        }
        blocking(&what, move || target.finish()).await?;
        Ok(written)
    }
}

/// Where a download is written to.
struct Target {
    file: Arc<fs::File>,
    /// What becomes of it; `None` for what is no regular file.
    place: Option<Place>,
}

/// A file that is not whole yet, which goes when this is dropped, and where it belongs.
struct Place {
    beside: TempPath,
    path: PathBuf,
    existing: Existing,
}

impl Target {
    fn create(path: PathBuf, existing: Existing) -> io::Result<Self> {
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(known) if !known.is_file() => {
                let file = fs::OpenOptions::new().write(true).open(path)?;
                let (file, place) = (Arc::new(file), None);
                return Ok(Self { file, place });
            }
            // Said now, and not after the whole file has come.
            Ok(_) if existing == Existing::Keep => return Err(io::ErrorKind::AlreadyExists.into()),
            _ => {}
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Opened here, and not by `tempfile`: it would be for its owner alone, unlike any other new
        // file, and an error would tell the name that was made up.
        let made = tempfile::Builder::new()
            .prefix(".twin-")
            .suffix(".part")
            .make_in(folder, |path| fs::File::create_new(path))?;
        let (file, beside) = made.into_parts();
        let place = Place {
            beside,
            path,
            existing,
        };
        let (file, place) = (Arc::new(file), Some(place));
        Ok(Self { file, place })
    }

    fn finish(self) -> io::Result<()> {
        let Some(place) = self.place else {
            return Ok(());
        };
        // A disk that is full, or gone, may say so only now.
        self.file.sync_all()?;
        let persisted = match place.existing {
            Existing::Keep => place.beside.persist_noclobber(place.path),
            Existing::Replace => place.beside.persist(place.path),
        };
        persisted.map_err(|error| error.error)
    }
}

/// Does what blocks, where that does no harm.
async fn blocking<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    if let Err(error) = Handle::try_current() {
        let error = Error::new(ErrorKind::InvalidInput, Reached::No, what).with_source(error);
        return Err(error);
    }
    spawn(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Io, Reached::No, what).with_source(error))
}

/// The same within a tokio runtime.
async fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
