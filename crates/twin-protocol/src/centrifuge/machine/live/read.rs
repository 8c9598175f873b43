//! What the server says on a live connection.

use bytes::Bytes;

use super::{Live, Pending, joins};
use crate::{
    centrifuge::{
        command::Batch,
        frames::Frames,
        machine::{
            Next,
            channels::{Place, named_session},
            core::Core,
            delivery::{Came, decode, deliver, report},
            ended_by_server, hang_up, recovery,
        },
        reply::{Answer, Incoming, Push, PushKind, ReplyError, Subscription},
    },
    link::{CloseFrame, Gap, GapReason, Moment, Notice, Outbox, Report},
};

/// The server's answer to a subscribe to what its connect reply granted: what was wanted.
const ALREADY_SUBSCRIBED: u32 = 105;

/// What a message asks of the connection as a whole, once all of it is read.
#[derive(Debug, Default)]
struct Wishes {
    pong: bool,
    replan: bool,
}

impl Live {
    /// Reads a message to its end, then sends what it calls for together with `batch`.
    pub(super) fn read(
        &mut self,
        core: &mut Core,
        now: Moment,
        frames: Frames<'_>,
        message: &Bytes,
        mut batch: Batch,
        out: &mut Outbox,
    ) -> Next {
        let mut wishes = Wishes::default();
        for frame in frames {
            let next = match frame {
                Err(error) => self.give_up(&error.into_words(), out),
                Ok(Incoming::Ping) => {
                    // One pong a message: a second one for the same ping would end the connection,
                    // and two pings at once mean that the first is too late to be answered.
                    wishes.pong = self.pong;
                    self.prove(core);
                    Next::Stay
                }
                Ok(Incoming::Push(push)) => self.push(core, now, push, message, &mut wishes, out),
                Ok(Incoming::Reply { id, answer }) => self.reply(core, now, id, answer, out),
            };
            if !matches!(next, Next::Stay) {
                return next;
            }
        }
        if wishes.pong {
            batch.push_pong();
        }
        if wishes.replan {
            return self.replan(core, now, out);
        }
        self.settle(core, batch, out);
        Next::Stay
    }

    fn reply(
        &mut self,
        core: &mut Core,
        now: Moment,
        id: u32,
        answer: Result<Answer<'_>, ReplyError>,
        out: &mut Outbox,
    ) -> Next {
        match self.pending.remove(&id) {
            Some(Pending::Join(session)) => {
                return self.joined(core, now, (id, &session), answer, out);
            }
            Some(Pending::Refresh) => return self.refreshed(core, now, answer, out),
            Some(Pending::Subscribe(channel)) => {
                if let Some(error) = answer
                    .err()
                    .filter(|error| error.code != ALREADY_SUBSCRIBED)
                {
                    let channel = channel.into();
                    out.note(Notice::SubscribeRefused {
                        channel,
                        code: error.code,
                    });
                }
            }
            Some(Pending::Unsubscribe(channel)) => {
                core.channels.remove(&channel);
                Self::await_channel(core, now, &channel);
            }
            None => out.note(Notice::StaleReply { id }),
        }
        Next::Stay
    }

    fn push(
        &mut self,
        core: &mut Core,
        now: Moment,
        push: Push<'_>,
        message: &Bytes,
        wishes: &mut Wishes,
        out: &mut Outbox,
    ) -> Next {
        let channel = &*push.channel;
        match push.kind {
            // The reconnect brings it, with what was published before it.
            PushKind::Publication(..) if wishes.replan && has_hole(core, channel) => {
                self.prove(core);
            }
            PushKind::Publication(publication, read) => {
                self.prove(core);
                let envelope = || read.unwrap_or_else(|| decode(publication.data, message));
                deliver(core, channel, &publication, envelope, Came::Live, out);
            }
            PushKind::Message(data) => {
                self.prove(core);
                report(core, None, decode(data, message), None, Came::Live, out);
            }
            PushKind::Subscribe(subscription) if core.channels.contains(channel) => {
                wishes.replan |= resubscribed(core, channel, &subscription, out);
            }
            PushKind::Subscribe(subscription) => {
                if core.channels.len() >= core.config.max_channels {
                    return self.give_up("more channels than may be kept", out);
                }
                wishes.replan |= subscribed(core, channel, &subscription, message, out);
                joins::channel_came(core, out);
            }
            PushKind::Unsubscribe if core.channels.contains(channel) => {
                taken(core, now, channel, out);
            }
            PushKind::Disconnect(disconnect) => {
                hang_up(self.socket, out);
                let code = Some(disconnect.code);
                let frame = CloseFrame {
                    code,
                    reason: disconnect.reason,
                };
                return ended_by_server(core, frame);
            }
            PushKind::Unreadable => {
                let gap = Gap::new(None, None, GapReason::Unreadable);
                out.report(Report::Gap(gap));
            }
            PushKind::Refresh(expiry) => self.allowed(core, now, expiry),
            PushKind::Other | PushKind::Unsubscribe => {
                out.note(Notice::UnknownPush {
                    channel: channel.to_owned(),
                });
            }
        }
        Next::Stay
    }
}

/// A channel came that was not held. Says whether a reconnect would bring what was published in it
/// before: that is wanted for a session that this client has just started. Where the present
/// connection's connect command has asked for it already, another one brings no more.
fn subscribed(
    core: &mut Core,
    name: &str,
    subscription: &Subscription<'_>,
    message: &Bytes,
    out: &mut Outbox,
) -> bool {
    let session = named_session(name)
        .and_then(|id| core.sessions.get(id))
        .filter(|session| session.active && session.hole && !session.listed);
    let missed = subscription.recoverable && subscription.offset > 0;
    if session.is_some() && missed {
        // The hole is left open; the next connect asks for everything from the first publication.
        return true;
    }
    if recovery::is_shared(core, name) {
        recovery::declare_unreachable_starts(core, |_| false, out);
    }
    recovery::begin(core, name, subscription, message, out);
    false
}

/// Whether it is the channel of a session whose beginning is still to be had.
fn has_hole(core: &Core, channel: &str) -> bool {
    let session = named_session(channel).and_then(|id| core.sessions.get(id));
    session.is_some_and(|session| session.active && session.hole)
        && !core.channels.contains(channel)
}

/// A channel that is held came again: given back after it was taken away, or repeated. Says whether
/// a reconnect would bring what was missed meanwhile.
fn resubscribed(
    core: &mut Core,
    name: &str,
    subscription: &Subscription<'_>,
    out: &mut Outbox,
) -> bool {
    let was_taken = core.channels.give_back(name);
    let Some(channel) = core.channels.get_mut(name) else {
        return false;
    };
    let now = Place::of(subscription);
    match (&mut channel.place, now) {
        (Some(held), Some(now)) if held.epoch == now.epoch => {
            // Not taken away, it missed nothing: what is published next says where it is.
            if !was_taken || now.offset <= held.offset {
                return false;
            }
            channel.awaits_recovery = true;
            true
        }
        (place, now) => {
            *place = now;
            core.declare_gap(name, GapReason::NotRecovered, out);
            false
        }
    }
}

/// The server took a channel away.
fn taken(core: &mut Core, now: Moment, name: &str, out: &mut Outbox) {
    if recovery::belongs_to_ended(core, name) {
        core.channels.remove(name);
        return;
    }
    let recoverable = core
        .channels
        .get_mut(name)
        .is_some_and(|channel| channel.place.is_some());
    if recoverable {
        core.channels.take(name, now);
    } else {
        let lost = core.lose(name, out);
        core.mark_lost(&lost);
    }
}
