//! Instructions for each event, counted by valgrind's callgrind.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{
    contender::{Contender, Link},
    server::Server,
};

/// Two runs of different length: what is spent before the first event and after the last falls out
/// of their difference.
const COUNTS: [u64; 2] = [2_000, 12_000];

/// Runs the client and the floors under callgrind, and prints what an event takes of each.
///
/// # Errors
///
/// When there is no valgrind, or a contender fails.
pub(super) fn run(link: Link, folder: &Path, server: &Server) -> Result<()> {
    let sizes: &[u64] = match link {
        Link::Centrifugo => &[1, 16],
        Link::Socketio => &[1],
    };
    println!("Instructions per event over {}:\n", link.as_str());
    for &replies in sizes {
        let mut floor = None;
        for contender in Contender::all(link)[..3].iter().rev() {
            let few = count(contender, link, folder, server, COUNTS[0], replies)?;
            let many = count(contender, link, folder, server, COUNTS[1], replies)?;
            let each = (many - few) as f64 / (COUNTS[1] - COUNTS[0]) as f64;
            let ratio = each / *floor.get_or_insert(each);
            println!(
                "{replies:>2} a frame  {each:>8.0}  {ratio:.2}  {}",
                contender.name
            );
        }
    }
    Ok(())
}

/// The instructions of one whole run.
fn count(
    contender: &Contender,
    link: Link,
    folder: &Path,
    server: &Server,
    count: u64,
    replies: u64,
) -> Result<u64> {
    let profile = folder.join("callgrind.out");
    let out = format!("--callgrind-out-file={}", profile.display());
    let valgrind = ["valgrind", "--quiet", "--tool=callgrind", &out];
    let command = contender.command(folder, &valgrind).args([
        "--url".to_owned(),
        server.url(link, count, replies),
        format!("--count={count}"),
    ]);
    contender.read_run(&command.output()?, count)?;
    let profile = std::fs::read_to_string(profile).context("what callgrind has written")?;
    profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: ")?.parse().ok())
        .context("callgrind has written no totals")
}
