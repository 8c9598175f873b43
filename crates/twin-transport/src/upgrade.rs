//! The opening handshake of a WebSocket (RFC 6455, section 4), by hyper: shared by every
//! implementation over a byte stream.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    error::{Error, ErrorKind, Reached, Refusal},
    hyper::{
        Network,
        connector::{Connector, Stream},
        failure,
    },
};

/// A refusal's body is kept up to this many bytes.
const MAX_REFUSAL: usize = 16 * 1024;
/// A refusal's body is waited for no longer: its beginning is enough to see why.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

/// A byte stream on which the WebSocket protocol is spoken from now on.
pub(crate) trait Upgraded: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Upgraded for T {}

/// Connects to the request's URI and upgrades the connection.
pub(crate) async fn connect(
    network: &Network,
    request: Request<()>,
) -> Result<Box<dyn Upgraded>, Error> {
    let context = format!("opening a WebSocket to {}", shown(request.uri()));
    let fail = |kind, reached| Error::new(kind, reached, context.as_str());
    let (uri, request, key) = head(request)
        .map_err(|problem| fail(ErrorKind::InvalidRequest, Reached::No).with_source(problem))?;
    let stream = Connector::for_upgrade(network).connect(uri).await?;
    // The time for the answer starts anew: what dialling took is not the server's fault.
    exchange(stream, request, key, &context, network.connect_timeout).await
}

async fn exchange(
    stream: Stream,
    request: Request<http_body_util::Empty<Bytes>>,
    key: String,
    context: &str,
    limit: Duration,
) -> Result<Box<dyn Upgraded>, Error> {
    let broken = |error| failure::exchanging(error, Reached::Unknown, context);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
        .await
        .map_err(broken)?;
    let mut connection = pin!(connection.with_upgrades());
    let mut is_over = false;
    let offered = request.headers().clone();
    let mut answer = pin!(sender.send_request(request));
    let response = tokio::select! {
        response = &mut answer => response,
        () = tokio::time::sleep(limit) => {
            return Err(Error::new(ErrorKind::TimedOut, Reached::Unknown, context));
        }
        end = &mut connection => {
            is_over = true;
            // An answer that came together with the end is there by now.
            match (poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await, end) {
                (Poll::Ready(response), _) => response,
                (Poll::Pending, Err(error)) => Err(error),
                (Poll::Pending, Ok(())) => {
                    return Err(Error::new(ErrorKind::Lost, Reached::Unknown, context));
                }
            }
        }
    };
    let mut response = response.map_err(broken)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let refusal = tokio::select! {
            refusal = keep(response, limit.min(REFUSAL_TIMEOUT)) => refusal,
            // The body is read through the connection; that it ends is no news.
            never = async { let _ = connection.await; pending().await }, if !is_over => never,
        };
        return Err(refused(refusal, context));
    }
    check(response.headers(), &key, &offered).map_err(|problem| {
        Error::new(ErrorKind::Protocol, Reached::Yes, context).with_source(problem)
    })?;
    if !is_over {
        // It ends by giving the stream away.
        connection.await.map_err(broken)?;
    }
    let upgraded = hyper::upgrade::on(&mut response).await.map_err(broken)?;
    match upgraded.downcast::<Stream>() {
        Ok(parts) => Ok(bare(parts.io, parts.read_buf)),
        Err(upgraded) => Ok(Box::new(TokioIo::new(upgraded))),
    }
}

/// The stream as it was dialled, without the layers above, which cost memory for as long as the
/// connection lives: even a plain one would take the kilobyte that a secured one needs.
fn bare(stream: Stream, early: Bytes) -> Box<dyn Upgraded> {
    match stream {
        Stream::Http(plain) => rewound(plain.into_inner(), early),
        Stream::Https(secured) => rewound(secured.into_inner(), early),
    }
}

/// The stream with what was read of it beyond the handshake. Where that is nothing it is not kept:
/// the empty rest of hyper's buffer still holds all of its eight kilobytes.
fn rewound(stream: impl Upgraded, early: Bytes) -> Box<dyn Upgraded> {
    if early.is_empty() {
        Box::new(stream)
    } else {
        Box::new(Rewound::new(stream, early))
    }
}

