//! Socket.IO over a WebSocket, as little of it as brings events.

use std::borrow::Cow;

use anyhow::{Result, bail};
use fastwebsockets::{Frame, OpCode, Payload};
use serde::Deserialize;
use serde_json::value::RawValue;
use twin_bench_meter::{Account, Message};

use crate::dial::Socket;

/// An event: its name and its only argument.
#[derive(Deserialize)]
struct Event<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] &'a RawValue);

/// Reads until all that is wanted has come.
pub(crate) async fn run(socket: &mut Socket, trusting: bool, account: &mut Account) -> Result<()> {
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Text => {}
            OpCode::Close => bail!("the server has hung up"),
            _ => continue,
        }
        let Some(event) = frame.payload.strip_prefix(b"42") else {
            if frame.payload.starts_with(b"2") {
                let pong = Payload::Borrowed(b"3");
                socket.write_frame(Frame::text(pong)).await?;
            }
            continue;
        };
        if !read(event, trusting, account)? {
            return Ok(());
        }
    }
}

fn read(event: &[u8], trusting: bool, account: &mut Account) -> Result<bool> {
    let Event(name, payload) = if trusting {
        serde_json::from_str(simdutf8::basic::from_utf8(event)?)?
    } else {
        serde_json::from_slice(event)?
    };
    if name != "chatMessageCreatedEmit" {
        bail!("an event that was not sent: {name}");
    }
    let message: Message = if trusting {
        serde_json::from_str(payload.get())?
    } else {
        serde_json::from_slice(payload.get().as_bytes())?
    };
    account.event(0, message.look())
}
