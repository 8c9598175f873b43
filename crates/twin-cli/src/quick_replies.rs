//! Answers that a message offers, as they are numbered for people.

use twin_client::model::Keyboard;

/// The answers and the buttons of a message, each text once, in the order in which they are numbered
/// from 1.
pub(crate) fn offered<'a>(answers: &'a [String], keyboard: Option<&'a Keyboard>) -> Vec<&'a str> {
    let buttons = keyboard.into_iter().flat_map(|keyboard| &keyboard.buttons);
    let texts = answers.iter().chain(buttons.map(|button| &button.text));
    let mut offered = Vec::new();
    for text in texts.map(String::as_str) {
        if !text.trim().is_empty() && !offered.contains(&text) {
            offered.push(text);
        }
    }
    offered
}

#[cfg(test)]
mod tests {
    use twin_client::model::{Button, ButtonType};

    use super::*;

    #[test]
    fn what_is_offered_twice_has_one_number() {
        let mut keyboard = Keyboard::default();
        for text in ["yes", "maybe", " "] {
            keyboard
                .buttons
                .push(Button::new(ButtonType::from("text"), text));
        }
        let answers = ["yes".to_owned(), "no".to_owned()];
        assert_eq!(offered(&answers, Some(&keyboard)), ["yes", "no", "maybe"]);
        assert_eq!(offered(&[], None), [""; 0]);
    }
}
