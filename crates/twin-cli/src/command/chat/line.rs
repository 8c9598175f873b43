//! What a line that is typed means.

/// What a line that is typed means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Ask the platform to end the session.
    Close,
    Help,
    History,
    /// Nothing.
    Nothing,
    Quit,
    /// A message.
    Say(&'a str),
    /// Begins with a slash, and is no command.
    Unknown(&'a str),
}

impl<'a> Line<'a> {
    /// `offered` are the quick replies, as they are numbered.
    pub(super) fn read(text: &'a str, offered: &'a [String]) -> Self {
        let trimmed = text.trim();
        match trimmed {
            "" => return Self::Nothing,
            "/close" => return Self::Close,
            "/help" => return Self::Help,
            "/history" => return Self::History,
            "/quit" => return Self::Quit,
            _ => {}
        }
        if trimmed.starts_with("/say ") {
            let (_, rest) = text.split_once("/say ").unwrap_or_default();
            return Self::Say(rest);
        }
        if trimmed.starts_with('/') {
            return Self::Unknown(trimmed);
        }
        // As it is shown: `+1` and `007` are messages.
        let mut numbered = (1_usize..).zip(offered);
        let chosen = numbered.find(|(number, _)| number.to_string() == trimmed);
        Self::Say(chosen.map_or(text, |(_, reply)| reply))
    }

    /// A piece of a line that is too long.
    pub(super) fn piece(text: &'a str) -> Self {
        match text.trim() {
            "" => Self::Nothing,
            _ => Self::Say(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_quick_replies_and_slashes_begin_commands() {
        let offered = ["yes".to_owned(), "no".to_owned()];
        for (text, meant) in [
            ("1", Line::Say("yes")),
            (" 2 ", Line::Say("no")),
            ("3", Line::Say("3")),
            ("0", Line::Say("0")),
            ("+1", Line::Say("+1")),
            ("01", Line::Say("01")),
            ("/say 2", Line::Say("2")),
            ("/say /help", Line::Say("/help")),
            (" /say   as it stands ", Line::Say("  as it stands ")),
            ("/say  ", Line::Unknown("/say")),
            ("hello ", Line::Say("hello ")),
            ("  ", Line::Nothing),
            ("/quit", Line::Quit),
            ("/close ", Line::Close),
            ("/say", Line::Unknown("/say")),
            ("/dance", Line::Unknown("/dance")),
        ] {
            assert_eq!(Line::read(text, &offered), meant, "{text:?}");
        }
        assert_eq!(Line::read("1", &[]), Line::Say("1"));
        assert_eq!(Line::piece(" "), Line::Nothing);
    }
}
