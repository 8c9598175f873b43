//! Schemathesis, a tester that nobody here wrote, against the emulator.
//!
//! It wants the packages of `tests/peers/schemathesis`, so it runs on demand only:
//! `cargo xtask ci --step rest`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use tokio::{process::Command, time::timeout};
use twin_emulator::Emulator;

/// How long one service may take; this only keeps a hung run from staying for ever.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is found and is no fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    finding: Vec<Reasoned>,
}

/// Findings of one kind, with one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasoned {
    /// `accepted` what breaks the schema, or `refused` what fits it.
    was: String,
    /// What stands in the finding.
    says: String,
    reason: String,
    /// By service.
    operations: BTreeMap<String, Vec<String>>,
}

/// A finding: the operation, its title, and all that is said of it.
#[derive(Debug)]
struct Finding {
    operation: String,
    title: String,
    text: String,
}

/// Where the tester is, and where it leaves what it remembers.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/schemathesis")
}

impl Reasoned {
    fn is(&self, finding: &Finding) -> bool {
        let title = match self.was.as_str() {
            "accepted" => "Schema-violating request accepted",
            "refused" => "Schema-valid request rejected",
            other => panic!("no finding is `{other}`"),
        };
        finding.title.ends_with(title) && finding.text.contains(&self.says)
    }
}

/// The findings in what it printed: below a line with the operation, each begins with a dash.
fn findings(said: &str) -> Vec<Finding> {
    let mut operation = String::new();
    let mut findings: Vec<Finding> = Vec::new();
    let failures = said.split_once("= FAILURES =").map_or("", |(_, rest)| rest);
    for line in failures.lines() {
        let heading = line.trim_matches('_').trim();
        if line.starts_with("___") {
            heading.clone_into(&mut operation);
        } else if let Some(title) = line.strip_prefix("- ") {
            findings.push(Finding {
                operation: operation.clone(),
                title: title.trim().to_owned(),
                text: String::new(),
            });
        } else if line.contains("= SUMMARY =") {
            break;
        } else if let Some(finding) = findings.last_mut() {
            finding.text += line;
            finding.text += "\n";
        }
    }
    findings
}

/// What is found and not known, and what is known and not found.
fn wrong(service: &str, known: &Known, findings: &[Finding]) -> Vec<String> {
    let mut wrong = Vec::new();
    let of = |reasoned: &Reasoned, operation: &String| {
        let operations = reasoned.operations.get(service);
        operations.is_some_and(|operations| operations.contains(operation))
    };
    for finding in findings {
        let is_known =
            |reasoned: &&Reasoned| reasoned.is(finding) && of(reasoned, &finding.operation);
        if known.finding.iter().find(is_known).is_none() {
            let Finding {
                operation,
                title,
                text,
            } = finding;
            wrong.push(format!("{service}: {operation}: {title}\n{text}"));
        }
    }
    for reasoned in &known.finding {
        for operation in reasoned.operations.get(service).into_iter().flatten() {
            let is_found =
                |finding: &&Finding| finding.operation == *operation && reasoned.is(finding);
            if !findings.iter().any(|finding| is_found(&finding)) {
                let Reasoned {
                    was, says, reason, ..
                } = reasoned;
                wrong.push(format!(
                    "{service}: {operation}: {was}, {says}: not found ({reason})"
                ));
            }
        }
    }
    wrong
}

#[tokio::test]
#[ignore = "wants the packages of tests/peers/schemathesis"]
async fn every_service_answers_as_the_specification_says() {
    let known = fs::read_to_string(folder().join("known.toml")).unwrap();
    let known: Known = toml::from_str(&known).unwrap();
    let emulator = Emulator::start().await.unwrap();
    let addresses = emulator.addresses();
    let services = [
        ("bot", addresses.bot.as_ref().unwrap()),
        ("chats", &addresses.chats),
        ("iam", addresses.iam.as_ref().unwrap()),
    ];
    let mut all_wrong = Vec::new();
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
        let findings = findings(&said);
        let counted = format!("found {} unique failures", findings.len());
        let is_whole = match findings.is_empty() {
            true => output.status.success() && said.contains("generated"),
            // Whatever else went wrong would be counted in the last line, too.
            false => said.contains(&counted) && !said.contains(" errors in "),
        };
        assert!(
            is_whole,
            "{service}: not what was expected of it: {said}\n{failed}"
        );
        all_wrong.extend(wrong(service, &known, &findings));
    }
    emulator.stop().await;
    assert!(all_wrong.is_empty(), "\n{}", all_wrong.join("\n"));
}
