//! Plays the conformance cases: `conformance SERVER CODEC [NAME...]`, where a codec is `json` or
//! `protobuf`, and a name a part of a case's.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::{env, error::Error, path::Path, process::ExitCode};

use twin_client::Codec;
use twin_tests::conformance::{Case, Expected, Kind, run_all};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let server = args.next().unwrap_or_default();
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == server);
    let kind = kind.ok_or("the first argument is to be a server")?;
    let codec = match args.next().as_deref() {
        Some("json") => Codec::Json,
        Some("protobuf") => Codec::Protobuf,
        _ => return Err("the second argument is to be a codec".into()),
    };
    let names: Vec<_> = args.collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut cases = Case::read_all(&folder)?;
    let mut expected = Expected::read(&folder)?;
    if !names.is_empty() {
        cases.retain(|case| names.iter().any(|name| case.name.contains(name.as_str())));
        expected.retain(|name| cases.iter().any(|case| case.name == name));
    }
    if cases.is_empty() {
        return Err("no case has such a name".into());
    }
    let report = run_all(kind, codec, &cases, &expected).await;
    print!("{report}");
    Ok(report.is_good())
}
