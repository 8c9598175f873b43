//! Doc comments.

use crate::codegen::spec::Sources;

/// How long a line may be.
const WIDTH: usize = 100;

/// `text` as comment lines that start with `mark`, wrapped, at this indentation. Paragraphs stay
/// apart.
pub(super) fn lines(mark: &str, indentation: usize, text: &str) -> String {
    let room = WIDTH - indentation - mark.len() - 1;
    let mut lines = String::new();
    for (index, paragraph) in text.split("\n\n").enumerate() {
        if index > 0 {
            lines.push_str(&format!("{mark}\n"));
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                lines.push_str(&format!("{mark} {line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push_str(&format!("{mark} {line}\n"));
    }
    lines
}

/// The description of a type, with where it is known from.
pub(super) fn of_type(indentation: usize, description: &str, sources: &Sources) -> String {
    let text = match of_sources(sources) {
        Some(source) => format!("{description}\n\n{source}"),
        None => description.to_owned(),
    };
    lines("///", indentation, &text)
}

/// Where something is known from, as a sentence.
pub(super) fn of_sources(sources: &Sources) -> Option<String> {
    let words = sources.words.join(", ");
    match (words.is_empty(), sources.is_assumed) {
        (true, false) => None,
        (true, true) => Some("Assumed, not documented.".into()),
        (false, false) => Some(format!("Source: {words}.")),
        (false, true) => Some(format!("Source: {words}; in part assumed.")),
    }
}
