//! A run of events.

use anyhow::{Context as _, Result, bail};
use twin_bench_meter::Account;
use twin_client::{Delivery, Event, LiveEvent};

use crate::setup::Contender;

/// Reads as many events as are wanted.
pub(crate) async fn run(contender: &Contender) -> Result<()> {
    let mut account = Account::new("twin", contender.args.count);
    let client = contender.client(contender.sessions_per_link)?;
    // A server that gives us other sessions' channels sends what belongs to none of ours.
    let mut strangers = client.unassigned();
    let (session, mut events) = client
        .listen([contender.session.as_str()])?
        .pop()
        .context("one session was named")?;
    loop {
        let delivery = tokio::select! {
            biased;
            delivery = events.next() => delivery,
            delivery = strangers.next() => delivery,
        };
        match delivery {
            Some(Delivery::Event(event)) => {
                if !take(&event, &mut account)? {
                    return account.print();
                }
            }
            Some(_) => account.gap(),
            None => break,
        }
    }
    let end = session.ended().await;
    account.print()?;
    bail!("the events ended early: {end:?}")
}

/// Looks at an event as every contender does. Says whether more are wanted.
fn take(event: &LiveEvent, account: &mut Account) -> Result<bool> {
    let offset = event
        .position
        .as_ref()
        .map_or(0, |position| position.offset);
    let Event::MessageCreated(message) = &event.event else {
        return account.event(offset, 0);
    };
    let is_whole = message.id.is_some()
        && message.session_id.is_some()
        && message.created_at.is_some()
        && !message.author_type.as_str().is_empty();
    account.event(offset, if is_whole { message.body.len() } else { 0 })
}
