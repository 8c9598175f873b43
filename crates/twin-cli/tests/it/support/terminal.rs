//! The built program at a terminal, as a shell runs it.

use std::{env, fs::File, process::Command};

use rexpect::{
    process::PtyProcess,
    reader::Options,
    session::{PtySession, spawn_with_options},
};
use rustix::termios::{LocalModes, Termios, tcgetattr};

use crate::support::Twin;

/// The shell begins with a terminal that shows what is typed, and outlives the program.
const SHELL: &str = r#"trap : INT; stty echo; echo ready; read -r go
"$0" "$@"
echo "ended with $?"; read -r end"#;

/// A program that runs at a terminal.
pub(crate) struct AtTerminal {
    shell: PtySession,
    terminal: File,
    before: Termios,
}

impl Twin {
    /// Starts it at a terminal of its own.
    pub(crate) fn at_terminal(self) -> AtTerminal {
        let mut shell = Command::new("sh");
        shell
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default());
        shell.args(["-c", SHELL]);
        shell.arg(self.0.get_program()).args(self.0.get_args());
        for (name, value) in self.0.get_envs() {
            shell.env(name, value.expect("nothing is taken away"));
        }
        let patience = Options::new().timeout_ms(Some(60_000));
        let mut shell = spawn_with_options(shell, patience).unwrap();
        shell.exp_string("ready\r\n").unwrap();
        let terminal = PtyProcess::get_file_handle(shell.process()).unwrap();
        let before = tcgetattr(&terminal).unwrap();
        assert!(before.local_modes.contains(LocalModes::ECHO));
        shell.send_line("go").unwrap();
        shell.exp_string("go\r\n").unwrap();
        AtTerminal {
            shell,
            terminal,
            before,
        }
    }
}

impl AtTerminal {
    /// Waits for what is shown.
    pub(crate) fn until(&mut self, text: &str) {
        self.shell.exp_string(text).unwrap();
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        self.shell.send_line(line).unwrap();
    }

    /// Types something, and no line's end.
    pub(crate) fn types(&mut self, text: &str) {
        self.shell.send(text).unwrap();
        self.shell.flush().unwrap();
    }

    /// Types a key while another is held.
    pub(crate) fn control(&mut self, key: char) {
        self.shell.send_control(key).unwrap();
    }

    /// Whether what is typed is shown now.
    pub(crate) fn shows(&self) -> bool {
        let now = tcgetattr(&self.terminal).unwrap();
        now.local_modes.contains(LocalModes::ECHO)
    }

    /// Waits for the program's end; the terminal is as it was. Gives the exit code, and what was shown
    /// until then.
    pub(crate) fn end(mut self) -> (i32, String) {
        let shown = self.shell.exp_string("ended with ").unwrap();
        let code = self.shell.read_line().unwrap().trim().parse().unwrap();
        let now = tcgetattr(&self.terminal).unwrap();
        assert_eq!(format!("{now:?}"), format!("{:?}", self.before));
        self.say("end");
        self.shell.exp_eof().unwrap();
        (code, shown)
    }
}
