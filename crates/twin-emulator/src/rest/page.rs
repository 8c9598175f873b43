//! Pages of lists: the parameters that every list has (facts, 1).

use std::{cmp::Ordering, collections::HashSet};

use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use twin_protocol::api::Page;

use super::error::Failure;

/// How many items a page has that does not say.
const DEFAULT_LIMIT: u32 = 100;
/// How many items a page can have.
const MAX_LIMIT: u32 = 1000;

/// Which part of a list is wanted, and what of it.
#[derive(Debug, Default)]
pub(super) struct Paging {
    pub(super) limit: Option<u32>,
    pub(super) offset: Option<u64>,
    pub(super) page: Option<u32>,
    pub(super) sort: Vec<String>,
    pub(super) group: Vec<String>,
    pub(super) fields: Vec<String>,
    pub(super) offset_field: Option<String>,
    pub(super) offset_value: Option<String>,
    pub(super) without_count: bool,
    pub(super) without_items: bool,
}

/// The paging of a call: every list has the same parameters.
macro_rules! paging {
    ($call:expr) => {
        $crate::rest::page::Paging {
            limit: $call.limit,
            offset: $call.offset,
            page: $call.page,
            sort: $call.sort.clone(),
            group: $call.group.clone(),
            fields: $call.fields.clone(),
            // Empty is what a form sends of a field that nobody filled in.
            offset_field: $call.offset_field.clone().filter(|field| !field.is_empty()),
            offset_value: $call.offset_value.clone().filter(|value| !value.is_empty()),
            without_count: $call.without_count,
            without_items: $call.without_items,
        }
    };
}

pub(super) use paging;

type Object = Map<String, Value>;

impl Paging {
    /// The wanted part of `items`, which come in the list's own order. `known` names every field
    /// that an item of the list can have.
    pub(super) fn cut<T: Serialize + DeserializeOwned>(
        self,
        items: Vec<T>,
        known: &[&str],
    ) -> Result<Page<T>, Failure> {
        self.check(known)?;
        let mut objects = items
            .iter()
            .map(object)
            .collect::<Result<Vec<_>, Failure>>()?;
        if !self.sort.is_empty() {
            objects.sort_by(|one, other| self.order(one, other));
        }
        if !self.group.is_empty() {
            let mut seen = HashSet::new();
            objects.retain(|object| seen.insert(group_of(object, &self.group)));
        }
        if let (Some(field), Some(value)) = (&self.offset_field, &self.offset_value) {
            objects.retain(|object| follows(object.get(field), value));
        }
        let count = objects.len() as u64;
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
        let offset = match (self.offset, self.page) {
            (Some(offset), _) => offset,
            (None, Some(page)) => u64::from(page.saturating_sub(1)) * u64::from(limit),
            (None, None) => 0,
        };
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = if self.without_items {
            0
        } else {
            limit as usize
        };
        let wanted = objects.into_iter().skip(offset).take(limit);
        let wanted = wanted.map(|object| Value::Object(self.project(object)));
        let items = serde_json::from_value(wanted.collect()).expect("any JSON is an item");
        let mut page = Page::new(count, items);
        if self.without_count {
            page.count = None;
        }
        Ok(page)
    }

    /// Every field that is named must be one that there can be.
    fn check(&self, known: &[&str]) -> Result<(), Failure> {
        let named = [
            ("sort", &self.sort),
            ("group", &self.group),
            ("fields", &self.fields),
        ];
        for (parameter, fields) in named {
            for field in fields {
                let field = match parameter {
                    "sort" => field.strip_prefix('-').unwrap_or(field),
                    _ => field,
                };
                if !known.contains(&field) {
                    return Err(unknown_field(parameter));
                }
            }
        }
        match (&self.offset_field, &self.offset_value) {
            (Some(field), _) if !known.contains(&&**field) => Err(unknown_field("offsetField")),
            (Some(_), None) => Err(Failure::field("offsetValue", "missing beside offsetField")),
            (None, Some(_)) => Err(Failure::field("offsetField", "missing beside offsetValue")),
            _ => Ok(()),
        }
    }

    fn order(&self, one: &Object, other: &Object) -> Ordering {
        let by = |field: &String| match field.strip_prefix('-') {
            Some(field) => compare(other.get(field), one.get(field)),
            None => compare(one.get(field), other.get(field)),
        };
        let orders = self.sort.iter().map(by);
        orders.fold(Ordering::Equal, Ordering::then)
    }

    /// The object with nothing but the wanted fields.
    fn project(&self, mut object: Object) -> Object {
        if !self.fields.is_empty() {
            object.retain(|field, _| self.fields.contains(field));
        }
        object
    }
}

