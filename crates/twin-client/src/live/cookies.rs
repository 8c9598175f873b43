//! Cookies of a link: a load balancer's must go with every later request of the connection (facts on
//! Socket.IO, 1.4).
//!
//! One host, one path, in memory: names and values are all that matters, so this is no cookie store
//! for a browser. Bounded; values are never shown.

use std::{collections::BTreeMap, fmt};

use http::{HeaderMap, HeaderValue, header};

/// How many cookies are kept; further ones are not.
const MAX: usize = 32;
/// The longest name and value together; longer ones are not kept.
const MAX_LENGTH: usize = 4096;

/// The cookies of a link.
#[derive(Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Takes in what an answer sets.
    pub(super) fn take_in(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            let Some((pair, attributes)) = value.to_str().ok().map(parted) else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            if is_over(attributes) {
                self.0.remove(name);
            } else if name.len() + value.len() <= MAX_LENGTH
                && (self.0.len() < MAX || self.0.contains_key(name))
            {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Forgets all: another connection begins.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Adds them to a request.
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if pairs.is_empty() {
            return;
        }
        if let Ok(mut value) = HeaderValue::from_str(&pairs.join("; ")) {
            value.set_sensitive(true);
            headers.insert(header::COOKIE, value);
        }
    }
}

fn parted(cookie: &str) -> (&str, &str) {
    cookie.split_once(';').unwrap_or((cookie, ""))
}

/// Whether the attributes take the cookie back.
fn is_over(attributes: &str) -> bool {
    attributes.split(';').any(|attribute| {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        name.trim().eq_ignore_ascii_case("max-age")
            && value
                .trim()
                .parse::<i64>()
                .is_ok_and(|seconds| seconds <= 0)
    })
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookies({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cookies: &mut Cookies, values: &[&'static str]) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(value));
        }
        cookies.take_in(&headers);
    }

    fn sent(cookies: &Cookies) -> Option<String> {
        let mut headers = HeaderMap::new();
        cookies.put(&mut headers);
        Some(headers.get(header::COOKIE)?.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_was_set_is_sent_until_it_is_taken_back() {
        let mut cookies = Cookies::default();
        assert_eq!(sent(&cookies), None);
        set(
            &mut cookies,
            &["node=a1; Path=/; HttpOnly", "io=x", "broken"],
        );
        assert_eq!(sent(&cookies).unwrap(), "io=x; node=a1");
        set(&mut cookies, &["io=y", "node=; Max-Age=0"]);
        assert_eq!(sent(&cookies).unwrap(), "io=y");
        assert_eq!(format!("{cookies:?}"), "Cookies(1)");
    }
}
