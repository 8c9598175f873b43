//! One POST, on a connection of its own.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri, header, uri::Scheme};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncWriteExt, net::TcpStream, time};

/// How long a receiver may take for all of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where to post to.
pub(super) struct Target {
    /// The host with its port, for connecting.
    address: String,
    /// The host as it was named.
    host: String,
    /// The path with its query.
    path: String,
}

impl Target {
    /// Reads an `http://` address.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        if uri.scheme() != Some(&Scheme::HTTP) {
            return None;
        }
        let authority = uri.authority()?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Some(Self {
            address: format!(
                "{}:{}",
                authority.host(),
                authority.port_u16().unwrap_or(80)
            ),
            host: authority.to_string(),
            path: path.to_owned(),
        })
    }
}

/// Posts `body` and gives the status of the answer.
pub(super) async fn post(url: &str, body: Vec<u8>) -> Result<u16, String> {
    let target = Target::parse(url).ok_or("not an http:// address")?;
    let posted = async {
        let stream = connect(&target).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        let request = Request::post(&target.path)
            .header(header::HOST, &target.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        // The answer comes while the connection is driven, which ends once nobody has it any more.
        let answer = async move {
            let response = sender.send_request(request).await;
            response.map(|response| response.status().as_u16())
        };
        let (status, _) = tokio::join!(answer, connection);
        status.map_err(|error| error.to_string())
    };
    within_patience(posted).await
}

/// Sends the head and half of `body`, and hangs up.
pub(super) async fn cut(url: &str, body: &[u8]) -> Result<u16, String> {
    let target = Target::parse(url).ok_or("not an http:// address")?;
    let cut = async {
        let mut stream = connect(&target).await?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            target.path,
            target.host,
            body.len()
        );
        let half = &body[..body.len() / 2];
        let sent = async {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(half).await?;
            stream.shutdown().await
        };
        sent.await.map_err(|error| error.to_string())?;
        Err("cut on purpose".into())
    };
    within_patience(cut).await
}

async fn connect(target: &Target) -> Result<TcpStream, String> {
    TcpStream::connect(&target.address)
        .await
        .map_err(|error| error.to_string())
}

async fn within_patience(posted: impl Future<Output = Result<u16, String>>) -> Result<u16, String> {
    match time::timeout(PATIENCE, posted).await {
        Ok(outcome) => outcome,
        Err(_) => Err("the receiver took longer than ten seconds".into()),
    }
}
