//! The server that contenders read from, as a child.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use super::contender::Link;

/// A server that runs until this is dropped.
pub(super) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts `program`, which says its address first.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or says no address.
    pub(super) fn start(program: &Path, args: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut address = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut address)?;
        }
        let address = address.trim_end().to_owned();
        let server = Self { child, address };
        if server.address.is_empty() {
            bail!("the server says no address");
        }
        Ok(server)
    }

    /// Its address and port.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The address at which `count` events come, `replies` in a frame. Over Socket.IO the query is
    /// the protocol's, so the path says it.
    pub(super) fn url(&self, link: Link, count: u64, replies: u64) -> String {
        let address = &self.address;
        match link {
            Link::Centrifugo => {
                format!("ws://{address}/connection/websocket?count={count}&replies={replies}")
            }
            Link::Socketio => format!("ws://{address}/{count}/socket.io/"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
