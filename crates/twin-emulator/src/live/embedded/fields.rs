//! The fields of a JSON object as Centrifugo 6.2 reads them: keys in any case, the last of doubled
//! keys, `null` as if it were absent (facts, 1.6; capture `bad-requests`).

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Something that is not what the protocol promises; it ends the link with 3501.
#[derive(Debug)]
pub(super) struct Malformed;

impl From<serde_json::Error> for Malformed {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// The fields of one object, in their order, values as they came.
#[derive(Debug, Default)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// The fields of the first JSON value in `text`. What follows it is not looked at, as
    /// Centrifugo 6.2 drops it (facts, 1.7).
    pub(super) fn first_in(text: &'a str) -> Result<Self, Malformed> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Self>();
        values.next().ok_or(Malformed)?.map_err(Malformed::from)
    }

    /// The value of `key`, unread.
    pub(super) fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| *value)
            .filter(|value| value.get() != "null")
    }

    /// The value of `key`; the default where it is absent.
    pub(super) fn read<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, Malformed> {
        match self.raw(key) {
            None => Ok(T::default()),
            Some(value) => Ok(serde_json::from_str(value.get())?),
        }
    }

    /// The object at `key`.
    pub(super) fn object(&self, key: &str) -> Result<Option<Self>, Malformed> {
        match self.raw(key) {
            None => Ok(None),
            Some(value) => Ok(Some(serde_json::from_str(value.get())?)),
        }
    }

    /// All fields, for an object that is a map.
    pub(super) fn entries(self) -> impl Iterator<Item = (String, &'a RawValue)> {
        self.0
            .into_iter()
            .map(|(key, value)| (key.into_owned(), value))
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    fields.push((entry.0.0, entry.1));
                }
                Ok(Fields(fields))
            }
        }

        /// Borrowed where the key holds no escapes.
        #[derive(Deserialize)]
        struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

        deserializer.deserialize_map(Collect)
    }
}
