//! A stock server as a process.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    time::timeout,
};

use crate::PATIENCE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Node,
    Python,
    Rust,
}

pub(crate) struct Server {
    child: Child,
    stdin: ChildStdin,
    pub(crate) port: u16,
}

impl Server {
    /// Starts a server; port 0 takes a free one.
    pub(crate) async fn start(kind: Kind, port: u16) -> Self {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let (program, folder, script) = match kind {
            Kind::Node => (PathBuf::from("node"), "socket.io", Some("server.js")),
            Kind::Python => {
                let python = peers.join("python-socketio/.venv/bin/python");
                (python, "python-socketio", Some("server.py"))
            }
            Kind::Rust => {
                let built = "../../target/peers/socketioxide/debug/socketioxide-peer";
                (peers.join(built), "socketioxide", None)
            }
        };
        let mut child = Command::new(program)
            .args(script)
            .arg(port.to_string())
            .current_dir(peers.join(folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let ready = timeout(PATIENCE, lines.next_line())
            .await
            .expect("it becomes ready");
        let ready = ready
            .expect("its stdout can be read")
            .expect("it says its port");
        let port = ready
            .strip_prefix("PORT ")
            .expect("it says its port")
            .parse()
            .expect("a port");
        Self { child, stdin, port }
    }

    /// Has it send a message to every client.
    pub(crate) async fn say(&mut self, body: &str) {
        let line = format!("{body}\n");
        self.stdin
            .write_all(line.as_bytes())
            .await
            .expect("it reads");
    }

    /// Kills it without a word.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Where the platform has it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/operator/socket.io/", self.port)
    }
}
