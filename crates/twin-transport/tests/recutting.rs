//! However a server's bytes are cut, messages into frames and all of it into reads, the same comes.
//!
//! The stream below the WebSocket is one in memory, so that every read ends where the property wants
//! it to; all above it is what is used over TCP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "that is how a test fails"
)]

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use futures_util::StreamExt as _;
use proptest::{collection::vec, prelude::*, sample::Index};
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use twin_transport::{
    CloseFrame, Error, ErrorKind, FastWebSocketConnector, Incoming, Message, Network, Roots, Tls,
    TokioWebSocketConnector, WebSocketConnector, WebSocketLimits,
    hyper::{Dial, Io},
};

/// The longest message that is taken.
const LIMIT: usize = 70_000;

/// A message, where it is cut into frames, and what else comes before each of the frames.
#[derive(Clone, Debug)]
struct Said {
    message: Body,
    cuts: Vec<Index>,
    between: Vec<Control>,
}

#[derive(Clone, Debug)]
enum Body {
    Binary(Vec<u8>),
    Text(String),
}

#[derive(Clone, Debug)]
enum Control {
    None,
    Ping(Vec<u8>),
    Pong,
}

/// How the server's side ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Close(u16),
    /// The connection ends without a word, in the middle of a message or not.
    HangUp {
        in_the_middle: bool,
    },
    /// A frame that promises more than is taken.
    TooLong,
    /// A frame with a bit that nobody has agreed on.
    Violation,
}

/// What the client is given, in order.
#[derive(Debug, PartialEq)]
enum Given {
    Failure(ErrorKind),
    Message(Message),
}

fn body() -> impl Strategy<Value = Body> {
    // Around the lengths at which a frame's head grows, and reads do.
    let length = prop_oneof![
        0..8_usize,
        120..132_usize,
        4_090..4_104_usize,
        65_530..65_544_usize
    ];
    let text = ("[a-zж€😀]{1,5}", length.clone())
        .prop_map(|(part, length)| Body::Text(part.repeat(length / part.len())));
    let binary = (any::<u8>(), length).prop_map(|(start, length)| {
        let byte = |at| start.wrapping_add((at % 251) as u8);
        Body::Binary((0..length).map(byte).collect())
    });
    prop_oneof![2 => text, 1 => binary]
}

fn said() -> impl Strategy<Value = Said> {
    let control = prop_oneof![
        3 => Just(Control::None),
        1 => vec(any::<u8>(), 0..=125).prop_map(Control::Ping),
        1 => Just(Control::Pong),
    ];
    let parts = (vec(any::<Index>(), 0..5), vec(control, 6));
    (body(), parts).prop_map(|(message, (cuts, between))| Said {
        message,
        cuts,
        between,
    })
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        prop::sample::select(vec![1000_u16, 1001, 3005, 4500]).prop_map(End::Close),
        any::<bool>().prop_map(|in_the_middle| End::HangUp { in_the_middle }),
        Just(End::TooLong),
        Just(End::Violation),
    ]
}

