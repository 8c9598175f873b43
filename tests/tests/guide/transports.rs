//! `transports.md`

use std::{
    error::Error as StdError,
    io, iter,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use http::{Request, Response, header};
use reqwest::{redirect, retry};
use rustls::crypto::ring;
use twin_client::{Client, Config, Endpoints, SessionDraft};
use twin_emulator::Emulator;
use twin_transport::{
    Body, Error, ErrorKind, FastWebSocketConnector, HttpTransport, HyperTransport, Network,
    Reached, Roots, Tls, TokioRuntime, suite::http::Setting,
};

use crate::Done;

/// Counts the requests that go through it.
#[derive(Debug)]
struct Counting<T> {
    inner: T,
    requests: Arc<AtomicU64>,
}

#[async_trait]
impl<T: HttpTransport> HttpTransport for Counting<T> {
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.inner.execute(request).await
    }
}

#[tokio::test]
async fn around_one_that_is_there() -> Done {
    let emulator = Emulator::start().await?;
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http)?;
    let requests = Arc::new(AtomicU64::new(0));

    let network = Network::new(Tls::new(&Roots::Platform)?);
    let counting = Counting {
        inner: HyperTransport::new(&network),
        requests: Arc::clone(&requests),
    };
    let client = Client::builder(config)
        .http(counting)
        .web_socket(FastWebSocketConnector::new(&network))
        .runtime(TokioRuntime::current()?)
        .build()?;

    let (session, _events) = client.chat("any").start(SessionDraft::new("x")).await?;
    session.send("reply").await.sent()?;
    assert_eq!(requests.load(Ordering::Relaxed), 2);
    client.close().await;
    Ok(())
}

/// HTTP by reqwest.
#[derive(Debug)]
struct Reqwest {
    client: reqwest::Client,
    answer_timeout: Duration,
}

#[async_trait]
impl HttpTransport for Reqwest {
    async fn execute(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        // What is told of a failure has no query, which may hold a secret.
        let doing = format!("{} {}", request.method(), request.uri().path());
        let length = request.body().length();
        let mut request = reqwest::Request::try_from(request.map(outgoing))
            .map_err(|error| failure(error, Reached::No, &doing))?;
        if let Some(length) = length.filter(|length| *length > 0) {
            request
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
        }

        let answer = tokio::time::timeout(self.answer_timeout, self.client.execute(request));
        let answer = match answer.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let reached = match error.is_connect() || error.is_builder() {
                    true => Reached::No,
                    false => Reached::Unknown,
                };
                return Err(failure(error, reached, &doing));
            }
            Err(_) => return Err(Error::new(ErrorKind::TimedOut, Reached::Unknown, doing)),
        };

        let length = answer.content_length();
        let answer: Response<reqwest::Body> = answer.into();
        Ok(answer.map(|body| {
            let chunks = http_body_util::BodyDataStream::new(body);
            let chunks = chunks.map_err(move |error| failure(error, Reached::Yes, &doing));
            Body::stream(chunks, length)
        }))
    }
}

fn outgoing(body: Body) -> reqwest::Body {
    match body.length() {
        Some(0) => reqwest::Body::default(),
        _ => reqwest::Body::wrap_stream(body),
    }
}

fn failure(error: reqwest::Error, reached: Reached, doing: &str) -> Error {
    let error = error.without_url();
    Error::new(kind(&error), reached, doing).with_source(error)
}

fn kind(error: &reqwest::Error) -> ErrorKind {
    let ours = causes(error).find_map(|cause| cause.downcast_ref::<Error>());
    let tls = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let mut io = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    let has_ended = io.any(|error| error.kind() == io::ErrorKind::UnexpectedEof);
    match (ours, tls) {
        (Some(of_the_body), _) => of_the_body.kind(),
        _ if error.is_timeout() => ErrorKind::TimedOut,
        _ if error.is_builder() => ErrorKind::InvalidRequest,
        (_, Some(rustls::Error::InvalidCertificate(_))) => ErrorKind::Untrusted,
        (_, Some(rustls::Error::InvalidMessage(_))) if error.is_connect() => ErrorKind::NotTls,
        (_, Some(_)) => ErrorKind::Tls,
        _ if error.is_connect() && !has_ended => ErrorKind::Unreachable,
        _ => ErrorKind::Lost,
    }
}

/// What an error came from, itself first. An `io::Error` keeps what is in it from `source`.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        let io = error.downcast_ref::<io::Error>();
        match io.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn transport(setting: &Setting) -> Box<dyn HttpTransport> {
    let mut roots = rustls::RootCertStore::empty();
    for der in &setting.trusted {
        roots.add(der.clone().into()).expect("a certificate");
    }
    let tls = rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(setting.connect_timeout)
        .read_timeout(setting.idle_timeout);
    Box::new(Reqwest {
        client: client.build().expect("what is set fits"),
        answer_timeout: setting.answer_timeout,
    })
}

mod suite {
    twin_transport::http_transport_suite! {
        transport: super::transport,
        differs: {
            an_answer_that_is_not_http_is_a_violation: "reqwest does not tell it from a loss",
            a_tls_port_asked_without_tls_is_a_violation: "reqwest does not tell it from a loss",
        },
    }
}
