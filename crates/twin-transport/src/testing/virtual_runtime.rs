//! A runtime on one thread, with a clock that goes on only when it is told to.

mod tasks;

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use self::tasks::{TaskId, Tasks};
use crate::{
    runtime::{BoxFuture, Runtime},
    testing::timers::{TimerId, Timers},
};

/// So many polls without the clock going on are an endless loop, not work.
const MAX_POLLS: u32 = 1_000_000;
/// So much virtual time is an endless loop of timers, not waiting.
const MAX_BLOCK: Duration = Duration::from_secs(100 * 24 * 60 * 60);

/// A [`Runtime`] for tests: its tasks run when the test says so, always in the same order, and its
/// clock, which begins at zero, stands still until it is moved.
///
/// It owns its tasks: they are dropped with it. Tasks and clients get a [`handle`](Self::handle).
///
/// ```
/// use std::time::Duration;
/// use twin_transport::{Runtime as _, testing::VirtualRuntime};
///
/// let runtime = VirtualRuntime::new();
/// let handle = runtime.handle();
/// let evening = async move {
///     handle.sleep(Duration::from_secs(3 * 60 * 60)).await;
///     "done"
/// };
/// assert_eq!(runtime.block_on(evening), "done");
/// assert_eq!(runtime.now(), Duration::from_secs(3 * 60 * 60));
/// ```
pub struct VirtualRuntime {
    shared: Arc<Shared>,
}

/// The side of a [`VirtualRuntime`] that tasks and clients hold. Cheap to clone.
///
/// When the runtime is gone, tasks given to it are dropped and its clock stands.
#[derive(Clone)]
pub struct VirtualHandle {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    tasks: Mutex<Tasks>,
    timers: Mutex<Timers>,
    is_running: AtomicBool,
}

impl VirtualRuntime {
    /// A runtime without tasks, at moment zero.
    pub fn new() -> Self {
        Self {
            shared: Arc::default(),
        }
    }

    /// What to hand to those who need a [`Runtime`].
    pub fn handle(&self) -> VirtualHandle {
        VirtualHandle {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Runs every task until none can go on, without the clock going on.
    ///
    /// # Panics
    ///
    /// When called from within a task, or when tasks wake each other without end.
    pub fn run_until_stalled(&self) {
        self.shared.run(None::<Pin<&mut BoxFuture<'_, ()>>>);
    }

    /// Puts the clock forward by `duration`. Every timer on the way fires at its moment, one after
    /// the other, and the tasks run in between.
    ///
    /// # Panics
    ///
    /// As [`run_until_stalled`](Self::run_until_stalled).
    pub fn advance(&self, duration: Duration) {
        let end = self.now().saturating_add(duration);
        self.run_until_stalled();
        while let Some(moment) = self.next_timer().filter(|&moment| moment <= end) {
            self.shared.set_clock(moment);
            self.run_until_stalled();
        }
        self.shared.set_clock(end);
    }

    /// Puts the clock forward by `duration` at once, as a process finds it that stood still: every
    /// timer on the way fires late, and nothing runs in between.
    ///
    /// # Panics
    ///
    /// As [`run_until_stalled`](Self::run_until_stalled).
    pub fn leap(&self, duration: Duration) {
        let end = self.now().saturating_add(duration);
        self.shared.set_clock(end);
        self.run_until_stalled();
    }

    /// The moment at which the next timer fires, or `None` when nobody waits for time to pass.
    pub fn next_timer(&self) -> Option<Duration> {
        self.shared.timers().next()
    }

    /// The names of the tasks that are not done, in the order in which they were spawned.
    pub fn task_names(&self) -> Vec<&'static str> {
        self.shared.tasks().names()
    }

    /// Runs `future` and the tasks; whenever nothing can go on, the clock jumps to the next timer.
    /// Tasks that are not done when the future is stay as they are.
    ///
    /// # Panics
    ///
    /// When nothing can go on and no timer is set (the message names the tasks that wait), or a
    /// hundred days pass in vain; and as [`run_until_stalled`](Self::run_until_stalled).
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let patience = self.now().saturating_add(MAX_BLOCK);
        self.shared.tasks().wake(TaskId::MAIN);
        loop {
            if let Some(output) = self.shared.run(Some(future.as_mut())) {
                return output;
            }
            match self.next_timer() {
                Some(moment) if moment <= patience => self.shared.set_clock(moment),
                Some(_) => self.give_up("a hundred days of the virtual clock have passed"),
                None => self.give_up("nothing can go on and no timer is set"),
            }
        }
    }

    fn give_up(&self, why: &str) -> ! {
        let names = self.task_names();
        panic!("block_on waits for ever: {why}; tasks that wait: {names:?}");
    }
}

impl Default for VirtualRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for VirtualRuntime {
    fn drop(&mut self) {
        // Tasks hold handles, and so each other; what their futures do when dropped may come back
        // here, so they are dropped outside of the lock.
        let tasks = self.shared.tasks().close();
        drop(tasks);
    }
}

impl Shared {
    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_clock(&self, now: Duration) {
        let due = self.timers().set_clock(now);
        due.into_iter().for_each(Waker::wake);
    }

    /// Runs what can go on, `main` among it; gives what `main` gave.
    fn run<F: Future>(self: &Arc<Self>, mut main: Option<Pin<&mut F>>) -> Option<F::Output> {
        let was_running = self.is_running.swap(true, Ordering::Relaxed);
        assert!(!was_running, "a task must not run the runtime it runs on");
        let _running = Running(&self.is_running);
        for _ in 0..MAX_POLLS {
            let id = self.tasks().next_woken()?;
            let waker = tasks::waker(self, id);
            let mut context = Context::from_waker(&waker);
            if id == TaskId::MAIN {
                // Woken by a `block_on` that is over, it is nobody's.
                let poll = main.as_mut().map(|main| main.as_mut().poll(&mut context));
                if let Some(Poll::Ready(output)) = poll {
                    return Some(output);
                }
                continue;
            }
            let Some(mut future) = self.tasks().take(id) else {
                continue;
            };
            if future.as_mut().poll(&mut context).is_pending() {
                let refused = self.tasks().put_back(id, future);
                drop(refused);
            } else {
                self.tasks().forget(id);
            }
        }
        let names = self.tasks().names();
        panic!("tasks wake each other without end; there are {names:?}");
    }
}

/// Says that nothing runs any more, after a panic too.
struct Running<'a>(&'a AtomicBool);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Runtime for VirtualHandle {
    fn now(&self) -> Duration {
        self.shared.timers().now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut timers = self.shared.timers();
        let moment = timers.now().saturating_add(duration);
        Box::pin(Sleep {
            id: timers.name(moment),
            shared: Arc::clone(&self.shared),
        })
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        let refused = self.shared.tasks().spawn(name, task);
        drop(refused);
    }
}

impl Runtime for VirtualRuntime {
    fn now(&self) -> Duration {
        self.shared.timers().now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.handle().sleep(duration)
    }

    fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
        self.handle().spawn(name, task);
    }
}

struct Sleep {
    id: TimerId,
    shared: Arc<Shared>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut timers = self.shared.timers();
        if timers.now() >= self.id.0 {
            return Poll::Ready(());
        }
        timers.set(self.id, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.shared.timers().forget(self.id);
    }
}

impl fmt::Debug for VirtualRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualRuntime")
            .field("now", &self.now())
            .field("tasks", &self.task_names())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for VirtualHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualHandle")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
