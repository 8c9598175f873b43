//! The server's side: reading what requests say, making responses.

#![allow(
    dead_code,
    reason = "which of these the generated calls need is the specification's to say"
)]

mod wanted;

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use http::{
    Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};

use self::wanted::Value;
use crate::{
    api::{Content, EncodeError, Endpoint, RequestError},
    secret::Secret,
    wire,
};

/// The values of a path, by the names that the endpoint's path gives them.
pub(crate) struct PathValues<'a> {
    values: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> PathValues<'a> {
    /// Reads `path` after the pattern of `E`.
    pub(crate) fn read<E: Endpoint>(path: &'a str) -> Result<Self, RequestError> {
        let mismatch = || RequestError::new("path", format!("it is not of the form {}", E::PATH));
        let mut values = Vec::new();
        let mut parts = path.split('/');
        for pattern in E::PATH.split('/') {
            let part = parts.next().ok_or_else(mismatch)?;
            match pattern
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                Some(name) => {
                    let value = percent_decode_str(part)
                        .decode_utf8()
                        .map_err(|_| RequestError::new(name, "not UTF-8"))?;
                    if value.is_empty() {
                        return Err(RequestError::new(name, "empty"));
                    }
                    values.push((name, value));
                }
                None if pattern == part => {}
                None => return Err(mismatch()),
            }
        }
        if parts.next().is_some() {
            return Err(mismatch());
        }
        Ok(Self { values })
    }

    /// The value of this name, which stands in the pattern.
    pub(crate) fn get<T: for<'b> From<&'b str>>(&self, name: &str) -> Result<T, RequestError> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| T::from(value))
            .ok_or_else(|| RequestError::new(name, "missing in the path"))
    }
}

/// The values of a query. Of a name that stands twice the last counts, as PHP has it.
pub(crate) struct QueryValues<'a> {
    query: &'a str,
}

impl<'a> QueryValues<'a> {
    /// Those of the request's URI.
    pub(crate) fn read<B>(request: &'a Request<B>) -> Self {
        Self {
            query: request.uri().query().unwrap_or_default(),
        }
    }

    fn find(&self, name: &str) -> Option<Cow<'a, str>> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs
            .filter(|(known, _)| known == name)
            .last()
            .map(|(_, value)| value)
    }

    /// A number or a date.
    pub(crate) fn parse<T: Value>(&self, name: &str) -> Result<Option<T>, RequestError> {
        self.find(name).map(|value| parse(name, &value)).transpose()
    }

    /// A number that must lie within its limits.
    pub(crate) fn limited<T: Value + PartialOrd + fmt::Display + Copy>(
        &self,
        name: &str,
        least: Option<T>,
        most: Option<T>,
    ) -> Result<Option<T>, RequestError> {
        let value = self.parse(name)?;
        check_limits(name, value, least, most)?;
        Ok(value)
    }

    /// A duration in whole seconds.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<Duration>, RequestError> {
        self.find(name)
            .map(|value| seconds(name, &value))
            .transpose()
    }

    /// Yes or no, if it is said.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, RequestError> {
        self.find(name)
            .map(|value| boolean(name, &value))
            .transpose()
    }

    /// Text, or an id.
    pub(crate) fn text<T: for<'b> From<&'b str>>(&self, name: &str) -> Option<T> {
        self.find(name).map(|value| T::from(&value))
    }

    /// What is either there as `1` or not there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, RequestError> {
        self.boolean(name).map(Option::unwrap_or_default)
    }

    /// Texts with commas between them.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let joined = self.find(name).unwrap_or_default();
        joined
            .split(',')
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// A number or a date, in the query or in a form.
pub(crate) fn parse<T: Value>(name: &str, value: &str) -> Result<T, RequestError> {
    value
        .parse()
        .map_err(|_| RequestError::new(name, format!("wants {}", T::wanted(value))))
}

/// Yes or no, in the query or in a form.
pub(crate) fn boolean(name: &str, value: &str) -> Result<bool, RequestError> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(RequestError::new(name, "wants 1 or 0")),
    }
}

/// A duration in whole seconds, in the query or in a form.
pub(crate) fn seconds(name: &str, value: &str) -> Result<Duration, RequestError> {
    parse(name, value).map(Duration::from_secs)
}

/// The token of a request that is authorized by one without a scheme.
pub(crate) fn bare_token(request: &Request<Bytes>) -> Result<Secret, RequestError> {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(|| RequestError::new("Authorization", "missing"))?;
    match header.to_str() {
        Ok(token) => Ok(token.into()),
        Err(_) => Err(RequestError::new("Authorization", "not ASCII")),
    }
}

/// A value that must be there.
pub(crate) fn required<T>(name: &str, value: Option<T>) -> Result<T, RequestError> {
    value.ok_or_else(|| RequestError::new(name, "missing"))
}

/// The JSON body of a request.
pub(crate) fn json_body<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, RequestError> {
    wire::decode(request.body()).map_err(|unreadable| {
        let field = if unreadable.field.is_empty() {
            "body".into()
        } else {
            unreadable.field
        };
        RequestError {
            field,
            reason: wanted::instead_of(&unreadable.reason),
        }
    })
}

/// The JSON body of a request, which may be left out where it would say nothing.
pub(crate) fn optional_json_body<T: Default + DeserializeOwned>(
    request: &Request<Bytes>,
) -> Result<T, RequestError> {
    if request.body().is_empty() {
        Ok(T::default())
    } else {
        json_body(request)
    }
}

/// A text must not be empty.
pub(crate) fn check_filled(field: &str, value: Option<&str>) -> Result<(), RequestError> {
    match value {
        Some("") => Err(RequestError::new(field, "empty")),
        _ => Ok(()),
    }
}

/// A number must lie within its limits.
pub(crate) fn check_limits<T: PartialOrd + fmt::Display>(
    field: &str,
    value: Option<T>,
    least: Option<T>,
    most: Option<T>,
) -> Result<(), RequestError> {
    let Some(value) = value else { return Ok(()) };
    match (least, most) {
        (Some(least), _) if value < least => {
            Err(RequestError::new(field, format!("less than {least}")))
        }
        (_, Some(most)) if value > most => {
            Err(RequestError::new(field, format!("more than {most}")))
        }
        _ => Ok(()),
    }
}

/// A response with a JSON body.
pub(crate) fn json_response(
    status: StatusCode,
    body: &impl Serialize,
) -> Result<Response<Bytes>, EncodeError> {
    let body = serde_json::to_vec(body).map_err(EncodeError::body)?;
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

/// A response whose body is a file.
pub(crate) fn content_response(status: StatusCode, content: &Content) -> Response<Bytes> {
    let mut response = Response::new(content.bytes.clone());
    *response.status_mut() = status;
    content.head.write(response.headers_mut());
    response
}

/// A response without a body.
pub(crate) fn empty_response(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
