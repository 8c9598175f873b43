//! The channels of a connect reply against those held before: what was missed is reported, what
//! could not be had is declared missing.

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;

use crate::{
    centrifuge::{
        machine::{
            channels::{Channel, Place, named_session, own_channel},
            core::Core,
            delivery::{Came, decode, deliver},
        },
        reply::Subscription,
    },
    link::{Gap, GapReason, Outbox, Report},
};

/// Takes over the subscriptions of a connect reply. `asked` says whether the connect command asked
/// for recovery where it could.
pub(super) fn adopt(
    core: &mut Core,
    mut subs: BTreeMap<Cow<'_, str>, Option<Subscription<'_>>>,
    asked: bool,
    message: &Bytes,
    out: &mut Outbox,
) {
    if subs.keys().any(|name| is_shared(core, name)) {
        declare_unreachable_starts(core, |own| subs.contains_key(own), out);
    }
    let mut lost = Vec::new();
    for name in core.channels.names() {
        match subs.remove(&*name) {
            Some(subscription) => {
                resume(
                    core,
                    &name,
                    subscription.unwrap_or_default(),
                    asked,
                    message,
                    out,
                );
            }
            None => lost.extend(core.lose(&name, out)),
        }
    }
    for (name, subscription) in subs {
        begin(core, &name, &subscription.unwrap_or_default(), message, out);
    }
    core.mark_lost(&lost);
}

/// A channel that was held before.
fn resume(
    core: &mut Core,
    name: &str,
    subscription: Subscription<'_>,
    asked: bool,
    message: &Bytes,
    out: &mut Outbox,
) {
    core.channels.give_back(name);
    if belongs_to_ended(core, name) {
        core.farewells.insert(name.into());
        return;
    }
    let came_to = Place::of(&subscription);
    let held = core
        .channels
        .get_mut(name)
        .and_then(|held| held.place.take());
    // Offsets of another stream say nothing about this one, whatever the server makes of them: where
    // it keeps only the last publication of a channel it calls that a recovery.
    let recovered = subscription.recovered
        && match (&held, &came_to) {
            (Some(held), Some(now)) => held.is_in(&now.epoch),
            _ => true,
        };
    if !recovered {
        let reason = if asked {
            GapReason::NotRecovered
        } else {
            GapReason::Unreadable
        };
        core.declare_gap(name, reason, out);
    }
    // Recovered, the reply says the place that was asked for, and the place moves with each
    // publication; else it says where the channel is now (capture `recover`).
    if let Some(channel) = core.channels.get_mut(name) {
        channel.place = came_to.map(|now| match held {
            // Of a place that is named no stream is said to be another.
            Some(held) if recovered && now.epoch.is_empty() => held,
            Some(held) if recovered => Place {
                epoch: now.epoch,
                ..held
            },
            Some(held) if held.epoch == now.epoch => before(
                Place {
                    reported: held.reported,
                    ..now
                },
                &subscription,
            ),
            _ => before(now, &subscription),
        });
    }
    for publication in &subscription.publications {
        let envelope = || decode(publication.data, message);
        deliver(core, name, publication, envelope, Came::Recovered, out);
    }
}

/// A channel that is new to this link.
pub(super) fn begin(
    core: &mut Core,
    name: &str,
    subscription: &Subscription<'_>,
    message: &Bytes,
    out: &mut Outbox,
) {
    let owner = named_session(name).and_then(|id| core.sessions.get(id));
    let hole = owner.is_some_and(|session| session.hole);
    let owner = owner.map(|session| session.id.clone());
    // Asked for from the very beginning, and told that nothing is left out: it is counted from there.
    let place = Place::of(subscription).map(|place| match hole && subscription.recovered {
        true => Place { offset: 0, ..place },
        false => before(place, subscription),
    });
    core.channels
        .insert(name, Channel::new(owner.clone(), place));
    if belongs_to_ended(core, name) {
        core.farewells.insert(name.into());
    }
    // Nothing was published before: there is nothing to miss.
    let empty = subscription.recoverable && subscription.offset == 0;
    core.find_lost(name, empty, out);
    if hole {
        if !subscription.recovered && !empty {
            core.declare_gap(name, GapReason::Start, out);
        }
        if let Some(session) = owner.and_then(|owner| core.sessions.get_mut(owner.as_str())) {
            session.hole = false;
        }
    }
    for publication in &subscription.publications {
        let envelope = || decode(publication.data, message);
        deliver(core, name, publication, envelope, Came::Recovered, out);
    }
}

/// Where to start counting when publications came with the subscription: no later than at the first.
fn before(place: Place, subscription: &Subscription<'_>) -> Place {
    let offsets = subscription.publications.iter().map(|sent| sent.offset);
    let first = offsets.filter(|offset| *offset > 0).min();
    Place {
        offset: first.map_or(place.offset, |first| place.offset.min(first)),
        ..place
    }
}

/// Fresh sessions whose events come over a channel of several sessions that was not held before: what
/// was published until now cannot be asked for, as nobody knew the channel's name. `has_own` says
/// whether a session gets this channel of its own.
pub(super) fn declare_unreachable_starts(
    core: &mut Core,
    has_own: impl Fn(&str) -> bool,
    out: &mut Outbox,
) {
    for session in core.sessions.active_mut().filter(|session| session.hole) {
        if !has_own(&own_channel(&session.id)) {
            session.hole = false;
            let gap = Gap::new(Some(session.id.clone()), None, GapReason::Start);
            out.report(Report::Gap(gap));
        }
    }
}

/// Whether a channel is not the own one of a session that is known.
pub(super) fn is_shared(core: &Core, name: &str) -> bool {
    named_session(name)
        .and_then(|id| core.sessions.get(id))
        .is_none()
}

/// Whether it is the channel of a session that is no longer listened to.
pub(super) fn belongs_to_ended(core: &Core, name: &str) -> bool {
    let owner = core
        .channels
        .get(name)
        .and_then(|channel| channel.owner.as_ref());
    owner.is_some_and(|owner| {
        core.sessions
            .get(owner.as_str())
            .is_none_or(|session| !session.active)
    })
}
