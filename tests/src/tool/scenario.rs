//! The format of scenarios.

use std::{net::SocketAddr, path::Path};

use serde::Deserialize;
use twin_emulator::Kick;

use crate::conformance::{
    CaseError,
    case::{Network, ServerAct, Settings},
    folder,
};

/// A program, and what happens to it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name of its file, and the value of `each`; or its seed.
    #[serde(skip)]
    pub name: String,
    /// One sentence: what is proven.
    pub about: String,
    /// What differs from the usual server.
    #[serde(default)]
    pub server: Settings,
    /// How the program is called.
    #[serde(default)]
    pub twin: Twin,
    /// What the network does from the start; it lets everything pass unless told otherwise.
    pub network: Option<Network>,
    /// What happens once the program is started, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// What must hold at the end, beside what always must.
    #[serde(default)]
    pub expect: Expect,
    /// Values, each of which makes a scenario.
    #[serde(default, rename = "each")]
    _each: Vec<u32>,
}

/// How the program is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Twin {
    /// `twin chat --session` instead of `twin listen`.
    pub chat: bool,
    /// How many sessions.
    pub sessions: usize,
    /// Whether each is named twice.
    pub twice: bool,
    /// What it knows of the list of messages.
    pub list: List,
    /// Which live channel it listens to.
    pub link: Link,
    /// How the link leads to the server.
    pub way: Way,
    /// More arguments.
    pub args: Vec<String>,
}

impl Default for Twin {
    fn default() -> Self {
        Self {
            chat: false,
            sessions: 1,
            twice: false,
            list: List::default(),
            link: Link::default(),
            way: Way::default(),
            args: Vec::new(),
        }
    }
}

/// What the program knows of the list of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// Where it is.
    Answers,
    /// An address that takes connections, and never answers.
    Silent,
    /// Nothing.
    #[default]
    Unknown,
}

/// Which live channel the program listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Centrifugo's protocol, of whichever server is named.
    #[default]
    Centrifugo,
    /// Socket.IO. The emulator carries it itself, whichever server is named.
    Socketio,
}

impl Link {
    /// The arguments that choose it, at this host and port.
    pub(super) fn args(self, way: Way, host: SocketAddr) -> [String; 4] {
        let suffix = way.suffix();
        let (name, flag, address) = match self {
            Self::Centrifugo => (
                "centrifugo",
                "--centrifugo-url",
                format!("ws{suffix}://{host}/centrifugo/connection/websocket"),
            ),
            Self::Socketio => (
                "socketio",
                "--socketio-url",
                format!("http{suffix}://{host}/operator/socket.io/"),
            ),
        };
        ["--link".into(), name.into(), flag.into(), address]
    }

    /// How many bytes a heartbeat of the client has on the wire: a masked frame of `{}`, or of `2`.
    pub(super) fn beat(self) -> u64 {
        match self {
            Self::Centrifugo => 8,
            Self::Socketio => 7,
        }
    }
}

/// How the link leads to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// `ws` to a plain port.
    #[default]
    Plain,
    /// `ws` to a port of TLS.
    PlainToTls,
    /// `wss` to a port of TLS whose certificate is trusted.
    Tls,
    /// `wss` to a plain port.
    TlsToPlain,
    /// `wss` to a port of TLS whose certificate is not trusted.
    Untrusted,
}

impl Way {
    /// What the address says of it: the last letter of its scheme, where there is one for that.
    fn suffix(self) -> &'static str {
        match self {
            Self::Plain | Self::PlainToTls => "",
            Self::Tls | Self::TlsToPlain | Self::Untrusted => "s",
        }
    }

    /// Whether the port speaks TLS.
    pub(super) fn is_secured(self) -> bool {
        matches!(self, Self::PlainToTls | Self::Tls | Self::Untrusted)
    }
}

/// One thing that happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Changes how the application behaves.
    Behave(serde_json::Value),
    /// Waits until the network has accepted so many connections, in all.
    Connections(u64),
    /// Puts the Socket.IO clients of the first session out.
    Kick(Kick),
    /// The bot writes so many messages in every session: they stand in the list of messages too.
    Messages(usize),
    /// What the network does from now on, to new connections and to those there are.
    Network(Network),
    /// Waits until so many bytes have passed to the program, in all.
    Passed(u64),
    /// Publishes in every session, or in one.
    Publish {
        /// How many in each.
        count: usize,
        /// In this session alone, from 0.
        session: Option<usize>,
        /// Bytes of filling in each.
        #[serde(default)]
        bytes: usize,
    },
    /// Whether the program's stdout is read from now on.
    Reads(bool),
    /// Nothing happens but so many pings: neither CPU nor wakings may be spent on it.
    Rest(u64),
    /// Types a line.
    Say(String),
    /// What the server does, to the first session's channel where it is about one.
    Server(ServerAct),
    /// Waits until everything published is printed or declared missing.
    Settle {},
    /// Sends the program a signal, by its short name.
    Signal(String),
    /// Waits for a state: `connected`, `connecting`, `waiting`, `closed`.
    State(String),
}

impl Step {
    /// Whether it does something that states may follow.
    pub(super) fn acts(&self) -> bool {
        matches!(
            self,
            Self::Behave(_) | Self::Kick(_) | Self::Network(_) | Self::Server(_)
        )
    }
}

/// What must hold at the end. Where it is expected to fail, it ends by itself; else it is asked to
/// by a signal, unless a step has done so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The kind of the error with which it fails.
    pub fails: Option<String>,
    /// The code of that.
    pub code: Option<u32>,
    /// What its sentence names beside the address: `session` stands for the first session's id.
    pub names: Option<String>,
    /// It ends by itself, with 0.
    pub ends: bool,
    /// A kind of reason for which it waited.
    pub waits: Option<String>,
    /// The code of that.
    pub waits_code: Option<u32>,
    /// How many gaps, over all sessions.
    pub gaps: usize,
    /// Where how many there are depends on the moment: at most so many.
    pub gaps_at_most: Option<usize>,
    /// How many events were missed and had back.
    pub recovered_at_least: usize,
    /// How many event lines there are, in all.
    pub events: Option<usize>,
    /// The most connections made, beside one for each dial that was given up for want of an answer
    /// in time: a busy machine may cause that where no network does.
    pub connections_at_most: Option<u64>,
    /// The fewest connections made.
    pub connections_at_least: u64,
    /// How many links there are at once; one unless told otherwise.
    pub links: Option<usize>,
}

impl Scenario {
    /// Reads every scenario of a folder, in the order of their names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is no scenario.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, CaseError> {
        let named = folder::read_all(folder)?.into_iter();
        Ok(named.map(|(name, it)| Self { name, ..it }).collect())
    }
}
