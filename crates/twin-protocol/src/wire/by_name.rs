//! Objects from objects alone. What serde derives for a struct takes a list as well, its values for
//! the fields in their order: `["m","BOT"]` would be a message, and which one would depend on how
//! its type happens to be written down. The platform's values have their names.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::de::Read;

/// Reads a `T` from the whole of a JSON text; neither it nor what it is made of takes a list for an
/// object.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> serde_json::Result<T> {
    read(serde_json::Deserializer::from_str(json))
}

/// The same of bytes, which may be no text at all.
pub(crate) fn from_slice<'de, T: Deserialize<'de>>(json: &'de [u8]) -> serde_json::Result<T> {
    read(serde_json::Deserializer::from_slice(json))
}

fn read<'de, T: Deserialize<'de>>(
    mut deserializer: serde_json::Deserializer<impl Read<'de>>,
) -> serde_json::Result<T> {
    let value = T::deserialize(ByName(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// A part of serde's machinery, which asks for maps where it is asked for structs. It stands around
/// every part that may lead to a struct; around what leads to bare values there is none.
///
/// It is for JSON, and calls back with JSON's values alone. What serde itself has kept for later
/// (untagged enums, flattened fields) it does not reach, nor into enums of serde's own form: the
/// platform's types have no structs in these.
pub(crate) struct ByName<T>(pub(crate) T);

/// Hands on what leads to bare values.
macro_rules! bare {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$deserialize(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ByName<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(ByName(visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(ByName(visitor))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_seq(ByName(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(ByName(visitor))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(ByName(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, ByName(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_tuple_struct(name, length, ByName(visitor))
    }

    // JSON that is kept as it came is asked for by this, with a name of its own.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, ByName(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    bare! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }
}

/// Hands on a bare value.
macro_rules! visit {
    ($($visit:ident($value:ty))*) => {$(
        fn $visit<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.0.$visit(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ByName<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(ByName(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(ByName(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(ByName(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(ByName(entries))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ByName<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(ByName(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ByName<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        // A name is text.
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(ByName(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for ByName<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(ByName(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::DeserializeOwned;
    use serde_json::value::RawValue;

    use super::*;
    use crate::{raw::RawJson, wire};

    /// A struct in every place where one can stand.
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    #[allow(dead_code, reason = "what matters is whether it can be read")]
    struct Node {
        text: Option<String>,
        one: Option<Box<Node>>,
        #[serde(deserialize_with = "wire::list")]
        list: Vec<Node>,
        plain: Vec<Node>,
        #[serde(deserialize_with = "wire::list_or_text")]
        written: Vec<Node>,
        #[serde(deserialize_with = "wire::map")]
        map: BTreeMap<String, Node>,
        pair: Option<(u8, Box<Node>)>,
        wrapped: Option<Wrapped>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "as above")]
    struct Wrapped(Box<Node>);

    const PLACES: [(&str, &str); 11] = [
        ("@", ""),
        (r#"{"one":@}"#, "one"),
        (r#"{"one":{"one":@}}"#, "one.one"),
        (r#"{"list":[{},@]}"#, "list[1]"),
        (r#"{"list":[{"one":@}]}"#, "list[0].one"),
        (r#"{"plain":[@]}"#, "plain[0]"),
        (r#"{"written":[@]}"#, "written[0]"),
        (r#"{"written":[{"one":@}]}"#, "written[0].one"),
        (r#"{"map":{"a":@}}"#, "map.a"),
        (r#"{"pair":[1,@]}"#, "pair[1]"),
        (r#"{"wrapped":@}"#, "wrapped"),
    ];

    fn unreadable<T: DeserializeOwned>(json: &str) -> Option<(String, String)> {
        let unreadable = wire::decode::<T>(json.as_bytes()).err()?;
        Some((unreadable.field, unreadable.reason))
    }

    #[test]
    fn no_list_is_an_object_wherever_one_stands() {
        for (json, place) in PLACES {
            let object = json.replace('@', r#"{"text":"x"}"#);
            assert_eq!(unreadable::<Node>(&object), None, "{object}");
            for list in ["[]", r#"["x"]"#, r#"["x",null,[],[],[],{},null,null]"#] {
                let list = json.replace('@', list);
                let (field, reason) = unreadable::<Node>(&list).expect(&list);
                assert_eq!(field, place, "{list}");
                assert!(
                    reason.starts_with("invalid type: sequence, expected struct Node"),
                    "{reason}"
                );
                let raw = RawJson::new(list.clone()).unwrap();
                assert!(raw.read::<Node>().is_err(), "{list}");
            }
        }
    }

    #[test]
    fn no_list_in_a_text_is_an_object() {
        assert_eq!(unreadable::<Node>(r#"{"written":"[{}]"}"#), None);
        for json in [r#"{"written":"[[]]"}"#, r#"{"written":"[{\"one\":[]}]"}"#] {
            let (field, _) = unreadable::<Node>(json).expect(json);
            assert_eq!(field, "written", "{json}");
        }
    }

    #[test]
    fn what_can_be_borrowed_is_borrowed_and_raw_json_kept() {
        #[derive(Deserialize)]
        struct Borrowed<'a> {
            #[serde(borrow)]
            texts: Vec<&'a str>,
            #[serde(borrow)]
            raw: &'a RawValue,
        }

        let json = r#"{"texts":["a"],"raw":[1, {"b" : 2.0}]}"#;
        let read: Borrowed<'_> = from_str(json).unwrap();
        assert_eq!(
            read.texts[0].as_ptr(),
            json["{\"texts\":[\"".len()..].as_ptr()
        );
        assert_eq!(read.raw.get(), r#"[1, {"b" : 2.0}]"#);
    }

    #[test]
    fn nothing_may_follow() {
        for json in ["{} {}", "{}]", "{}x"] {
            assert!(from_str::<Node>(json).is_err(), "{json}");
            assert!(from_slice::<Node>(json.as_bytes()).is_err(), "{json}");
        }
        assert!(from_str::<Node>(" {} ").is_ok());
    }
}
