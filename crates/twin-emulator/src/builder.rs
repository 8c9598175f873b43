//! How an emulator is to be.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{Router, middleware, routing};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    Emulator,
    addresses::{Addresses, BOT_PATH, CENTRIFUGO_PATH, CHATS_PATH, IAM_PATH, PROXY_PATH},
    backend::{Backend, Behaviour, Publisher, Shared},
    bot::{Bot, Turns},
    control::{self, Control},
    cors,
    error::Error,
    files,
    live::{
        LiveSide, Outlets,
        embedded::{self, CentrifugoSettings, Hub},
        remote::{self, CentrifugoApi, Remote},
        socketio::{self, SocketIoOutlet},
    },
    platform::Platform,
    rest::{self, Rest},
    server, unread,
    webhook::Webhook,
};

/// How an emulator is to be; made by [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    listen: SocketAddr,
    bot: Bot,
    token: Option<String>,
    behaviour: Behaviour,
    live: Live,
}

/// What is to carry the live events.
#[derive(Clone, Debug)]
enum Live {
    Embedded(CentrifugoSettings),
    Remote(CentrifugoApi),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            bot: Bot::demo(),
            token: None,
            behaviour: Behaviour::default(),
            live: Live::Embedded(CentrifugoSettings::default()),
        }
    }

    /// Where to listen; default: a free port on 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// What answers the clients; default: [`Bot::demo`].
    pub fn bot(mut self, bot: Bot) -> Self {
        self.bot = bot;
        self
    }

    /// The token to accept; default: one made at the start.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// What to play where the platform is not known, and which faults to show from the start.
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Has the embedded Centrifugo carry the live events, configured so. This is the default.
    pub fn centrifugo(mut self, settings: CentrifugoSettings) -> Self {
        self.live = Live::Embedded(settings);
        self
    }

    /// Has a real Centrifugo carry the live events, with the emulator as its backend. The
    /// emulator's own WebSocket path then answers 404, and its addresses tell the server's.
    pub fn centrifugo_api(mut self, api: CentrifugoApi) -> Self {
        self.live = Live::Remote(api);
        self
    }

    /// Starts the emulator; it accepts connections once this returns. Must be called within a
    /// tokio runtime, which has to go on running for as long as the emulator is used.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Address`](crate::ErrorKind::Address) if the address cannot be listened on,
    /// [`ErrorKind::Setting`](crate::ErrorKind::Setting) if a setting makes no sense.
    ///
    /// # Cancel safety
    ///
    /// Nothing is left behind by a start that is dropped.
    pub async fn start(self) -> Result<Emulator, Error> {
        if let Live::Embedded(settings) = &self.live {
            if let Some(fault) = settings.fault() {
                return Err(Error::setting(fault));
            }
        }
        let bound = async {
            let listener = TcpListener::bind(self.listen).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let bound = bound
            .await
            .map_err(|error| Error::address(self.listen, error));
        let (listener, address) = bound?;
        let token = self
            .token
            .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let mut addresses = Addresses::of(address, token.clone());

        let mut tasks = JoinSet::new();
        let (live, hub): (Arc<dyn LiveSide>, _) = match self.live {
            Live::Embedded(settings) => {
                let hub = Arc::new(Hub::new(settings));
                (hub.clone(), Some(hub))
            }
            Live::Remote(api) => {
                addresses = addresses.with_centrifugo(api.websocket_url());
                let (live, task) = Remote::new(api);
                tasks.spawn(task);
                (Arc::new(live), None)
            }
        };
        let shared = Arc::new(Shared::default());
        *shared.behaviour() = self.behaviour;
        let socketio = Arc::new(socketio::Hub::new(shared.clone()));
        let outlet = Outlets::new([
            Box::new(Publisher::new(live.clone(), shared.clone())),
            Box::new(SocketIoOutlet::new(socketio.clone())),
        ]);
        let platform = Arc::new(Platform::new(
            addresses.http.clone(),
            token,
            Box::new(outlet),
        ));
        socketio.set_platform(&platform);
        let backend = Arc::new(Backend::new(platform.clone(), live, shared.clone()));
        let (turns, bot_task) = Turns::new(self.bot, platform.clone());
        let bot = rest::built_in();
        if let Some(id) = bot.id.clone() {
            platform.bots.put(id.as_str(), bot);
        }
        let (webhook, webhook_task) = Webhook::new(shared.clone());
        let webhook = Arc::new(webhook);
        let control = Arc::new(Control {
            backend: backend.clone(),
            webhook: webhook.clone(),
            addresses: addresses.clone(),
            listens_everywhere: address.ip().is_unspecified(),
            carries_events: hub.is_some(),
            socketio: socketio.clone(),
        });
        let rest = Arc::new(Rest {
            platform: platform.clone(),
            turns,
            shared,
            webhook,
        });

        let doors = match &hub {
            Some(hub) => Router::new().route(
                CENTRIFUGO_PATH,
                routing::any(embedded::upgrade).with_state((hub.clone(), backend)),
            ),
            None => Router::new().nest(PROXY_PATH, remote::calls(backend)),
        };
        let router = doors
            .route("/health", routing::get(health))
            .route(
                "/files/{id}",
                routing::get(files::download).with_state(platform.clone()),
            )
            .merge(socketio::endpoint(socketio))
            .nest(BOT_PATH, rest::bot(rest.clone()))
            .nest(IAM_PATH, rest::iam(rest.clone()))
            .nest(CHATS_PATH, rest::chats(rest))
            .nest("/_emulator", control::calls(control.clone()))
            .fallback(rest::not_found)
            .layer(middleware::from_fn(unread::read_out))
            .layer(middleware::from_fn(cors::allow));

        tasks.spawn(server::run(listener, router));
        tasks.spawn(bot_task);
        tasks.spawn(webhook_task);
        tasks.spawn(platform.expire());
        Ok(Emulator::new(addresses, control, hub, tasks))
    }
}

/// `GET /health`, as a Centrifugo answers it.
async fn health() -> ([(&'static str, &'static str); 1], &'static str) {
    ([("Content-Type", "application/json")], "{}")
}
