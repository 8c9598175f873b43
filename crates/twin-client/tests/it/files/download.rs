//! Downloads: streamed, bounded, and links without credentials.

use std::error::Error as _;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::{HeaderValue, Response, StatusCode, header};
use twin_client::{AccessToken, Credentials, Error, ErrorKind, Reached, SecretUrl};
use twin_transport::{Body, testing::Answer};

use crate::support::World;

const LINK: &str = "https://files.example/f.png?X-Signature=secret";

fn world() -> World {
    World::with(|config| {
        config.credentials = Credentials::Token(AccessToken::parse("secret-token").unwrap());
        let header = header::HeaderName::from_static("x-key");
        config
            .headers
            .insert(header, HeaderValue::from_static("secret-header"));
    })
}

/// A file of these chunks, of which `length` bytes are announced.
fn file(chunks: &[&'static str], length: Option<u64>) -> Answer {
    let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from(*chunk))).collect();
    streaming(stream::iter(chunks), length)
}

fn streaming(
    chunks: impl futures_util::Stream<Item = Result<Bytes, twin_transport::Error>> + Send + 'static,
    length: Option<u64>,
) -> Answer {
    let mut response = Response::new(Body::stream(chunks, length));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    response.into()
}

fn redirect(location: &'static str) -> Answer {
    Answer::status(StatusCode::FOUND).header(header::LOCATION, HeaderValue::from_static(location))
}

/// An error, and all that it says.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(cause) = next {
        shown.push_str(&format!(" {cause} {cause:?}"));
        next = cause.source();
    }
    shown
}

#[test]
fn a_file_comes_as_a_stream_with_what_is_said_of_it() {
    let world = world();
    world.http.push(file(&["ab", "c"], Some(3)));
    let mut download = world.wait(world.client.files().download("f")).unwrap();
    assert_eq!(world.asked(), ["GET /api/v1/files/f"]);
    let request = &world.http.requests()[0];
    assert_eq!(request.headers()["authorization"], "Bearer secret-token");
    assert_eq!(download.head().content_type.as_deref(), Some("image/png"));
    assert_eq!(download.head().length, Some(3));
    let chunk = world.wait(download.chunk()).unwrap();
    assert_eq!(chunk.as_deref(), Some(&b"ab"[..]));
    let rest: Vec<_> = world.wait(download.by_ref().collect::<Vec<_>>());
    assert_eq!(rest.len(), 1);
    assert_eq!(world.wait(download.chunk()).unwrap(), None);
}

