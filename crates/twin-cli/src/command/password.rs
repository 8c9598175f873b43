//! A password: from a file, from a terminal that does not show it, or from stdin.

use std::{
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use tokio::task::spawn_blocking;
use twin_client::{ErrorKind, Secret};

use super::Run;
use crate::{
    args::LoginArgs,
    failure::{End, Failure},
};

/// No password is longer, in bytes.
const LONGEST: u64 = 4096;

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
            // Whoever stops the program here wants the terminal back as it was.
            let _terminal = terminal::Kept::new();
            let ask = || rpassword::prompt_password("Password: ");
            (what, run.stop.or(blocking(ask)).await?)
        }
        None => {
            let what = "cannot read the password from stdin".to_owned();
            (
                what,
                run.stop
                    .or(blocking(|| first_line(io::stdin().lock())))
                    .await?,
            )
        }
    };
    let password = read.map_err(|error| Failure::of_io(&what, &error))?;
    if password.is_empty() {
        let text = format!("{what}: it is empty");
        return Err(Failure::new(ErrorKind::InvalidInput, text).into());
    }
    Ok(Secret::from(password))
}

fn from_file(path: &Path) -> io::Result<String> {
    first_line(std::fs::File::open(path)?)
}

fn first_line(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(source.take(LONGEST)), &mut text)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// Reading may block for long: someone has to type.
async fn blocking(
    read: impl FnOnce() -> io::Result<String> + Send + 'static,
) -> io::Result<String> {
    spawn_blocking(read)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(unix)]
mod terminal {
    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    /// How the terminal was; it is again so when this is dropped.
    pub(super) struct Kept(Option<Termios>);

    impl Kept {
        pub(super) fn new() -> Self {
            Self(tcgetattr(std::io::stdin()).ok())
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
            }
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    /// The console goes back by itself when the program ends.
    pub(super) struct Kept;

    impl Kept {
        pub(super) fn new() -> Self {
            Self
        }
    }
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
