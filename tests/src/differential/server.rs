//! The server that plays a script.

use std::{collections::BTreeMap, io, net::SocketAddr};

use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::script::{Connect, Script, Step};

/// A server that plays a script, once. It ends when this is dropped.
#[derive(Debug)]
pub struct Played {
    address: SocketAddr,
    findings: oneshot::Receiver<String>,
    _tasks: JoinSet<()>,
}

/// An upgrade that waits for what becomes of it.
struct Arrival(oneshot::Sender<Decision>);

enum Decision {
    Accept(oneshot::Sender<WebSocket>),
    Refuse(StatusCode),
}

impl Played {
    /// Starts to play it to whoever connects.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn start(script: &Script) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (arrivals, arriving) = mpsc::channel(1);
        let (found, findings) = oneshot::channel();
        let mut tasks = JoinSet::new();
        let router = Router::new()
            .route("/{*path}", any(upgrade))
            .with_state(arrivals);
        tasks.spawn(async move {
            // It ends with its task.
            let _ = axum::serve(listener, router).await;
        });
        let mut play = Play {
            arriving,
            socket: None,
        };
        let steps = script.steps.clone();
        tasks.spawn(async move {
            let finding = play.all(&steps).await;
            let _ = found.send(finding.err().unwrap_or_default());
            // What is open stays so: the script has no more to say.
            std::future::pending::<()>().await;
        });
        Ok(Self {
            address,
            findings,
            _tasks: tasks,
        })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("ws://{}/connection/websocket", self.address)
    }

    /// What was not as the script has it; `None` where all was, and all has been played.
    pub async fn finding(&mut self) -> Option<String> {
        let finding = (&mut self.findings).await;
        finding.map_or_else(
            |_| Some("the play broke off".to_owned()),
            |finding| Some(finding).filter(|finding| !finding.is_empty()),
        )
    }
}

async fn upgrade(
    State(arrivals): State<mpsc::Sender<Arrival>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let (decide, decision) = oneshot::channel();
    // Whoever comes after the last step waits for ever.
    let _ = arrivals.send(Arrival(decide)).await;
    match decision.await {
        Ok(Decision::Accept(give)) => upgrade.on_upgrade(|socket| async {
            let _ = give.send(socket);
        }),
        Ok(Decision::Refuse(status)) => status.into_response(),
        Err(_) => std::future::pending().await,
    }
}

struct Play {
    arriving: mpsc::Receiver<Arrival>,
    socket: Option<WebSocket>,
}

impl Play {
    async fn all(&mut self, steps: &[Step]) -> Result<(), String> {
        for (number, step) in steps.iter().enumerate() {
            let done = self.one(step).await;
            done.map_err(|what| format!("step {}: {what}", number + 1))?;
        }
        // What a client still says is heard, so that nothing of what it was told is lost to a reset.
        while self.line().await.is_ok() {}
        Ok(())
    }

    async fn one(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Close { code, reason } => {
                self.sync().await?;
                let reason = reason.as_str().into();
                let frame = CloseFrame {
                    code: *code,
                    reason,
                };
                self.send(Message::Close(Some(frame))).await?;
                self.socket = None;
            }
            Step::Connect(connect) => {
                let command = self.connect().await?;
                let asks = asks(&command);
                if asks != connect.asks {
                    return Err(format!("asked for {asks:?}, not for {:?}", connect.asks));
                }
                self.welcome(&command, connect).await?;
            }
            Step::Cut {} => {
                self.sync().await?;
                self.socket = None;
            }
            Step::Error(error) => {
                let command = self.connect().await?;
                self.say(&[json!({"id": command["id"], "error": error})])
                    .await?;
            }
            Step::Frame(replies) => self.say(replies).await?,
            Step::Raw(text) => self.send(Message::Text(text.as_str().into())).await?,
            Step::Refuse(status) => {
                let status = StatusCode::from_u16(*status).map_err(|error| error.to_string())?;
                self.decide(Decision::Refuse(status)).await?;
            }
            Step::Sync {} => self.sync().await?,
        }
        Ok(())
    }

    async fn decide(&mut self, decision: Decision) -> Result<(), String> {
        let arrival = self.arriving.recv().await.ok_or("nobody comes")?;
        arrival
            .0
            .send(decision)
            .map_err(|_| "whoever came has gone".into())
    }

    /// A new connection's connect command.
    async fn connect(&mut self) -> Result<Value, String> {
        let (give, socket) = oneshot::channel();
        self.decide(Decision::Accept(give)).await?;
        self.socket = Some(socket.await.map_err(|_| "the upgrade failed")?);
        let command = self.line().await?;
        if command.get("connect").is_none() {
            return Err(format!("no connect command but {command}"));
        }
        Ok(command)
    }

    async fn welcome(&mut self, command: &Value, connect: &Connect) -> Result<(), String> {
        let reply = json!({"id": command["id"], "connect": {
            "client": "c", "version": "6.2.2", "subs": connect.subs, "ping": 25, "pong": true,
        }});
        let mut replies = vec![reply];
        replies.extend(connect.then.iter().cloned());
        self.say(&replies).await
    }

    /// Pings, and hears what the client says until its pong.
    async fn sync(&mut self) -> Result<(), String> {
        self.say(&[json!({})]).await?;
        while self.line().await? != json!({}) {}
        Ok(())
    }

    async fn say(&mut self, replies: &[Value]) -> Result<(), String> {
        let lines: Vec<_> = replies.iter().map(Value::to_string).collect();
        self.send(Message::Text(lines.join("\n").into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), String> {
        let socket = self.socket.as_mut().ok_or("nobody is connected")?;
        socket
            .send(message)
            .await
            .map_err(|error| error.to_string())
    }

    /// The next line of the client. What the platform's clients ask for after connecting is
    /// answered here as the platform does.
    async fn line(&mut self) -> Result<Value, String> {
        loop {
            let socket = self.socket.as_mut().ok_or("nobody is connected")?;
            let message = socket.recv().await.ok_or("the client has gone")?;
            let Message::Text(text) = message.map_err(|error| error.to_string())? else {
                continue;
            };
            let mut line = None;
            let mut answers = Vec::new();
            for text in text.lines() {
                let command: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
                match answer(&command) {
                    Some(answer) => answers.push(answer),
                    None => line = Some(command),
                }
            }
            if !answers.is_empty() {
                self.say(&answers).await?;
            }
            if let Some(line) = line {
                return Ok(line);
            }
        }
    }
}

fn answer(command: &Value) -> Option<Value> {
    let id = &command["id"];
    if command.get("subscribe").is_some() {
        let error = json!({"code": 105, "message": "already subscribed"});
        return Some(json!({"id": id, "error": error}));
    }
    let joined = json!({"data": {"success": true}});
    command.get("rpc").map(|_| json!({"id": id, "rpc": joined}))
}

/// From where on a connect command asks for what was missed.
fn asks(command: &Value) -> BTreeMap<String, String> {
    let subs = command["connect"]["subs"].as_object();
    let recovering = subs
        .into_iter()
        .flatten()
        .filter(|(_, sub)| sub["recover"] == true);
    recovering
        .map(|(channel, sub)| {
            let epoch = sub["epoch"].as_str().unwrap_or_default();
            let offset = sub["offset"].as_u64().unwrap_or_default();
            (channel.clone(), format!("{epoch} {offset}"))
        })
        .collect()
}
