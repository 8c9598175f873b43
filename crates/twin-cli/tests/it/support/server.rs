//! Servers that are no platform: what listens on a wrong address.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A server on a free port, which does one thing to whoever connects.
pub(crate) struct Server {
    address: String,
    connected: mpsc::Receiver<()>,
}

impl Server {
    /// Takes connections, and never says a word.
    pub(crate) fn silent() -> Self {
        let mut kept = Vec::new();
        Self::new(move |connection| kept.push(connection))
    }

    /// Answers every request with this status and a page for people.
    pub(crate) fn page(status: &'static str) -> Self {
        let page = b"<html><h1>Bad gateway</h1></html>";
        Self::new(move |connection| answer(connection, status, "text/html", page))
    }

    /// Answers every request with this JSON.
    pub(crate) fn json(body: &'static str) -> Self {
        Self::new(move |connection| {
            answer(connection, "200 OK", "application/json", body.as_bytes())
        })
    }

    /// Answers every request with this, be it text or not.
    pub(crate) fn bytes(body: &'static [u8]) -> Self {
        Self::new(move |connection| answer(connection, "200 OK", "text/plain", body))
    }

    /// Answers requests with this JSON, but never those for a path with `silence` in it.
    pub(crate) fn json_but(silence: &'static str, body: &'static str) -> Self {
        let mut kept = Vec::new();
        Self::new(move |connection: TcpStream| {
            let mut head = [0; 4096];
            let length = connection.peek(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..length]);
            if head.lines().next().unwrap_or_default().contains(silence) {
                kept.push(connection);
            } else {
                answer(connection, "200 OK", "application/json", body.as_bytes());
            }
        })
    }

    /// Answers every request with the first half of a file, and no more.
    pub(crate) fn half() -> Self {
        let mut kept = Vec::new();
        Self::new(move |mut connection: TcpStream| {
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let half = [7; 1000];
            let _ = write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
            );
            let _ = connection.write_all(&half);
            kept.push(connection);
        })
    }

    /// Answers with bytes that are no HTTP.
    pub(crate) fn garbage() -> Self {
        Self::new(|mut connection: TcpStream| {
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(b"\x00\x01 what?\r\n\r\n");
            end(connection);
        })
    }

    fn new(mut serve: impl FnMut(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, connected) = mpsc::channel();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let _ = sender.send(());
                serve(connection.unwrap());
            }
        });
        Self { address, connected }
    }

    /// Its address with a scheme before it: `http`, say.
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// Waits until someone connects.
    pub(crate) fn connected(&self) {
        let patience = Duration::from_secs(60);
        self.connected
            .recv_timeout(patience)
            .expect("someone connects");
    }
}

/// Answers a request with this.
fn answer(mut connection: TcpStream, status: &str, content_type: &str, body: &[u8]) {
    let mut request = [0; 4096];
    let _ = connection.read(&mut request);
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n");
    // Or the next request could still be put on this connection.
    let head = format!("{head}Connection: close\r\n");
    let _ = write!(connection, "{head}Content-Length: {length}\r\n\r\n");
    let _ = connection.write_all(body);
    end(connection);
}

/// Ends a connection as a server does that wants its answer read: what of a request is still under
/// way would otherwise meet a closed socket, and the reset throws the answer away.
fn end(mut connection: TcpStream) {
    thread::spawn(move || {
        let _ = connection.shutdown(Shutdown::Write);
        let _ = io::copy(&mut connection, &mut io::sink());
    });
}

/// An address that nobody listens on.
pub(crate) fn nobody() -> String {
    // Port 1 is reserved, and nothing of these days is there.
    "http://127.0.0.1:1".to_owned()
}
