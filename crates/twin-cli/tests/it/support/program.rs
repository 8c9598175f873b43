//! The built program.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

/// How long anything may take before a test is given up: it hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Where the built program is.
#[cfg(unix)]
pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_twin")
}

/// A call of the program that is being put together. Nothing of the tests' own environment reaches
/// it.
pub(crate) struct Twin(pub(super) Command);

/// What has become of a call.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A program that runs.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    /// What has been read of stdout so far.
    read: String,
    stderr: mpsc::Receiver<String>,
}

impl Twin {
    pub(crate) fn new<'a>(args: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twin"));
        command.env_clear().args(args);
        Self(command)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it to its end, without any input.
    pub(crate) fn run(self) -> Ended {
        let mut running = self.start();
        running.close_stdin();
        running.end()
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        let (running, stdout) = self.start_unread();
        running.reading(stdout)
    }

    /// Starts it, with `stderr` as its stderr.
    #[cfg(unix)]
    pub(crate) fn start_telling(self, stderr: impl Into<Stdio>) -> Running {
        let (running, stdout) = self.spawn(stderr.into());
        running.reading(stdout)
    }

    /// Starts it, and gives its stdout, which nobody reads.
    pub(crate) fn start_unread(self) -> (Running, ChildStdout) {
        self.spawn(Stdio::piped())
    }

    fn spawn(mut self, stderr: Stdio) -> (Running, ChildStdout) {
        self.0.stdin(Stdio::piped());
        self.0.stdout(Stdio::piped()).stderr(stderr);
        let mut child = self.0.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let stdin = child.stdin.take();
        let pipe = child.stderr.take();
        let (sender, stderr) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_string(&mut text).unwrap();
            }
            let _ = sender.send(text);
        });
        let (_, lines) = mpsc::channel();
        let read = String::new();
        let running = Running {
            child,
            stdin,
            lines,
            read,
            stderr,
        };
        (running, stdout)
    }

    /// Runs it to its end, with `stdout` as its stdout.
    pub(crate) fn run_into(mut self, stdout: impl Into<Stdio>) -> Ended {
        self.0
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped());
        let mut child = self.0.spawn().unwrap();
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        let code = child.wait().unwrap().code().unwrap();
        Ended {
            code,
            stdout: String::new(),
            stderr,
        }
    }
}

impl Running {
    /// The same, its stdout read.
    fn reading(mut self, stdout: ChildStdout) -> Self {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        self.lines = lines;
        self
    }

    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        match self.lines.recv_timeout(HANGS) {
            Ok(line) => {
                self.read.push_str(&line);
                self.read.push('\n');
                line
            }
            Err(error) => {
                let _ = self.child.kill();
                let stderr = self.stderr.recv().unwrap_or_default();
                panic!(
                    "no further line ({error}) after:\n{}\nstderr: {stderr}",
                    self.read
                )
            }
        }
    }

    /// Reads up to and with the first line that has `part` in it.
    pub(crate) fn until(&mut self, part: &str) -> String {
        loop {
            let line = self.line();
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The next JSON line whose fields have these values.
    pub(crate) fn object(&mut self, fields: &[(&str, &str)]) -> Value {
        loop {
            let line = self.line();
            let object: Value = serde_json::from_str(&line).unwrap();
            if fields.iter().all(|(name, value)| object[*name] == **value) {
                return object;
            }
        }
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
    }

    /// Ctrl-D.
    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Sends it a signal, by its short name.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        loop {
            match self.lines.recv_timeout(HANGS) {
                Ok(line) => {
                    self.read.push_str(&line);
                    self.read.push('\n');
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it does not end after:\n{}", self.read);
                }
            }
        }
        let stderr = self.stderr.recv_timeout(HANGS).expect("it does not end");
        let code = self
            .child
            .wait()
            .unwrap()
            .code()
            .expect("it was killed by a signal");
        let stdout = std::mem::take(&mut self.read);
        Ended {
            code,
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It has done its work, and says nothing beside.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (0, ""),
            "{}",
            self.stdout
        );
        self.stdout
    }

    /// It failed, and says why in one sentence, which has these parts.
    #[track_caller]
    pub(crate) fn failed(self, parts: &[&str]) -> String {
        assert_eq!(self.code, 1, "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {}", self.stderr);
        }
        self.stdout
    }

    /// It was used wrongly, and says how; stdout stays empty.
    #[track_caller]
    pub(crate) fn misused(&self, part: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{self:?}");
        assert!(self.stderr.contains(part), "no {part:?} in {}", self.stderr);
    }
}
