//! Stdout: whole lines, or the bytes of a file, in order, with back-pressure.
//!
//! A thread of its own writes them, as nothing else can be done about a reader who has stopped
//! reading: the commands wait for room without waiting for the reader, and can be told to stop.

mod reader;

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};
use twin_client::ErrorKind;

use crate::{
    failure::{End, Failure},
    stop::Stop,
};

/// How many bytes may wait for the reader; one line may be longer.
const ROOM: usize = 256 << 10;
/// How many bytes are written at once, where so many wait.
const BATCH: usize = 64 << 10;
/// How long what waits at a stop has to be read.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Stdout.
#[derive(Debug)]
pub(crate) struct Output {
    pieces: mpsc::Sender<Piece>,
    room: Arc<Semaphore>,
    condition: watch::Receiver<Condition>,
    stop: Stop,
}

/// Bytes, and the room that they take until they are written.
#[derive(Debug)]
struct Piece {
    bytes: Vec<u8>,
    room: OwnedSemaphorePermit,
}

/// What has become of stdout.
#[derive(Clone, Debug)]
enum Condition {
    /// Whoever reads it has gone.
    Closed,
    /// It cannot be written to.
    Failed(Arc<io::Error>),
    /// All is written, and nothing more comes.
    Finished,
    Open,
}

impl Output {
    /// Takes stdout. When it can no longer be written to, `stop` is told. Must be called within a
    /// tokio runtime.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(crate) fn new(stop: Stop) -> io::Result<Self> {
        let (pieces, waiting) = mpsc::channel();
        let (conditions, condition) = watch::channel(Condition::Open);
        let room = Arc::new(Semaphore::new(ROOM));
        let writer = Writer {
            waiting,
            room: Arc::clone(&room),
            conditions,
            stop: stop.clone(),
        };
        thread::Builder::new()
            .name("stdout".into())
            .spawn(move || writer.run())?;
        reader::watch(stop.clone());
        Ok(Self {
            pieces,
            room,
            condition,
            stop,
        })
    }

    /// Prints a line, once there is room for it.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written to, or the program is asked to stop while there is no room.
    pub(crate) async fn line(&self, mut text: String) -> Result<(), End> {
        text.push('\n');
        self.bytes(text.into_bytes()).await
    }

    /// Writes bytes, once there is room for them.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line).
    pub(crate) async fn bytes(&self, bytes: Vec<u8>) -> Result<(), End> {
        let room = u32::try_from(bytes.len().min(ROOM)).unwrap_or(u32::MAX);
        let free = Arc::clone(&self.room).try_acquire_many_owned(room);
        let room = match free {
            Ok(room) => room,
            Err(TryAcquireError::Closed) => return Err(self.broken()),
            Err(TryAcquireError::NoPermits) => {
                let wait = Arc::clone(&self.room).acquire_many_owned(room);
                self.stop.or(wait).await?.map_err(|_| self.broken())?
            }
        };
        let piece = Piece { bytes, room };
        self.pieces.send(piece).map_err(|_| self.broken())
    }

    /// Waits until all is written.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written to, or, once the program is asked to stop, is not read.
    pub(crate) async fn finish(self) -> Result<(), End> {
        let Self {
            pieces,
            room: _,
            mut condition,
            stop,
        } = self;
        drop(pieces);
        let ended = async {
            let ended = condition.wait_for(|it| !matches!(it, Condition::Open));
            ended.await.map(|condition| condition.clone())
        };
        let too_long = async {
            stop.requested().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            biased;
            condition = ended => match condition {
                Ok(Condition::Failed(error)) => Err(failed(&error).into()),
                _ => Ok(()),
            },
            () = too_long => Err(End::Stopped),
        }
    }

    fn broken(&self) -> End {
        match &*self.condition.borrow() {
            Condition::Failed(error) => failed(error).into(),
            _ => End::Stopped,
        }
    }
}

/// Stdout cannot be written to.
pub(crate) fn failed(error: &io::Error) -> Failure {
    let text = format!("cannot write to stdout: {error}");
    Failure::new(ErrorKind::Io, text).and_try("make room where it leads, or send it elsewhere")
}

/// The thread that writes.
struct Writer {
    waiting: mpsc::Receiver<Piece>,
    room: Arc<Semaphore>,
    conditions: watch::Sender<Condition>,
    stop: Stop,
}

impl Writer {
    fn run(self) {
        let condition = match self.write_all() {
            Ok(()) => Condition::Finished,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Condition::Closed,
            Err(error) => Condition::Failed(Arc::new(error)),
        };
        let broken = !matches!(condition, Condition::Finished);
        self.conditions.send_replace(condition);
        if broken {
            self.room.close();
            self.stop.request();
        }
    }

    fn write_all(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        while let Ok(first) = self.waiting.recv() {
            let mut batch = first.bytes;
            let mut room = vec![first.room];
            while batch.len() < BATCH {
                let Ok(next) = self.waiting.try_recv() else {
                    break;
                };
                batch.extend_from_slice(&next.bytes);
                room.push(next.room);
            }
            write_whole(&mut stdout, &batch)?;
        }
        Ok(())
    }
}

/// Writes all of `bytes`, also where another program that has the same pipe has told it not to block.
fn write_whole(stdout: &mut impl io::Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match stdout.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(error),
        }
    }
    loop {
        match stdout.flush() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(10));
            }
            flushed => return flushed,
        }
    }
}
