//! `GET /files/{id}`: the contents of files, for whoever has their address.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures_util::stream;
use http::{HeaderValue, StatusCode, header};
use tokio::io::AsyncReadExt;

use crate::{
    platform::{File, FileContent, Platform},
    rest,
};

/// How much is read from disk at once, in bytes.
const PIECE: usize = 64 * 1024;

/// Serves the contents of a file. A private one is opened by the whole of its address.
pub(crate) async fn download(
    State(platform): State<Arc<Platform>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(file) = platform.file(&id) else {
        return rest::not_found().await.into_response();
    };
    let opens = file.attachment.link.split_once('?').map(|(_, query)| query);
    if opens.is_some() && opens != query.as_deref() {
        return rest::Failure::new(StatusCode::FORBIDDEN, "Forbidden.").into_response();
    }
    let fallback = HeaderValue::from_static("application/octet-stream");
    let content_type = HeaderValue::from_str(&file.attachment.content_type).unwrap_or(fallback);
    match body(&file).await {
        Ok(body) => {
            let length = HeaderValue::from(file.attachment.size);
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_LENGTH, length),
            ];
            (headers, body).into_response()
        }
        Err(_) => rest::not_found().await.into_response(),
    }
}

/// The contents of a file, read as they are wanted.
pub(crate) async fn body(file: &File) -> io::Result<Body> {
    let path = match &file.content {
        FileContent::Disk(path) => path.clone(),
        FileContent::Memory(content) => return Ok(content.clone().into()),
    };
    let opened = tokio::fs::File::open(&*path).await?;
    // The path goes along, so that the file stays for as long as someone reads it.
    let pieces = stream::try_unfold((opened, path), |(mut file, path)| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        io::Result::Ok((read > 0).then(|| (piece.freeze(), (file, path))))
    });
    Ok(Body::from_stream(pieces))
}
