//! `null` where the type has a value for "nothing".

use serde::{Deserialize, Deserializer};

/// Reads a `T`; `null` is the empty one.
pub(crate) fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
