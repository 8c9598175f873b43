//! Uploads: one form, sent once, for as long as it goes on.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::StatusCode;
use serde_json::json;
use twin_client::{AccessToken, Credentials, ErrorKind, FileSource, Reached};
use twin_transport::{Runtime as _, testing::Answer};

use crate::support::{World, text_of};

fn world() -> World {
    World::with(|config| {
        config.credentials = Credentials::Token(AccessToken::parse("token").unwrap());
    })
}

/// The answer to an upload of these ids.
fn kept(ids: &[&str]) -> Answer {
    let files: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    text_of(&json!(files))
}

#[test]
fn files_go_in_one_form_with_the_token_and_what_is_said_of_them() {
    let world = world();
    world.http.push(kept(&["1", "2"]));
    let upload = world.client.files().form();
    let upload = upload
        .file(FileSource::bytes("a.txt", "abc").content_type("text/plain"))
        .file(FileSource::bytes("b", ""))
        .private()
        .folder("reports")
        .keep_for(Duration::from_secs(60));
    let files = world.wait(upload.send()).unwrap();
    let ids: Vec<_> = files
        .iter()
        .map(|file| file.read().unwrap().id.as_str())
        .collect();
    assert_eq!(ids, ["1", "2"]);
    let requests = world.http.requests();
    assert_eq!(world.asked(), ["POST /api/v1/files"]);
    let headers = requests[0].headers();
    assert_eq!(headers["authorization"], "Bearer token");
    let boundary = headers["content-type"].to_str().unwrap();
    let boundary = boundary.strip_prefix("multipart/form-data; boundary=");
    let body = std::str::from_utf8(requests[0].body()).unwrap();
    let body = body.replace(boundary.unwrap(), "B");
    for part in [
        "name=\"private\"\r\n\r\n1\r\n--B\r\n",
        "name=\"path\"\r\n\r\nreports\r\n--B\r\n",
        "name=\"ttl\"\r\n\r\n60\r\n--B\r\n",
        "name=\"file[]\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n--B\r\n",
        "name=\"file[]\"; filename=\"b\"\r\n\r\n\r\n--B--\r\n",
    ] {
        assert!(body.contains(part), "no {part:?} in {body}");
    }
}

#[test]
fn a_slow_upload_goes_on_and_one_that_stands_still_fails() {
    let world = world();
    let runtime = world.runtime.handle();
    let slow = |pieces: usize, pause: u64| {
        let runtime = runtime.clone();
        stream::iter(0..pieces).then(move |_| {
            let pause = runtime.sleep(Duration::from_secs(pause));
            pause.map(|()| Ok(Bytes::from_static(b"x")))
        })
    };
    world.http.push(kept(&["1"]));
    let file = FileSource::stream("slow", slow(100, 29), Some(100));
    world.wait(world.client.files().upload(file)).unwrap();

    let file = FileSource::stream("still", slow(1, 31), None);
    let error = world.wait(world.client.files().upload(file)).unwrap_err();
    assert_eq!(
        (error.kind(), error.reached()),
        (ErrorKind::Timeout, Reached::Unknown)
    );
    world.http.push(Answer::never());
    let file = FileSource::bytes("unanswered", "x");
    let error = world.wait(world.client.files().upload(file)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(world.http.requests().len(), 2, "nothing is sent again");
}

#[test]
fn what_became_of_an_upload_is_told_and_it_is_never_sent_again() {
    use twin_transport::ErrorKind::{Lost, Unreachable};
    for (answer, kind, reached) in [
        (
            Answer::failure(Lost, Reached::Unknown),
            ErrorKind::Unreachable,
            Reached::Unknown,
        ),
        (
            Answer::failure(Unreachable, Reached::No),
            ErrorKind::Unreachable,
            Reached::No,
        ),
        (
            Answer::status(StatusCode::PAYLOAD_TOO_LARGE),
            ErrorKind::Refused,
            Reached::Yes,
        ),
        (
            Answer::status(StatusCode::UNAUTHORIZED),
            ErrorKind::Unauthorized,
            Reached::Yes,
        ),
        (Answer::json("<html>"), ErrorKind::Protocol, Reached::Yes),
        (kept(&[]), ErrorKind::Protocol, Reached::Yes),
        (kept(&["1", "2"]), ErrorKind::Protocol, Reached::Yes),
        (Answer::json("[{}]"), ErrorKind::Protocol, Reached::Yes),
    ] {
        let world = world();
        let shown = format!("{answer:?}");
        world.http.push(answer);
        let file = FileSource::bytes("a", "x");
        let error = world.wait(world.client.files().upload(file)).unwrap_err();
        assert_eq!((error.kind(), error.reached()), (kind, reached), "{shown}");
        world.advance(600);
        assert_eq!(world.http.requests().len(), 1, "{shown}");
    }
}

#[test]
fn a_source_that_fails_is_to_blame_and_not_the_network() {
    let world = world();
    let broken = || Err(io::Error::other("the disk is gone"));
    for (chunks, length, why) in [
        (vec![Ok(Bytes::from("a")), broken()], None, "disk is gone"),
        (vec![Ok(Bytes::from("a"))], Some(2), "ended before"),
        (vec![Ok(Bytes::from("abc"))], Some(2), "went on beyond"),
    ] {
        let file = FileSource::stream("a", stream::iter(chunks), length);
        let error = world.wait(world.client.files().upload(file)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains(why), "{source}");
    }
}

#[test]
fn what_cannot_be_sent_is_told_before_anything_is() {
    let world = world();
    let files = world.client.files();
    let odd = FileSource::bytes("a", "x").content_type("text/plain\r\nX-Evil: 1");
    for upload in [files.form(), files.form().file(odd)] {
        let error = world.wait(upload.send()).unwrap_err();
        let told = (error.kind(), error.reached());
        assert_eq!(told, (ErrorKind::InvalidInput, Reached::No));
    }
    assert!(world.http.requests().is_empty());
}

#[test]
fn progress_is_told_in_bytes_of_the_files() {
    let world = world();
    world.http.push(kept(&["1", "2"]));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let pieces = || stream::iter([Ok(Bytes::from("ab")), Ok(Bytes::from("c"))]);
    let upload = world.client.files().form();
    let upload = upload
        .file(FileSource::stream("a", pieces(), Some(3)))
        .file(FileSource::stream("b", pieces(), Some(3)))
        .on_progress(move |progress| told.lock().unwrap().push((progress.passed, progress.total)));
    world.wait(upload.send()).unwrap();
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen, [2, 3, 5, 6].map(|passed| (passed, Some(6))));
}

#[test]
fn a_dropped_upload_is_cut() {
    let world = world();
    world.http.push(Answer::never());
    let files = world.client.files();
    let mut upload = Box::pin(files.upload(FileSource::bytes("a", "x")));
    assert!(upload.as_mut().now_or_never().is_none());
    assert_eq!(world.http.in_flight(), 1);
    drop(upload);
    assert_eq!(world.http.in_flight(), 0);
}
