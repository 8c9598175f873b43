//! Schemathesis, a tester that nobody here wrote, against the emulator.
//!
//! It wants the packages of `tests/peers/schemathesis`, so it runs on demand only:
//! `cargo xtask ci --step rest`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{process::Command, time::timeout};
use twin_emulator::Emulator;

/// How long one service may take; this only keeps a hung run from staying for ever.
const PATIENCE: Duration = Duration::from_secs(600);

/// Where the tester is, and where it leaves what it remembers.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/schemathesis")
}

#[tokio::test]
#[ignore = "wants the packages of tests/peers/schemathesis"]
async fn every_service_answers_as_the_specification_says() {
    let emulator = Emulator::start().await.unwrap();
    let addresses = emulator.addresses();
    let services = [
        ("bot", addresses.bot.as_ref().unwrap()),
        ("chats", &addresses.chats),
        ("iam", addresses.iam.as_ref().unwrap()),
    ];
    for (service, url) in services {
        let program = folder().join(".venv/bin/schemathesis");
        let run = Command::new(program)
            .args([
                "run",
                "../../../docs/spec/twin.openapi.yaml",
                "--include-tag",
                service,
            ])
            .args(["--url", url])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", addresses.token),
            ])
            // Why these two are left out stands in tests/peers/schemathesis/README.md.
            .args([
                "--exclude-checks",
                "negative_data_rejection,positive_data_acceptance",
            ])
            .args([
                "--phases",
                "examples,coverage,fuzzing",
                "--max-examples",
                "20",
            ])
            .args(["--generation-deterministic", "--continue-on-failure"])
            .args(["--no-color", "--warnings", "off"])
            .current_dir(folder())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(PATIENCE, run).await.expect("it ends").unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{service}: {said}\n{failed}");
        assert!(
            said.contains("generated"),
            "{service}: nothing was tried: {said}"
        );
    }
    emulator.stop().await;
}
