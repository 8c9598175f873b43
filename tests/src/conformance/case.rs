//! The format of cases.

use std::{path::Path, time::Duration};

use serde::Deserialize;

use super::folder::{self, CaseError};
use crate::proxy;

/// A case: a server, and what happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of its file, and the value of `each`.
    #[serde(skip)]
    pub name: String,
    /// One sentence: what is proven.
    pub about: String,
    /// What differs from the usual server.
    #[serde(default)]
    pub server: Settings,
    /// What differs from the usual client.
    #[serde(default)]
    pub client: ClientSettings,
    /// What happens, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What must hold at the end, beside what always must.
    #[serde(default)]
    pub expect: Expect,
    /// Values, each of which makes a case.
    #[serde(default, rename = "each")]
    _each: Vec<u32>,
}

/// What differs from the usual server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Channels that a connection may have.
    pub channel_limit: Option<usize>,
    /// Publications that a channel keeps.
    pub history_size: Option<usize>,
    /// Milliseconds between pings.
    pub ping_ms: Option<u64>,
    /// Milliseconds that a client has for a pong; 0: no pongs are wanted.
    pub pong_timeout_ms: Option<u64>,
    /// Bytes that may wait for a client.
    pub queue_max_size: Option<usize>,
    /// Publications that are recovered at most.
    pub recovery_limit: Option<usize>,
    /// How the application behaves: the emulator's own words.
    pub behaviour: Option<serde_json::Value>,
    /// Who answers; nobody unless told otherwise.
    pub bot: Bot,
}

/// Who answers the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bot {
    /// The demonstration's script.
    Demo,
    /// One that only answers what it is asked.
    #[default]
    Echo,
}

/// What differs from the usual client.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientSettings {
    /// The most sessions on one link.
    pub sessions_per_link: Option<usize>,
    /// Whether gaps are filled from the list of messages.
    pub fill_gaps: bool,
    /// How long a connect may take, in milliseconds.
    pub connect_timeout_ms: Option<u64>,
    /// Whether a session that is read too slowly holds up its link.
    pub hold_up: bool,
    /// How long a session may be without its channel, in milliseconds.
    pub grant_wait_ms: Option<u64>,
}

/// One thing that happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Changes how the application behaves.
    Behave(serde_json::Value),
    /// Holds a whole chat in a session of its own: what the client says, and the bodies that it
    /// hears until the session is closed.
    Chat {
        /// The client's messages, one after an answer to the other.
        says: Vec<String>,
        /// Every body that comes, in order.
        hears: Vec<String>,
    },
    /// Waits until the first session has ended.
    Ended {},
    /// Opens this many sessions, and waits until they are joined unless told otherwise.
    Listen {
        /// How many.
        sessions: usize,
        /// Whether they are started by this client, and so listened to from their first event on.
        #[serde(default)]
        fresh: bool,
        /// Whether to wait until events come.
        #[serde(default = "yes")]
        joined: bool,
    },
    /// The bot writes so many messages in every session: they stand in the list of messages too.
    Messages(usize),
    /// What the network does from now on, to new connections and to those there are.
    Network(Network),
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
    /// Publishes this data as it stands in the first session.
    PublishRaw(String),
    /// Tells the client that the network has changed.
    ReconnectNow {},
    /// Tells the client that it is in the foreground again.
    Resume {},
    /// What the server does.
    Server(ServerAct),
    /// Waits until everything published is delivered or declared missing.
    Settle {},
    /// Waits for a state of any link: `connected`, `connecting`, `waiting`, `suspended`, `closed`.
    State(String),
    /// Tells the client that it goes to the background, and waits until its sockets are closed.
    Suspend {},
}

fn yes() -> bool {
    true
}

/// What the network does.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Network {
    /// Accepts and never answers.
    AcceptAndSilence,
    /// Takes everything and gives nothing.
    BlackHole,
    /// Gives a few bytes at a time.
    Drip {
        /// How many.
        bytes: usize,
        /// Milliseconds between them.
        ms: u64,
    },
    /// Answers with what no server says.
    Garbage,
    /// Ends every connection.
    Kill,
    /// Holds everything back for so many milliseconds.
    Latency(u64),
    /// Gives every byte alone.
    OneByte,
    /// Does nothing to what passes.
    Pass,
    /// Answers whoever connects by HTTP, with this status.
    Portal(u16),
    /// Refuses new connections, and ends those there are.
    Refuse,
    /// Resets every connection.
    Reset,
}

impl Network {
    /// Does it.
    pub(crate) fn apply(self, proxy: &proxy::Proxy) {
        proxy.set(match self {
            Self::AcceptAndSilence => proxy::Network::AcceptAndSilence,
            Self::BlackHole => proxy::Network::BlackHole,
            Self::Drip { bytes, ms } => proxy::Network::Drip(bytes, Duration::from_millis(ms)),
            Self::Garbage => proxy::Network::Garbage,
            Self::Latency(ms) => proxy::Network::Latency(Duration::from_millis(ms)),
            Self::OneByte => proxy::Network::OneByte,
            Self::Pass => proxy::Network::Pass,
            Self::Portal(status) => proxy::Network::Portal(status),
            Self::Refuse => proxy::Network::Refuse,
            Self::Kill => return proxy.kill(),
            Self::Reset => return proxy.reset(),
        });
    }
}

/// What the server does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ServerAct {
    /// Ends every connection.
    Disconnect {
        /// With this code.
        code: u16,
        /// And this reason.
        #[serde(default)]
        reason: String,
    },
    /// Forgets what was published in the first session.
    RemoveHistory {},
    /// Dies without a word and comes back with an empty memory.
    Restart {},
    /// Gives the first session's channel back.
    Subscribe {},
    /// Takes the first session's channel away.
    Unsubscribe {},
}

/// What must hold at the end.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// How many gaps, over all sessions; none where nothing is said.
    pub gaps: usize,
    /// Where how many there are depends on the moment: at most so many.
    pub gaps_at_most: Option<usize>,
    /// How the first session has ended.
    pub ended: Option<String>,
    /// The code with which it has ended.
    pub code: Option<u32>,
    /// Events that came without a session.
    pub unassigned: usize,
    /// How many events were missed and had back.
    pub recovered_at_least: usize,
    /// The most connections tried.
    pub dials_at_most: Option<u64>,
    /// The fewest connections tried.
    pub dials_at_least: u64,
    /// How many links there are, in all.
    pub links: Option<usize>,
}

impl Case {
    /// Reads every case of a folder, in the order of their names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is no case.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, CaseError> {
        let named = folder::read_all(folder)?.into_iter();
        Ok(named.map(|(name, case)| Self { name, ..case }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_case_is_refused() {
        for text in [
            "",
            "about = \"a\"",
            "about = \"a\"\n[[step]]\ndance = 1",
            "about = \"a\"\nstep = []\nmore = 1",
        ] {
            assert!(toml::from_str::<Case>(text).is_err(), "{text}");
        }
    }
}
