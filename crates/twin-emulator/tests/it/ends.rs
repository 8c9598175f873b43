//! How connections and the emulator itself end.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use twin_emulator::{Behaviour, Bot, CentrifugoSettings, Emulator, ErrorKind};

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

/// Capture `recover-after-kill`.
#[tokio::test]
async fn a_restart_cuts_links_and_changes_epochs() {
    let emulator = Emulator::builder().bot(Bot::echo()).start().await.unwrap();
    start_session(&emulator, Some(SESSION), "").await;
    let channel = emulator.channel(SESSION).unwrap();
    let mut socket = Socket::dial(&emulator, "").await;
    let before = socket.ask(&connect_command(&[SESSION])).await;
    let before = before["connect"]["subs"][&channel]["epoch"].clone();
    emulator.restart_live().unwrap();
    assert_eq!(socket.hear().await, Heard::End);
    emulator.act(SESSION, r#"["typing"]"#).unwrap();

    let mut connect: Value = serde_json::from_str(&connect_command(&[SESSION])).unwrap();
    let position = json!({"recover": true, "offset": 0, "epoch": before});
    connect["connect"]["subs"][&channel] = position;
    let mut socket = Socket::dial(&emulator, "").await;
    let reply = socket.ask(&connect.to_string()).await;
    let sub = &reply["connect"]["subs"][&channel];
    assert_ne!(sub["epoch"], before);
    assert_eq!(
        (&sub["was_recovering"], sub.get("recovered")),
        (&json!(true), None)
    );
}

/// Facts, 0.7: the delay runs until the connect is answered, however slow the application is.
#[tokio::test]
async fn a_slow_application_makes_a_link_stale() {
    let mut settings = CentrifugoSettings::default();
    settings.stale_close_delay = Duration::from_millis(100);
    let mut behaviour = Behaviour::default();
    behaviour.connect_delay_ms = 1000;
    let builder = Emulator::builder()
        .centrifugo(settings)
        .behaviour(behaviour);
    let emulator = builder.start().await.unwrap();
    let mut socket = Socket::dial(&emulator, "").await;
    socket.send(&connect_command(&[])).await;
    assert_eq!(socket.hear().await, Heard::Close(3502, "stale".into()));
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
