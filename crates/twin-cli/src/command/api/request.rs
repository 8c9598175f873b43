//! From `field=value` to a request: where each field goes, and how its value is written there.
//!
//! Whether the fields are enough, and their values within their limits, is checked where the call is
//! read from the request.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::value::RawValue;

use super::operation::{Field, Form, Operation, Place};

/// A field and its value, as they were given.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) field: &'static Field,
    pub(super) value: String,
}

/// A request below the address of its service.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) request: Request<Bytes>,
}

/// The request of `operation` with these fields.
///
/// # Errors
///
/// When a field is missing, or its value is not of its form. Values are not repeated.
pub(super) fn assemble(operation: &Operation, given: &[Given]) -> Result<Asked, String> {
    check(operation, given)?;
    let mut path = operation.path.to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut body = BTreeMap::new();
    let mut authorization = None;
    for Given { field, value } in given {
        match field.place {
            Place::Body => _ = body.insert(field.name, json(field, value)?),
            Place::Header => {
                let value = HeaderValue::from_str(value);
                authorization = Some(value.map_err(|_| wants(field, "a token"))?);
            }
            Place::Path => {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
                path = path.replace(&format!("{{{}}}", field.name), &value);
            }
            Place::Query => match (field.form, value.as_str()) {
                (Form::Boolean, "true") => _ = query.append_pair(field.name, "1"),
                (Form::Boolean, _) => _ = query.append_pair(field.name, "0"),
                (_, value) => _ = query.append_pair(field.name, value),
            },
        }
    }
    let query = query.finish();
    let uri = match query.is_empty() {
        true => path.clone(),
        false => format!("{path}?{query}"),
    };
    let mut request = Request::builder().method(operation.method).uri(uri);
    if let Some(mut token) = authorization {
        token.set_sensitive(true);
        request = request.header(AUTHORIZATION, token);
    }
    let body = match body.is_empty() {
        true => Bytes::new(),
        false => {
            request = request.header(CONTENT_TYPE, "application/json");
            let body = serde_json::to_vec(&body).expect("names and JSON are JSON");
            body.into()
        }
    };
    let request = request.body(body);
    let request = request.map_err(|_| "these values are too long for an address".to_owned())?;
    Ok(Asked { path, request })
}

/// Whether all is there that `operation` needs, in the forms that it needs.
///
/// # Errors
///
/// When a field is missing, or its value is not of its form. Values are not repeated.
pub(super) fn check(operation: &Operation, given: &[Given]) -> Result<(), String> {
    let missing = operation.fields.iter().filter(|field| field.is_required);
    let missing: Vec<_> = missing
        .filter(|field| !given.iter().any(|one| one.field.name == field.name))
        .map(|field| format!("`{}`", field.name))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "`{}` also wants {}",
            operation.name,
            missing.join(", ")
        ));
    }
    given.iter().try_for_each(check_form)
}

/// Whether a value is of the form of its field, as far as that is seen from here.
fn check_form(Given { field, value }: &Given) -> Result<(), String> {
    let wanted = match field.form {
        Form::Boolean if !matches!(value.as_str(), "true" | "false") => "`true` or `false`",
        Form::Number if whole_number(value).is_none() => "a whole number",
        _ => return Ok(()),
    };
    Err(wants(field, wanted))
}

/// Its limits are looked at where the call is read.
fn whole_number(value: &str) -> Option<i128> {
    value.parse().ok()
}

fn wants(field: &Field, wanted: &str) -> String {
    format!("`{}` wants {wanted}", field.name)
}

/// A value that has been checked, as JSON.
fn json(field: &Field, value: &str) -> Result<Box<RawValue>, String> {
    let number = whole_number(value).map(|number| number.to_string());
    let text = match (field.form, number) {
        (Form::Number, Some(number)) => number,
        (Form::Boolean | Form::Json | Form::Number, _) => value.to_owned(),
        (Form::File | Form::Secret | Form::Text, _) => {
            serde_json::to_string(value).expect("text can be JSON")
        }
    };
    RawValue::from_string(text)
        .map_err(|error| wants(field, &format!("JSON, and this is none: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, fields: &[(&str, &str)]) -> Result<Asked, String> {
        let operation = Operation::find(name).unwrap();
        let given: Vec<_> = fields
            .iter()
            .map(|(name, value)| Given {
                field: operation.field(name).unwrap(),
                value: (*value).to_owned(),
            })
            .collect();
        assemble(operation, &given)
    }

    #[test]
    fn each_field_goes_to_its_place_in_its_form() {
        let fields = [
            ("chatId", "a/b"),
            ("x_widget", "true"),
            ("name", "\"Я\""),
            ("variables", r#"{"n":1.0}"#),
        ];
        let asked = asked("startSession", &fields).unwrap();
        assert_eq!(asked.path, "/chats/a%2Fb/sessions");
        assert_eq!(asked.request.uri(), "/chats/a%2Fb/sessions?x_widget=1");
        assert_eq!(
            asked.request.body(),
            r#"{"name":"\"Я\"","variables":{"n":1.0}}"#.as_bytes()
        );
    }

    #[test]
    fn what_is_missing_or_of_another_form_is_named_and_not_repeated() {
        for (name, fields, error) in [
            ("getSession", &[][..], "`getSession` also wants `sessionId`"),
            (
                "listSessions",
                &[("markedAsSpam", "yes")],
                "`markedAsSpam` wants `true` or `false`",
            ),
            (
                "listSessions",
                &[("limit", "x")],
                "`limit` wants a whole number",
            ),
        ] {
            assert_eq!(asked(name, fields).unwrap_err(), error);
        }
        let error = asked(
            "startSession",
            &[("chatId", "c"), ("name", "n"), ("variables", "secret")],
        );
        assert!(!error.unwrap_err().contains("secret"));
    }
}
