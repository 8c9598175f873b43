//! Centrifugo's JSON protocol, as much of it as clients want before they listen.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::{Instant, interval_at};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    Socket,
    message::{FIRST_OFFSET, Template},
    wish::Wish,
};

const PING: Duration = Duration::from_secs(25);
const EPOCH: &str = "bench";

/// Answers commands, says the events once a session is joined, and pings from then on.
pub(crate) async fn serve(mut socket: Socket, wish: Wish) -> Result<()> {
    let mut connection = Connection::default();
    let mut ping = interval_at(Instant::now() + PING, PING);
    let mut is_said = wish.count == 0;
    loop {
        tokio::select! {
            message = socket.next() => {
                let Some(Message::Text(commands)) = message.transpose()? else {
                    return Ok(());
                };
                let answers = connection.answer(&commands)?;
                if !answers.is_empty() {
                    socket.send(answers.join("\n").into()).await?;
                }
                if connection.is_joined && !is_said {
                    is_said = true;
                    say(&mut socket, &connection.channel()?, wish).await?;
                }
            }
            _ = ping.tick() => socket.send("{}".into()).await?,
        }
    }
}

#[derive(Default)]
struct Connection {
    /// Channels that the server has subscribed the client to, and those that it asked for.
    granted: BTreeSet<String>,
    is_joined: bool,
}

impl Connection {
    /// The channel that the events come over.
    fn channel(&self) -> Result<String> {
        match self.granted.first() {
            Some(channel) => Ok(channel.clone()),
            None => bail!("joined without a channel"),
        }
    }

    fn answer(&mut self, commands: &str) -> Result<Vec<String>> {
        let mut answers = Vec::new();
        for line in commands.lines().filter(|line| !line.trim().is_empty()) {
            let command: Value = serde_json::from_str(line)?;
            // A pong has no id and wants no answer.
            let Some(id) = command.get("id") else {
                continue;
            };
            let mut reply = self.reply(&command)?;
            reply["id"] = id.clone();
            answers.push(reply.to_string());
        }
        Ok(answers)
    }

    fn reply(&mut self, command: &Value) -> Result<Value> {
        if let Some(connect) = command.get("connect") {
            let sessions = connect.pointer("/data/settings/sessions");
            let names = sessions.and_then(Value::as_array).into_iter().flatten();
            for session in names.filter_map(Value::as_str) {
                self.granted.insert(format!("widget:{session}"));
            }
            let subs: serde_json::Map<_, _> = self
                .granted
                .iter()
                .map(|channel| (channel.clone(), subscription()))
                .collect();
            return Ok(json!({"connect": {
                "client": "5f5e8be5-3f41-4a7d-8c5f-4a6f1f6c9c55",
                "version": "6.2.2 OSS",
                "subs": subs,
                "ping": PING.as_secs(),
                "pong": true,
            }}));
        }
        if let Some(subscribe) = command.get("subscribe") {
            let channel = subscribe["channel"].as_str().unwrap_or_default();
            if !self.granted.insert(channel.to_owned()) {
                return Ok(json!({"error": {"code": 105, "message": "already subscribed"}}));
            }
            return Ok(json!({"subscribe": subscription()}));
        }
        if let Some(rpc) = command.get("rpc") {
            self.is_joined |= rpc["method"] == "joinSession";
            return Ok(json!({"rpc": {"data": {"success": true}}}));
        }
        Ok(json!({"error": {"code": 108, "message": "not available"}}))
    }
}

fn subscription() -> Value {
    json!({"recoverable": true, "epoch": EPOCH, "offset": FIRST_OFFSET, "positioned": true})
}

async fn say(socket: &mut Socket, channel: &str, wish: Wish) -> Result<()> {
    let before = format!(
        r#"{{"push":{{"channel":"{channel}","pub":{{"data":{{"event":"chatMessageCreated","payload":"#
    );
    let template = Template::new(&before, r#"},"offset":%}}}"#);
    let mut number = 0;
    while number < wish.count {
        let replies = wish.replies.min(wish.count - number);
        let mut frame = String::with_capacity((template.len() + 1) * replies as usize);
        for reply in 0..replies {
            if reply > 0 {
                frame.push('\n');
            }
            number += 1;
            template.write(number, true, &mut frame);
        }
        socket.feed(frame.into()).await?;
    }
    Ok(socket.flush().await?)
}
