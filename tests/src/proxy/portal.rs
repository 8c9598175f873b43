//! A captive portal, or a gateway: HTTP where something else was expected.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The longest request that is read.
const LONGEST: usize = 16 << 10;
const PAGE: &str = "<html><h1>Welcome to the hotel</h1></html>";

/// Reads a request's head, and answers it with this status and a page for people.
pub(super) async fn answer(client: &mut TcpStream, status: u16) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && request.len() < LONGEST {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let place = match status {
        300..=399 => "Location: http://portal.example/\r\n",
        _ => "",
    };
    let length = PAGE.len();
    let answer = format!(
        "HTTP/1.1 {status} As told\r\nContent-Type: text/html\r\n{place}\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
    );
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}
