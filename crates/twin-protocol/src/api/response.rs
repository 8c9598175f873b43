//! Reading responses.

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;

use crate::{
    api::{Content, ContentHead, DecodeError, ErrorReply},
    wire,
};

/// The JSON body of a success.
pub(crate) fn json<T: DeserializeOwned>(response: Response<Bytes>) -> Result<T, DecodeError> {
    let response = success(response)?;
    wire::decode(response.body())
        .map_err(|unreadable| DecodeError::body(unreadable.field, unreadable.reason))
}

/// A success that says nothing more; whatever its body holds is not looked at.
pub(crate) fn empty(response: Response<Bytes>) -> Result<(), DecodeError> {
    success(response).map(drop)
}

/// A success whose body is a file.
pub(crate) fn content(response: Response<Bytes>) -> Result<Content, DecodeError> {
    let (head, bytes) = success(response)?.into_parts();
    Ok(Content {
        head: ContentHead::read(&head.headers),
        bytes,
    })
}

/// Every status from 200 to 299 is one: which of them the platform sends is not known for each call.
fn success(response: Response<Bytes>) -> Result<Response<Bytes>, DecodeError> {
    if response.status().is_success() {
        Ok(response)
    } else {
        let reply = ErrorReply::read(response.status(), response.body());
        Err(DecodeError::status(reply))
    }
}
