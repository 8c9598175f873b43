//! The least that a client over fastwebsockets and serde_json can do: read frames, read the envelope
//! with the data left as it is, read the data. No positions, no clock, no reconnects, no reader
//! apart from the loop.
//!
//! With `--trusting` it does not check again that text is UTF-8, which fastwebsockets has checked.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod centrifugo;
mod dial;
mod socketio;

use anyhow::Result;
use clap::Parser as _;
use twin_bench_meter::{Account, Args, Idle, resident_kb};

#[derive(clap::Parser)]
struct Floor {
    #[command(flatten)]
    args: Args,
    /// Check text once, in the WebSocket, and not again.
    #[arg(long)]
    trusting: bool,
    /// Over which channel.
    #[arg(long, default_value = "centrifugo")]
    link: Link,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Link {
    Centrifugo,
    Socketio,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let floor = Floor::parse();
    let name = if floor.trusting {
        "floor, text checked once"
    } else {
        "floor"
    };
    if floor.args.count == 0 {
        return idle(name, &floor).await;
    }
    let mut account = Account::new(name, floor.args.count);
    let mut socket = dial::open(&floor.args.url).await?;
    match floor.link {
        Link::Centrifugo => {
            centrifugo::join(&mut socket).await?;
            centrifugo::run(&mut socket, floor.trusting, &mut account).await?;
        }
        Link::Socketio => socketio::run(&mut socket, floor.trusting, &mut account).await?,
    }
    account.print()
}

async fn idle(name: &str, floor: &Floor) -> Result<()> {
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(joined(floor).await?);
    }
    let before = resident_kb()?;
    for _ in 0..floor.args.idle {
        sockets.push(joined(floor).await?);
    }
    let grown = resident_kb()?.saturating_sub(before);
    let conns = floor.args.idle;
    let rss_kb_per_conn = grown as f64 / conns.max(1) as f64;
    Idle {
        name,
        conns,
        rss_kb_per_conn,
    }
    .print()
}

async fn joined(floor: &Floor) -> Result<dial::Socket> {
    let mut socket = dial::open(&floor.args.url).await?;
    if floor.link == Link::Centrifugo {
        centrifugo::join(&mut socket).await?;
        centrifugo::joined(&mut socket).await?;
    }
    Ok(socket)
}
