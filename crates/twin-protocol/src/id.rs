//! Identifiers of the platform: opaque strings, one type each.
//!
//! Most are UUIDs, but operators' are decimal numbers, and they come as text or as a number
//! (facts: every sample; `operatorId` of the Socket.IO events). So nothing is assumed of their form,
//! and a number is read as its digits.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// An opaque string; cheap to clone.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as the platform writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(IdVisitor).map(Self)
            }
        }
    )*};
}

/// `Debug` shows the whole id.
macro_rules! shown_ids {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.as_str()).finish()
            }
        }
    )*};
}

ids! {
    /// Names the author of a message: an operator, a bot or a client.
    AuthorId;
    /// Names a bot.
    BotId;
    /// Names a chat: the settings under which sessions are held.
    ChatId;
    /// Names a client of the platform: the person who writes.
    ClientId;
    /// Names a dialog with a bot.
    DialogId;
    /// Names a fact that a bot remembers.
    FactId;
    /// Names a file.
    FileId;
    /// Names a group of operators.
    GroupId;
    /// Names a message.
    MessageId;
    /// Names an operator; a string of digits in most replies.
    OperatorId;
    /// Names a chat session. It opens the posting of messages without any other credential, so
    /// `Debug` shows only its first eight characters; `Display` and [`as_str`](Self::as_str) show
    /// it whole.
    SessionId;
    /// Names a user: of the identity service, or the widget's visitor.
    UserId;
}

shown_ids! { AuthorId BotId ChatId ClientId DialogId FactId FileId GroupId MessageId OperatorId UserId }

impl SessionId {
    /// The first eight characters: what logs may show.
    pub fn short(&self) -> &str {
        match self.0.char_indices().nth(8) {
            Some((end, _)) => &self.0[..end],
            None => &self.0,
        }
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({:?}..)", self.short())
    }
}

struct IdVisitor;

impl de::Visitor<'_> for IdVisitor {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: a string or a whole number")
    }

    fn visit_str<E: de::Error>(self, id: &str) -> Result<Self::Value, E> {
        Ok(id.into())
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<Self::Value, E> {
        Ok(id.to_string().into())
    }

    fn visit_i64<E: de::Error>(self, id: i64) -> Result<Self::Value, E> {
        Ok(id.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_text_and_from_a_number() {
        for json in [r#""389""#, "389"] {
            let id: OperatorId = serde_json::from_str(json).unwrap();
            assert_eq!(id.as_str(), "389");
        }
        assert!(serde_json::from_str::<OperatorId>("null").is_err());
        assert!(serde_json::from_str::<OperatorId>("1.5").is_err());
    }

    #[test]
    fn the_debug_form_of_a_session_id_shows_eight_characters() {
        let id = SessionId::from("4d32dc5a-73d3-457e-9b30-5f7ff4c5fa24");
        assert_eq!(format!("{id:?}"), r#"SessionId("4d32dc5a"..)"#);
        assert_eq!(SessionId::from("кириллица").short(), "кириллиц");
        assert_eq!(SessionId::from("ab").short(), "ab");
    }
}
