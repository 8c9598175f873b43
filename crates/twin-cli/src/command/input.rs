//! Lines of stdin.

use std::{
    io::{self, BufRead as _, Read as _},
    thread,
};

use tokio::sync::mpsc;

/// A longer line is taken in pieces of so many bytes.
const LONGEST: u64 = 64 << 10;

/// The lines of stdin, read by a thread of its own: there is no other way to wait for a terminal that
/// every system has.
#[derive(Debug)]
pub(super) struct Input {
    lines: mpsc::Receiver<io::Result<String>>,
}

impl Input {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(super) fn new() -> io::Result<Self> {
        let (sender, lines) = mpsc::channel(1);
        thread::Builder::new()
            .name("stdin".into())
            .spawn(move || read(&sender))?;
        Ok(Self { lines })
    }

    /// The next line; `None` at the end. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Option<io::Result<String>> {
        self.lines.recv().await
    }
}

fn read(lines: &mpsc::Sender<io::Result<String>>) {
    let mut stdin = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let read = stdin.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let line = match read {
            Ok(0) => return,
            Ok(_) => {
                let line = String::from_utf8_lossy(&line);
                Ok(line.trim_end_matches(['\n', '\r']).to_owned())
            }
            Err(error) => Err(error),
        };
        let failed = line.is_err();
        if lines.blocking_send(line).is_err() || failed {
            return;
        }
    }
}
