//! The built tool `twin` on a bad network, as a black box: `tests/cases/tool`, and a few seeds of
//! chaos. More of those, and other servers: `cargo xtask conformance --tool`.
#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::path::Path;

use twin_tests::{
    conformance::{Expected, Kind},
    tool::{Scenario, chaos, run_all},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_holds_with_the_emulator() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/tool");
    let scenarios = Scenario::read_all(&folder).unwrap();
    assert!(!scenarios.is_empty());
    let expected = Expected::read(&folder).unwrap();
    let report = run_all(Kind::Emulator, &scenarios, &expected).await;
    assert!(report.is_good(), "\n{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn chaos_loses_nothing_silently() {
    let scenarios: Vec<Scenario> = (1..=8).map(chaos).collect();
    let report = run_all(Kind::Emulator, &scenarios, &Expected::default()).await;
    assert!(report.is_good(), "\n{report}");
}
