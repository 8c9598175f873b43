//! Making requests: the path's values, the query, the body or the fields of a form.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::{
    HeaderValue, Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::{
    api::{BaseUrl, EncodeError, Endpoint},
    secret::Secret,
};

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
    authorization: Option<HeaderValue>,
    error: Option<EncodeError>,
}

impl RequestBuilder {
    /// The request of `E` below `base`; the names in its path are still to be filled in.
    pub(crate) fn new<E: Endpoint>(base: &BaseUrl) -> Self {
        let uri = [base.as_str(), E::PATH].concat();
        Self {
            method: E::METHOD,
            uri,
            has_query: false,
            authorization: None,
            error: None,
        }
    }

    /// Authorizes the request by this token, without a scheme.
    pub(crate) fn bare_token(mut self, token: &Secret) -> Self {
        match HeaderValue::from_str(token.expose()) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.authorization = Some(value);
            }
            Err(_) => _ = self.error.get_or_insert(EncodeError::token()),
        }
        self
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
        let value = Cow::from(utf8_percent_encode(value, RESERVED));
        let mut places = self.uri.match_indices('{').map(|(open, _)| open + 1);
        let place = places.find(|&start| {
            let rest = self.uri[start..].strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('}'))
        });
        if let Some(start) = place {
            let end = start + name.len();
            self.uri.replace_range(start - 1..=end, &value);
        }
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

    /// Adds `name=1` or `name=0` to the query, if it is said.
    pub(crate) fn boolean(self, name: &str, value: Option<bool>) -> Self {
        self.query(name, value.map(u8::from).as_ref())
    }

    /// Adds a duration in whole seconds to the query, if there is one.
    pub(crate) fn seconds(self, name: &str, value: Option<Duration>) -> Self {
        self.query(name, value.map(|value| value.as_secs()).as_ref())
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

    /// The request without the form that is to be its body.
    pub(crate) fn head(self) -> Result<Request<Bytes>, EncodeError> {
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
        if let Some(authorization) = self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(body.unwrap_or_default())
            .map_err(EncodeError::uri)
    }
}

/// The fields of a form, in the making.
#[derive(Default)]
pub(crate) struct FormFields(Vec<(&'static str, String)>);

impl FormFields {
    /// Adds a field, if there is a value.
    pub(crate) fn value(mut self, name: &'static str, value: Option<&impl fmt::Display>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Adds `1` or `0`, if it is said: forms have text alone, and PHP takes `false` for true.
    pub(crate) fn boolean(self, name: &'static str, value: Option<bool>) -> Self {
        self.value(name, value.map(u8::from).as_ref())
    }

    /// Adds a duration in whole seconds, if there is one.
    pub(crate) fn seconds(self, name: &'static str, value: Option<Duration>) -> Self {
        self.value(name, value.map(|value| value.as_secs()).as_ref())
    }

    /// The fields.
    pub(crate) fn finish(self) -> Vec<(&'static str, String)> {
        self.0
    }
}
