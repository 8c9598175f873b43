//! What happens at the very moment at which something else ends.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use async_trait::async_trait;
use futures_util::{FutureExt as _, Sink, Stream};
use http::Request;
use serde_json::json;
use twin_client::{Client, Config, Events, Session};
use twin_transport::{
    Error, Incoming, Message, WebSocket, WebSocketConnector,
    testing::{MemoryConnector, MemoryHttp, VirtualRuntime},
};

use crate::support::{A, B, C};

/// What is done once, when a close frame has come and nobody knows of it yet.
type Hook = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// Connects to memory, and lets a test act between a close frame and what it brings about.
struct Hooked {
    inner: MemoryConnector,
    hook: Hook,
}

struct HookedSocket {
    inner: Box<dyn WebSocket>,
    hook: Hook,
}

#[async_trait]
impl WebSocketConnector for Hooked {
    async fn connect(&self, request: Request<()>) -> Result<Box<dyn WebSocket>, Error> {
        let inner = self.inner.connect(request).await?;
        let hook = Arc::clone(&self.hook);
        Ok(Box::new(HookedSocket { inner, hook }))
    }
}

impl Stream for HookedSocket {
    type Item = Result<Incoming, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(Incoming::Message(Message::Close(_))))) = next {
            let hook = self.hook.lock().unwrap().take();
            if let Some(hook) = hook {
                hook();
            }
        }
        next
    }
}

impl Sink<Message> for HookedSocket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_ready(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        Pin::new(&mut self.inner).start_send(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.inner).poll_close(context)
    }
}

impl fmt::Debug for Hooked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hooked")
    }
}

impl fmt::Debug for HookedSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookedSocket")
    }
}

#[test]
fn a_session_that_comes_while_its_link_is_found_too_full_goes_on_over_another() {
    let runtime = VirtualRuntime::new();
    let connector = MemoryConnector::new();
    let hook = Hook::default();
    let hooked = Hooked {
        inner: connector.clone(),
        hook: Arc::clone(&hook),
    };
    let client = Client::builder(Config::default())
        .http(MemoryHttp::new())
        .web_socket(hooked)
        .runtime(runtime.handle())
        .seed(7)
        .build()
        .unwrap();
    let _listened = client.listen([A, B]).unwrap();
    let peer = runtime.block_on(connector.next_dial()).accept();
    runtime.run_until_stalled();
    let late = Arc::new(Mutex::new(None::<Vec<(Session, Events)>>));
    let (listening, of_late) = (client.clone(), Arc::clone(&late));
    *hook.lock().unwrap() = Some(Box::new(move || {
        *of_late.lock().unwrap() = Some(listening.listen([C]).unwrap());
    }));
    peer.close(3505, "channel limit");
    runtime.run_until_stalled();
    assert!(late.lock().unwrap().is_some(), "it came at that moment");
    // One session a link from now on, each of which is asked for.
    let mut asked = Vec::new();
    let mut peers = Vec::new();
    while let Some(dial) = connector.next_dial().now_or_never() {
        let peer = dial.accept();
        runtime.run_until_stalled();
        while let Some(Message::Text(text)) = peer.take_received() {
            let command: serde_json::Value = serde_json::from_str(text.as_str()).unwrap();
            let sessions = command["connect"]["data"]["settings"]["sessions"].clone();
            asked.extend(serde_json::from_value::<Vec<String>>(sessions).unwrap());
        }
        peers.push(peer);
    }
    asked.sort();
    assert_eq!(json!(asked), json!([A, B, C]));
}
