//! A password: from a file, from a terminal that does not show it, or from stdin.

mod terminal;

use std::{
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use twin_client::{ErrorKind, Secret};

use super::Run;
use crate::{
    args::LoginArgs,
    blocking::blocking,
    bounded,
    failure::{End, Failure},
};

/// No password is longer, in bytes.
const LONGEST: usize = 4096;

/// The password of the one who logs in.
pub(super) async fn read(login: &LoginArgs, run: &Run) -> Result<Secret, End> {
    let (what, read) = match &login.password_file {
        Some(file) => {
            let what = format!("cannot read the password file {}", file.display());
            let file = file.clone();
            (what, run.stop.or(blocking(move || from_file(&file))).await?)
        }
        None if io::stdin().is_terminal() => {
            let what = "cannot ask for the password".to_owned();
            (what, terminal::ask("Password: ", run).await?)
        }
        None => {
            let what = "cannot read the password from stdin".to_owned();
            let read = blocking(|| first_line(io::stdin().lock()));
            (what, run.stop.or(read).await?)
        }
    };
    let password = read.map_err(|error| Failure::of_io(&what, &error))?;
    if password.is_empty() {
        let text = "cannot log in: the password is empty";
        return Err(Failure::new(ErrorKind::InvalidInput, text).into());
    }
    Ok(Secret::from(password))
}

fn from_file(path: &Path) -> io::Result<String> {
    first_line(std::fs::File::open(path)?)
}

fn first_line(source: impl Read) -> io::Result<String> {
    bounded::first_line(source, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_with_all_its_blanks() {
        for (text, password) in [
            ("secret", "secret"),
            (" se cret \r\nmore", " se cret "),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(first_line(text.as_bytes()).unwrap(), password, "{text:?}");
        }
        assert!(first_line(&b"\xff\n"[..]).is_err());
    }
}
