//! The crate `centrifuge-client`: its handlers on its own thread, as by default, or on its task.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use centrifuge::{Client, EventDelivery, Protocol};
use clap::Parser;
use tokio::sync::oneshot;
use twin_bench_meter::{Account, Args, Data, Idle, SESSION, resident_kb};

#[derive(Parser)]
struct Contender {
    #[command(flatten)]
    args: Args,
    /// Run handlers on the client's task.
    #[arg(long)]
    inline: bool,
}

impl Contender {
    fn name(&self) -> &'static str {
        match self.inline {
            true => "centrifuge-client, inline",
            false => "centrifuge-client, threaded",
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let contender = Contender::parse();
    if contender.args.count == 0 {
        return idle(&contender).await;
    }
    let account = Arc::new(Mutex::new(Account::new(
        contender.name(),
        contender.args.count,
    )));
    let (done, ended) = oneshot::channel();
    let mut done = Some(done);
    let counting = Arc::clone(&account);
    let client = connect(&contender, move |data, offset| {
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
    contender: &Contender,
    mut publication: impl FnMut(&[u8], u64) + Send + 'static,
) -> Result<Client> {
    let data = format!(r#"{{"application":"widget","settings":{{"sessions":["{SESSION}"]}}}}"#);
    let delivery = match contender.inline {
        true => EventDelivery::Inline,
        false => EventDelivery::Thread,
    };
    let client = Client::builder(contender.args.url.clone())
        .protocol(Protocol::Json)
        .event_delivery(delivery)
        .data(data)
        .on_publication(move |_, event| publication(&event.data, event.offset))
        .build()?;
    client.connect()?;
    client.ready(None).await?;
    let join = format!(r#"{{"sessionId":"{SESSION}"}}"#);
    client.rpc("joinSession", join).await.context("joining")?;
    Ok(client)
}

async fn idle(contender: &Contender) -> Result<()> {
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(connect(contender, |_, _| ()).await?);
    }
    let before = resident_kb()?;
    let conns = contender.args.idle;
    for _ in 0..conns {
        clients.push(connect(contender, |_, _| ()).await?);
    }
    let grown = resident_kb()?.saturating_sub(before);
    let rss_kb_per_conn = grown as f64 / conns.max(1) as f64;
    let name = contender.name();
    Idle {
        name,
        conns,
        rss_kb_per_conn,
    }
    .print()
}
