//! Socket.IO 2 over Engine.IO 3 and a WebSocket, as much of it as clients want before they listen.

use anyhow::Result;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::{Socket, message::Template, wish::Wish};

const OPEN: &str =
    r#"0{"sid":"bench0000000000000000","upgrades":[],"pingInterval":25000,"pingTimeout":60000}"#;

/// Opens, says the events, and answers pings from then on.
pub(crate) async fn serve(mut socket: Socket, wish: Wish) -> Result<()> {
    socket.feed(OPEN.into()).await?;
    socket.feed("40".into()).await?;
    let template = Template::new(r#"42["chatMessageCreatedEmit","#, "]");
    for number in 1..=wish.count {
        let mut frame = String::with_capacity(template.len());
        template.write(number, false, &mut frame);
        socket.feed(frame.into()).await?;
    }
    socket.flush().await?;
    while let Some(Message::Text(packet)) = socket.next().await.transpose()? {
        if let Some(body) = packet.strip_prefix('2') {
            socket.send(format!("3{body}").into()).await?;
        }
    }
    Ok(())
}
