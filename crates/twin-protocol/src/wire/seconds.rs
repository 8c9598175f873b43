//! A duration that the wire counts in whole seconds; what it has beyond them is not sent.

use std::time::Duration;

use serde::{Deserializer, Serializer};

use crate::wire;

pub(crate) fn serialize<S: Serializer>(value: &Duration, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_u64(value.as_secs())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
    wire::integer(d).map(Duration::from_secs)
}
