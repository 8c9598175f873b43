//! REST calls: through the SDK's client, with the same bodies through hyper alone, and as one writes them by hand.
//!
//! `--serve` is the server: it prints its address and answers until it is killed. `--client NAME --url
//! URL --count N --at-once K` sends N messages, K of them at a time, and prints what they took.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod bare;
mod sdk;
mod server;
mod typed;

use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use twin_bench_meter::cpu;

/// The session that is written to.
const SESSION: &str = "bce7d22e-dde6-4427-b391-ebbdfda44de6";
/// What is said: Cyrillic, as most messages are.
const TEXT: &str =
    "Здравствуйте! Подскажите, пожалуйста, сколько стоит доставка и когда она будет?";

#[derive(Parser)]
struct Args {
    /// Be the server.
    #[arg(long)]
    serve: bool,
    /// Whose calls.
    #[arg(long, default_value = "twin")]
    client: Client,
    /// Where the server is, `http://HOST:PORT`.
    #[arg(long, required_unless_present = "serve")]
    url: Option<String>,
    /// How many calls.
    #[arg(long, default_value_t = 1_000)]
    count: u64,
    /// How many of them at a time.
    #[arg(long, default_value_t = 1)]
    at_once: usize,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Client {
    /// hyper and its pool alone.
    Hyper,
    /// The SDK's.
    Twin,
    /// hyper and serde, by hand.
    Typed,
}

/// What was measured: one line of JSON.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    calls: u64,
    at_once: usize,
    wall_s: f64,
    cpu_s: f64,
    cpu_us_per_call: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    if args.serve {
        return server::run().await;
    }
    let url = args.url.as_deref().context("--url is missing")?;
    let line = match args.client {
        Client::Hyper => {
            let client = bare::Client::new(url)?;
            measure("hyper", &args, || client.send()).await?
        }
        Client::Twin => {
            let client = sdk::Client::new(url)?;
            measure("twin", &args, || client.send()).await?
        }
        Client::Typed => {
            let client = typed::Client::new(url);
            measure("typed", &args, || client.send()).await?
        }
    };
    println!("{}", serde_json::to_string(&line)?);
    Ok(())
}

async fn measure<F>(name: &'static str, args: &Args, send: impl Fn() -> F) -> Result<Line>
where
    F: Future<Output = Result<()>>,
{
    // The first ones open the connections.
    calls(args.at_once as u64, args.at_once, &send).await?;
    let begun = (Instant::now(), cpu()?);
    calls(args.count, args.at_once, &send).await?;
    let cpu_s = (cpu()? - begun.1).as_secs_f64();
    Ok(Line {
        name,
        calls: args.count,
        at_once: args.at_once,
        wall_s: begun.0.elapsed().as_secs_f64(),
        cpu_s,
        cpu_us_per_call: cpu_s * 1e6 / args.count.max(1) as f64,
    })
}

async fn calls<F>(count: u64, at_once: usize, send: &impl Fn() -> F) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let mut calls = stream::iter(0..count)
        .map(|_| send())
        .buffer_unordered(at_once);
    while let Some(outcome) = calls.next().await {
        outcome?;
    }
    Ok(())
}
