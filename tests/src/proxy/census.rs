//! How many clients hold a connection, as the system knows it.

use std::{collections::BTreeSet, fs};

/// Connections to this port of 127.0.0.1 that neither side has begun to close: what a client has
/// closed no longer counts, even where the proxy has not read so far. `None` where the system does
/// not tell.
pub(super) fn established(port: u16) -> Option<usize> {
    // One connection a line: number, local and remote address, state (`01`: established).
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let local = format!("0100007F:{port:04X}");
    let held = table.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let is_ours = fields.next() == Some(&local);
        let remote = fields.next()?;
        (is_ours && fields.next() == Some("01")).then_some(remote)
    });
    // While the table changes, it may tell of a connection twice.
    Some(held.collect::<BTreeSet<_>>().len())
}
