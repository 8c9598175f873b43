//! What anyone may post to a webhook: the target of the request in the first line, its media type in
//! the second, the body after that.

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::CONTENT_TYPE};
use twin_client::{
    api::BaseUrl,
    webhook::{Answers, WebhookSettings},
};

const SECRET: &str = "a-secret-nobody-guesses";

/// Only what knows the secret is taken in, and what is taken in is kept byte for byte and answers no
/// question that was never asked.
pub fn webhook(data: &[u8]) {
    let mut parts = data.splitn(3, |&byte| byte == b'\n');
    let (target, media_type) = (parts.next().unwrap_or(b""), parts.next().unwrap_or(b""));
    let body = Bytes::copy_from_slice(parts.next().unwrap_or(b""));
    let (Ok(uri), Ok(media_type)) = (Uri::try_from(target), HeaderValue::from_bytes(media_type))
    else {
        return;
    };
    let public = BaseUrl::parse("https://shop.example").expect("it is an address");
    let settings =
        WebhookSettings::new(&public, "/answers", SECRET).expect("they are as they must be");
    let mut request = Request::post(uri)
        .header(CONTENT_TYPE, media_type)
        .body(body.clone())
        .expect("its parts are parsed");
    let Ok(post) = settings.check(&request) else {
        return;
    };
    let raw = post.dialog.raw().as_bytes();
    assert_eq!(raw, body.trim_ascii(), "what came is not what is kept");
    let waits = Answers::new(settings.url()).deliver(post.clone());
    assert_eq!(waits, Some(post), "nobody has asked");
    // The same without the secret is nobody's.
    *request.uri_mut() = Uri::from_static("/answers");
    assert!(settings.check(&request).is_err());
}
