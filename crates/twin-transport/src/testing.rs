//! Time, HTTP and WebSockets that a test has in its hand: no clock, no network, no waiting.
//!
//! - [`VirtualRuntime`] runs tasks in an order that is always the same, and its clock goes on only
//!   when it is told to.
//! - [`MemoryHttp`] answers requests as scripted: at once, late, never, with a failure.
//! - [`MemoryConnector`] hands every WebSocket that is dialled to the test, which plays the server.
//!
//! Nothing here speaks a protocol: what is sent arrives as it was sent, so what an implementation
//! makes of bytes is judged elsewhere.
//!
//! ```
//! use std::time::Duration;
//!
//! use futures_util::{SinkExt as _, StreamExt as _};
//! use twin_transport::{
//!     Incoming, Message, Runtime as _, WebSocketConnector as _,
//!     testing::{MemoryConnector, VirtualRuntime},
//! };
//!
//! let runtime = VirtualRuntime::new();
//! let connector = MemoryConnector::new();
//!
//! // The client: it greets, then waits a minute for an answer.
//! let (client, time) = (connector.clone(), runtime.handle());
//! let task = async move {
//!     let request = http::Request::get("wss://example.com/live").body(()).unwrap();
//!     let mut socket = client.connect(request).await.unwrap();
//!     socket.send(Message::Text("hello".into())).await.unwrap();
//!     time.sleep(Duration::from_secs(60)).await;
//!     let answer = socket.next().await.unwrap().unwrap();
//!     assert_eq!(answer, Incoming::Message(Message::Text("good day".into())));
//! };
//! runtime.spawn("client", Box::pin(task));
//!
//! // The test: it plays the server.
//! runtime.block_on(async {
//!     let dial = connector.next_dial().await;
//!     assert_eq!(dial.request().uri().path(), "/live");
//!     let peer = dial.accept();
//!     assert_eq!(peer.received().await, Some(Message::Text("hello".into())));
//!     peer.send_text("good day");
//!     // The client drops its socket once the minute is over.
//!     assert_eq!(peer.received().await, None);
//! });
//! assert_eq!(runtime.now(), Duration::from_secs(60));
//! ```

mod answer;
mod dial;
mod memory_connector;
mod memory_http;
mod memory_socket;
mod peer;
mod timers;
mod virtual_runtime;
pub(crate) mod watched;

pub use self::{
    answer::{Answer, Release},
    dial::Dial,
    memory_connector::MemoryConnector,
    memory_http::MemoryHttp,
    peer::Peer,
    virtual_runtime::{VirtualHandle, VirtualRuntime},
};
