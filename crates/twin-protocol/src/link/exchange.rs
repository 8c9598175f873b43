//! One HTTP request and its answer: its name, and what is added to the link's address for it.

use std::{borrow::Cow, fmt};

/// Names one HTTP exchange.
///
/// A machine numbers its exchanges and never uses a number twice, so a late answer is told apart
/// from that of a present one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(u64);

impl ExchangeId {
    /// The first exchange of a machine.
    pub const FIRST: Self = Self(1);

    /// The exchange after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The exchange's number, from 1.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExchangeId({})", self.0)
    }
}

/// The parameters that a machine adds to the link's address, in order.
///
/// `Display` writes them percent-encoded, as they stand in a URL: `EIO=3&transport=polling`. One of
/// them may name the connection, and then opens it: `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    parameters: Vec<(&'static str, Cow<'static, str>)>,
}

impl Query {
    /// No parameters.
    pub const fn new() -> Self {
        Self {
            parameters: Vec::new(),
        }
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }

    /// The value of a parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| &**value)
    }

    /// Names and values, in order, as they are before encoding.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parameters
            .iter()
            .map(|(name, value)| (*name, &**value))
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Query")?;
        f.debug_list()
            .entries(self.parameters.iter().map(|(name, _)| name))
            .finish()
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = form_urlencoded::Serializer::new(String::new());
        f.write_str(&text.extend_pairs(self.iter()).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_in_order_and_encoded() {
        let query = Query::new()
            .with("EIO", "3")
            .with("transport", "polling")
            .with("sid", "a+b&c/ж".to_owned());
        assert_eq!(
            query.to_string(),
            "EIO=3&transport=polling&sid=a%2Bb%26c%2F%D0%B6"
        );
        assert_eq!(query.value("sid"), Some("a+b&c/ж"));
        assert_eq!(query.value("key"), None);
    }

    #[test]
    fn the_debug_form_of_a_query_shows_no_value() {
        let query = Query::new().with("sid", "secret");
        assert_eq!(format!("{query:?}"), r#"Query["sid"]"#);
    }
}
