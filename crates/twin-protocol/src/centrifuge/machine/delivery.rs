//! Publications on their way to the link's user: whose each is, whether it came before, whether
//! something is missing before it.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    centrifuge::{
        machine::{
            channels::{Place, Step, named_session},
            core::Core,
        },
        reply::Publication,
    },
    event::{Envelope, Event},
    id::SessionId,
    link::{GapReason, LinkEvent, Notice, Outbox, Position, Report, SessionEnd},
    raw::RawJson,
};

/// How a publication came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Live,
    Recovered,
}

/// Reports a publication that says `envelope`, unless it was reported before.
pub(super) fn deliver(
    core: &mut Core,
    channel: &str,
    publication: &Publication<'_>,
    envelope: impl FnOnce() -> Envelope,
    came: Came,
    out: &mut Outbox,
) {
    let Some(held) = core.channels.get_mut(channel) else {
        if publication.is_json {
            // A server may take a channel and give it back in one moment, and say so in another order.
            let owner = named_session(channel).and_then(|id| core.sessions.get(id));
            let owner = owner.map(|session| session.id.clone());
            return report(core, owner, envelope(), None, came, out);
        }
        return core.declare_gap(channel, GapReason::Unreadable, out);
    };
    if held.awaits_recovery {
        return;
    }
    let owner = held.owner.clone();
    let offset = publication.offset;
    let (position, gap) = match &mut held.place {
        Some(place) if offset > 0 => {
            let renewed = renew(place, publication);
            let step = place.step(offset);
            if step == Step::Duplicate {
                let channel = channel.to_owned();
                return out.note(Notice::DuplicateDropped { channel, offset });
            }
            let gap = match (renewed, step) {
                (true, _) => Some(GapReason::NotRecovered),
                // Among those that were recovered too: a server that keeps only the last publication
                // of a channel calls that one a recovery (facts, 3.4), and the others are missing.
                (false, Step::Jump) => Some(GapReason::Jump),
                (false, Step::Next | Step::Duplicate) => None,
            };
            let position = Position {
                channel: channel.to_owned(),
                offset,
                epoch: place.epoch.to_string(),
            };
            (Some(position), gap)
        }
        // Published past the history, or where there is none: nothing moves.
        _ => (None, None),
    };
    if let Some(reason) = gap {
        core.declare_gap(channel, reason, out);
    }
    if publication.is_json {
        report(core, owner, envelope(), position, came, out);
    } else {
        core.declare_gap(channel, GapReason::Unreadable, out);
    }
}

/// Follows a stream that began anew under a live subscription: newer servers say the epoch with
/// every publication. Says whether it did.
fn renew(place: &mut Place, publication: &Publication<'_>) -> bool {
    match &publication.epoch {
        Some(epoch) if !epoch.0.is_empty() && *epoch.0 != *place.epoch => {
            *place = Place {
                offset: publication.offset,
                epoch: (&*epoch.0).into(),
                reported: 0,
            };
            true
        }
        _ => false,
    }
}

/// Reads data as it stands in `message`.
pub(super) fn decode(data: Option<&RawValue>, message: &Bytes) -> Envelope {
    match data {
        Some(data) => Envelope::decode_slice(message, data),
        None => Envelope::decode(&RawJson::null()),
    }
}

/// Reports what came over a channel of `owner`, or over one of several sessions, or over none.
pub(super) fn report(
    core: &mut Core,
    owner: Option<SessionId>,
    envelope: Envelope,
    position: Option<Position>,
    came: Came,
    out: &mut Outbox,
) {
    let session = owner
        .or_else(|| envelope.session_id())
        .or_else(|| core.sessions.only().cloned());
    let closed = matches!(envelope.event, Event::SessionClosed(_)).then(|| session.clone());
    let mut event = LinkEvent::new(session, envelope);
    event.position = position;
    event.recovered = came == Came::Recovered;
    out.report(Report::Event(Box::new(event)));
    if let Some(Some(session)) = closed {
        core.end_session(&session, SessionEnd::Closed, out);
    }
}
