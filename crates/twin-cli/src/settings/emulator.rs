//! Asking an emulator for its addresses.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde::Deserialize;
use tokio::time;
use twin_client::{
    AccessToken, EndKind, EndReason, Endpoints, ErrorKind, LinkUrl, api::BaseUrl, with_causes,
};
use twin_transport::{
    Body, Error, HttpTransport as _, HyperTransport, Network, Proxy, Roots, Tls,
    error::ErrorKind as TransportKind,
};

use super::is_on_this_machine;
use crate::failure::{Failure, Setback};

/// How long an emulator may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is taken, in bytes.
const LONGEST: usize = 64 << 10;

/// What an emulator tells of itself.
#[derive(Debug)]
pub(crate) struct Found {
    pub(super) endpoints: Endpoints,
    pub(super) token: Option<AccessToken>,
    /// Which run of an emulator it is, if it says so.
    pub(crate) instance: Option<String>,
}

/// The answer to `GET /_emulator/addresses`.
#[derive(Deserialize)]
struct Answer {
    widget: String,
    chats: String,
    bot: Option<String>,
    iam: Option<String>,
    socketio: Option<String>,
    centrifugo: String,
    token: Option<String>,
    instance: Option<String>,
}

/// Asks the emulator at `url`, once.
pub(super) async fn find(url: &BaseUrl, roots: &Roots) -> Result<Found, Setback> {
    let what = format!("cannot find the emulator at {url}");
    let tls = Tls::new(roots)
        .map_err(|error| Failure::told(&what, ErrorKind::Tls, None, &with_causes(&error)))?;
    let mut network = Network::new(tls);
    if !is_on_this_machine(url.as_str()) {
        network.proxy = Proxy::from_env();
    }
    let answer = match time::timeout(TIMEOUT, ask(&network, url)).await {
        Ok(answer) => answer.map_err(|error| unanswered(&what, &error))?,
        Err(_) => {
            let why = "no answer in time";
            let failure = Failure::told(&what, ErrorKind::Timeout, None, why);
            return Err(Setback::passing(failure, EndReason::new(EndKind::Timeout)));
        }
    };
    let (status, body) = answer;
    if status != StatusCode::OK {
        return Err(refused(&what, status));
    }
    read(url, &body).ok_or_else(|| no_emulator(&what, ErrorKind::Protocol, None).into())
}

async fn ask(network: &Network, url: &BaseUrl) -> Result<(StatusCode, Bytes), Error> {
    let request = Request::builder()
        .method(Method::GET)
        .uri(format!("{url}/_emulator/addresses"))
        .body(Body::empty())
        .map_err(|error| {
            let kind = TransportKind::InvalidRequest;
            Error::new(kind, twin_transport::Reached::No, "asking an emulator").with_source(error)
        })?;
    let (head, body) = HyperTransport::new(network)
        .execute(request)
        .await?
        .into_parts();
    Ok((head.status, body.collect(LONGEST).await?))
}

fn unanswered(what: &str, error: &Error) -> Setback {
    let (kind, end) = match error.kind() {
        TransportKind::TimedOut => (ErrorKind::Timeout, Some(EndKind::Timeout)),
        TransportKind::Lost => (ErrorKind::Unreachable, Some(EndKind::Lost)),
        TransportKind::Unreachable => (ErrorKind::Unreachable, Some(EndKind::Unreachable)),
        TransportKind::Tls => (ErrorKind::Tls, Some(EndKind::Tls)),
        TransportKind::NotTls | TransportKind::Untrusted => (ErrorKind::Tls, None),
        TransportKind::InvalidRequest => (ErrorKind::InvalidInput, None),
        _ => (ErrorKind::Protocol, None),
    };
    let why = with_causes(error);
    let mut failure = Failure::told(what, kind, None, &why);
    if kind == ErrorKind::Unreachable {
        failure.text.push_str("; is `twin emulator` running there?");
    }
    match end {
        Some(end) => Setback::passing(failure, EndReason::new(end).with_text(why)),
        None => failure.into(),
    }
}

fn refused(what: &str, status: StatusCode) -> Setback {
    let code = u32::from(status.as_u16());
    let kind = match status {
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
        _ => ErrorKind::Refused,
    };
    let failure = no_emulator(what, kind, Some(code));
    match status.as_u16() {
        408 | 425 | 429 | 500..=599 => {
            let reason = EndReason::new(EndKind::Refused).with_code(code);
            Setback::passing(failure.or_later(), reason)
        }
        _ => failure.into(),
    }
}

/// Whatever else is there, it is the address that is wrong.
fn no_emulator(what: &str, kind: ErrorKind, code: Option<u32>) -> Failure {
    let status = code.map(|code| format!(" (HTTP status {code})"));
    let status = status.unwrap_or_default();
    let text = format!("{what}: what answers there is no emulator{status}; check the address");
    let mut failure = Failure::new(kind, text);
    failure.code = code;
    failure
}

fn read(url: &BaseUrl, body: &[u8]) -> Option<Found> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    // For services that this emulator does not play: a call then ends at the emulator, and not at
    // the platform.
    let mut endpoints = Endpoints::emulator(url.as_str()).ok()?;
    endpoints.widget = BaseUrl::parse(&answer.widget).ok()?;
    endpoints.chats = BaseUrl::parse(&answer.chats).ok()?;
    endpoints.centrifugo = LinkUrl::parse(&answer.centrifugo).ok()?;
    if let Some(bot) = answer.bot {
        endpoints.bot = BaseUrl::parse(&bot).ok()?;
    }
    if let Some(iam) = answer.iam {
        endpoints.iam = BaseUrl::parse(&iam).ok()?;
    }
    if let Some(socketio) = answer.socketio {
        endpoints.socketio = BaseUrl::parse(&socketio).ok()?;
    }
    let token = answer.token.map(AccessToken::parse).transpose().ok()?;
    Some(Found {
        endpoints,
        token,
        instance: answer.instance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_emulator_tells_is_believed_and_anything_else_is_not() {
        let url = BaseUrl::parse("http://127.0.0.1:1").unwrap();
        let answer = br#"{"http":"h","widget":"http://a/w","chats":"http://a/c","centrifugo":"ws://b/l","token":"t"}"#;
        let found = read(&url, answer).unwrap();
        assert_eq!(found.endpoints.chats.as_str(), "http://a/c");
        assert_eq!(found.endpoints.centrifugo.as_str(), "ws://b/l");
        assert_eq!(
            found.endpoints.iam.as_str(),
            "http://127.0.0.1:1/api/iam/v1"
        );
        assert!(found.token.is_some());
        for other in [
            "",
            "<html>",
            "{}",
            r#"{"widget":"w","chats":"c","centrifugo":"l"}"#,
        ] {
            assert!(read(&url, other.as_bytes()).is_none(), "{other}");
        }
    }
}
