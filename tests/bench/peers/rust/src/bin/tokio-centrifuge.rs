//! The crate `tokio-centrifuge`. It has no server-side subscriptions and no data with its connect,
//! so it asks for the channel itself.

use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use clap::Parser as _;
use tokio::sync::oneshot;
use tokio_centrifuge::{client::Client, config::Config};
use twin_bench_meter::{Account, Args, Data, Idle, SESSION, resident_kb};

const NAME: &str = "tokio-centrifuge";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    if args.count == 0 {
        return idle(&args).await;
    }
    let account = Arc::new(Mutex::new(Account::new(NAME, args.count)));
    let (done, ended) = oneshot::channel();
    let mut done = Some(done);
    let counting = Arc::clone(&account);
    let client = connect(&args, move |data, offset| {
        let read: Data = serde_json::from_slice(data).expect("the message is well formed");
        let mut account = counting.lock().expect("nothing panics");
        let goes_on = account
            .event(offset, read.payload.look())
            .expect("the system tells");
        if !goes_on {
            if let Some(done) = done.take() {
                let _ = done.send(());
            }
        }
    })
    .await?;
    ended.await?;
    drop(client);
    let account = account.lock().expect("nothing panics");
    account.print()
}

async fn connect(
    args: &Args,
    mut publication: impl FnMut(&[u8], u64) + Send + 'static,
) -> Result<Client> {
    let client = Client::new(&args.url, Config::new().use_json());
    let subscription = client.new_subscription(&format!("widget:{SESSION}"));
    subscription.on_publication(move |event| publication(&event.data, event.offset));
    let failed = |()| anyhow!("the client has given up");
    let subscribed = subscription.subscribe();
    client.connect().await.map_err(failed)?;
    subscribed.await.map_err(failed)?;
    let join = format!(r#"{{"sessionId":"{SESSION}"}}"#);
    client.rpc("joinSession", join.into_bytes()).await?;
    Ok(client)
}

async fn idle(args: &Args) -> Result<()> {
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(connect(args, |_, _| ()).await?);
    }
    let before = resident_kb()?;
    let conns = args.idle;
    for _ in 0..conns {
        clients.push(connect(args, |_, _| ()).await?);
    }
    let grown = resident_kb()?.saturating_sub(before);
    let rss_kb_per_conn = grown as f64 / conns.max(1) as f64;
    Idle {
        name: NAME,
        conns,
        rss_kb_per_conn,
    }
    .print()
}
