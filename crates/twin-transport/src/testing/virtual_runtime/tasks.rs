//! The tasks of a virtual runtime, and which of them were woken. When they run is not its business.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Weak},
    task::{Wake, Waker},
};

use super::Shared;
use crate::runtime::BoxFuture;

/// The place of a task in the order of spawning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskId(u64);

impl TaskId {
    /// The future that `block_on` was given.
    pub(super) const MAIN: Self = Self(0);
}

#[derive(Default)]
pub(super) struct Tasks {
    spawned: u64,
    tasks: BTreeMap<TaskId, Task>,
    /// Each at most once, first woken first.
    woken: VecDeque<TaskId>,
    is_closed: bool,
}

struct Task {
    name: &'static str,
    /// `None` while it is polled.
    future: Option<BoxFuture<'static, ()>>,
}

impl Tasks {
    /// Takes a task, or gives it back where no more are taken.
    pub(super) fn spawn(
        &mut self,
        name: &'static str,
        future: BoxFuture<'static, ()>,
    ) -> Option<BoxFuture<'static, ()>> {
        if self.is_closed {
            return Some(future);
        }
        self.spawned += 1;
        let id = TaskId(self.spawned);
        let future = Some(future);
        self.tasks.insert(id, Task { name, future });
        self.wake(id);
        None
    }

    pub(super) fn wake(&mut self, id: TaskId) {
        let exists = id == TaskId::MAIN || self.tasks.contains_key(&id);
        if exists && !self.woken.contains(&id) {
            self.woken.push_back(id);
        }
    }

    pub(super) fn next_woken(&mut self) -> Option<TaskId> {
        self.woken.pop_front()
    }

    pub(super) fn take(&mut self, id: TaskId) -> Option<BoxFuture<'static, ()>> {
        self.tasks.get_mut(&id)?.future.take()
    }

    /// Puts a polled task back, or gives it back where it was forgotten meanwhile.
    pub(super) fn put_back(
        &mut self,
        id: TaskId,
        future: BoxFuture<'static, ()>,
    ) -> Option<BoxFuture<'static, ()>> {
        match self.tasks.get_mut(&id) {
            Some(task) => task.future.replace(future),
            None => Some(future),
        }
    }

    pub(super) fn forget(&mut self, id: TaskId) {
        self.tasks.remove(&id);
    }

    /// Takes no more tasks, and gives out those there are.
    pub(super) fn close(&mut self) -> Vec<BoxFuture<'static, ()>> {
        self.is_closed = true;
        let tasks = std::mem::take(&mut self.tasks);
        tasks.into_values().filter_map(|task| task.future).collect()
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.tasks.values().map(|task| task.name).collect()
    }
}

/// What wakes the task `id`.
pub(super) fn waker(shared: &Arc<Shared>, id: TaskId) -> Waker {
    let shared = Arc::downgrade(shared);
    Waker::from(Arc::new(TaskWaker { id, shared }))
}

struct TaskWaker {
    id: TaskId,
    /// Weak, since what a task waits for holds its waker.
    shared: Weak<Shared>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(shared) = self.shared.upgrade() {
            shared.tasks().wake(self.id);
        }
    }
}
