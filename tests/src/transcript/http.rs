//! A recorded request, written as it was, and the head of the answer.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The headers of an upgrade's answer that say what was agreed on.
const AGREED: [&str; 3] = [
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
];

/// A request of a transcript.
#[derive(Deserialize)]
pub(super) struct Request {
    method: String,
    target: String,
    headers: serde_json::Map<String, serde_json::Value>,
}

/// What of an answer is compared: of an upgrade what was agreed on, else the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    agreed: BTreeMap<String, String>,
    body: String,
}

impl Request {
    /// Its bytes, for a server at `host`.
    pub(super) fn encode(&self, host: &str) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let value = value.as_str().unwrap_or_default();
            // The recorded server's own address; another host was meant as it stands.
            let is_own = name == "Host" && value.starts_with("127.0.0.1:");
            let value = if is_own { host } else { value };
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text
    }
}

impl Answer {
    /// As a transcript has it.
    pub(super) fn recorded(data: &serde_json::Value) -> Self {
        let headers = data["headers"].as_object().into_iter().flatten();
        let headers =
            headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
        let status = data["status"]
            .as_u64()
            .and_then(|it| u16::try_from(it).ok());
        Self::new(
            status.expect("a status"),
            headers,
            data["body"].as_str().unwrap_or_default(),
        )
    }

    /// Takes the head off the front of `bytes`, and the body where there is one; `None` where they
    /// are not whole yet.
    ///
    /// # Panics
    ///
    /// When it is no answer.
    pub(super) fn take(bytes: &mut Vec<u8>) -> Option<Self> {
        const END: &[u8] = b"\r\n\r\n";
        let head = bytes.windows(END.len()).position(|window| window == END)?;
        let text = String::from_utf8(bytes[..head].to_vec()).expect("a head is text");
        let (first, rest) = text.split_once("\r\n").unwrap_or((&text, ""));
        let status = first.split(' ').nth(1).and_then(|it| it.parse().ok());
        let headers = rest.split("\r\n").filter_map(|line| line.split_once(": "));
        let length = headers
            .clone()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
        let start = head + END.len();
        let body = bytes.get(start..start + length)?.to_vec();
        let body = String::from_utf8(body).expect("these bodies are text");
        let answer = Self::new(status.expect("a status"), headers, &body);
        bytes.drain(..start + length);
        Some(answer)
    }

    fn new<'a>(status: u16, headers: impl Iterator<Item = (&'a str, &'a str)>, body: &str) -> Self {
        let agreed = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .filter(|(name, _)| status == 101 && AGREED.contains(&name.as_str()))
            .collect();
        Self {
            status,
            agreed,
            body: body.to_owned(),
        }
    }
}