/// The reply to a call that asks for some fields of one thing.
pub(super) fn project<T: Serialize + DeserializeOwned>(
    thing: &T,
    fields: &[String],
    known: &[&str],
) -> Result<T, Failure> {
    let paging = Paging {
        fields: fields.to_vec(),
        ..Paging::default()
    };
    paging.check(known)?;
    let object = Value::Object(paging.project(object(thing)?));
    // Every field of what can be asked for in part is optional.
    serde_json::from_value(object).map_err(|error| unwritable(&error))
}

/// Something of our own that cannot be written.
fn unwritable(error: &serde_json::Error) -> Failure {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
}

fn object<T: Serialize>(item: &T) -> Result<Object, Failure> {
    match serde_json::to_value(item) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Ok(Object::new()),
        Err(error) => Err(unwritable(&error)),
    }
}

fn unknown_field(parameter: &str) -> Failure {
    Failure::field(
        parameter,
        "names a field that items of this list do not have",
    )
}

fn group_of(object: &Object, fields: &[String]) -> String {
    let values: Vec<_> = fields.iter().map(|field| object.get(field)).collect();
    serde_json::to_string(&values).expect("JSON encodes")
}

/// What is absent comes first; numbers by their size, the rest as text.
fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        }
        (one, other) => one.map(as_text).cmp(&other.map(as_text)),
    }
}

fn follows(value: Option<&Value>, offset: &str) -> bool {
    match (value, offset.parse::<f64>()) {
        (Some(Value::Number(value)), Ok(offset)) => value.as_f64().is_some_and(|v| v > offset),
        (Some(value), _) => *as_text(value) > *offset,
        (None, _) => false,
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KNOWN: [&str; 3] = ["id", "name", "size"];

    fn cut(paging: Paging) -> Value {
        let items: Vec<Value> = vec![
            json!({"id": "a", "name": "x", "size": 10}),
            json!({"id": "b", "name": "y", "size": 9}),
            json!({"id": "c", "name": "x"}),
        ];
        serde_json::to_value(paging.cut(items, &KNOWN).unwrap()).unwrap()
    }

    fn ids(page: &Value) -> String {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap()).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn items_are_sorted_by_any_field_and_either_way() {
        for (sort, expected) in [
            (&["size"][..], "cba"),
            (&["-size"], "abc"),
            (&["name", "-id"], "cab"),
        ] {
            let sort = texts(sort);
            assert_eq!(
                ids(&cut(Paging {
                    sort,
                    ..Paging::default()
                })),
                expected
            );
        }
    }

    #[test]
    fn a_part_is_cut_out_by_number_by_page_or_by_value() {
        let offset = Paging {
            offset: Some(1),
            limit: Some(1),
            ..Paging::default()
        };
        let page = Paging {
            page: Some(2),
            limit: Some(2),
            ..Paging::default()
        };
        let value = Paging {
            offset_field: Some("size".into()),
            offset_value: Some("9".into()),
            ..Paging::default()
        };
        assert_eq!(
            cut(offset),
            json!({"count": 3, "items": [{"id": "b", "name": "y", "size": 9}]})
        );
        assert_eq!(ids(&cut(page)), "c");
        assert_eq!(ids(&cut(value)), "a");
    }

    #[test]
    fn count_items_fields_and_doubles_are_left_out_when_asked() {
        let none = Paging {
            without_items: true,
            without_count: true,
            ..Paging::default()
        };
        assert_eq!(cut(none), json!({"items": []}));
        let fields = Paging {
            fields: texts(&["id"]),
            limit: Some(1),
            ..Paging::default()
        };
        assert_eq!(cut(fields)["items"], json!([{"id": "a"}]));
        let group = Paging {
            group: texts(&["name"]),
            ..Paging::default()
        };
        assert_eq!(ids(&cut(group)), "ab");
    }

    #[test]
    fn a_field_that_there_is_not_is_refused_by_the_parameter_that_names_it() {
        for (parameter, paging) in [
            (
                "sort",
                Paging {
                    sort: texts(&["-x"]),
                    ..Paging::default()
                },
            ),
            (
                "group",
                Paging {
                    group: texts(&["x"]),
                    ..Paging::default()
                },
            ),
            (
                "fields",
                Paging {
                    fields: texts(&["x"]),
                    ..Paging::default()
                },
            ),
            (
                "offsetField",
                Paging {
                    offset_field: Some("x".into()),
                    ..Paging::default()
                },
            ),
            (
                "offsetValue",
                Paging {
                    offset_field: Some("id".into()),
                    ..Paging::default()
                },
            ),
        ] {
            let refusal = paging.cut(Vec::<Value>::new(), &KNOWN).unwrap_err();
            assert!(format!("{refusal:?}").contains(parameter), "{refusal:?}");
        }
    }
}
