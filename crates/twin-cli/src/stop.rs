//! Being asked to stop: by a signal, or by a reader of stdout who has gone.
//!
//! The signals have a thread of their own, so that they are heard whatever the rest of the program is
//! stuck in; it also ends the program by force where a clean end takes too long.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{runtime, sync::watch, time};

use crate::failure::End;

/// How long commands have for a clean end, once they are asked to stop.
const GRACE: Duration = Duration::from_millis(1300);
/// After so long the program ends whatever it is doing.
const PATIENCE: Duration = Duration::from_millis(1800);

/// Whether the program has been asked to stop. Cheap to clone; the clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    requested: Arc<watch::Sender<bool>>,
    /// The exit code of an end by force.
    code: Arc<AtomicI32>,
}

impl Stop {
    /// Stops by SIGINT and SIGTERM, from now on.
    ///
    /// # Errors
    ///
    /// When the system does not let this program handle signals.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let stop = Self {
            requested: Arc::new(watch::Sender::new(false)),
            code: Arc::default(),
        };
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let signals = {
            let _inside = runtime.enter();
            Signals::new()?
        };
        let heard = stop.clone();
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || {
                runtime.block_on(signals.next());
                heard.request();
                thread::sleep(PATIENCE);
                std::process::exit(heard.code.load(Ordering::Relaxed));
            })?;
        Ok(stop)
    }

    /// Asks to stop.
    pub(crate) fn request(&self) {
        self.requested.send_replace(true);
    }

    /// The work has failed: so an end by force says, too.
    pub(crate) fn failed(&self, code: i32) {
        self.code.store(code, Ordering::Relaxed);
    }

    /// Completes once it is asked to stop.
    pub(crate) async fn requested(&self) {
        let mut requested = self.requested.subscribe();
        // The sender lives in `self`.
        let _ = requested.wait_for(|requested| *requested).await;
    }

    /// Does `work`, unless it is asked to stop: then `work` is dropped.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, End> {
        tokio::select! {
            biased;
            () = self.requested() => Err(End::Stopped),
            done = work => Ok(done),
        }
    }

    /// Does `work`, which stops by itself when it is asked to; for as long as that may take.
    pub(crate) async fn then_soon<T>(
        &self,
        work: impl Future<Output = Result<T, End>>,
    ) -> Result<T, End> {
        let too_long = async {
            self.requested().await;
            time::sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            done = work => done,
            () = too_long => Err(End::Stopped),
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals {
    ctrl_c: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            ctrl_c: tokio::signal::windows::ctrl_c()?,
            ctrl_break: tokio::signal::windows::ctrl_break()?,
        })
    }

    async fn next(mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.ctrl_break.recv() => {}
        }
    }
}
