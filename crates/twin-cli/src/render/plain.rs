//! Text of others, made harmless for a terminal.
//!
//! Whoever writes a message must not be able to clear a screen, set a title, or turn the reading
//! order of what stands beside it.

/// `text` in one line.
pub(crate) fn line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            other => harmless(other),
        })
        .collect()
}

/// The lines of `text`.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(line).collect()
}

fn harmless(c: char) -> char {
    match c {
        // Unicode has pictures of the control characters.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // The second set of controls, and what overrides the direction of writing.
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_shown_and_not_obeyed() {
        assert_eq!(line("a\u{1b}[2Jb\u{7}\u{7f}"), "a␛[2Jb␇␡");
        assert_eq!(
            line("\u{9b}31m \u{202e}abc\u{2066}"),
            "\u{fffd}31m \u{fffd}abc\u{fffd}"
        );
        assert_eq!(line("one\ttwo\r\nthree"), "one two  three");
    }

    #[test]
    fn letters_of_all_languages_stay() {
        let text = "Привет, 世界, שלום, 👩‍👩‍👧";
        assert_eq!(line(text), text);
        assert_eq!(lines("a\r\nb\n\nc"), ["a", "b", "", "c"]);
    }
}
