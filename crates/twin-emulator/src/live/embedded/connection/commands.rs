//! What each command of a client does (captures `bad-*`, `commands-refused`, `sub-*`, `rpc-*`).

use super::{
    super::{
        command::{Command, Connect, Request, Subscribe},
        hub::Hub,
        link::Link,
        outgoing::Close,
        reply::{ConnectResult, Empty, ErrorReply, Reply, RpcResult, Subs},
    },
    Heartbeat,
};
use crate::{
    backend::{Answer, Backend, ConnectRequest, RpcRequest},
    platform::NAMESPACE,
};

/// The longest name of a channel, in bytes.
const CHANNEL_NAME_LIMIT: usize = 255;

/// What becomes of the connection after a command.
pub(super) enum Flow {
    Close(Close),
    Continue,
    /// It stays, but no command is obeyed any more.
    Unusable,
}

/// The commands of one connection.
pub(super) struct Commands<'a> {
    hub: &'a Hub,
    backend: &'a Backend,
    link: &'a Link,
    heartbeat: Heartbeat,
    is_connected: bool,
}

impl<'a> Commands<'a> {
    pub(super) fn new(
        hub: &'a Hub,
        backend: &'a Backend,
        link: &'a Link,
        heartbeat: Heartbeat,
    ) -> Self {
        let is_connected = false;
        Self {
            hub,
            backend,
            link,
            heartbeat,
            is_connected,
        }
    }

    /// Does what one line of a frame asks for.
    pub(super) async fn handle(&mut self, line: &str) -> Flow {
        let Ok(command) = Command::decode(line) else {
            return bad_request();
        };
        match command {
            Command::Request(id, Request::Connect(connect)) if !self.is_connected => {
                self.connect(id, connect).await
            }
            _ if !self.is_connected => bad_request(),
            Command::Pong if self.link.pong() => Flow::Continue,
            Command::Pong => bad_request(),
            Command::Send => Flow::Close(Close::new(3508, "not available")),
            Command::Request(id, request) => self.request(id, request).await,
        }
    }

    async fn connect(&mut self, id: u32, connect: Connect<'_>) -> Flow {
        if !connect.token.is_empty() {
            // A server without keys believes no token (facts, 5.2).
            return Flow::Close(Close::new(3500, "invalid token"));
        }
        let request = ConnectRequest {
            client: &self.link.client,
            name: &connect.name,
            data: connect.data,
        };
        let answer = self.backend.connect(request).await;
        self.link.answered.notify_one();
        let granted = match answer {
            Answer::Result(granted) => granted,
            Answer::Disconnect { code, reason } => return Flow::Close(Close::new(code, &reason)),
            Answer::Error(error) => {
                self.link.push(Reply::error(id, error.into()));
                return Flow::Unusable;
            }
        };
        if granted.len() > self.hub.settings.channel_limit {
            return Flow::Close(Close::new(3505, "channel limit"));
        }
        if !granted
            .iter()
            .all(|channel| namespace(channel) == Some(NAMESPACE))
        {
            let error = ErrorReply::new(102, "unknown channel");
            self.link.push(Reply::error(id, error));
            return Flow::Unusable;
        }
        self.is_connected = true;
        let mut recover = connect.recover;
        let channels: Vec<_> = granted
            .into_iter()
            .map(|channel| {
                let position = recover.remove(&channel);
                (channel, position)
            })
            .collect();
        let settings = &self.hub.settings;
        let pings = self.heartbeat == Heartbeat::Protocol;
        let seconds = u32::try_from(settings.ping_interval.as_secs()).unwrap_or(u32::MAX);
        self.hub.join(self.link, &channels, |results| Reply {
            id,
            connect: Some(ConnectResult {
                client: &self.link.client,
                version: &settings.version,
                subs: Subs(results),
                ping: if pings { seconds } else { 0 },
                pong: pings && settings.pong_timeout.is_some(),
            }),
            ..Reply::default()
        });
        self.link.connected.notify_one();
        Flow::Continue
    }

