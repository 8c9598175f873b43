//! Centrifugo's protocol, as little of it as brings publications.

use anyhow::{Result, bail};
use fastwebsockets::{Frame, OpCode, Payload};
use memchr::memchr_iter;
use serde::Deserialize;
use serde_json::value::RawValue;
use twin_bench_meter::{Account, Data, SESSION};

use crate::dial::Socket;

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    push: Option<Push<'a>>,
}

#[derive(Deserialize)]
struct Push<'a> {
    #[serde(borrow, rename = "pub")]
    publication: Option<Publication<'a>>,
}

#[derive(Deserialize)]
struct Publication<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    offset: u64,
}

/// Connects and joins, in one flight: this is a floor.
pub(crate) async fn join(socket: &mut Socket) -> Result<()> {
    let commands = format!(
        concat!(
            r#"{{"id":1,"connect":{{"data":{{"application":"widget","settings":{{"sessions":["{0}"]}}}}}}}}"#,
            "\n",
            r#"{{"id":2,"rpc":{{"method":"joinSession","data":{{"sessionId":"{0}"}}}}}}"#,
        ),
        SESSION
    );
    let payload = Payload::Owned(commands.into_bytes());
    Ok(socket.write_frame(Frame::text(payload)).await?)
}

/// Waits for the answer to both.
pub(crate) async fn joined(socket: &mut Socket) -> Result<()> {
    loop {
        let frame = socket.read_frame().await?;
        if frame.opcode == OpCode::Close {
            bail!("the server has hung up");
        }
        if memchr::memmem::find(&frame.payload, br#""id":2"#).is_some() {
            return Ok(());
        }
    }
}

/// Reads until all that is wanted has come.
pub(crate) async fn run(socket: &mut Socket, trusting: bool, account: &mut Account) -> Result<()> {
    loop {
        let frame = socket.read_frame().await?;
        match frame.opcode {
            OpCode::Text => {}
            OpCode::Close => bail!("the server has hung up"),
            _ => continue,
        }
        let mut start = 0;
        let ends = memchr_iter(b'\n', &frame.payload);
        for end in ends.chain([frame.payload.len()]) {
            let line = &frame.payload[start..end];
            start = end + 1;
            if !line.is_empty() && !read(line, trusting, account)? {
                return Ok(());
            }
        }
    }
}

/// Reads a line. Says whether more are wanted.
fn read(line: &[u8], trusting: bool, account: &mut Account) -> Result<bool> {
    let reply: Reply<'_> = if trusting {
        serde_json::from_str(simdutf8::basic::from_utf8(line)?)?
    } else {
        serde_json::from_slice(line)?
    };
    let Some(publication) = reply.push.and_then(|push| push.publication) else {
        return Ok(true);
    };
    let data = publication.data.get();
    let data: Data = if trusting {
        serde_json::from_str(data)?
    } else {
        serde_json::from_slice(data.as_bytes())?
    };
    if data.event != "chatMessageCreated" {
        bail!("an event that was not sent: {}", data.event);
    }
    account.event(publication.offset, data.payload.look())
}
