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
        let wrong = |wants: &str| format!("`{}` wants {wants}", field.name);
        match field.place {
            Place::Body => _ = body.insert(field.name, json(field, value)?),
            Place::Header => {
                let value = HeaderValue::from_str(value);
                authorization = Some(value.map_err(|_| wrong("a token"))?);
            }
            Place::Path => {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
                path = path.replace(&format!("{{{}}}", field.name), &value);
            }
            Place::Query => match (field.form, value.as_str()) {
                (Form::Boolean, "true") => _ = query.append_pair(field.name, "1"),
                (Form::Boolean, "false") => _ = query.append_pair(field.name, "0"),
                (Form::Boolean, _) => return Err(wrong("`true` or `false`")),
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

/// Whether all is there that `operation` needs.
///
/// # Errors
///
/// When a field is missing.
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
    Ok(())
}

/// A value as JSON.
fn json(field: &Field, value: &str) -> Result<Box<RawValue>, String> {
    let wrong = |wants: &str| format!("`{}` wants {wants}", field.name);
    let text = match field.form {
        Form::Boolean if matches!(value, "true" | "false") => value.to_owned(),
        Form::Boolean => return Err(wrong("`true` or `false`")),
        Form::Number if value.parse::<i64>().is_ok() || value.parse::<u64>().is_ok() => {
            value.trim_start_matches('+').to_owned()
        }
        Form::Number => return Err(wrong("a whole number")),
        Form::Json => value.to_owned(),
        Form::File | Form::Secret | Form::Text => {
            serde_json::to_string(value).expect("text can be JSON")
        }
    };
    RawValue::from_string(text).map_err(|error| wrong(&format!("JSON, and this is none: {error}")))
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
