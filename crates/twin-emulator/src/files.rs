//! `GET /files/{id}`: the contents of attachments.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};

use crate::{platform::Platform, rest};

/// Serves the contents of a file.
pub(crate) async fn download(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
) -> Response {
    let Some(file) = platform.file(&id) else {
        return rest::not_found().await.into_response();
    };
    let fallback = HeaderValue::from_static("application/octet-stream");
    let content_type = HeaderValue::from_str(&file.attachment.content_type).unwrap_or(fallback);
    ([(header::CONTENT_TYPE, content_type)], file.content).into_response()
}
