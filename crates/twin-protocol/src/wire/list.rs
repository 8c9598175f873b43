//! Lists, also where they come as the text of one.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

/// Reads a list, or the text of a JSON list; `null` and the empty text are an empty list.
pub(crate) fn list_or_text<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "expected a list, or the text of one",
        bound = "T: DeserializeOwned"
    )]
    enum Form<T> {
        List(Vec<T>),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(Vec::new()),
        Some(Form::List(list)) => Ok(list),
        Some(Form::Text(text)) if text.is_empty() => Ok(Vec::new()),
        // The parser's words could repeat the contents.
        Some(Form::Text(text)) => serde_json::from_str(&text)
            .map_err(|_| D::Error::custom("the text is not the list that is expected here")),
    }
}
