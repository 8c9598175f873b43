//! An emulator with a runtime of its own.

use tokio::runtime::Runtime;
use twin_client::{
    AccessToken, Client, Config, Credentials, Endpoints, SessionDraft, api::chats::StartSession,
};
use twin_emulator::{Bot, Builder, Emulator};

/// An emulator, and one who starts sessions there.
pub(crate) struct Platform {
    runtime: Runtime,
    emulator: Emulator,
}

impl Platform {
    /// With the demonstration's bot.
    pub(crate) fn start() -> Self {
        Self::of(Emulator::builder())
    }

    /// With an echo.
    pub(crate) fn echo() -> Self {
        Self::of(Emulator::builder().bot(Bot::echo()))
    }

    pub(crate) fn of(builder: Builder) -> Self {
        let runtime = Runtime::new().unwrap();
        let emulator = runtime.block_on(builder.start()).unwrap();
        Self { runtime, emulator }
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The value of `--emulator`.
    pub(crate) fn url(&self) -> &str {
        &self.emulator.addresses().http
    }

    pub(crate) fn token(&self) -> &str {
        &self.emulator.addresses().token
    }

    /// Starts a session, and gives its id.
    pub(crate) fn session(&self) -> String {
        let mut config = Config::default();
        config.endpoints = Endpoints::emulator(self.url()).unwrap();
        config.credentials = Credentials::Token(AccessToken::parse(self.token()).unwrap());
        let start = async {
            let client = Client::new(config).unwrap();
            let mut draft = SessionDraft::new("test");
            draft.return_answer_async = Some(true);
            let call = StartSession::new("a-chat".into(), draft);
            client.call(call).await.unwrap()
        };
        self.runtime.block_on(start).id.as_str().to_owned()
    }

    /// Does things in a session, in the words of a script.
    pub(crate) fn act(&self, session: &str, actions: &str) {
        self.emulator.act(session, actions).unwrap();
    }
}
