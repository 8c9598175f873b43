//! Every conformance case against the emulator. Against other servers:
//! `cargo xtask conformance --server engine`.
#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::path::Path;

use twin_client::Codec;
use twin_tests::conformance::{Case, Expected, Kind, run_all};

#[tokio::test]
async fn every_case_holds_with_the_emulator() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases = Case::read_all(&folder).unwrap();
    let report = run_all(
        Kind::Emulator,
        Codec::Json,
        &cases,
        &Expected::read(&folder).unwrap(),
    )
    .await;
    assert!(report.is_good(), "\n{report}");
}
