//! When it is the bot's turn.

use std::sync::Arc;

use tokio::sync::mpsc;
use twin_protocol::id::{MessageId, SessionId};

use super::{
    Bot,
    run::Run,
    script::{Holder, Occasion},
};
use crate::platform::{Hearing, Message, Platform, Refusal};

/// How many turns may wait; a request whose turn finds no room waits for it.
const MAX_WAITING: usize = 1024;

/// Something that a client has done.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) session: SessionId,
    /// Whether the session has begun with it.
    pub(crate) is_start: bool,
    /// The client's message.
    pub(crate) message: Option<(MessageId, String)>,
}

/// The turns of a bot. Those that may wait are taken one after the other, in the order in which
/// they came.
#[derive(Debug)]
pub(crate) struct Turns {
    bot: Bot,
    platform: Arc<Platform>,
    waiting: mpsc::Sender<Turn>,
}

impl Turns {
    /// The turns of `bot`, and the task that takes them: it ends when the turns are dropped.
    pub(crate) fn new(bot: Bot, platform: Arc<Platform>) -> (Self, impl Future<Output = ()>) {
        let (waiting, mut turns) = mpsc::channel::<Turn>(MAX_WAITING);
        let task = {
            let (bot, platform) = (bot.clone(), platform.clone());
            async move {
                while let Some(turn) = turns.recv().await {
                    take(&bot, &platform, &turn, Hearing::Live);
                }
            }
        };
        (
            Self {
                bot,
                platform,
                waiting,
            },
            task,
        )
    }

    /// The bot itself.
    pub(crate) fn bot(&self) -> &Bot {
        &self.bot
    }

    /// Takes a place in the queue, so that nothing is kept of a message that the bot would never
    /// see.
    pub(crate) async fn place(&self) -> Option<mpsc::Permit<'_, Turn>> {
        self.waiting.reserve().await.ok()
    }

    /// Takes a turn at once, and gives the messages of it.
    pub(crate) fn take_now(&self, turn: &Turn, hearing: Hearing) -> Vec<Message> {
        take(&self.bot, &self.platform, turn, hearing)
    }
}

fn take(bot: &Bot, platform: &Platform, turn: &Turn, hearing: Hearing) -> Vec<Message> {
    let session = turn.session.as_str();
    let mut said = Vec::new();
    let start = turn.is_start.then_some((Occasion::Start, "", None));
    let message = turn.message.as_ref();
    let message = message.map(|(id, text)| (Occasion::Message(text), text.as_str(), Some(id)));
    for (occasion, text, message) in start.into_iter().chain(message) {
        let holder = match platform.has_operator(session) {
            true => Holder::Operator,
            false => Holder::Bot,
        };
        let actions = bot.script().actions(occasion, holder);
        let run = Run::new(platform, session)
            .answering(text, message)
            .heard(hearing);
        match run.carry_out(actions) {
            Ok(messages) => said.extend(messages),
            // The client may have closed the session while the bot thought.
            Err(Refusal::SessionClosed | Refusal::NoSuchSession) => {}
            Err(error) => tracing::warn!(target: "twin::emulator", %error, "the bot was refused"),
        }
    }
    said
}
