//! A terminal that does not show what is typed. How it was before, it is again, however this ends.

#[cfg(not(unix))]
pub(super) use self::console::ask;
#[cfg(unix)]
pub(super) use self::unix::ask;

#[cfg(unix)]
mod unix {
    use std::{
        fs::File,
        io::{self, Write as _},
    };

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    use crate::{
        blocking::blocking,
        command::{Run, password::first_line},
        failure::End,
    };

    /// Asks who sits at the terminal.
    ///
    /// The thread that reads changes nothing of the terminal, so it may be left behind when the program is
    /// stopped: Ctrl-C is a signal here as everywhere else.
    pub(in crate::command::password) async fn ask(
        prompt: &str,
        run: &Run,
    ) -> Result<io::Result<String>, End> {
        let terminal = match Hidden::begin() {
            Ok(terminal) => terminal,
            Err(error) => return Ok(Err(error)),
        };
        let keyboard = match terminal.prompt(prompt) {
            Ok(keyboard) => keyboard,
            Err(error) => return Ok(Err(error)),
        };
        run.stop.or(blocking(|| first_line(keyboard))).await
    }

    /// The terminal, for as long as it does not show what is typed.
    struct Hidden {
        terminal: File,
        before: Termios,
    }

    impl Hidden {
        /// From now on. What was typed before it was shown, and is not taken.
        fn begin() -> io::Result<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty")?;
            let before = tcgetattr(&terminal)?;
            let mut hidden = before.clone();
            hidden.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
            hidden.local_modes |= LocalModes::ICANON | LocalModes::ISIG;
            // No Ctrl-Z: a shell shows what is typed again when it takes the terminal, and goes on to
            // when the program comes back. No Ctrl-\ either: it ends the program where it stands.
            hidden.special_codes[SpecialCodeIndex::VSUSP] = 0;
            hidden.special_codes[SpecialCodeIndex::VQUIT] = 0;
            tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
            Ok(Self { terminal, before })
        }

        /// Asks, and gives where to read the answer.
        fn prompt(&self, text: &str) -> io::Result<File> {
            (&self.terminal).write_all(text.as_bytes())?;
            self.terminal.try_clone()
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
            // The end of the line was not shown either.
            let _ = self.terminal.write_all(b"\n");
        }
    }
}

#[cfg(not(unix))]
mod console {
    use std::io;

    use crate::{blocking::blocking, command::Run, failure::End};

    /// Asks who sits at the console, which goes back by itself when the program ends.
    pub(in crate::command::password) async fn ask(
        prompt: &'static str,
        run: &Run,
    ) -> Result<io::Result<String>, End> {
        let asked = run
            .stop
            .or(blocking(move || rpassword::prompt_password(prompt)))
            .await?;
        match asked {
            // Ctrl-C, which the console's reader has taken.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(End::Stopped),
            asked => Ok(asked),
        }
    }
}
