//! A server that takes any request, and says that a message was sent.

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const BODY: &str = r#"{"id":"0a5be2f5-5a4b-4d0c-8a4b-8f2f3a3f0d57","createdAt":"2026-01-31T12:00:00.123456+03:00"}"#;

pub(crate) async fn run() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Clients hang up as they like.
            let _ = serve(stream).await;
        });
    }
}

async fn serve(mut stream: TcpStream) -> Result<()> {
    const END: &[u8] = b"\r\n\r\n";
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(END.len()).position(|window| window == END);
        let whole = match head {
            Some(head) => Some(head + END.len() + length(&bytes[..head])?),
            None => None,
        };
        match whole {
            Some(whole) if bytes.len() >= whole => {
                bytes.drain(..whole);
                stream.write_all(answer.as_bytes()).await?;
            }
            _ if stream.read_buf(&mut bytes).await? == 0 => return Ok(()),
            _ => {}
        }
    }
}

/// The length of a body by the head before it.
fn length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("a request without a length")?;
    Ok(length.parse()?)
}
