//! Ways through a JSON value, to change it in one place.

use serde_json::{Map, Value};

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Index(usize),
    Key(String),
}

/// The ways to all fields of all objects in `json`; not those to the items of its lists.
pub(crate) fn all(json: &Value) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    collect(json, &mut Vec::new(), &mut found);
    found
}

fn collect(json: &Value, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match json {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                way.push(Step::Index(index));
                collect(item, way, found);
                way.pop();
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                way.push(Step::Key(key.clone()));
                found.push(way.clone());
                collect(field, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

/// What stands at the end of the way.
pub(crate) fn get<'a>(json: &'a Value, way: &[Step]) -> Option<&'a Value> {
    way.iter().try_fold(json, |json, step| match step {
        Step::Index(index) => json.get(index),
        Step::Key(key) => json.get(key),
    })
}

/// The value without the field at the end of the way.
pub(crate) fn remove(json: &Value, way: &[Step]) -> Value {
    let mut json = json.clone();
    let (object, key) = last(&mut json, way);
    object.remove(key);
    json
}

/// The value with another field at the end of the way.
pub(crate) fn replace(json: &Value, way: &[Step], value: Value) -> Value {
    let mut json = json.clone();
    let (object, key) = last(&mut json, way);
    object.insert(key.to_owned(), value);
    json
}

/// The way with `*` for every index: `attachments/*/id`.
pub(crate) fn pattern(way: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Index(_) => "*".to_owned(),
        Step::Key(key) => key.clone(),
    };
    way.iter().map(step).collect::<Vec<_>>().join("/")
}

fn last<'a, 'b>(json: &'a mut Value, way: &'b [Step]) -> (&'a mut Map<String, Value>, &'b str) {
    let Some((Step::Key(key), way)) = way.split_last() else {
        panic!("no way to a field")
    };
    let object = way.iter().fold(json, |json, step| match step {
        Step::Index(index) => &mut json[index],
        Step::Key(key) => &mut json[key],
    });
    (object.as_object_mut().expect("an object"), key)
}
