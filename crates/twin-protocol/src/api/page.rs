//! Lists, a page at a time.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};

use crate::{api::EncodeError, raw::RawJson, wire};

/// A part of a list.
///
/// The platform can be asked to leave out the count, or the items: one of the two makes a page. What
/// has neither is none, so that no other JSON (`{}`, `[]`, what a proxy says of itself) is taken for a
/// list that is empty.
///
/// Source: the vendor's PHP SDK; every list answers in this form.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// How many items the whole list has. `None` where the call asked for no count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The items of this part, in the list's order. Empty where the call asked for none.
    pub items: Vec<Item<T>>,
}

impl<T> Page<T> {
    /// A part of a list that has `count` items in all.
    pub fn new(count: u64, items: Vec<Item<T>>) -> Self {
        Self {
            count: Some(count),
            items,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = Parts::deserialize(wire::ByName(deserializer))?;
        if let (None, None) = (parts.count, &parts.items) {
            return Err(D::Error::missing_field("items"));
        }
        Ok(Self {
            count: parts.count,
            items: parts.items.unwrap_or_default(),
        })
    }
}

/// A page as it is written: each part may be lacking, or `null`.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned", expecting = "a page of a list")]
struct Parts<T> {
    #[serde(default, deserialize_with = "wire::optional_integer")]
    count: Option<u64>,
    items: Option<Vec<Item<T>>>,
}

/// An item of a list: what came, and what could be read of it. One that cannot be read spoils
/// neither the list nor itself.
#[derive(Clone)]
pub struct Item<T> {
    raw: RawJson,
    value: Result<T, String>,
}

impl<T> Item<T> {
    /// The item as it came, byte for byte.
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }

    /// The item, read.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words that do not repeat its contents.
    pub fn read(&self) -> Result<&T, &str> {
        self.value.as_ref().map_err(String::as_str)
    }

    /// The item as it came, and what could be read of it.
    pub fn into_parts(self) -> (RawJson, Result<T, String>) {
        (self.raw, self.value)
    }
}

impl<T: Serialize> Item<T> {
    /// An item of this value, for a server.
    ///
    /// # Errors
    ///
    /// When the value cannot be written as JSON.
    pub fn new(value: T) -> Result<Self, EncodeError> {
        let json = serde_json::value::to_raw_value(&value).map_err(EncodeError::body)?;
        Ok(Self {
            raw: json.into(),
            value: Ok(value),
        })
    }
}

/// Two items are equal when they came as the same bytes.
impl<T> PartialEq for Item<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T: fmt::Debug> fmt::Debug for Item<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Ok(value) => f.debug_tuple("Item").field(value).finish(),
            Err(reason) => f.debug_tuple("UnreadableItem").field(reason).finish(),
        }
    }
}

impl<T> Serialize for Item<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let value = wire::decode(raw.as_bytes()).map_err(|unreadable| unreadable.to_string());
        Ok(Self { raw, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_item_spoils_neither_the_list_nor_itself() {
        let json = r#"{"count":"3","items":[1,{"x" : "a"},3]}"#;
        let page: Page<u64> = serde_json::from_str(json).unwrap();
        assert_eq!(page.count, Some(3));
        assert_eq!(page.items[0].read(), Ok(&1));
        assert_eq!(page.items[1].raw().get(), r#"{"x" : "a"}"#);
        assert!(
            page.items[1]
                .read()
                .unwrap_err()
                .starts_with("invalid type: map")
        );
        let again = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        assert_eq!(page, again);
    }

    #[test]
    fn count_or_items_may_be_left_out_but_not_both() {
        for (json, count, items) in [
            (r#"{"count":7}"#, Some(7), 0),
            (r#"{"count":0,"items":null}"#, Some(0), 0),
            (r#"{"items":[1,2]}"#, None, 2),
            (r#"{"count":null,"items":[]}"#, None, 0),
        ] {
            let page: Page<u64> = serde_json::from_str(json).unwrap();
            assert_eq!((page.count, page.items.len()), (count, items), "{json}");
        }
        for json in [
            "{}",
            r#"{"count":null,"items":null}"#,
            r#"{"status":"ok"}"#,
            "[]",
            "[1,[2]]",
            r#"{"items":{}}"#,
        ] {
            assert!(serde_json::from_str::<Page<u64>>(json).is_err(), "{json}");
        }
    }
}