#[test]
fn a_limit_holds_by_what_is_announced_and_by_what_comes() {
    for (length, chunks) in [(Some(5), 0), (None, 2)] {
        let world = world();
        world.http.push(file(&["ab", "cd", "e"], length));
        let download = world.wait(world.client.files().download("f")).unwrap();
        let mut download = download.limit(4);
        for _ in 0..chunks {
            world.wait(download.chunk()).unwrap().unwrap();
        }
        let error = world.wait(download.chunk()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert_eq!(world.wait(download.chunk()).unwrap(), None, "it is over");
    }
    let world = world();
    world.http.push(file(&["ab", "cd"], None));
    let download = world.wait(world.client.files().download("f")).unwrap();
    assert_eq!(world.wait(download.collect(4)).unwrap(), "abcd");
    world.http.push(file(&["ab", "cd"], None));
    let download = world.wait(world.client.files().download("f")).unwrap();
    let error = world.wait(download.limit(3).collect(4)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn a_file_that_breaks_off_ends_short_or_stands_still_is_no_file() {
    let lost = twin_transport::Error::new(
        twin_transport::ErrorKind::Lost,
        Reached::Yes,
        "reading a body",
    );
    let broken = stream::iter([Ok(Bytes::from("a")), Err(lost)]);
    let still = stream::iter([Ok(Bytes::from("a"))]).chain(stream::pending());
    for (answer, kind) in [
        (streaming(broken, None), ErrorKind::Unreachable),
        (file(&["a"], Some(2)), ErrorKind::Protocol),
        (streaming(still, None), ErrorKind::Timeout),
    ] {
        let world = world();
        world.http.push(answer);
        let download = world.wait(world.client.files().download("f")).unwrap();
        let error = world.wait(download.collect(100)).unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

#[test]
fn a_file_may_take_long_if_only_it_goes_on() {
    use std::time::Duration;
    use twin_transport::Runtime as _;
    let world = world();
    let runtime = world.runtime.handle();
    let slow = stream::iter(0..100).then(move |_| {
        let pause = runtime.sleep(Duration::from_secs(29));
        pause.map(|()| Ok(Bytes::from_static(b"x")))
    });
    world.http.push(streaming(slow, Some(100)));
    let download = world.wait(world.client.files().download("f")).unwrap();
    assert_eq!(world.wait(download.collect(100)).unwrap().len(), 100);
}

#[test]
fn a_link_is_fetched_with_nothing_but_itself() {
    let world = world();
    world.http.push(file(&["abc"], Some(3)));
    let link = SecretUrl::from(LINK);
    let download = world.wait(world.client.files().fetch(&link)).unwrap();
    let request = &world.http.requests()[0];
    assert_eq!(request.uri().to_string(), LINK);
    let names: Vec<_> = request.headers().keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["user-agent"]);
    assert!(!format!("{download:?}").contains("secret"), "{download:?}");
}

#[test]
fn a_redirect_is_followed_without_credentials_and_over_http_alone() {
    let world = world();
    world
        .http
        .push(redirect("https://storage.example/f?sig=secret"));
    world.http.push(redirect("/g"));
    world.http.push(file(&["abc"], Some(3)));
    let download = world.wait(world.client.files().download("f")).unwrap();
    assert_eq!(world.wait(download.collect(3)).unwrap(), "abc");
    let requests = world.http.requests();
    assert!(requests[0].headers().contains_key("authorization"));
    assert_eq!(requests[1].uri(), "https://storage.example/f?sig=secret");
    assert_eq!(requests[2].uri(), "https://storage.example/g");
    for request in &requests[1..] {
        assert!(!request.headers().contains_key("authorization"));
        assert!(!request.headers().contains_key("x-key"));
    }
}

#[test]
fn a_redirect_that_leads_nowhere_is_not_followed() {
    for location in [
        "file:///etc/passwd?secret",
        "ftp://a.example/secret",
        "http://files.example/f.png?secret",
        "https://me:secret@files.example/",
    ] {
        let world = world();
        world.http.push(redirect(location));
        let link = SecretUrl::from(LINK);
        let error = world.wait(world.client.files().fetch(&link)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{location}");
        assert!(!shown(&error).contains("secret"), "{}", shown(&error));
        assert_eq!(world.http.requests().len(), 1);
    }
    let world = world();
    for _ in 0..6 {
        world.http.push(redirect("/again"));
    }
    let link = SecretUrl::from(LINK);
    let error = world.wait(world.client.files().fetch(&link)).unwrap_err();
    assert!(error.to_string().contains("redirects"), "{error}");
    assert_eq!(world.http.requests().len(), 6);
}

#[test]
fn a_link_of_another_scheme_is_not_fetched_and_none_is_repeated() {
    let world = world();
    for link in ["file:///secret", "secret", "http://me:secret@a.example/"] {
        let link = SecretUrl::from(link);
        let error = world.wait(world.client.files().fetch(&link)).unwrap_err();
        let told = (error.kind(), error.reached());
        assert_eq!(told, (ErrorKind::InvalidInput, Reached::No));
        assert!(!shown(&error).contains("secret"), "{}", shown(&error));
    }
    assert!(world.http.requests().is_empty());
    let refused = Answer::status(StatusCode::FORBIDDEN).body("<Error>secret</Error>");
    world.http.push(refused);
    let link = SecretUrl::from(LINK);
    let error = world.wait(world.client.files().fetch(&link)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(!shown(&error).contains("secret"), "{}", shown(&error));
}
