//! What is wrong with a payload, in words that do not repeat the payload: it may hold what people
//! write to each other, or a link that opens without a password.

/// The decoder's words without the text that it quotes.
pub(super) fn without_contents(error: &serde_json::Error) -> String {
    let words = error.to_string();
    // serde quotes a text that it met, `invalid type: string "...", expected ...`: from the first
    // quote to the last, since the text may hold quotes itself. Names of fields stand in backticks.
    match (words.find(" \""), words.rfind('"')) {
        (Some(start), Some(end)) if start + 1 < end => {
            format!("{}{}", &words[..start], &words[end + 1..])
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason<T: serde::de::DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        without_contents(&serde_json::from_str::<T>(json).unwrap_err())
    }

    #[test]
    fn a_text_that_was_met_is_left_out() {
        let reason = reason::<u32>(r#""https://example.com/?signature=\"abc\", expected x""#);
        assert!(reason.starts_with("invalid type: string, expected u32"), "{reason}");
        assert!(!reason.contains("signature"), "{reason}");
    }

    #[test]
    fn other_words_stay() {
        assert!(reason::<Vec<u8>>("{}").starts_with("invalid type: map, expected a sequence"));
    }
}
