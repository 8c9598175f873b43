//! What the tests talk to the emulator with.

mod http;
mod socket;

use std::time::Duration;

use tokio::time;

pub(crate) use self::{
    http::{Reply, call, send, start_session},
    socket::{Heard, Socket, connect_command},
};

/// The ids of the captures.
pub(crate) const SESSION: &str = "bce7d22e-dde6-4427-b391-ebbdfda44de6";
pub(crate) const OTHER: &str = "7d1f0b7e-3c52-4a7e-9d5e-2b1a6c0f4e11";
pub(crate) const CHAT: &str = "0f9619ff-8b86-4d01-b42d-00cf4fc964ff";

/// Waits for something that is sure to come; a test that hangs fails instead.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    time::timeout(limit, future)
        .await
        .expect("it did not come in half a minute")
}
