//! The wire's quirks, each solved once: `null` for "nothing", PHP's `[]` for an empty map, numbers
//! written as text and text as numbers, seconds, values that nobody has heard of yet; and serde's own,
//! which takes lists for objects.
//!
//! The functions here are named in the serde attributes of the generated types. No type of the
//! platform is here, and nothing that users see but [`CustomText`], which nobody can name.

#![allow(
    dead_code,
    unused_imports,
    reason = "which of these the generated types need is the specification's to say"
)]

mod boolean;
mod by_name;
mod integer;
mod list;
mod map;
mod null;
mod open_enum;
pub(crate) mod optional_seconds;
mod reason;
pub(crate) mod seconds;
mod surrogate;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use self::{
    boolean::{boolean, optional_boolean},
    by_name::{ByName, from_slice, from_str},
    integer::{integer, optional_integer},
    list::{list, list_or_text},
    map::map,
    null::null_as_default,
    open_enum::{CustomText, open_enum},
    reason::{decode, without_contents},
    surrogate::without_lone_surrogates,
    text::{optional_text, text, text_or_empty, texts},
};
