//! What a bot's message stands for. Written by hand: it comes in two shapes.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{model::Substitution, raw::RawJson};

/// Where a bot's message comes from: an object, or a list (the vendor's wiki and PHP SDK).
///
/// Anything else that comes in its place is kept as it came.
///
/// Source: the vendor's PHP SDK, the vendor's wiki.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Substitutions {
    /// A list of them; also where PHP meant an empty object.
    List(Vec<Substitution>),
    /// One.
    One(Substitution),
    /// Neither of them, as it came.
    Other(RawJson),
}

impl Substitutions {
    /// Those of either shape; nothing of any other.
    pub fn list(&self) -> &[Substitution] {
        match self {
            Self::List(list) => list,
            Self::One(one) => std::slice::from_ref(one),
            Self::Other(_) => &[],
        }
    }
}

impl<'de> Deserialize<'de> for Substitutions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        Ok(if let Ok(list) = raw.read() {
            Self::List(list)
        } else if let Ok(one) = raw.read() {
            Self::One(one)
        } else {
            Self::Other(raw)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_kept() {
        for (json, listed) in [
            ("[]", 0),
            (r#"{"nodeId":"n","botId":"b"}"#, 1),
            ("{}", 1),
            (r#"[{"nodeId":"n"},{}]"#, 2),
            (r#"["a"]"#, 0),
            (r#"[["n","b"]]"#, 0),
            (r#"["n","b"]"#, 0),
            (r#"{"botId":{}}"#, 0),
            ("5", 0),
        ] {
            let substitutions: Substitutions = serde_json::from_str(json).unwrap();
            assert_eq!(substitutions.list().len(), listed, "{json}");
            assert_eq!(serde_json::to_string(&substitutions).unwrap(), json);
        }
    }
}
