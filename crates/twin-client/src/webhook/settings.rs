//! How a webhook is reached, and what it takes in.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri, header::CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use twin_protocol::{api::BaseUrl, raw::RawJson, secret::Secret, url::SecretUrl};
use twin_transport::Reached;

use super::{post::Post, refusal::Refusal};
use crate::error::{Error, ErrorKind};

/// No secret is shorter, in bytes.
const SHORTEST: usize = 16;
/// The name of the query's parameter that holds the secret.
const KEY: &str = "key";

/// How a webhook is reached, and what it takes in.
#[derive(Clone)]
#[non_exhaustive]
pub struct WebhookSettings {
    /// Where the platform posts to, but for the secret.
    address: String,
    /// Under which path posts arrive.
    path: String,
    secret: Secret,
    /// How many bytes a post may have. Default: 1 MiB.
    pub max_body: usize,
    /// How long a post may take to come in. Default: 10 s.
    pub body_timeout: Duration,
    /// How many posts may wait for the reader of [`Posts`](super::Posts), at least one. Default:
    /// 1,024.
    pub waiting: usize,
    /// How many posts are remembered, so that their repeats are known, 32 bytes each. Default:
    /// 4,096.
    pub remembered: usize,
}

impl WebhookSettings {
    /// A webhook that the platform reaches at `public`, as `https://shop.example`, under `path`, as
    /// `/twin/answers`, with `secret` in the query. A service that stands behind something which
    /// takes a part of the path away must be told of what is left:
    /// [`served_at`](Self::served_at).
    ///
    /// The secret stays the same for as long as dialogs live whose answers are to be taken in.
    ///
    /// # Errors
    ///
    /// With kind [`InvalidInput`](ErrorKind::InvalidInput) where the path does not begin with a
    /// slash, holds what no path can, or the secret is shorter than 16 bytes.
    pub fn new(
        public: &BaseUrl,
        path: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Result<Self, Error> {
        let path = path.into();
        let settings = Self {
            address: format!("{public}{path}"),
            path,
            secret: secret.into(),
            max_body: 1 << 20,
            body_timeout: Duration::from_secs(10),
            waiting: 1024,
            remembered: 4096,
        };
        let refuse = |why: &str| {
            let what = format!("setting up a webhook: {why}");
            Err(Error::new(ErrorKind::InvalidInput, Reached::No, what))
        };
        let path = settings.path.as_str();
        if !path.starts_with('/') || path.parse::<Uri>().is_ok_and(|uri| uri.path() != path) {
            return refuse("its path is none");
        }
        if settings.url().as_str().parse::<Uri>().is_err() {
            return refuse("its path is none");
        }
        if settings.secret.expose().len() < SHORTEST {
            return refuse("its secret is shorter than 16 bytes");
        }
        Ok(settings)
    }

    /// The same where the service sees posts under another path than the platform posts to.
    #[must_use]
    pub fn served_at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The address to which the platform posts, the secret included.
    pub fn url(&self) -> SecretUrl {
        let secret = utf8_percent_encode(self.secret.expose(), NON_ALPHANUMERIC);
        format!("{}?{KEY}={secret}", self.address).into()
    }

    /// Reads a post. It needs no server: whoever has a request, checks it with this, hands the post
    /// to [`Answers::deliver`](super::Answers::deliver) and answers as
    /// [`Refusal::to_response`] or with 200.
    ///
    /// # Errors
    ///
    /// Why it is none.
    pub fn check(&self, request: &Request<Bytes>) -> Result<Post, Refusal> {
        self.check_head(request.method(), request.uri(), request.headers())?;
        self.check_body(request.body().clone())
    }

    /// What can be told before the body has come.
    pub(super) fn check_head(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        if uri.path() != self.path || !self.opens(uri.query().unwrap_or_default()) {
            return Err(Refusal::Unknown);
        }
        if method != Method::POST {
            return Err(Refusal::Method);
        }
        match headers.get(CONTENT_TYPE) {
            // It cannot be a wrong one.
            None => Ok(()),
            Some(value) if value.to_str().is_ok_and(is_json) => Ok(()),
            Some(_) => Err(Refusal::MediaType),
        }
    }

    pub(super) fn check_body(&self, body: Bytes) -> Result<Post, Refusal> {
        if body.len() > self.max_body {
            return Err(Refusal::TooLarge);
        }
        let json = RawJson::new(body).map_err(|_| Refusal::Unreadable)?;
        // What is JSON and no dialog is kept all the same: nothing is certain of the webhook.
        let dialog = json.read().map_err(|_| Refusal::Unreadable)?;
        Ok(Post::new(dialog))
    }

    /// Whether the query holds the secret; how long that takes says nothing of it.
    fn opens(&self, query: &str) -> bool {
        let mut values = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (name == KEY).then_some(value)
        });
        let given: Vec<u8> = values
            .next()
            .map(|value| percent_decode_str(value).collect())
            .unwrap_or_default();
        let digest = |bytes: &[u8]| -> [u8; 32] { Sha256::digest(bytes).into() };
        let (given, wanted) = (digest(&given), digest(self.secret.expose().as_bytes()));
        given.ct_eq(&wanted).into()
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let (kind, format) = essence.split_once('/').unwrap_or_default();
    let is_json = format.eq_ignore_ascii_case("json")
        || format
            .rsplit_once('+')
            .is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case("json"));
    is_json && (kind.eq_ignore_ascii_case("application") || kind.eq_ignore_ascii_case("text"))
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSettings")
            .field("address", &self.address)
            .field("path", &self.path)
            .field("max_body", &self.max_body)
            .field("body_timeout", &self.body_timeout)
            .field("waiting", &self.waiting)
            .field("remembered", &self.remembered)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s&cret=of 16 bytes";

    fn settings() -> WebhookSettings {
        let public = BaseUrl::parse("https://shop.example/base/").unwrap();
        WebhookSettings::new(&public, "/twin/answers", SECRET).unwrap()
    }

    fn check(change: impl FnOnce(&mut Request<Bytes>)) -> Result<Post, Refusal> {
        let settings = settings().served_at("/twin/answers");
        let url: Uri = settings.url().as_str().parse().unwrap();
        let query = url.query().unwrap();
        let mut request = Request::post(format!("/twin/answers?{query}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Bytes::from(r#"{"dialogId":"d","callbackData":"own"}"#))
            .unwrap();
        change(&mut request);
        settings.check(&request)
    }

    #[test]
    fn the_address_is_the_public_one_and_holds_the_secret() {
        let settings = settings().served_at("/answers");
        let url = "https://shop.example/base/twin/answers?key=s%26cret%3Dof%2016%20bytes";
        assert_eq!(settings.url().as_str(), url);
        let shown = format!("{settings:?} {:?}", settings.url());
        assert!(!shown.contains("16"), "{shown}");
    }

    #[test]
    fn a_post_is_read_and_what_is_no_dialog_is_kept() {
        let post = check(|_| {}).unwrap();
        assert_eq!(post.dialog.read().unwrap().dialog_id.as_str(), "d");
        assert_eq!(post.callback_data(), Some("own"));
        let post = check(|request| *request.body_mut() = Bytes::from(r#"["new"]"#)).unwrap();
        assert!(post.dialog.read().is_err());
        assert_eq!(post.dialog.raw().get(), r#"["new"]"#);
    }

    #[test]
    fn every_refusal_has_its_reason() {
        let uri = |uri: &'static str| check(|request| *request.uri_mut() = Uri::from_static(uri));
        let key = "key=s%26cret%3Dof%2016%20bytes";
        for elsewhere in [
            "/",
            "/twin/answers",
            "/twin/answers?key=",
            "/twin/answers?key=s%26cret%3Dof%2016%20byte",
            "/twin/answers?key=s%26cret%3Dof%2016%20bytess",
            "/twin/answers?kez=s%26cret%3Dof%2016%20bytes",
            "/twin/answers?key=x&key=s%26cret%3Dof%2016%20bytes",
            "/twin/answers/?key=s%26cret%3Dof%2016%20bytes",
        ] {
            assert_eq!(uri(elsewhere).unwrap_err(), Refusal::Unknown, "{elsewhere}");
        }
        assert!(
            uri("/twin/answers?a=b&key=s%26cret%3Dof%2016%20bytes&c").is_ok(),
            "{key}"
        );
        let method = check(|request| *request.method_mut() = Method::GET);
        assert_eq!(method.unwrap_err(), Refusal::Method);
        let body = |body: &'static [u8]| {
            check(|request| *request.body_mut() = Bytes::from_static(body)).unwrap_err()
        };
        for bytes in [&b""[..], b"{", b"dialogId=d", b"\xff", b"{} {}"] {
            assert_eq!(body(bytes), Refusal::Unreadable, "{bytes:?}");
        }
        assert_eq!(body(&[b' '; (1 << 20) + 1]), Refusal::TooLarge);
    }

    #[test]
    fn json_goes_by_many_media_types_and_nothing_else_is_taken() {
        let typed = |value: Option<&'static str>| {
            check(|request| {
                request.headers_mut().remove(CONTENT_TYPE);
                if let Some(value) = value {
                    let value = http::HeaderValue::from_static(value);
                    request.headers_mut().insert(CONTENT_TYPE, value);
                }
            })
        };
        for value in [
            None,
            Some("application/json"),
            Some("Application/JSON; charset=utf-8"),
            Some("application/problem+json"),
            Some("text/json"),
        ] {
            assert!(typed(value).is_ok(), "{value:?}");
        }
        for value in [
            "",
            "text/plain",
            "json",
            "application/x-www-form-urlencoded",
            "image/json",
        ] {
            assert_eq!(
                typed(Some(value)).unwrap_err(),
                Refusal::MediaType,
                "{value}"
            );
        }
    }

    #[test]
    fn what_cannot_be_reached_or_is_guessed_is_refused() {
        let public = BaseUrl::parse("https://shop.example").unwrap();
        for (path, secret) in [
            ("twin", SECRET),
            ("", SECRET),
            ("/a?b", SECRET),
            ("/a b", SECRET),
            ("/twin", "short"),
        ] {
            let error = WebhookSettings::new(&public, path, secret).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}");
        }
    }
}
