//! What a reader was told, in words.

use futures_util::FutureExt as _;
use twin_client::{Delivery, Event, Events, LiveEvent, Origin};

/// All that can be read without waiting: of a message its body, of another event its name, before
/// it by which way it came where that is not the usual one; `gap: REASON`; `end`.
pub(crate) fn told(events: &mut Events) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(next) = events.next().now_or_never() {
        let Some(delivery) = next else {
            told.push("end".to_owned());
            break;
        };
        told.push(words(&delivery));
    }
    told
}

pub(crate) fn words(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Event(event) => event_words(event),
        Delivery::Gap(gap) if gap.filled => format!("gap: {}, filled", gap.reason.as_str()),
        Delivery::Gap(gap) => format!("gap: {}", gap.reason.as_str()),
        other => panic!("unknown: {other:?}"),
    }
}

fn event_words(event: &LiveEvent) -> String {
    let what = match &event.event {
        Event::MessageCreated(message) => message.body.clone(),
        _ => event.name.clone().unwrap_or_default().into_owned(),
    };
    assert_eq!(
        event.recovered,
        matches!(event.origin, Origin::List | Origin::Recovered)
    );
    match event.origin {
        Origin::List => format!("list: {what}"),
        Origin::Live => what,
        Origin::Recovered => format!("recovered: {what}"),
        Origin::StartReply => format!("start: {what}"),
        other => panic!("unknown: {other:?}"),
    }
}
