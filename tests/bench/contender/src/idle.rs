//! What connections cost that bring nothing.

use std::collections::HashSet;

use anyhow::{Context as _, Result, bail};
use twin_bench_meter::{Idle, resident_kb};
use twin_client::{Client, Events, LinkChanges, LinkState, Session};

use crate::setup::Contender;

/// So many links are open before any is counted: what only the first costs is not theirs.
const FIRST: usize = 10;

/// What a link of one session costs.
pub(crate) async fn links(contender: &Contender) -> Result<()> {
    let mut few = Listening::new(contender.client(1)?);
    few.grow(FIRST, FIRST).await?;
    let conns = contender.args.idle;
    let before = resident_kb()?;
    // One after the other, as the others open theirs.
    for _ in 0..conns {
        few.grow(1, 1).await?;
    }
    print("twin", conns, resident_kb()?.saturating_sub(before))
}

/// What a session costs beyond the first of its link: ten links with one session each, then ten that
/// are full; what is left when the first is taken from the second.
pub(crate) async fn sessions(contender: &Contender) -> Result<()> {
    let per_link = contender.sessions_per_link;
    let mut few = Listening::new(contender.client(1)?);
    let mut full = Listening::new(contender.client(per_link)?);
    few.grow(FIRST, FIRST).await?;
    let links = few.grow(FIRST, FIRST).await?;
    let grown = full.grow(FIRST * per_link, FIRST).await?;
    let further = FIRST * (per_link - 1);
    print(
        "twin, further sessions",
        further,
        grown.saturating_sub(links),
    )
}

fn print(name: &str, conns: usize, grown: u64) -> Result<()> {
    let rss_kb_per_conn = grown as f64 / conns.max(1) as f64;
    Idle {
        name,
        conns,
        rss_kb_per_conn,
    }
    .print()
}

/// Sessions that are listened to.
struct Listening {
    client: Client,
    changes: LinkChanges,
    sessions: Vec<(Session, Events)>,
}

impl Listening {
    fn new(client: Client) -> Self {
        let changes = client.links();
        Self {
            client,
            changes,
            sessions: Vec::new(),
        }
    }

    /// Listens to so many sessions more, waits until all are joined, over so many links more, and
    /// says by how many KiB that made the process grow.
    async fn grow(&mut self, sessions: usize, links: usize) -> Result<u64> {
        let before = resident_kb()?;
        let from = self.sessions.len();
        let ids = (from..from + sessions)
            .map(|number| format!("{number:08}-0000-4000-8000-000000000000"));
        self.sessions.extend(self.client.listen(ids)?);
        // A link says that it is connected once all its sessions are joined.
        let mut connected = HashSet::new();
        while connected.len() < links {
            let change = self.changes.next().await.context("the client is gone")?;
            match change.state {
                LinkState::Connected { .. } => {
                    connected.insert(change.link);
                }
                LinkState::Closed { reason } => bail!("link {} is closed: {reason}", change.link),
                _ => {}
            }
        }
        Ok(resident_kb()?.saturating_sub(before))
    }
}
