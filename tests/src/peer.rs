//! Servers that this project did not write, run as processes for a test.
//!
//! How they are built and configured is the business of `cargo xtask peers`; here one is started
//! before an emulator, killed, and started anew at the same address.

use std::{
    env, fmt, io,
    net::SocketAddr,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time,
};
use twin_emulator::{Builder, CentrifugoApi, Emulator};

use crate::proxy::Proxy;

/// The variable that names the program of `cargo xtask`; without it, cargo is asked to run it.
const XTASK: &str = "TWIN_XTASK";
/// How long a server may take to start: it may have to be built.
const START: Duration = Duration::from_secs(300);
/// The key of every peer's API.
const KEY: &str = "test-api-key";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// A Centrifugo 6 that the variable `CENTRIFUGO_BIN` names.
    Centrifugo,
    /// The program on Centrifugo's engine.
    Engine,
}

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Peer {
    kind: PeerKind,
    backend: String,
    settings: Vec<String>,
    address: SocketAddr,
    child: Child,
}

/// A server that did not become ready.
#[derive(Debug)]
pub struct PeerError(Reason);

#[derive(Debug)]
enum Reason {
    Emulator(twin_emulator::Error),
    Ended,
    Io(io::Error),
    TimedOut,
    Unreadable(serde_json::Error),
}

#[derive(Deserialize)]
struct Ready {
    address: SocketAddr,
}

impl PeerKind {
    /// As `cargo xtask` knows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Centrifugo => "centrifugo",
            Self::Engine => "engine",
        }
    }
}

impl Peer {
    /// Starts a server whose backend is at `backend`, a URL; `settings` as `peers start --set`
    /// takes them.
    ///
    /// # Errors
    ///
    /// When it does not become ready. What it said stands on stderr.
    pub async fn start(
        kind: PeerKind,
        backend: &str,
        settings: &[String],
    ) -> Result<Self, PeerError> {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let (child, address) = run(kind, backend, settings, free).await?;
        Ok(Self {
            kind,
            backend: backend.to_owned(),
            settings: settings.to_owned(),
            address,
            child,
        })
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What opens its API.
    ///
    /// # Panics
    ///
    /// Never: the address is one.
    pub fn api(&self) -> CentrifugoApi {
        let url = format!("http://{}/api", self.address);
        CentrifugoApi::new(&url, KEY).expect("made of an address and a key")
    }

    /// Kills it: nobody is told, and its memory is lost.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub async fn kill(&mut self) -> Result<(), PeerError> {
        self.child.kill().await.map_err(Reason::from)?;
        Ok(())
    }

    /// Asks it to end, by SIGTERM.
    ///
    /// # Errors
    ///
    /// When it has ended, or the system refuses.
    pub async fn terminate(&mut self) -> Result<(), PeerError> {
        let id = self.child.id().ok_or(Reason::Ended)?.to_string();
        let asked = Command::new("kill").args(["-s", "TERM", &id]).status();
        if !asked.await.map_err(Reason::from)?.success() {
            return Err(Reason::Ended.into());
        }
        Ok(())
    }

    /// Asks it to end, by SIGTERM, and waits until it has.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub async fn stop(&mut self) -> Result<ExitStatus, PeerError> {
        self.terminate().await?;
        Ok(self.child.wait().await.map_err(Reason::from)?)
    }

    /// Starts it anew at the same address, with an empty memory, after it was killed or stopped.
    ///
    /// # Errors
    ///
    /// When it does not become ready.
    pub async fn start_again(&mut self) -> Result<(), PeerError> {
        let (child, _) = run(self.kind, &self.backend, &self.settings, self.address).await?;
        self.child = child;
        Ok(())
    }
}

/// A server, and an emulator behind it.
#[derive(Debug)]
pub struct Backed {
    /// The server.
    pub peer: Peer,
    /// Its backend, which tells it what to do.
    pub emulator: Emulator,
    /// The way from the server to its backend.
    pub back_way: Proxy,
}

impl Backed {
    /// Starts both: `builder` is told of the server.
    ///
    /// # Errors
    ///
    /// When one of them does not become ready.
    pub async fn start(
        kind: PeerKind,
        settings: &[String],
        builder: Builder,
    ) -> Result<Self, PeerError> {
        // Each wants the other's address to start with; the way between them has one already.
        let back_way = Proxy::start().await.map_err(Reason::from)?;
        let backend = format!("http://{}/centrifugo/proxy", back_way.address());
        let peer = Peer::start(kind, &backend, settings).await?;
        let started = builder.centrifugo_api(peer.api()).start().await;
        let emulator = started.map_err(Reason::Emulator)?;
        let http = &emulator.addresses().http;
        let address = http.strip_prefix("http://").unwrap_or(http);
        back_way.set_upstream(address.parse().expect("an emulator's address is one"));
        Ok(Self {
            peer,
            emulator,
            back_way,
        })
    }
}

async fn run(
    kind: PeerKind,
    backend: &str,
    settings: &[String],
    listen: SocketAddr,
) -> Result<(Child, SocketAddr), PeerError> {
    let mut command = match env::var_os(XTASK) {
        Some(xtask) => Command::new(xtask),
        None => {
            let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let mut command = Command::new(cargo);
            command.args(["--quiet", "xtask"]);
            command
        }
    };
    command
        .args(["peers", "start", "--server", kind.name()])
        .args(["--backend", backend, "--listen", &listen.to_string()])
        .args(settings.iter().map(|setting| format!("--set={setting}")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(Reason::from)?;
    let stdout = child.stdout.take().ok_or(Reason::Ended)?;
    let mut lines = BufReader::new(stdout).lines();
    let line = time::timeout(START, lines.next_line())
        .await
        .map_err(|_| Reason::TimedOut)?;
    let line = line.map_err(Reason::from)?.ok_or(Reason::Ended)?;
    let ready: Ready = serde_json::from_str(&line).map_err(Reason::Unreadable)?;
    Ok((child, ready.address))
}

impl From<Reason> for PeerError {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for PeerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Reason::Emulator(_) => "the emulator behind the server did not start",
            Reason::Ended => "the server ended before it was ready",
            Reason::Io(_) => "the server's process cannot be had",
            Reason::TimedOut => "the server did not become ready in time",
            Reason::Unreadable(_) => "what the server said cannot be read",
        })
    }
}

impl std::error::Error for PeerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Emulator(error) => Some(error),
            Reason::Ended | Reason::TimedOut => None,
            Reason::Io(error) => Some(error),
            Reason::Unreadable(error) => Some(error),
        }
    }
}
