//! Opening a WebSocket with fastwebsockets' own handshake.

use std::future::Future;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use fastwebsockets::{FragmentCollector, handshake};
use http_body_util::Empty;
use hyper::{
    Request, Uri,
    header::{CONNECTION, HOST, UPGRADE},
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A WebSocket that joins fragments and checks text.
pub(crate) type Socket = FragmentCollector<TokioIo<Upgraded>>;

struct Spawn;

impl<F> hyper::rt::Executor<F> for Spawn
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        tokio::spawn(future);
    }
}

/// Connects to `url`.
pub(crate) async fn open(url: &str) -> Result<Socket> {
    let uri: Uri = url.parse().context("the address")?;
    let authority = uri.authority().context("the address names no host")?;
    let stream = TcpStream::connect(authority.as_str()).await?;
    stream.set_nodelay(true)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(HOST, authority.as_str())
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "upgrade")
        .header("Sec-WebSocket-Key", handshake::generate_key())
        .header("Sec-WebSocket-Version", "13")
        .body(Empty::<Bytes>::new())?;
    let (mut socket, _) = handshake::client(&Spawn, request, stream).await?;
    socket.set_auto_pong(true);
    Ok(FragmentCollector::new(socket))
}
