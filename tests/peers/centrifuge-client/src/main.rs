//! What the crate `centrifuge-client` tells its user of what a server says, in the words of
//! `tests/src/differential/told.rs`. Ends with the event named `end` or with the connection.
//! Argument: the server's address.

use std::{env, error::Error, process, time::Duration};

use centrifuge::{Client, EventDelivery, Protocol};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1).ok_or("the address is missing")?;
    let client = Client::builder(url)
        .protocol(Protocol::Json)
        .event_delivery(EventDelivery::Inline)
        .min_reconnect_delay(Duration::from_millis(1))
        .max_reconnect_delay(Duration::from_millis(20))
        .on_connected(|_, _| println!("up"))
        // Code 0 is the first attempt.
        .on_connecting(|_, event| {
            if event.code != 0 {
                println!("lost");
            }
        })
        .on_disconnected(|_, event| {
            println!("down {}", event.code);
            process::exit(0);
        })
        .on_subscribed(|_, event| {
            if event.info.was_recovering && !event.info.recovered {
                println!("{}: gap", event.channel);
            }
        })
        .on_unsubscribed(|_, event| println!("{}: gone", event.channel))
        .on_publication(|_, event| {
            let data: Value = serde_json::from_slice(&event.data).expect("JSON");
            let name = data["event"].as_str().unwrap_or("nameless");
            println!("{}: {name}", event.channel);
            if name == "end" {
                process::exit(0);
            }
        })
        .build()?;
    client.connect()?;
    std::future::pending().await
}