    async fn request(&self, id: u32, request: Request<'_>) -> Flow {
        match request {
            // A second connect (capture `connect-twice`).
            Request::Connect(_) | Request::Ping | Request::SubRefresh => bad_request(),
            Request::History { channel } => self.refuse(id, &channel, 108, 103),
            Request::Presence { channel } => self.refuse(id, &channel, 108, 108),
            Request::Publish { data: None, .. } => bad_request(),
            Request::Publish { channel, .. } => self.refuse(id, &channel, 103, 103),
            Request::Refresh { token } if token.is_empty() => bad_request(),
            Request::Refresh { .. } => Flow::Close(Close::new(3500, "invalid token")),
            Request::Rpc { method, data } => self.rpc(id, &method, data).await,
            Request::Subscribe(subscribe) => self.subscribe(id, subscribe),
            Request::Unsubscribe { channel } if channel.is_empty() => bad_request(),
            Request::Unsubscribe { channel } => {
                let unsubscribe = Some(Empty {});
                let reply = Reply {
                    id,
                    unsubscribe,
                    ..Reply::default()
                };
                self.hub.part(self.link, &channel, &reply);
                Flow::Continue
            }
        }
    }

    async fn rpc(&self, id: u32, method: &str, data: Option<&serde_json::value::RawValue>) -> Flow {
        if method.contains(':') {
            // No namespace of methods is configured (capture `rpc-requests`).
            return self.error(id, ErrorReply::new(104, "method not found"));
        }
        let client = &self.link.client;
        let request = RpcRequest {
            client,
            method,
            data,
        };
        match self.backend.rpc(request).await {
            Answer::Result(data) => {
                let data = Some(&*data);
                let rpc = Some(RpcResult { data });
                let reply = Reply {
                    id,
                    rpc,
                    ..Reply::default()
                };
                self.link.push(reply.encode());
                Flow::Continue
            }
            Answer::Disconnect { code, reason } => Flow::Close(Close::new(code, &reason)),
            Answer::Error(error) => self.error(id, error.into()),
        }
    }

    fn subscribe(&self, id: u32, subscribe: Subscribe) -> Flow {
        let Subscribe { channel, recover } = subscribe;
        if channel.is_empty() {
            return bad_request();
        }
        if channel.len() > CHANNEL_NAME_LIMIT {
            return self.error(id, ErrorReply::new(107, "bad request"));
        }
        if let Err(error) = self.hub.check(self.link, &channel) {
            return self.error(id, error);
        }
        if namespace(&channel) != Some(NAMESPACE) {
            return self.refuse(id, &channel, 103, 103);
        }
        match self.backend.subscribe(&self.link.client, &channel) {
            Answer::Result(()) => {
                let channels = [(channel, recover)];
                self.hub.join(self.link, &channels, |results| Reply {
                    id,
                    subscribe: results.into_iter().map(|(_, result)| result).next(),
                    ..Reply::default()
                });
                Flow::Continue
            }
            Answer::Disconnect { code, reason } => Flow::Close(Close::new(code, &reason)),
            Answer::Error(error) => self.error(id, error.into()),
        }
    }

    /// Refuses what the configuration does not allow: with `outside` for a channel of no
    /// namespace, `inside` for one of the platform's, and 102 for any other.
    fn refuse(&self, id: u32, channel: &str, outside: u32, inside: u32) -> Flow {
        if channel.is_empty() {
            return bad_request();
        }
        let code = match namespace(channel) {
            None => outside,
            Some(NAMESPACE) => inside,
            Some(_) => 102,
        };
        let message = match code {
            102 => "unknown channel",
            103 => "permission denied",
            _ => "not available",
        };
        self.error(id, ErrorReply::new(code, message))
    }

    fn error(&self, id: u32, error: ErrorReply) -> Flow {
        self.link.push(Reply::error(id, error));
        Flow::Continue
    }
}

fn bad_request() -> Flow {
    Flow::Close(Close::bad_request())
}

/// The namespace of a channel: what stands before its first colon.
fn namespace(channel: &str) -> Option<&str> {
    channel.split_once(':').map(|(namespace, _)| namespace)
}
