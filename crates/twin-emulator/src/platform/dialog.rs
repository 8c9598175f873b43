//! A direct dialog with a bot: no chat, no session, no operator.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;
use twin_protocol::{
    id::{BotId, DialogId},
    model::{DebugInfo, Dialog},
    raw::RawJson,
};

use super::{clock, refusal::Refusal};

/// How many steps of a dialog are kept; the oldest go.
const MAX_STEPS: usize = 1000;

/// A dialog.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) id: DialogId,
    pub(crate) bot: BotId,
    pub(crate) variables: BTreeMap<String, RawJson>,
    /// Where answers are posted to that are asked for asynchronously.
    pub(crate) callback_url: Option<String>,
    pub(crate) callback_data: Option<String>,
    pub(crate) steps: Vec<DebugInfo>,
    expires: Instant,
    is_over: bool,
}

impl Conversation {
    /// A dialog that is going on.
    pub(crate) fn new(id: DialogId, bot: BotId, ttl: Duration) -> Self {
        let now = Instant::now();
        Self {
            id,
            bot,
            variables: BTreeMap::new(),
            callback_url: None,
            callback_data: None,
            steps: Vec::new(),
            // Beyond what an instant can hold there is no telling the difference.
            expires: now
                .checked_add(ttl)
                .unwrap_or(now + Duration::from_secs(1 << 30)),
            is_over: false,
        }
    }

    /// An error if it has ended, or its time is over.
    pub(crate) fn open(&self) -> Result<(), Refusal> {
        match self.is_over || self.expires <= Instant::now() {
            true => Err(Refusal::DialogOver),
            false => Ok(()),
        }
    }

    /// Ends it.
    pub(crate) fn end(&mut self) {
        self.is_over = true;
    }

    /// Has it go on with a bot, whatever it was before.
    pub(crate) fn begin_anew(&mut self, bot: BotId) {
        self.bot = bot;
        self.is_over = false;
    }

    /// Notes what was done.
    pub(crate) fn note(&mut self, what: &str) {
        if self.steps.len() >= MAX_STEPS {
            self.steps.remove(0);
        }
        let mut step = DebugInfo::default();
        step.created_at = Some(clock::now());
        step.trace_id = Some(uuid::Uuid::new_v4().simple().to_string());
        let words = serde_json::to_string(what).expect("text encodes");
        step.info = RawJson::new(words).ok();
        self.steps.push(step);
    }

    /// The dialog as the platform shows it, without anything said.
    pub(crate) fn shown(&self) -> Dialog {
        let mut dialog = Dialog::new(self.id.clone());
        dialog.bot_id = Some(self.bot.clone());
        dialog.language = Some("en".into());
        if self.open().is_err() {
            dialog.status = Some("STOP".into());
            // As the wiki's sample has it: PHP writes an empty map as an empty list.
            let none = RawJson::new("[]").expect("JSON");
            dialog.result.insert("initialVariables".into(), none);
        }
        dialog
    }
}
