//! What was kept of an upload.

use serde::Serialize;

use crate::platform::File;

/// What was kept of an upload: exactly what `GET /_emulator/files/{id}` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// How many bytes came.
    pub size: u64,
    /// Their SHA-256, in hexadecimal. `None` for a file that was not uploaded.
    pub sha256: Option<String>,
}

impl StoredFile {
    pub(super) fn of(file: File) -> Self {
        Self {
            name: file.attachment.name,
            size: file.attachment.size,
            sha256: file.sha256,
        }
    }
}
