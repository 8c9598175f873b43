//! Making requests: the path's values, the query, the body.

use std::fmt;

use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::{Method, Request, header::CONTENT_TYPE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::api::{BaseUrl, EncodeError, Endpoint};

/// All but the "unreserved" characters of RFC 3986: these mean themselves anywhere in a URI.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request in the making.
pub(crate) struct RequestBuilder {
    method: Method,
    uri: String,
    has_query: bool,
    error: Option<EncodeError>,
}

impl RequestBuilder {
    /// The request of `E` below `base`; the names in its path are still to be filled in.
    pub(crate) fn new<E: Endpoint>(base: &BaseUrl) -> Self {
        let uri = format!("{base}{}", E::PATH);
        Self {
            method: E::METHOD,
            uri,
            has_query: false,
            error: None,
        }
    }

    /// Puts `value` where the path says `{name}`.
    pub(crate) fn path(mut self, name: &str, value: &str) -> Self {
        // `.` and `..` would lead to another call, however they are encoded: the URL standard reads
        // `%2e` as a dot.
        if matches!(value, "" | "." | "..") {
            self.error.get_or_insert(EncodeError::path_value(name));
            return self;
        }
        // A value that is filled in has no braces any more, so none is taken for a name later.
        let value = utf8_percent_encode(value, RESERVED).to_string();
        self.uri = self.uri.replace(&format!("{{{name}}}"), &value);
        self
    }

    /// Adds `name=value` to the query, if there is a value.
    pub(crate) fn query(mut self, name: &str, value: Option<&impl fmt::Display>) -> Self {
        if let Some(value) = value {
            self.uri.push(if self.has_query { '&' } else { '?' });
            self.has_query = true;
            self.uri.push_str(name);
            self.uri.push('=');
            self.uri
                .extend(byte_serialize(value.to_string().as_bytes()));
        }
        self
    }

    /// Adds `name=1` to the query, if it is so.
    pub(crate) fn flag(self, name: &str, is_set: bool) -> Self {
        self.query(name, is_set.then_some(&1))
    }

    /// Adds `name=a,b,c` to the query, if there is anything to name.
    pub(crate) fn list(self, name: &str, values: &[String]) -> Self {
        let joined = values.join(",");
        self.query(name, (!values.is_empty()).then_some(&joined))
    }

    /// The request, without a body.
    pub(crate) fn empty(self) -> Result<Request<Bytes>, EncodeError> {
        self.finish(None)
    }

    /// The request, with this body.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Request<Bytes>, EncodeError> {
        let body = serde_json::to_vec(body).map_err(EncodeError::body)?;
        self.finish(Some(body.into()))
    }

    fn finish(self, body: Option<Bytes>) -> Result<Request<Bytes>, EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut request = Request::builder().method(self.method).uri(self.uri);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(body.unwrap_or_default())
            .map_err(EncodeError::uri)
    }
}
