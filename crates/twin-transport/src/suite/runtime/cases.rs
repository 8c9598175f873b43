//! The cases. What is slept is short, so that a runtime whose clock cannot be moved passes soon.

use std::{future::poll_fn, sync::Arc, task::Poll, thread, time::Duration};

use futures_util::FutureExt as _;

use crate::{runtime::Runtime, testing::watched::Watched};

type Clock = Arc<dyn Runtime>;

const TICK: Duration = Duration::from_millis(10);

pub(super) async fn the_clock_does_not_go_back(runtime: Clock) {
    let mut before = runtime.now();
    for _ in 0..3 {
        for _ in 0..100 {
            let now = runtime.now();
            assert!(now >= before, "{now:?} after {before:?}");
            before = now;
        }
        runtime.sleep(TICK).await;
    }
}

pub(super) async fn a_sleep_lasts_as_long_as_it_was_asked_to(runtime: Clock) {
    for ticks in [1, 3] {
        let start = runtime.now();
        runtime.sleep(ticks * TICK).await;
        let slept = runtime.now() - start;
        assert!(slept >= ticks * TICK, "{slept:?} for {ticks} ticks");
    }
}

pub(super) async fn a_sleep_counts_from_when_it_was_asked_for(runtime: Clock) {
    let short = runtime.sleep(TICK);
    runtime.sleep(2 * TICK).await;
    assert!(short.now_or_never().is_some(), "its moment has passed");
}

pub(super) async fn a_sleep_of_nothing_ends(runtime: Clock) {
    runtime.sleep(Duration::ZERO).await;
}

pub(super) async fn sleeps_end_in_the_order_of_their_moments(runtime: Clock) {
    let ended = Arc::new(Watched::new(Vec::new()));
    for ticks in [5, 1, 3] {
        let (clock, ended) = (Arc::clone(&runtime), Arc::clone(&ended));
        let sleep = runtime.sleep(ticks * TICK);
        let task = async move {
            sleep.await;
            ended.change(|all| all.push((ticks, clock.now())));
        };
        runtime.spawn("sleeper", Box::pin(task));
    }
    let all = ended
        .until(|all| (all.len() == 3).then(|| all.clone()))
        .await;
    let order: Vec<_> = all.iter().map(|(ticks, _)| *ticks).collect();
    assert_eq!(order, [1, 3, 5]);
    assert!(all.is_sorted_by_key(|(_, moment)| *moment));
}

pub(super) async fn a_sleep_that_is_dropped_is_forgotten(runtime: Clock) {
    let mut long = runtime.sleep(Duration::from_secs(1_000_000));
    assert!(long.as_mut().now_or_never().is_none());
    drop(long);
    let start = runtime.now();
    runtime.sleep(TICK).await;
    assert!(runtime.now() - start < Duration::from_secs(1_000_000));
}

pub(super) async fn a_sleep_may_be_asked_for_on_another_thread(runtime: Clock) {
    let elsewhere = Arc::clone(&runtime);
    let asked = thread::spawn(move || elsewhere.sleep(TICK)).join();
    asked.expect("it needs no surroundings").await;
}

pub(super) async fn a_task_runs_though_nobody_waits_for_it(runtime: Clock) {
    let done = Arc::new(Watched::new(false));
    let copy = Arc::clone(&done);
    let task = async move { copy.change(|it| *it = true) };
    runtime.spawn("alone", Box::pin(task));
    done.until(|it| it.then_some(())).await;
}

pub(super) async fn a_task_may_spawn_and_sleep(runtime: Clock) {
    let done = Arc::new(Watched::new(0));
    let (clock, copy) = (Arc::clone(&runtime), Arc::clone(&done));
    let parent = async move {
        clock.sleep(TICK).await;
        let (child, own) = (Arc::clone(&clock), Arc::clone(&copy));
        let task = async move {
            child.sleep(TICK).await;
            own.change(|it| *it += 1);
        };
        clock.spawn("child", Box::pin(task));
        copy.change(|it| *it += 1);
    };
    runtime.spawn("parent", Box::pin(parent));
    done.until(|it| (*it == 2).then_some(())).await;
}

pub(super) async fn a_task_that_gives_way_has_its_turn_again(runtime: Clock) {
    let mut turns = 0;
    poll_fn(|context| {
        turns += 1;
        if turns == 3 {
            return Poll::Ready(());
        }
        runtime.give_way(context.waker());
        Poll::Pending
    })
    .await;
}
