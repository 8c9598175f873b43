//! Telling on stderr what happens, where it is asked for.
//!
//! Only what this project's own crates say, which keep secrets out of it: other libraries make no such
//! promise. A thread of its own writes, so that a reader of stderr who has stopped reading stops
//! nothing else; what does not fit meanwhile is dropped.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::mpsc,
    thread,
    time::Duration,
};

use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterFn, fmt::MakeWriter, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::args::LogArgs;

/// How many lines may wait.
const WAITING: usize = 4096;
/// How long what waits at the end has to be read.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Where log lines go.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    lines: mpsc::SyncSender<Entry>,
}

enum Entry {
    /// All before it is written when this is dropped.
    Done(#[allow(dead_code, reason = "dropping it is the news")] mpsc::Sender<()>),
    Line(Vec<u8>),
}

impl Logs {
    /// Begins to log as `args` ask; `None` where they do not.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(crate) fn begin(args: &LogArgs) -> io::Result<Option<Self>> {
        let filter = match (&args.filter, args.verbose) {
            (Some(filter), _) => filter.to_env_filter(),
            (None, 0) => return Ok(None),
            (None, 1) => EnvFilter::new("twin=info"),
            (None, _) => EnvFilter::new("twin=debug"),
        };
        let (lines, waiting) = mpsc::sync_channel(WAITING);
        thread::Builder::new()
            .name("stderr".into())
            .spawn(move || write(&waiting))?;
        let logs = Self { lines };
        let printed = tracing_subscriber::fmt::layer()
            .with_writer(logs.clone())
            .with_ansi(io::stderr().is_terminal())
            .with_filter(FilterFn::new(|of| of.target().starts_with("twin")));
        tracing_subscriber::registry()
            .with(printed.with_filter(filter))
            .init();
        Ok(Some(logs))
    }

    /// Waits, not for long, until all is written.
    pub(crate) fn finish(&self) {
        let (done, written) = mpsc::channel();
        if self.lines.try_send(Entry::Done(done)).is_ok() {
            let _ = written.recv_timeout(LAST_WORDS);
        }
    }
}

fn write(waiting: &mpsc::Receiver<Entry>) {
    for entry in waiting {
        if let Entry::Line(line) = entry {
            // Nobody is left to be told that stderr is gone.
            let _ = io::stderr().write_all(&line);
        }
    }
}

/// One event's lines.
pub(crate) struct LogLine<'a> {
    logs: &'a Logs,
}

impl io::Write for LogLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = self.logs.lines.try_send(Entry::Line(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = LogLine<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        LogLine { logs: self }
    }
}