/// The request's head for HTTP, the URI to dial, and the key that the server must answer.
fn head(
    request: Request<()>,
) -> Result<(Uri, Request<http_body_util::Empty<Bytes>>, String), Problem> {
    let (mut head, ()) = request.into_parts();
    let scheme = match head.uri.scheme_str() {
        Some("ws" | "http") => "http",
        Some("wss" | "https") => "https",
        _ => return Err(Problem("the scheme is none of ws, wss, http, https")),
    };
    let mut parts = head.uri.into_parts();
    parts.scheme = Some(
        scheme
            .parse()
            .map_err(|_| Problem("the scheme cannot be written"))?,
    );
    let authority = parts
        .authority
        .clone()
        .ok_or(Problem("the address names no host"))?;
    let host = authority.as_str();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host
        .parse()
        .map_err(|_| Problem("the host cannot be written into a header"))?;
    let path = parts
        .path_and_query
        .clone()
        .unwrap_or_else(|| http::uri::PathAndQuery::from_static("/"));
    parts.path_and_query = Some(path.clone());
    let dialled = Uri::from_parts(parts).map_err(|_| Problem("the address cannot be written"))?;
    let mut nonce = [0; 16];
    fastrand::fill(&mut nonce);
    let key = BASE64.encode(nonce);
    let key_header = key
        .parse()
        .map_err(|_| Problem("the key cannot be written into a header"))?;
    head.method = Method::GET;
    head.uri = path.into();
    head.version = http::Version::HTTP_11;
    // A header that a caller sets itself, `Host` among them, stays.
    head.headers.entry(header::HOST).or_insert(host);
    for (name, value) in [
        (header::CONNECTION, "Upgrade"),
        (header::UPGRADE, "websocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
    ] {
        head.headers
            .insert(name, http::HeaderValue::from_static(value));
    }
    head.headers.insert(header::SEC_WEBSOCKET_KEY, key_header);
    Ok((
        dialled,
        Request::from_parts(head, http_body_util::Empty::new()),
        key,
    ))
}

/// Whether the server has understood: it says the upgrade, and proves that it has read the key.
fn check(headers: &HeaderMap, key: &str, offered: &HeaderMap) -> Result<(), Problem> {
    let has = |name, token: &str| words(headers, name).any(|word| word.eq_ignore_ascii_case(token));
    if !has(header::UPGRADE, "websocket") || !has(header::CONNECTION, "upgrade") {
        return Err(Problem("the answer switches to no WebSocket"));
    }
    let expected = accept_key(key);
    let accepted = headers.get(header::SEC_WEBSOCKET_ACCEPT);
    if accepted.is_none_or(|accepted| accepted.as_bytes() != expected.as_bytes()) {
        return Err(Problem(
            "the answer's Sec-WebSocket-Accept is not that of the key",
        ));
    }
    // Nothing was offered that could change what the frames mean.
    if headers.contains_key(header::SEC_WEBSOCKET_EXTENSIONS) {
        return Err(Problem(
            "the answer switches on an extension that was not offered",
        ));
    }
    let chosen = words(headers, header::SEC_WEBSOCKET_PROTOCOL).next();
    let is_offered = |chosen| words(offered, header::SEC_WEBSOCKET_PROTOCOL).any(|it| it == chosen);
    if !chosen.is_none_or(is_offered) {
        return Err(Problem(
            "the answer chooses a protocol that was not offered",
        ));
    }
    Ok(())
}

/// The words of a header that is a list.
fn words(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

fn accept_key(key: &str) -> String {
    const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    BASE64.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

/// Keeps an answer that is no upgrade, and of its body what comes in time.
async fn keep(response: Response<Incoming>, limit: Duration) -> Refusal {
    let (head, mut incoming) = response.into_parts();
    let deadline = tokio::time::Instant::now() + limit;
    let mut body = Vec::new();
    while body.len() < MAX_REFUSAL {
        let frame =
            poll_fn(|context| http_body::Body::poll_frame(Pin::new(&mut incoming), context));
        // A body that breaks off or dawdles is kept as far as it came.
        let frame = tokio::time::timeout_at(deadline, frame).await;
        let Ok(Some(Ok(frame))) = frame else { break };
        if let Ok(data) = frame.into_data() {
            let room = MAX_REFUSAL - body.len();
            body.extend_from_slice(&data[..data.len().min(room)]);
        }
    }
    Refusal::new(head.status, head.headers, body.into())
}

/// A refusal, or what only looks like one: servers with TLS answer plain HTTP with 400 and a hint.
fn refused(refusal: Refusal, context: &str) -> Error {
    const HINTS: [&[u8]; 2] = [
        b"Client sent an HTTP request to an HTTPS server",
        b"plain HTTP request was sent to HTTPS port",
    ];
    let hinted = |hint: &&[u8]| {
        refusal
            .body
            .windows(hint.len())
            .any(|window| window == *hint)
    };
    if refusal.status == StatusCode::BAD_REQUEST && HINTS.iter().any(hinted) {
        return Error::new(ErrorKind::Protocol, Reached::Yes, context).with_source(Problem(
            "the port speaks TLS: the address should begin with wss",
        ));
    }
    Error::refused(refusal, context)
}

/// What is wrong with a handshake.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Problem(&'static str);

/// The address without its query, which may hold a secret.
fn shown(uri: &Uri) -> String {
    let host = uri.host().unwrap_or("?");
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!(
        "{}://{host}{port}{}",
        uri.scheme_str().unwrap_or("?"),
        uri.path()
    )
}

mod rewound;

use self::rewound::Rewound;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_key_is_that_of_the_rfc() {
        assert_eq!(
            accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn the_head_is_rewritten_for_http() {
        let request = Request::get("wss://user:pass@example.com:8443/a?b=c")
            .body(())
            .unwrap();
        let (uri, request, _) = head(request).unwrap();
        assert_eq!(uri.scheme_str(), Some("https"));
        assert_eq!(request.uri(), "/a?b=c");
        assert_eq!(request.headers()[header::HOST], "example.com:8443");
        assert!(head(Request::get("ftp://example.com").body(()).unwrap()).is_err());
        assert!(head(Request::get("/path").body(()).unwrap()).is_err());
    }

    #[test]
    fn an_address_is_shown_without_secrets() {
        let uri = "wss://user:pass@example.com:1/a?key=secret"
            .parse()
            .unwrap();
        assert_eq!(shown(&uri), "wss://example.com:1/a");
    }
}
