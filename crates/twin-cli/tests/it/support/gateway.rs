//! A way to the platform on which renewals of a login are counted, and held up.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use crate::support::Platform;

/// What a renewal waits for: so many passages of a text, from either side.
pub(crate) struct Hold {
    pub(crate) text: &'static str,
    pub(crate) times: usize,
}

#[derive(Default)]
struct Seen {
    renewals: usize,
    texts: usize,
}

/// Carries bytes to and fro.
#[derive(Clone)]
pub(crate) struct Gateway {
    address: String,
    platform: String,
    hold: Arc<Hold>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Gateway {
    /// A way to `platform` on which each renewal is held up.
    pub(crate) fn to(platform: &Platform, hold: Hold) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gateway = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            platform: platform.url().to_owned(),
            hold: Arc::new(hold),
            seen: Arc::default(),
        };
        let carrier = gateway.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                carrier.carry(client.unwrap());
            }
        });
        gateway
    }

    /// An address of the platform as it is by this way.
    pub(crate) fn url(&self, address: &str) -> String {
        address.replace(&self.platform, &self.address)
    }

    /// How many renewals have been asked for.
    pub(crate) fn renewals(&self) -> usize {
        self.seen.0.lock().unwrap().renewals
    }

    fn carry(&self, client: TcpStream) {
        let place = self.platform.strip_prefix("http://").unwrap();
        let server = TcpStream::connect(place).unwrap();
        let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        for (from, to) in [(from_client, to_server), (server, client)] {
            let gateway = self.clone();
            thread::spawn(move || {
                // A connection that breaks is the business of those at its ends.
                let _ = gateway.pump(&from, &to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
    }

    fn pump(&self, mut from: impl Read, mut to: impl Write) -> io::Result<()> {
        let mut bytes = [0; 64 << 10];
        loop {
            let length = from.read(&mut bytes)?;
            if length == 0 {
                return Ok(());
            }
            // Heads and answers are small: each comes in one piece.
            self.look(&String::from_utf8_lossy(&bytes[..length]));
            to.write_all(&bytes[..length])?;
        }
    }

    fn look(&self, text: &str) {
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        seen.texts += text.matches(self.hold.text).count();
        changed.notify_all();
        if text.contains("/auth/refresh?") {
            seen.renewals += 1;
            let patience = Duration::from_secs(60);
            let waits = |seen: &mut Seen| seen.texts < self.hold.times;
            let (_seen, waited) = changed.wait_timeout_while(seen, patience, waits).unwrap();
            assert!(!waited.timed_out(), "what a renewal waits for never comes");
        }
    }
}
