//! A small model of the platform's REST side: sessions are started, messages posted and listed.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use twin_transport::Body;

/// What becomes of requests for a while.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum Trouble {
    /// An answer of this status: of 5xx nobody knows whether the platform has done it.
    Answered(u16),
    /// The connection breaks: before the platform has heard of it, or after.
    Broken,
    /// No answer ever comes.
    Silent,
    Unreachable,
}

/// What the platform did on a request.
#[derive(Debug)]
pub(in crate::sim) enum Answered {
    Nothing,
    Started { session: String },
}

/// A message that the list has.
#[derive(Clone, Debug)]
struct Listed {
    session: String,
    id: String,
    at: Duration,
}

#[derive(Debug, Default)]
pub(in crate::sim) struct Platform {
    /// The messages of bots and operators, oldest first.
    listed: Vec<Listed>,
    /// The texts of the client's messages, in the order in which they were taken.
    pub(in crate::sim) posted: Vec<String>,
    /// Whether the list begins with the newest.
    newest_first: bool,
}

impl Platform {
    pub(in crate::sim) fn new(newest_first: bool) -> Self {
        Self {
            newest_first,
            ..Self::default()
        }
    }

    /// A bot has said something.
    pub(in crate::sim) fn say(&mut self, now: Duration, session: &str, id: String) {
        self.listed.push(Listed {
            session: session.to_owned(),
            id,
            at: now,
        });
    }

    /// Does what is asked.
    pub(in crate::sim) fn hear(
        &mut self,
        now: Duration,
        request: &Request<Bytes>,
    ) -> (Answered, Response<Body>) {
        let path: Vec<_> = request.uri().path().split('/').collect();
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let (done, status, answer) = match (request.method().as_str(), &path[..]) {
            ("GET", [.., "sessions", session, "messages"]) => {
                let answer = self.list(session, request.uri().query().unwrap_or_default());
                (Answered::Nothing, StatusCode::OK, answer)
            }
            ("POST", [.., "chats", chat, "sessions"]) => {
                let answer = json!({
                    "id": chat, "clientId": "client", "startedAt": date(now), "ttl": 3600, "messages": [],
                });
                let session = (*chat).to_owned();
                (Answered::Started { session }, StatusCode::CREATED, answer)
            }
            ("POST", [.., "messages"]) => {
                let text = body["body"].as_str().unwrap_or_default().to_owned();
                self.posted.push(text.clone());
                let answer = json!({"id": format!("sent-{text}"), "createdAt": date(now)});
                (Answered::Nothing, StatusCode::CREATED, answer)
            }
            _ => (
                Answered::Nothing,
                StatusCode::NOT_FOUND,
                json!({"error": "no such call"}),
            ),
        };
        (done, respond(now, status, &answer))
    }

    fn list(&self, session: &str, query: &str) -> Value {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let number = |name| value(name).and_then(|value| value.parse().ok());
        let from = value("from").map(|from| from.replace("%3A", ":").replace("%2B", "+"));
        let from = from.and_then(|from| seconds_of(&from)).unwrap_or(0.0);
        let mut found: Vec<_> = self
            .listed
            .iter()
            .filter(|message| message.session == session && message.at.as_secs_f64() >= from)
            .map(|message| {
                json!({
                    "id": message.id, "authorType": "BOT", "body": "b", "createdAt": date(message.at),
                    "sessionId": session,
                })
            })
            .collect();
        if self.newest_first {
            found.reverse();
        }
        let count = found.len();
        let items = found.into_iter().skip(number("offset").unwrap_or(0));
        let items: Vec<_> = items.take(number("limit").unwrap_or(100)).collect();
        json!({"count": count, "items": items})
    }
}

/// An answer with the platform's date.
pub(in crate::sim) fn respond(now: Duration, status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::full(body.to_string()));
    *response.status_mut() = status;
    let (minutes, seconds) = (now.as_secs() / 60, now.as_secs() % 60);
    let text = format!("Sun, 01 Mar 2026 10:{minutes:02}:{seconds:02} GMT");
    if let Ok(date) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The date of a moment: runs begin at ten o'clock and are over before eleven.
pub(in crate::sim) fn date(at: Duration) -> String {
    let (seconds, millis) = (at.as_secs(), at.subsec_millis());
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("2026-03-01T10:{minutes:02}:{seconds:02}.{millis:03}+00:00")
}

/// The seconds after ten o'clock of a date of that day, in UTC.
fn seconds_of(date: &str) -> Option<f64> {
    let time = date.strip_prefix("2026-03-01T")?;
    let time = time.trim_end_matches("+00:00").trim_end_matches('Z');
    let mut parts = time.split(':');
    let mut next = || parts.next()?.parse::<f64>().ok();
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    Some((hours - 10.0) * 3600.0 + minutes * 60.0 + seconds)
}
