//! `twin login` at a terminal: who types a password sees nothing of it.

use tempfile::TempDir;

use crate::support::{AtTerminal, Platform, Twin};

struct World {
    platform: Platform,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            platform: Platform::echo(),
            folder: TempDir::new().unwrap(),
        }
    }

    /// One who is asked for the password.
    fn asked(&self) -> AtTerminal {
        let file = self.folder.path().join("login.json");
        let mut asked = Twin::new(["login", "anna@example.com"])
            .env("TWIN_EMULATOR", self.platform.url())
            .env("TWIN_LOGIN_FILE", file.to_str().unwrap())
            .at_terminal();
        asked.until("Password: ");
        assert!(!asked.shows());
        asked
    }

    fn has_logged_in(&self) -> bool {
        self.folder.path().join("login.json").exists()
    }
}

#[test]
fn a_password_is_not_shown_as_it_is_typed() {
    let world = World::new();
    let mut asked = world.asked();
    asked.say("demo");
    let (code, shown) = asked.end();
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.starts_with("\r\nlogged in as anna@example.com"),
        "{shown}"
    );
    assert!(world.has_logged_in());
}

#[test]
fn a_typed_password_is_corrected_as_any_line() {
    let world = World::new();
    let mut asked = world.asked();
    asked.say("wrong\u{15}demx\u{7f}o");
    let (code, shown) = asked.end();
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn a_wrong_password_is_told_as_such() {
    let world = World::new();
    let mut asked = world.asked();
    asked.say("secret-wrong");
    let (code, shown) = asked.end();
    assert_eq!(code, 1, "{shown}");
    let told = "cannot log in as anna@example.com: the platform refuses the e-mail address or the password";
    assert!(shown.contains(told), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
    assert!(!world.has_logged_in());
}

/// A program that ends by Ctrl-\ cannot show again what is typed.
#[test]
fn no_key_ends_it_with_the_terminal_as_it_is() {
    let world = World::new();
    let mut asked = world.asked();
    asked.types("\u{1c}\u{1a}\u{15}");
    asked.say("demo");
    let (code, shown) = asked.end();
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn no_password_is_an_error() {
    let world = World::new();
    let mut entered = world.asked();
    entered.say("");
    let mut ended = world.asked();
    ended.control('d');
    for asked in [entered, ended] {
        let (code, shown) = asked.end();
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("the password is empty"), "{shown}");
    }
}

/// A program that does not end by itself is ended by force, and then leaves the terminal as it is: the
/// end of each of these has seen that it did not.
#[test]
fn ctrl_c_while_it_asks_ends_it() {
    let world = World::new();
    let mut at_once = world.asked();
    at_once.control('c');
    let mut amid = world.asked();
    amid.types("half");
    amid.control('c');
    for asked in [at_once, amid] {
        let (code, shown) = asked.end();
        assert_eq!((code, shown.as_str()), (0, "\r\n"));
    }
    assert!(!world.has_logged_in());
}
