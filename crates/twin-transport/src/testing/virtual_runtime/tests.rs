//! The order of tasks and timers, and what happens when nothing can go on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::AtomicUsize,
};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Notes in the order in which tasks write them.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<(u64, &'static str)>>>);

impl Notes {
    fn write(&self, now: Duration, note: &'static str) {
        self.0.lock().unwrap().push((now.as_secs(), note));
    }

    fn all(&self) -> Vec<(u64, &'static str)> {
        self.0.lock().unwrap().clone()
    }
}

fn sleeper(
    runtime: &VirtualRuntime,
    notes: &Notes,
    name: &'static str,
    every: Duration,
    times: usize,
) {
    let (handle, notes) = (runtime.handle(), notes.clone());
    runtime.spawn(
        name,
        Box::pin(async move {
            for _ in 0..times {
                handle.sleep(every).await;
                notes.write(handle.now(), name);
            }
        }),
    );
}

fn message(panic: Box<dyn std::any::Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&'static str>().unwrap()).to_owned(),
    }
}

#[test]
fn timers_fire_at_their_moments_and_in_order() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    sleeper(&runtime, &notes, "three", 3 * SECOND, 2);
    sleeper(&runtime, &notes, "two", 2 * SECOND, 3);
    runtime.advance(5 * SECOND);
    assert_eq!(notes.all(), [(2, "two"), (3, "three"), (4, "two")]);
    assert_eq!(runtime.now(), 5 * SECOND);
    runtime.advance(SECOND);
    // Both are due at six; the timer of `three` was set first.
    assert_eq!(notes.all()[3..], [(6, "three"), (6, "two")]);
    assert_eq!(runtime.next_timer(), None);
    assert!(runtime.task_names().is_empty());
}

#[test]
fn the_clock_stands_while_tasks_run() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    sleeper(&runtime, &notes, "later", SECOND, 1);
    sleeper(&runtime, &notes, "now", Duration::ZERO, 2);
    runtime.run_until_stalled();
    assert_eq!(notes.all(), [(0, "now"), (0, "now")]);
    assert_eq!(runtime.task_names(), ["later"]);
    assert_eq!(runtime.next_timer(), Some(SECOND));
}

#[test]
fn block_on_jumps_from_timer_to_timer() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    sleeper(&runtime, &notes, "hourly", 3600 * SECOND, 100);
    let handle = runtime.handle();
    runtime.block_on(handle.sleep(9000 * SECOND));
    assert_eq!(runtime.now(), 9000 * SECOND);
    assert_eq!(notes.all(), [(3600, "hourly"), (7200, "hourly")]);
    assert_eq!(runtime.task_names(), ["hourly"]);
}

#[test]
fn a_dropped_sleep_leaves_no_timer() {
    let runtime = VirtualRuntime::new();
    let handle = runtime.handle();
    runtime.block_on(async {
        let long = handle.sleep(1000 * SECOND);
        let short = handle.sleep(SECOND);
        futures_util::future::select(long, short).await;
    });
    assert_eq!(runtime.now(), SECOND);
    assert_eq!(runtime.next_timer(), None);
}

#[test]
fn a_deadlock_is_told_with_the_names_of_the_tasks() {
    let runtime = VirtualRuntime::new();
    runtime.spawn("driver", Box::pin(std::future::pending()));
    let blocked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(std::future::pending::<()>());
    }));
    let message = message(blocked.unwrap_err());
    assert!(message.contains("no timer is set"), "{message}");
    assert!(message.contains(r#"["driver"]"#), "{message}");
}

#[test]
fn timers_alone_do_not_keep_block_on_for_ever() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    sleeper(&runtime, &notes, "ping", 3600 * SECOND, usize::MAX);
    let blocked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(std::future::pending::<()>());
    }));
    let message = message(blocked.unwrap_err());
    assert!(message.contains("a hundred days"), "{message}");
}

#[test]
fn tasks_that_wake_each_other_without_end_are_found() {
    let runtime = VirtualRuntime::new();
    let spin = std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::Pending
    });
    runtime.spawn("spinner", Box::pin(spin));
    let stalled = catch_unwind(AssertUnwindSafe(|| runtime.run_until_stalled()));
    let message = message(stalled.unwrap_err());
    assert!(message.contains(r#"["spinner"]"#), "{message}");
}

#[test]
fn tasks_are_dropped_with_the_runtime_and_later_ones_at_once() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let runtime = VirtualRuntime::new();
    let handle = runtime.handle();
    let spawn = |handle: VirtualHandle| {
        let counted = Counted(Arc::clone(&dropped));
        let own = handle.clone();
        let task = async move {
            let _counted = counted;
            own.sleep(SECOND).await;
        };
        handle.spawn("counted", Box::pin(task));
    };
    spawn(handle.clone());
    runtime.run_until_stalled();
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    drop(runtime);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
    spawn(handle);
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
}

#[test]
fn a_task_that_spawns_runs_before_its_child() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    let (handle, parent, child) = (runtime.handle(), notes.clone(), notes.clone());
    runtime.spawn(
        "parent",
        Box::pin(async move {
            handle.spawn(
                "child",
                Box::pin(async move { child.write(Duration::ZERO, "child") }),
            );
            parent.write(Duration::ZERO, "parent");
        }),
    );
    runtime.run_until_stalled();
    assert_eq!(notes.all(), [(0, "parent"), (0, "child")]);
}

#[test]
fn after_a_leap_every_timer_on_the_way_fires_late() {
    let (runtime, notes) = (VirtualRuntime::new(), Notes::default());
    for (seconds, name) in [(2, "second"), (1, "first"), (9, "later")] {
        let (handle, notes) = (runtime.handle(), notes.clone());
        let task = async move {
            handle.sleep(SECOND * seconds).await;
            notes.write(handle.now(), name);
        };
        runtime.spawn(name, Box::pin(task));
    }
    runtime.run_until_stalled();
    runtime.leap(SECOND * 5);
    assert_eq!(notes.all(), [(5, "first"), (5, "second")]);
}
