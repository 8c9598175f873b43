//! How connections and the emulator itself end.

use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use twin_emulator::{Emulator, ErrorKind};

use crate::support::{Heard, SESSION, Socket, connect_command, soon, start_session};

async fn listening(emulator: &Emulator) -> Socket {
    let mut socket = Socket::dial(emulator, "").await;
    assert!(socket.ask(&connect_command(&[SESSION])).await["connect"].is_object());
    socket
}

/// Capture `server-sigterm`.
#[tokio::test]
async fn a_stop_closes_links_with_3001_and_frees_the_port() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator
        .addresses()
        .http
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let mut sockets = [listening(&emulator).await, listening(&emulator).await];
    let hear = async {
        for socket in &mut sockets {
            assert_eq!(socket.hear().await, Heard::Close(3001, "shutdown".into()));
            assert_eq!(socket.hear().await, Heard::End);
        }
    };
    soon(async { tokio::join!(emulator.stop(), hear) }).await;
    soon(async { while TcpStream::connect(&address).await.is_ok() {} }).await;
    TcpListener::bind(&address).await.unwrap();
}

#[tokio::test]
async fn a_dropped_emulator_stops() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator
        .addresses()
        .http
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let mut socket = listening(&emulator).await;
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(emulator);
    assert_eq!(socket.hear().await, Heard::Close(3001, "shutdown".into()));
    assert_eq!(socket.hear().await, Heard::End);
    let mut byte = [0];
    // The end, or a reset where the connection had not been accepted yet.
    assert_eq!(soon(idle.read(&mut byte)).await.unwrap_or_default(), 0);
    soon(async { while TcpStream::connect(&address).await.is_ok() {} }).await;
}

/// Facts, 2.3: codes that no close frame can carry.
#[tokio::test]
async fn some_disconnects_have_no_close_frame() {
    let emulator = Emulator::start().await.unwrap();
    start_session(&emulator, Some(SESSION), "").await;
    for (code, reason) in [(3000, String::new()), (4001, "r".repeat(124))] {
        let mut socket = listening(&emulator).await;
        emulator.disconnect(Some(SESSION), code, &reason);
        loop {
            match socket.hear().await {
                // The greeting may still be on its way.
                Heard::Line(_) => {}
                other => break assert_eq!(other, Heard::End, "{code}"),
            }
        }
    }
}

#[tokio::test]
async fn a_disconnect_hits_the_sessions_links_alone() {
    let emulator = Emulator::start().await.unwrap();
    start_session(&emulator, Some(SESSION), "").await;
    let mut hit = listening(&emulator).await;
    let mut spared = Socket::dial(&emulator, "").await;
    spared.ask(&connect_command(&[])).await;
    emulator.disconnect(Some(SESSION), 3010, "insufficient state");
    while let Heard::Line(_) = hit.hear().await {}
    let subscribe = r#"{"id":2,"unsubscribe":{"channel":"widget:x"}}"#;
    assert_eq!(spared.ask(subscribe).await["id"], 2);
}

#[tokio::test]
async fn a_taken_address_is_an_error() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.addresses().http.strip_prefix("http://").unwrap();
    let taken = Emulator::builder()
        .listen(address.parse().unwrap())
        .start()
        .await;
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Address);
}
