//! The fault-injecting proxy does what it says, to new connections and to those there are.
#![allow(clippy::unwrap_used, reason = "that is how a test fails")]

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{self, Instant},
};
use twin_tests::proxy::{Network, Proxy};

/// Waits for something that is sure to come; a test that hangs fails instead.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(20);
    time::timeout(limit, future)
        .await
        .expect("it did not come in time")
}

/// A server that says everything back.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                let _ = tokio::io::copy(&mut reader, &mut writer).await;
                let _ = writer.shutdown().await;
            });
        }
    });
    address
}

async fn proxy() -> Proxy {
    Proxy::before(echo().await).await.unwrap()
}

async fn dial(proxy: &Proxy) -> TcpStream {
    let stream = soon(TcpStream::connect(proxy.address())).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Says it and hears it back.
async fn ping(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    hear(stream, text).await;
}

async fn hear(stream: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    soon(stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(heard, text.as_bytes());
}

/// A connection through which something has passed.
async fn connected(proxy: &Proxy) -> TcpStream {
    let mut stream = dial(proxy).await;
    ping(&mut stream, "hello").await;
    stream
}

/// What is left to read.
async fn rest(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut rest = Vec::new();
    soon(stream.read_to_end(&mut rest)).await?;
    Ok(rest)
}

#[tokio::test]
async fn what_passes_is_the_same_however_it_is_cut_or_slowed() {
    let text: String = (0..2000).map(|n| format!("{n},")).collect();
    for network in [
        Network::Pass,
        Network::OneByte,
        Network::Drip(1500, Duration::from_millis(1)),
        Network::Latency(Duration::from_millis(5)),
    ] {
        let proxy = proxy().await;
        let mut stream = connected(&proxy).await;
        proxy.set(network);
        ping(&mut stream, &text).await;
        ping(&mut dial(&proxy).await, &text).await;
        // Both directions end one after the other.
        stream.shutdown().await.unwrap();
        assert_eq!(rest(&mut stream).await.unwrap(), b"");
        assert_eq!(proxy.accepted(), 2);
    }
}

#[tokio::test]
async fn one_byte_is_handed_on_at_a_time() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::OneByte);
    stream.write_all(&[7; 4000]).await.unwrap();
    let (mut reads, mut heard) = (0, 0);
    let mut buffer = [0; 4000];
    while heard < 4000 {
        heard += soon(stream.read(&mut buffer)).await.unwrap();
        reads += 1;
    }
    assert!(reads > 100, "{reads} reads");
}

#[tokio::test]
async fn slow_networks_take_their_time() {
    for network in [
        Network::Latency(Duration::from_millis(60)),
        Network::Drip(1, Duration::from_millis(30)),
    ] {
        let proxy = proxy().await;
        let mut stream = connected(&proxy).await;
        proxy.set(network);
        let asked = Instant::now();
        ping(&mut stream, "abc").await;
        // Never earlier; how much later is not ours to say.
        assert!(asked.elapsed() >= Duration::from_millis(60), "{network:?}");
    }
}

#[tokio::test]
async fn a_black_hole_gives_nothing_and_loses_nothing() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::BlackHole);
    stream.write_all(b"first").await.unwrap();
    let mut late = dial(&proxy).await;
    late.write_all(b"second").await.unwrap();
    proxy.has_accepted(2).await;
    // Whatever may come comes before the answer of a third party over the same loop.
    ping(&mut TcpStream::connect(echo().await).await.unwrap(), "x").await;
    for stream in [&stream, &late] {
        let nothing = stream.try_read(&mut [0; 8]).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    }
    proxy.set(Network::Pass);
    hear(&mut stream, "first").await;
    hear(&mut late, "second").await;
}

