//! The token of a live connection is renewed before it expires.

use std::time::Duration;

use super::{Live, Pending};
use crate::{
    centrifuge::{
        close,
        command::Request,
        machine::{Next, core::Core, hang_up},
        reply::{Answer, Expiry, ReplyError},
    },
    link::{EndKind, EndReason, Moment, Notice, Outbox, TokenId, TokenInput, advice::Advice},
};

/// How far the renewal is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refresh {
    /// Another token is fetched then.
    At(Moment),
    /// It is being fetched; until then.
    Fetching { id: TokenId, until: Moment },
    /// The server has it; until when its reply is waited for.
    Sent { until: Moment },
}

impl Refresh {
    /// The renewal of what expires so, where there are other tokens to be had. Without, the server
    /// ends the connection in the end (3005), and the next one begins anew.
    pub(super) fn after(core: &Core, now: Moment, expiry: Expiry) -> Option<Self> {
        let time = Duration::from_secs(expiry.ttl.max(1).into());
        (core.tokens.wanted && expiry.expires).then(|| Self::At(now + time))
    }

    pub(super) const fn deadline(self) -> Moment {
        match self {
            Self::At(until) | Self::Fetching { until, .. } | Self::Sent { until } => until,
        }
    }
}

impl Live {
    /// Fetches a token where that is due, again where none has come or the server has not answered.
    pub(super) fn elapse_refresh(&mut self, core: &mut Core, now: Moment, out: &mut Outbox) {
        let Some(refresh) = self.refresh.filter(|refresh| refresh.deadline() <= now) else {
            return;
        };
        self.refresh = Some(match refresh {
            Refresh::At(_) => Refresh::Fetching {
                id: core.tokens.fetch(out),
                until: now + core.config.connect_timeout,
            },
            Refresh::Fetching { .. } | Refresh::Sent { .. } => later(core, now),
        });
    }

    /// A token came, or none.
    pub(in crate::centrifuge::machine) fn hear_token(
        &mut self,
        core: &mut Core,
        now: Moment,
        token: TokenId,
        news: TokenInput,
        out: &mut Outbox,
    ) -> Next {
        if !matches!(self.refresh, Some(Refresh::Fetching { id, .. }) if id == token) {
            out.note(Notice::StaleToken(token));
            return Next::Stay;
        }
        match news {
            // The server takes an empty one for an offence.
            TokenInput::Given(token) if token.expose().is_empty() => {
                self.turn_away("the token is empty", out)
            }
            TokenInput::Given(token) => {
                let mut batch = core.batch();
                let id = core.next_id();
                batch.push(id, Request::Refresh { token: &token });
                core.tokens.keep(token);
                self.pending.insert(id, Pending::Refresh);
                let until = now + core.config.connect_timeout;
                self.refresh = Some(Refresh::Sent { until });
                self.settle(core, batch, out);
                Next::Stay
            }
            TokenInput::Failed(_) => {
                self.refresh = Some(later(core, now));
                Next::Stay
            }
            TokenInput::Unauthorized(text) => self.turn_away(&text, out),
        }
    }

    /// The server has answered the renewal.
    pub(super) fn refreshed(
        &mut self,
        core: &mut Core,
        now: Moment,
        answer: Result<Answer<'_>, ReplyError>,
        out: &mut Outbox,
    ) -> Next {
        match answer {
            Ok(answer) => {
                let expiry = match answer {
                    Answer::Refresh(expiry) => expiry,
                    _ => Expiry::default(),
                };
                self.refresh = Refresh::after(core, now, expiry);
                Next::Stay
            }
            Err(error) => {
                if close::is_expired(&error) {
                    core.tokens.spend();
                }
                let (advice, reason) = close::connect_error(error, true);
                if advice == Advice::StayAway {
                    hang_up(self.socket, out);
                    return Next::End(reason);
                }
                self.refresh = Some(later(core, now));
                Next::Stay
            }
        }
    }

    /// The server itself says how long the connection is allowed.
    pub(super) fn allowed(&mut self, core: &Core, now: Moment, expiry: Expiry) {
        self.refresh = Refresh::after(core, now, expiry);
    }

    fn turn_away(&self, why: &str, out: &mut Outbox) -> Next {
        hang_up(self.socket, out);
        Next::End(EndReason::new(EndKind::Unauthorized).with_text(why))
    }
}

fn later(core: &mut Core, now: Moment) -> Refresh {
    Refresh::At(now + core.attempts.token_pause())
}
