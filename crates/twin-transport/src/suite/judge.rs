//! Runs a case and says whether it ended as it should. What cases do is not its business.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    time::Duration,
};

/// A case that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The cases in which an implementation differs, each with its reason.
pub type Differences = [(&'static str, &'static str)];

/// How a case's connections are secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// By TLS.
    Tls,
}

/// A case: a fact about every implementation. `F` is what it runs as.
pub(super) struct Case<S, F = Pin<Box<dyn Future<Output = ()>>>> {
    pub(super) name: &'static str,
    pub(super) run: fn(S) -> F,
}

/// A table of cases from the functions that are them. One that is left out is dead code, and the
/// compiler says so.
macro_rules! cases {
    ($($module:ident :: { $($case:ident),* $(,)? }),* $(,)?) => {
        &[$($(crate::suite::judge::Case {
            name: stringify!($case),
            run: |stage| Box::pin($module::$case(stage)),
        }),*),*]
    };
}

pub(super) use cases;

/// Runs the case of this name on a runtime of its own.
///
/// # Panics
///
/// When it fails though it should not, or passes though it is said to differ.
pub(super) fn judge<S>(cases: &[Case<S>], name: &str, stage: S, differences: &Differences) {
    let case = cases.iter().find(|case| case.name == name);
    let case = case.unwrap_or_else(|| panic!("the suite has no case `{name}`"));
    expect(name, differences, || block_on((case.run)(stage)));
}

/// Runs `case`, and says whether it ended as it should.
pub(super) fn expect(name: &str, differences: &Differences, case: impl FnOnce()) {
    let outcome = catch_unwind(AssertUnwindSafe(case));
    let reason = differences.iter().find(|(case, _)| *case == name);
    match (outcome, reason) {
        (Ok(()), None) | (Err(_), Some(_)) => {}
        (Err(panic), None) => fail(panic),
        (Ok(()), Some((_, reason))) => {
            panic!("`{name}` passes, so its entry is stale, which says: {reason}")
        }
    }
}

/// Checks that the names which a macro lists are those of the suite, and that each difference is
/// of one of them.
pub(super) fn check_names<S, F>(cases: &[Case<S, F>], listed: &[&str], differences: &Differences) {
    let names: Vec<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(listed, names, "the macro and the table list other cases");
    for (case, _) in differences {
        assert!(names.contains(case), "there is no case `{case}`");
    }
}

fn block_on(case: Pin<Box<dyn Future<Output = ()>>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let ended = runtime.block_on(async { tokio::time::timeout(PATIENCE, case).await });
    assert!(ended.is_ok(), "the case hangs");
}

fn fail(panic: Box<dyn Any + Send>) -> ! {
    std::panic::resume_unwind(panic)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn good((): ()) {}

    async fn bad((): ()) {
        panic!("as it should");
    }

    mod some {
        pub(super) use super::{bad, good};
    }

    const CASES: &[Case<()>] = cases![some::{ good, bad }];

    fn passes(name: &str, differences: &Differences) -> bool {
        catch_unwind(AssertUnwindSafe(|| judge(CASES, name, (), differences))).is_ok()
    }

    #[test]
    fn a_case_passes_or_differs_with_a_reason() {
        assert!(passes("good", &[]));
        assert!(!passes("bad", &[]));
        assert!(passes("bad", &[("bad", "a reason")]));
    }

    #[test]
    fn a_stale_difference_is_an_error() {
        assert!(!passes("good", &[("good", "it was so once")]));
        let unknown = || check_names(CASES, &["good", "bad"], &[("ugly", "a reason")]);
        assert!(catch_unwind(unknown).is_err());
    }

    #[test]
    fn a_list_that_is_not_the_table_is_an_error() {
        check_names(CASES, &["good", "bad"], &[("bad", "a reason")]);
        assert!(catch_unwind(|| check_names(CASES, &["good"], &[])).is_err());
        assert!(!passes("ugly", &[]));
    }
}
