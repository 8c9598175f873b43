//! A duration in whole seconds, as in [`seconds`](crate::wire::seconds); `null` is `None`.

use std::time::Duration;

use serde::{Deserializer, Serialize, Serializer};

use crate::wire;

pub(crate) fn serialize<S: Serializer>(value: &Option<Duration>, s: S) -> Result<S::Ok, S::Error> {
    value.map(|value| value.as_secs()).serialize(s)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
    Ok(wire::optional_integer(d)?.map(Duration::from_secs))
}