#[tokio::test]
async fn silence_is_for_new_connections_only() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::AcceptAndSilence);
    let mut late = dial(&proxy).await;
    late.write_all(b"late").await.unwrap();
    proxy.has_accepted(2).await;
    ping(&mut stream, "still here").await;
    let nothing = late.try_read(&mut [0; 8]).unwrap_err();
    assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    proxy.set(Network::Pass);
    hear(&mut late, "late").await;
}

#[tokio::test]
async fn connections_are_killed_or_reset() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.kill();
    assert_eq!(rest(&mut stream).await.unwrap(), b"");
    soon(proxy.is_empty()).await;

    let mut stream = connected(&proxy).await;
    proxy.reset();
    let reset = rest(&mut stream).await.unwrap_err();
    assert_eq!(reset.kind(), io::ErrorKind::ConnectionReset);

    // One that stalls dies as well, and so does one that was never let through.
    proxy.set(Network::AcceptAndSilence);
    let mut silent = dial(&proxy).await;
    proxy.has_accepted(3).await;
    proxy.kill();
    assert_eq!(rest(&mut silent).await.unwrap(), b"");
}

#[tokio::test]
async fn who_is_refused_can_come_back_later() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::Refuse);
    assert_eq!(rest(&mut stream).await.unwrap(), b"");
    let refused = soon(TcpStream::connect(proxy.address())).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    proxy.set(Network::Pass);
    let address = proxy.address();
    let mut stream = soon(async {
        loop {
            // The port opens a moment after it was told to.
            match TcpStream::connect(address).await {
                Ok(stream) => return stream,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
    ping(&mut stream, "back").await;
}

#[tokio::test]
async fn garbage_is_told_to_everyone() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::Garbage);
    let mut heard = [0; 10];
    soon(stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(&heard, b"\xff\xff\xff garbag");
    let late = rest(&mut dial(&proxy).await).await.unwrap();
    assert!(late.starts_with(b"\xff\xff\xff garbage"));
}

#[tokio::test]
async fn the_server_may_come_after_its_clients_and_may_be_another() {
    let proxy = Proxy::start().await.unwrap();
    let mut stream = dial(&proxy).await;
    stream.write_all(b"early").await.unwrap();
    proxy.has_accepted(1).await;
    proxy.set_upstream(echo().await);
    hear(&mut stream, "early").await;

    // A server that is not there: the client learns it by a reset.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    proxy.set_upstream(gone.local_addr().unwrap());
    drop(gone);
    let lost = rest(&mut dial(&proxy).await).await.unwrap_err();
    assert_eq!(lost.kind(), io::ErrorKind::ConnectionReset);
    ping(&mut stream, "and yet").await;
}

#[tokio::test]
async fn a_portal_answers_by_http_whoever_connects() {
    let proxy = proxy().await;
    let mut stream = connected(&proxy).await;
    proxy.set(Network::Portal(302));
    ping(&mut stream, "as before").await;
    let mut late = dial(&proxy).await;
    late.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let page = String::from_utf8(rest(&mut late).await.unwrap()).unwrap();
    assert!(page.starts_with("HTTP/1.1 302 "), "{page}");
    assert!(page.contains("\r\nLocation: "), "{page}");
}

#[tokio::test]
async fn it_counts_what_passes_each_way() {
    let proxy = proxy().await;
    let mut stream = dial(&proxy).await;
    let up = proxy.passes_up(4);
    let (_, ()) = tokio::join!(soon(up), ping(&mut stream, "four"));
    soon(proxy.has_passed_down(4)).await;
    let nothing = futures_util::FutureExt::now_or_never(proxy.has_passed_down(5));
    assert_eq!(nothing, None);
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn it_knows_how_many_connections_were_held_at_once() {
    let proxy = proxy().await;
    for _ in 0..3 {
        // Closed before the next one: the proxy itself need not have noticed.
        connected(&proxy).await;
    }
    assert_eq!(proxy.most_held(), 1);
    let held = [connected(&proxy).await, connected(&proxy).await];
    assert_eq!(proxy.most_held(), held.len());
}
