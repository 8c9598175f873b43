//! Forms with files: `multipart/form-data`, read as it comes.
//!
//! Files go to disk piece by piece, so that one of any size takes no more memory than another; they
//! are gone with the last who knows them.

use bytes::BytesMut;
use http::{HeaderValue, StatusCode};
use multer::{Field, Multipart};
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};
use twin_protocol::api::ServerMultipartEndpoint;

use super::error::Failure;

/// How many files a form may have.
const MAX_FILES: usize = 100;
/// How many other fields a form may have.
const MAX_FIELDS: usize = 100;
/// How long the value of such a field may be, in bytes.
const MAX_FIELD: usize = 64 * 1024;
/// How much is written to disk at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// A file that has come in.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) size: u64,
    /// Of its bytes, in hexadecimal.
    pub(super) sha256: String,
    pub(super) path: TempPath,
}

/// Reads the fields of a form into `call`, and its files to disk.
pub(super) async fn read<E: ServerMultipartEndpoint>(
    call: &mut E,
    content_type: Option<&HeaderValue>,
    body: axum::body::Body,
) -> Result<Vec<Upload>, Failure> {
    let boundary = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or_else(|| {
            Failure::field(
                "Content-Type",
                "is to be multipart/form-data with a boundary",
            )
        })?;
    let mut form = Multipart::new(body.into_data_stream(), boundary);
    let mut files = Vec::new();
    let mut fields = 0;
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == E::FILES {
            if files.len() == MAX_FILES {
                return Err(Failure::field(E::FILES, "there are more than 100"));
            }
            files.push(keep(field).await?);
            continue;
        }
        fields += 1;
        if fields > MAX_FIELDS {
            return Err(Failure::field("body", "there are more than 100 fields"));
        }
        let value = read_text(&name, field).await?;
        call.set_field(&name, &value)?;
    }
    if files.is_empty() {
        return Err(Failure::field(E::FILES, "missing"));
    }
    Ok(files)
}

/// Writes a file to disk as it comes.
async fn keep(mut field: Field<'_>) -> Result<Upload, Failure> {
    let (file, path) = NamedTempFile::new().map_err(|_| no_room())?.into_parts();
    let mut file = BufWriter::with_capacity(BUFFER, File::from_std(file));
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        size += chunk.len() as u64;
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(|_| no_room())?;
    }
    file.flush().await.map_err(|_| no_room())?;
    let content_type = field.content_type().map(ToString::to_string);
    Ok(Upload {
        name: field.file_name().unwrap_or("file").to_owned(),
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".into()),
        size,
        sha256: hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        path,
    })
}

async fn read_text(name: &str, mut field: Field<'_>) -> Result<String, Failure> {
    let mut text = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
        if text.len() + chunk.len() > MAX_FIELD {
            return Err(Failure::field(name, "longer than 64 KiB"));
        }
        text.extend_from_slice(&chunk);
    }
    String::from_utf8(text.into()).map_err(|_| Failure::field(name, "not UTF-8"))
}

/// What is no form, or broke off in the middle.
fn broken(error: &multer::Error) -> Failure {
    Failure::body(&error.to_string())
}

fn no_room() -> Failure {
    let error = "The emulator cannot keep the file.";
    Failure::new(StatusCode::INSUFFICIENT_STORAGE, error)
}
