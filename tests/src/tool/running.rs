//! A program that runs: its stdout read line by line, its stdin, its signals, what it costs.

use std::{
    fs, io,
    process::{ExitStatus, Stdio},
    sync::Arc,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::watch,
    task::JoinHandle,
};

use super::{book::Book, program::program};

/// A program that runs. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stderr: JoinHandle<io::Result<String>>,
    /// Whether its stdout is read.
    reads: watch::Sender<bool>,
}

/// What a program has cost until now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// CPU time, in the system's ticks: a hundredth of a second.
    pub(super) ticks: u64,
    /// How often its threads woke up.
    pub(super) wakes: u64,
}

impl Running {
    /// Starts it with these arguments, and reads what it prints into `book`. Nothing of the tests'
    /// own environment reaches it.
    pub(super) async fn start(
        args: &[String],
        book: Arc<Book>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut child = Command::new(program().await?)
            .args(args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let stdout = child.stdout.take().ok_or_else(gone)?;
        let mut stderr = child.stderr.take().ok_or_else(gone)?;
        let stdin = child.stdin.take();
        let (reads, may_read) = watch::channel(true);
        tokio::spawn(read(stdout, may_read, book));
        let stderr = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await?;
            Ok(text)
        });
        Ok(Self {
            child,
            stdin,
            stderr,
            reads,
        })
    }

    /// Reads its stdout from now on, or no longer.
    pub(super) fn read(&self, reads: bool) {
        self.reads.send_replace(reads);
    }

    /// Types a line.
    pub(super) async fn say(&mut self, line: &str) -> io::Result<()> {
        let stdin = self.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        stdin.write_all(format!("{line}\n").as_bytes()).await
    }

    /// Sends it a signal, by its short name.
    pub(super) async fn signal(&self, name: &str) -> io::Result<()> {
        let id = self.id()?.to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .await?;
        match sent.success() {
            true => Ok(()),
            false => Err(io::Error::other("the signal cannot be sent")),
        }
    }

    /// Waits for its end: how it ended, and what it said on stderr.
    pub(super) async fn end(&mut self) -> io::Result<(ExitStatus, String)> {
        let status = self.child.wait().await?;
        let said = (&mut self.stderr).await.map_err(io::Error::other)??;
        Ok((status, said))
    }

    /// The most memory that it has had, in KiB (`VmHWM`).
    pub(super) fn peak_memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()?))?;
        Ok(sum_of(&status, &["VmHWM:"]))
    }

    /// What it has cost.
    pub(super) fn cost(&self) -> io::Result<Cost> {
        let folder = format!("/proc/{}", self.id()?);
        let stat = fs::read_to_string(format!("{folder}/stat"))?;
        // Behind the name, which may hold anything: the 14th and 15th fields of all.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let times = fields.split_whitespace().skip(11).take(2);
        let ticks = times.filter_map(|time| time.parse::<u64>().ok()).sum();
        let mut wakes = 0;
        for task in fs::read_dir(format!("{folder}/task"))? {
            // A thread that has ended by now wakes no more.
            let status = fs::read_to_string(task?.path().join("status")).unwrap_or_default();
            wakes += sum_of(&status, &["voluntary_ctxt_switches:"]);
        }
        Ok(Cost { ticks, wakes })
    }

    fn id(&self) -> io::Result<u32> {
        self.child
            .id()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// The first numbers of the lines that begin with one of `names`, together.
fn sum_of(status: &str, names: &[&str]) -> u64 {
    let number = |line: &str| {
        let value = names.iter().find_map(|name| line.strip_prefix(name))?;
        value.split_whitespace().next()?.parse::<u64>().ok()
    };
    status.lines().filter_map(number).sum()
}

async fn read(stdout: ChildStdout, mut may_read: watch::Receiver<bool>, book: Arc<Book>) {
    let mut lines = BufReader::new(stdout).lines();
    loop {
        // What has been read is entered; what is in the pipe stays there.
        if may_read.wait_for(|reads| *reads).await.is_err() {
            return;
        }
        match lines.next_line().await {
            Ok(Some(line)) => book.enter(Some(&line)),
            _ => return book.enter(None),
        }
    }
}
