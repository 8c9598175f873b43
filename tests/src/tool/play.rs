//! Plays the steps of a scenario.

use std::{error::Error, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::time;
use twin_client::{
    AccessToken, Client, Config, Credentials, Endpoints, SessionDraft, api::chats::StartSession,
};
use twin_emulator::Publication;

use super::{
    book::Book,
    running::Running,
    scenario::{Link, List, Scenario, Step, Twin, Way},
    terminator::Terminator,
};
use crate::{
    conformance::{
        Kind,
        server::Server,
        steps::{CHAT, payload},
    },
    proxy::Proxy,
};

/// How long a step waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a ping may cost at rest. A busy loop costs hundreds of ticks, a timer that is too fast
/// hundreds of wakings.
const TICKS_A_PING: u64 = 5;
const WAKES_A_PING: u64 = 30;

type Done = Result<(), Box<dyn Error>>;

/// A program and everything around it.
#[derive(Debug)]
pub(super) struct Scene {
    server: Server,
    pub(super) network: Proxy,
    link: Link,
    pub(super) sessions: Vec<String>,
    pub(super) twin: Running,
    pub(super) book: Arc<Book>,
    /// Whether it was asked to end.
    pub(super) is_asked: bool,
    /// Where in the states a step begins to look.
    seen: usize,
    publications: u64,
    /// What the steps themselves found.
    pub(super) findings: Vec<String>,
    /// Takes connections and never answers: nothing stands behind it.
    _silence: Proxy,
    _terminator: Option<Terminator>,
    _folder: TempDir,
}

impl Scene {
    pub(super) async fn start(kind: Kind, scenario: &Scenario) -> Result<Self, Box<dyn Error>> {
        let server = Server::start(kind, &scenario.server).await?;
        let Twin { link, way, .. } = scenario.twin;
        let live = match link {
            Link::Centrifugo => server.address()?,
            Link::Socketio => server.platform_address()?,
        };
        let terminator = match way.is_secured() {
            true => Some(Terminator::before(live).await?),
            false => None,
        };
        let upstream = terminator.as_ref().map_or(live, |it| it.address);
        let network = Proxy::before(upstream).await?;
        if let Some(doing) = scenario.network {
            doing.apply(&network);
        }
        let sessions = sessions(&server, scenario.twin.sessions).await?;
        let book = Arc::new(Book::default());
        for session in &sessions {
            book.pages().accounts.entry(session.clone()).or_default();
        }
        let folder = TempDir::new()?;
        let silence = Proxy::start().await?;
        let mut args = args(scenario, &server, (&network, &silence), &sessions);
        if let Some(terminator) = terminator.as_ref().filter(|_| way == Way::Tls) {
            let roots = folder.path().join("roots.pem");
            std::fs::write(&roots, &terminator.certificate)?;
            args.extend(["--ca-file".into(), roots.to_string_lossy().into_owned()]);
        }
        let twin = Running::start(&args, book.clone()).await?;
        Ok(Self {
            server,
            network,
            link,
            sessions,
            twin,
            book,
            is_asked: false,
            seen: 0,
            publications: 0,
            findings: Vec::new(),
            _silence: silence,
            _terminator: terminator,
            _folder: folder,
        })
    }

    pub(super) async fn perform(&mut self, step: &Step) -> Done {
        time::timeout(PATIENCE, self.begin(step))
            .await
            .map_err(|_| format!("it did not happen: {step:?}"))?
    }

    async fn begin(&mut self, step: &Step) -> Done {
        // What a step brings about may happen while the next one is still at it.
        if step.acts() {
            self.seen = self.book.pages().states.len();
        }
        match step {
            Step::Behave(behaviour) => {
                let behaviour = serde_json::from_value(behaviour.clone())?;
                self.server.emulator().set_behaviour(behaviour);
            }
            Step::Connections(count) => self.network.has_accepted(*count).await,
            Step::Kick(how) => {
                let first = self.sessions.first().ok_or("there is no session")?;
                self.server.emulator().kick_socketio(Some(first), *how);
            }
            Step::Messages(count) => self.messages(*count)?,
            Step::Network(network) => network.apply(&self.network),
            Step::Passed(bytes) => self.network.has_passed_down(*bytes).await,
            Step::Publish {
                count,
                session,
                bytes,
            } => self.publish(*count, *session, *bytes)?,
            Step::Reads(reads) => self.twin.read(*reads),
            Step::Rest(pings) => self.rest(*pings).await?,
            Step::Say(line) => self.twin.say(line).await?,
            Step::Server(act) => {
                let first = self.sessions.first().ok_or("there is no session")?;
                self.server.act(act, first).await?;
            }
            Step::Settle {} => {
                let is_so = |pages: &super::book::Pages| pages.are_settled() || pages.is_over;
                self.book.until(is_so).await;
            }
            Step::Signal(name) => {
                self.is_asked = true;
                self.twin.signal(name).await?;
            }
            Step::State(state) => self.reach(state).await?,
        }
        Ok(())
    }

    async fn reach(&mut self, state: &str) -> Done {
        let seen = self.seen;
        let place = |pages: &super::book::Pages| {
            pages.states[seen..].iter().position(|it| it.name == state)
        };
        self.book
            .until(|pages| place(pages).is_some() || pages.is_over)
            .await;
        let found = place(&self.book.pages());
        self.seen += found.ok_or("the program has ended")? + 1;
        Ok(())
    }

    fn publish(&mut self, count: usize, session: Option<usize>, bytes: usize) -> Done {
        // Turn by turn, as events of several sessions come.
        for _ in 0..count {
            for (index, id) in self.sessions.iter().enumerate() {
                if session.is_some_and(|session| session != index) {
                    continue;
                }
                self.publications += 1;
                let payload = payload(self.publications, bytes);
                self.book.publish(id, payload.clone());
                let publication = Publication::event(id, "conformance", &payload)?;
                self.server.emulator().publish(&publication)?;
            }
        }
        Ok(())
    }

    fn messages(&mut self, count: usize) -> Done {
        for _ in 0..count {
            for id in &self.sessions {
                self.publications += 1;
                let body = format!("message {}", self.publications);
                self.book.publish(id, body.clone());
                let acts = serde_json::json!([{"message": {"body": body}}]).to_string();
                self.server.emulator().act(id, &acts)?;
            }
        }
        Ok(())
    }

    async fn rest(&mut self, pings: u64) -> Done {
        let beat = self.link.beat();
        // The first one ends whatever was still going on.
        self.network.passes_up(beat).await;
        let before = self.twin.cost()?;
        self.network.passes_up(beat * pings).await;
        let after = self.twin.cost()?;
        let (ticks, wakes) = (after.ticks - before.ticks, after.wakes - before.wakes);
        if ticks > TICKS_A_PING * pings || wakes > WAKES_A_PING * pings {
            let text = format!("{pings} pings at rest cost {ticks} ticks and {wakes} wakings");
            self.findings.push(text);
        }
        Ok(())
    }
}

/// Starts sessions, as somebody else than the program.
async fn sessions(server: &Server, count: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let addresses = server.emulator().addresses();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&addresses.http)?;
    config.credentials = Credentials::Token(AccessToken::parse(addresses.token.clone())?);
    let client = Client::new(config)?;
    let mut sessions = Vec::new();
    for _ in 0..count {
        let start = StartSession::new(CHAT.into(), SessionDraft::new("conformance"));
        sessions.push(client.call(start).await?.id.as_str().to_owned());
    }
    Ok(sessions)
}

fn args(
    scenario: &Scenario,
    server: &Server,
    (network, silence): (&Proxy, &Proxy),
    sessions: &[String],
) -> Vec<String> {
    let twin = &scenario.twin;
    let mut args: Vec<String> = ["--format", "json"].map(str::to_owned).into();
    args.extend(twin.link.args(twin.way, network.address()));
    if twin.list != List::Unknown {
        let http = server.emulator().addresses().http.clone();
        args.extend(["--emulator".to_owned(), http]);
    }
    if twin.list == List::Silent {
        let chats = format!("http://{}/api/chats/v1", silence.address());
        args.extend(["--chats-url".to_owned(), chats]);
    }
    if twin.chat {
        args.extend(["chat".to_owned(), CHAT.to_owned(), "--session".to_owned()]);
    } else {
        args.push("listen".to_owned());
    }
    args.extend(sessions.iter().cloned());
    if twin.twice {
        args.extend(sessions.iter().cloned());
    }
    args.extend(twin.args.iter().cloned());
    args
}
