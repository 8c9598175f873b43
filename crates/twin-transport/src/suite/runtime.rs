//! What every [`Runtime`] does: [`runtime_suite!`](crate::runtime_suite).

mod cases;

use std::sync::Arc;

use crate::{
    runtime::{BoxFuture, Runtime},
    suite::{
        Differences,
        judge::{self, Case, cases},
    },
};

/// What a case does with a runtime.
pub type UseRuntime = fn(Arc<dyn Runtime>) -> BoxFuture<'static, ()>;

/// Makes the runtime under test, and runs a case on it to its end.
pub type RunCase = fn(UseRuntime);

const CASES: &[Case<Arc<dyn Runtime>, BoxFuture<'static, ()>>] = cases![
    cases::{
        the_clock_does_not_go_back,
        a_sleep_lasts_as_long_as_it_was_asked_to,
        a_sleep_counts_from_when_it_was_asked_for,
        a_sleep_of_nothing_ends,
        sleeps_end_in_the_order_of_their_moments,
        a_sleep_that_is_dropped_is_forgotten,
        a_sleep_may_be_asked_for_on_another_thread,
        a_task_runs_though_nobody_waits_for_it,
        a_task_may_spawn_and_sleep,
        a_task_that_gives_way_has_its_turn_again,
    },
];

/// Runs one case. For [`runtime_suite!`](crate::runtime_suite).
#[doc(hidden)]
pub fn judge(name: &str, run: RunCase, case: UseRuntime, differences: &Differences) {
    judge::expect(name, differences, || run(case));
}

/// The case of this name. For [`runtime_suite!`](crate::runtime_suite).
#[doc(hidden)]
pub fn case(name: &str, runtime: Arc<dyn Runtime>) -> BoxFuture<'static, ()> {
    let case = CASES.iter().find(|case| case.name == name);
    let case = case.unwrap_or_else(|| panic!("the suite has no case `{name}`"));
    (case.run)(runtime)
}

/// Checks the macro's list. For [`runtime_suite!`](crate::runtime_suite).
#[doc(hidden)]
pub fn check_names(cases: &[&str], differences: &Differences) {
    judge::check_names(CASES, cases, differences);
}

/// Writes the tests of a [`Runtime`](crate::Runtime), one a case. Call it in a module of a test file.
///
/// ```
/// mod virtual_clock {
///     use std::sync::Arc;
///     use twin_transport::testing::VirtualRuntime;
///
///     twin_transport::runtime_suite! {
///         run: |case| {
///             let runtime = VirtualRuntime::new();
///             runtime.block_on(case(Arc::new(runtime.handle())));
///         },
///         differs: {},
///     }
/// }
/// ```
#[macro_export]
macro_rules! runtime_suite {
    (run: $run:expr, differs: { $($case:ident: $reason:literal),* $(,)? } $(,)?) => {
        const RUN: $crate::suite::runtime::RunCase = $run;
        const DIFFERENCES: &$crate::suite::Differences = &[$((stringify!($case), $reason)),*];

        $crate::runtime_suite! { @cases
            the_clock_does_not_go_back
            a_sleep_lasts_as_long_as_it_was_asked_to
            a_sleep_counts_from_when_it_was_asked_for
            a_sleep_of_nothing_ends
            sleeps_end_in_the_order_of_their_moments
            a_sleep_that_is_dropped_is_forgotten
            a_sleep_may_be_asked_for_on_another_thread
            a_task_runs_though_nobody_waits_for_it
            a_task_may_spawn_and_sleep
            a_task_that_gives_way_has_its_turn_again
        }
    };
    (@cases $($case:ident)*) => {
        #[test]
        fn the_suite_is_whole_and_each_difference_is_of_a_case() {
            $crate::suite::runtime::check_names(&[$(stringify!($case)),*], DIFFERENCES);
        }

        $(
            #[test]
            fn $case() {
                use $crate::suite::runtime::{case, judge};
                let name = stringify!($case);
                judge(name, RUN, |runtime| case(stringify!($case), runtime), DIFFERENCES);
            }
        )*
    };
}