/// A server's frame (RFC 6455, section 5.2).
fn frame(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match body.len() {
        length @ 0..=125 => bytes.push(length as u8),
        length @ 126..=0xffff => {
            bytes.push(126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(body);
    bytes
}

impl Said {
    fn message(&self) -> Message {
        match &self.message {
            Body::Binary(bytes) => Message::Binary(Bytes::copy_from_slice(bytes)),
            Body::Text(text) => Message::Text(text.clone().into()),
        }
    }

    /// The message as frames, cut at any byte, in the middle of a character too.
    fn frames(&self) -> Vec<u8> {
        let (kind, body) = match &self.message {
            Body::Binary(bytes) => (2, &bytes[..]),
            Body::Text(text) => (1, text.as_bytes()),
        };
        let mut cuts: Vec<_> = self
            .cuts
            .iter()
            .map(|cut| cut.index(body.len() + 1))
            .collect();
        cuts.sort_unstable();
        cuts.push(body.len());
        let (last, mut start) = (cuts.len() - 1, 0);
        let mut bytes = Vec::new();
        for (at, end) in cuts.into_iter().enumerate() {
            match &self.between[at] {
                Control::None => {}
                Control::Ping(body) => bytes.extend(frame(0x89, body)),
                Control::Pong => bytes.extend(frame(0x8a, b"")),
            }
            let kind = if at == 0 { kind } else { 0 };
            let ends = if at == last { 0x80 } else { 0 };
            bytes.extend(frame(ends | kind, &body[start..end]));
            start = end;
        }
        bytes
    }
}

impl End {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Close(code) => frame(0x88, &[&code.to_be_bytes()[..], "до".as_bytes()].concat()),
            Self::HangUp {
                in_the_middle: true,
            } => frame(0x01, b"begun, and then"),
            Self::HangUp { .. } => Vec::new(),
            Self::TooLong => [&[0x82, 127][..], &(LIMIT as u64 + 1).to_be_bytes()].concat(),
            Self::Violation => frame(0xc1, b"?"),
        }
    }

    fn given(self) -> Given {
        match self {
            Self::Close(code) => Given::Message(Message::Close(Some(CloseFrame {
                code,
                reason: "до".into(),
            }))),
            Self::HangUp { .. } => Given::Failure(ErrorKind::Lost),
            Self::TooLong => Given::Failure(ErrorKind::TooLarge),
            Self::Violation => Given::Failure(ErrorKind::Protocol),
        }
    }
}

/// Where reads end: at the given places, and after every byte of a part.
#[derive(Clone, Debug)]
struct Reads {
    cuts: Vec<Index>,
    bytewise: Option<Index>,
}

fn reads() -> impl Strategy<Value = Reads> {
    let cuts = vec(any::<Index>(), 0..40);
    (cuts, prop::option::of(any::<Index>())).prop_map(|(cuts, bytewise)| Reads { cuts, bytewise })
}

impl Reads {
    fn cut(&self, bytes: &[u8]) -> VecDeque<Vec<u8>> {
        let length = bytes.len();
        let mut cuts: Vec<_> = self.cuts.iter().map(|cut| cut.index(length)).collect();
        if let Some(first) = &self.bytewise {
            let first = first.index(length);
            cuts.extend(first..length.min(first + 300));
        }
        cuts.push(length);
        cuts.sort_unstable();
        cuts.dedup();
        let mut start = 0;
        let parts = cuts
            .into_iter()
            .map(|end| bytes[std::mem::replace(&mut start, end)..end].to_vec());
        parts.filter(|part| !part.is_empty()).collect()
    }
}

/// Lends streams on which one server speaks.
#[derive(Debug)]
struct Wire {
    bytes: Vec<u8>,
    reads: Reads,
}

#[async_trait]
impl Dial for Wire {
    async fn dial(&self, _: &str, _: u16) -> Result<Box<dyn Io>, Error> {
        Ok(Box::new(Stream {
            bytes: self.bytes.clone(),
            reads: self.reads.clone(),
            request: Some(Vec::new()),
            parts: VecDeque::new(),
            paused: false,
            waiting: None,
        }))
    }
}

/// A stream that answers the upgrade, then gives what the server says read by read; before each one
/// it has nothing for a while.
struct Stream {
    bytes: Vec<u8>,
    reads: Reads,
    /// What the client has written of its request so far.
    request: Option<Vec<u8>>,
    parts: VecDeque<Vec<u8>>,
    paused: bool,
    waiting: Option<Waker>,
}

impl Stream {
    /// The answer to the upgrade and all that follows it are one stream of bytes.
    fn take_request(&mut self, bytes: &[u8]) {
        let Some(request) = &mut self.request else {
            return;
        };
        request.extend(bytes);
        if !request.ends_with(b"\r\n\r\n") {
            return;
        }
        let head = String::from_utf8(self.request.take().unwrap()).unwrap();
        let key = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then(|| value.trim())
        });
        let both = format!("{}258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key.unwrap());
        let accept = BASE64.encode(Sha1::digest(both));
        let mut all = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )
        .into_bytes();
        all.extend(&self.bytes);
        self.parts = self.reads.cut(&all);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.request.is_some() {
            self.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        self.paused = !self.paused;
        if self.paused {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        // Without a further part it is the end.
        if let Some(mut part) = self.parts.pop_front() {
            let rest = part.split_off(part.len().min(buffer.remaining()));
            buffer.put_slice(&part);
            if !rest.is_empty() {
                self.parts.push_front(rest);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.take_request(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn connectors(network: &Network) -> [Box<dyn WebSocketConnector>; 2] {
    let mut limits = WebSocketLimits::default();
    limits.max_message = LIMIT;
    [
        Box::new(FastWebSocketConnector::with_limits(network, limits)),
        Box::new(TokioWebSocketConnector::with_limits(network, limits)),
    ]
}

/// What the client is given of these bytes, up to the end.
async fn given(connector: &dyn WebSocketConnector) -> Vec<Given> {
    let request = http::Request::get("ws://a.example/").body(()).unwrap();
    let mut socket = connector.connect(request).await.unwrap();
    let mut given = Vec::new();
    while let Some(next) = socket.next().await {
        match next {
            Ok(Incoming::Message(message)) => given.push(Given::Message(message)),
            // How many signs of life there are is a matter of time.
            Ok(_) => {}
            Err(error) => given.push(Given::Failure(error.kind())),
        }
    }
    given
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_frames_and_reads_give_the_same_messages(
        said in vec(said(), 0..6),
        end in end(),
        reads in reads(),
    ) {
        let mut bytes = said.iter().flat_map(Said::frames).collect::<Vec<_>>();
        bytes.extend(end.bytes());
        let mut expected: Vec<_> = said.iter().map(|said| Given::Message(said.message())).collect();
        expected.push(end.given());
        let tls = Tls::new(&Roots::Custom(Vec::new())).unwrap();
        let mut network = Network::new(tls);
        network.dialer = Arc::new(Wire { bytes, reads });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for connector in connectors(&network) {
            let given = runtime.block_on(given(&*connector));
            prop_assert_eq!(&given, &expected, "{:?}", connector);
        }
    }
}
