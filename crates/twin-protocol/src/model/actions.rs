//! The actions of a message in REST's replies. Written by hand: they come in two shapes.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{model::MessageAction, raw::RawJson};

/// What a message asks the application to do: a list of actions, or an object of texts (the
/// vendor's PHP SDK has both).
///
/// Anything else that comes in its place is kept as it came.
///
/// Source: the earlier article, the vendor's PHP SDK.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Actions {
    /// A list of actions; also where PHP meant an empty object.
    List(Vec<MessageAction>),
    /// Texts by name. What the names mean is not known.
    Map(BTreeMap<String, String>),
    /// Neither of them, as it came.
    Other(RawJson),
}

impl Actions {
    /// The actions of a list; nothing of any other shape.
    pub fn list(&self) -> &[MessageAction] {
        match self {
            Self::List(list) => list,
            Self::Map(_) | Self::Other(_) => &[],
        }
    }
}

impl<'de> Deserialize<'de> for Actions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        Ok(if let Ok(list) = raw.read() {
            Self::List(list)
        } else if let Ok(map) = raw.read() {
            Self::Map(map)
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
            (r#"[{"type":"button","label":"x"}]"#, 1),
            (r#"{"a":"b"}"#, 0),
            ("{}", 0),
            (r#"{"a":[1]}"#, 0),
            (r#"["a"]"#, 0),
            (r#"[["button","x","x",null]]"#, 0),
            ("5", 0),
        ] {
            let actions: Actions = serde_json::from_str(json).unwrap();
            assert_eq!(actions.list().len(), listed, "{json}");
            assert_eq!(serde_json::to_string(&actions).unwrap(), json);
        }
    }
}
