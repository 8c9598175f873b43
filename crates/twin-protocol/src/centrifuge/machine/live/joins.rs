//! Joining sessions on a live connection: asking, asking again, being granted a channel.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Live, Pending};
use crate::{
    centrifuge::{
        command::{Batch, JoinSession, Request},
        machine::{Next, core::Core, hang_up, sessions::Join},
        reply::{Answer, ReplyError},
    },
    id::SessionId,
    link::{EndKind, EndReason, Gap, GapReason, Moment, Notice, Outbox, Report, SessionEnd},
    wire,
};

impl Live {
    /// Asks to join a session.
    pub(super) fn ask(&mut self, core: &mut Core, now: Moment, id: &SessionId, batch: &mut Batch) {
        let command_id = core.next_id();
        let until = now + core.config.join_timeout;
        if let Some(session) = core.sessions.get_mut(id.as_str()) {
            session.join = Join::Asked { until };
            batch.push(command_id, Request::Rpc(JoinSession::new(id)));
            self.pending.insert(command_id, Pending::Join(id.clone()));
        }
    }

    /// The reply to a join. A late one counts too: the platform has agreed, whenever it was asked.
    pub(super) fn joined(
        &self,
        core: &mut Core,
        now: Moment,
        (command_id, id): (u32, &SessionId),
        answer: Result<Answer<'_>, ReplyError>,
        out: &mut Outbox,
    ) -> Next {
        let granted = core.is_granted(id);
        let pause = core.config.grant_wait;
        let Some(session) = core
            .sessions
            .get_mut(id.as_str())
            .filter(|session| session.active)
        else {
            out.note(Notice::StaleReply { id: command_id });
            return Next::Stay;
        };
        // Asked twice, as the first answer was late, the platform may refuse what it has agreed to.
        if matches!(session.join, Join::Agreed { .. }) {
            out.note(Notice::StaleReply { id: command_id });
            return Next::Stay;
        }
        let refusal = match answer {
            Ok(Answer::Rpc(data)) if says_no(data) => EndReason::new(EndKind::JoinRefused)
                .with_text("the platform answered success: false"),
            Ok(_) => {
                let waits = !granted && (!session.listed || session.hole);
                session.join = Join::Agreed {
                    channel_by: waits.then_some(now + pause),
                };
                if granted || session.listed {
                    out.report(Report::Joined(id.clone()));
                }
                return Next::Stay;
            }
            Err(error) if error.temporary || error.code == 100 => {
                if matches!(session.join, Join::Asked { .. }) {
                    pause_join(core, now, id);
                }
                return Next::Stay;
            }
            Err(error) => EndReason::new(EndKind::JoinRefused)
                .with_code(error.code)
                .with_text(error.message),
        };
        core.end_session(id, SessionEnd::JoinRefused(refusal.clone()), out);
        if core.sessions.active().next().is_some() {
            return Next::Stay;
        }
        hang_up(self.socket, out);
        Next::End(refusal)
    }

    /// Acts on every join whose time has come. Says whether the link is to reconnect, so that the
    /// connect command names every session.
    pub(super) fn elapse_joins(
        &mut self,
        core: &mut Core,
        now: Moment,
        batch: &mut Batch,
        out: &mut Outbox,
    ) -> bool {
        let due: Vec<_> = core
            .sessions
            .active()
            .filter(|session| {
                session
                    .join
                    .deadline()
                    .is_some_and(|deadline| deadline <= now)
            })
            .map(|session| (session.id.clone(), session.join, session.listed))
            .collect();
        let mut replan = false;
        for (id, join, listed) in due {
            match join {
                Join::Asked { .. } => pause_join(core, now, &id),
                Join::Paused { .. } => {
                    let failures = core.sessions.get(id.as_str()).map_or(0, |s| s.failures);
                    let attempt = failures.saturating_add(1);
                    out.note(Notice::JoinRetried {
                        session: id.clone(),
                        attempt,
                    });
                    self.ask(core, now, &id, batch);
                }
                Join::Agreed { .. } if listed => do_without_channel(core, &id, out),
                Join::Agreed { .. } => replan |= self.is_burst_over(core, now, &id),
                Join::Unasked => {}
            }
        }
        replan
    }

    /// Whether sessions are no longer being added one after another; else waits for that, for a
    /// bounded time: they all share one reconnect.
    fn is_burst_over(&self, core: &mut Core, now: Moment, id: &SessionId) -> bool {
        let (first, last) = self.burst;
        let until = (last + core.config.join_burst).min(first + core.config.grant_wait * 2);
        if until <= now {
            return true;
        }
        if let Some(session) = core.sessions.get_mut(id.as_str()) {
            session.join = Join::Agreed {
                channel_by: Some(until),
            };
        }
        false
    }
}

/// The failure of a join may pass: it is tried again on the same connection.
fn pause_join(core: &mut Core, now: Moment, id: &SessionId) {
    let Some(session) = core.sessions.get_mut(id.as_str()) else {
        return;
    };
    let failures = session.failures;
    session.failures = failures.saturating_add(1);
    let until = now + core.attempts.pause_after(failures);
    session.join = Join::Paused { until };
}

/// The connect command named the session, the platform agreed, and still no channel came. Then
/// what was published at its start cannot be had.
fn do_without_channel(core: &mut Core, id: &SessionId, out: &mut Outbox) {
    let Some(session) = core.sessions.get_mut(id.as_str()) else {
        return;
    };
    session.join = Join::Agreed { channel_by: None };
    session.hole = false;
    let gap = Gap::new(Some(id.clone()), None, GapReason::Start);
    out.report(Report::Gap(gap));
}

/// The server gave `session` a channel of its own, or one of several sessions.
pub(super) fn channel_came(core: &mut Core, out: &mut Outbox) {
    let waiting: Vec<_> = core
        .sessions
        .active()
        .filter(|session| {
            matches!(
                session.join,
                Join::Agreed {
                    channel_by: Some(_)
                }
            )
        })
        .map(|session| session.id.clone())
        .collect();
    for id in waiting {
        if !core.is_granted(&id) {
            continue;
        }
        if let Some(session) = core.sessions.get_mut(id.as_str()) {
            session.join = Join::Agreed { channel_by: None };
            if !session.listed {
                out.report(Report::Joined(id));
            }
        }
    }
}

/// Only a plain `success: false` is a refusal: what a backend answers is not checked by anyone.
fn says_no(data: Option<&RawValue>) -> bool {
    #[derive(Deserialize)]
    struct Answer {
        success: bool,
    }
    data.and_then(|data| wire::from_str::<Answer>(data.get()).ok())
        .is_some_and(|answer| !answer.success)
}
