//! Our client, and what it tells.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};
use twin_client::{Client, Config, Delivery, GapReason, LinkState, LinkUrl};

use super::{script::Script, told::Told};

/// Plays a script to our client, until the event named `end` or the end of its link.
///
/// # Panics
///
/// When `url` is none.
pub async fn ours(script: &Script, url: &str) -> Told {
    let mut config = Config::default();
    config.endpoints.centrifugo = LinkUrl::parse(url).expect("an address");
    config.gap_filling = false;
    config.backoff.floor = Duration::from_millis(1);
    config.backoff.first_bound = Duration::from_millis(5);
    config.backoff.last_bound = Duration::from_millis(20);
    let client = Client::new(config).expect("a client");
    let told = watch::Sender::new(Told::default());
    let mut links = client.links();
    let mut readers = JoinSet::new();
    let listening = client.listen(script.sessions.iter().map(String::as_str));
    for (session, mut events) in listening.expect("sessions") {
        let told = told.clone();
        readers.spawn(async move {
            let channel = format!("widget:{}", session.id().as_str());
            while let Some(delivery) = events.next().await {
                told.send_modify(|told| told.push(&channel, words(&delivery)));
            }
        });
    }
    let told_link = told.clone();
    readers.spawn(async move {
        while let Some(change) = links.next().await {
            if let Some(what) = fate(&change.state) {
                told_link.send_modify(|told| told.link(what));
            }
        }
    });
    let mut over = told.subscribe();
    let told = over.wait_for(Told::is_over).await;
    told.expect("its sender lives").clone()
}

fn words(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Event(event) => event.name.as_deref().unwrap_or("nameless").to_owned(),
        Delivery::Gap(gap) if gap.reason == GapReason::ChannelLost => "gone".to_owned(),
        Delivery::Gap(_) => "gap".to_owned(),
        other => format!("{other:?}"),
    }
}

fn fate(state: &LinkState) -> Option<String> {
    match state {
        LinkState::Closed { reason } => Some(format!("down {}", reason.code.unwrap_or_default())),
        LinkState::Connected { .. } => Some("up".to_owned()),
        LinkState::Waiting { .. } => Some("lost".to_owned()),
        _ => None,
    }
}
