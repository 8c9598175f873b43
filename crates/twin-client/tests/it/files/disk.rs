//! Files of this machine: read while they are sent, written without ever being half there.

use std::fs;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::Response;
use twin_client::{Client, Config, ErrorKind, Existing, FileSource};
use twin_emulator::Emulator;
use twin_transport::{
    Body, TokioRuntime,
    testing::{MemoryConnector, MemoryHttp},
};

use super::emulator::client;

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_goes_up_and_comes_back_as_it_was() {
    let emulator = Emulator::start().await.unwrap();
    let files = client(&emulator).files();
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..700_000_u32).map(|number| number as u8).collect();
    let from = folder.path().join("a.png");
    fs::write(&from, &bytes).unwrap();
    let source = FileSource::open(&from).await.unwrap();
    assert_eq!((source.name(), source.length()), ("a.png", Some(700_000)));
    let file = files.upload(source).await.unwrap();
    assert_eq!(file.content_type.as_deref(), Some("image/png"));

    let to = folder.path().join("b.png");
    let download = files.download(file.id.clone()).await.unwrap();
    let written = download.save(&to, Existing::Keep).await.unwrap();
    assert_eq!(written, 700_000);
    assert_eq!(fs::read(&to).unwrap(), bytes);

    fs::write(&to, "mine").unwrap();
    let download = files.download(file.id.clone()).await.unwrap();
    let error = download.save(&to, Existing::Keep).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(fs::read(&to).unwrap(), b"mine");
    let download = files.download(file.id).await.unwrap();
    download.save(&to, Existing::Replace).await.unwrap();
    assert_eq!(fs::read(&to).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["a.png", "b.png"]);
}

#[tokio::test]
async fn what_is_no_file_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("none")] {
        let error = FileSource::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
    }
}

#[test]
fn outside_of_a_runtime_it_is_an_error_and_no_panic() {
    let opened = FileSource::open("a").now_or_never().unwrap();
    assert_eq!(opened.unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// A client whose next download is `body`.
pub(super) fn downloading(body: Body) -> Client {
    Client::builder(Config::default())
        .http(MemoryHttp::new().then(Response::new(body).into()))
        .web_socket(MemoryConnector::new())
        .runtime(TokioRuntime::current().unwrap())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_download_that_breaks_off_or_is_dropped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a");
    let lost = twin_transport::Error::new(
        twin_transport::ErrorKind::Lost,
        twin_client::Reached::Yes,
        "reading a body",
    );
    let broken = stream::iter([Ok(Bytes::from("a")), Err(lost)]);
    let client = downloading(Body::stream(broken, None));
    let download = client.files().download("f").await.unwrap();
    let error = download.save(&to, Existing::Keep).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(names(folder.path()), Vec::<String>::new());

    let (sender, pieces) = tokio::sync::mpsc::channel(1);
    let pieces = stream::unfold(pieces, |mut pieces| async {
        pieces.recv().await.map(|piece: Bytes| (Ok(piece), pieces))
    });
    let client = downloading(Body::stream(pieces, None));
    let download = client.files().download("f").await.unwrap();
    let saving = tokio::spawn(download.save(to.clone(), Existing::Keep));
    // The third can only be handed in once the first is written.
    for _ in 0..3 {
        sender.send(Bytes::from("abc")).await.unwrap();
    }
    let there = names(folder.path());
    assert!(
        matches!(&there[..], [name] if name.ends_with(".part")),
        "{there:?}"
    );
    saving.abort();
    assert!(saving.await.unwrap_err().is_cancelled());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told() {
    let client = downloading(Body::stream(
        stream::repeat(Bytes::from_static(&[0; 4096]))
            .take(4)
            .map(Ok),
        None,
    ));
    let download = client.files().download("f").await.unwrap();
    let error = download
        .save("/dev/full", Existing::Keep)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("No space left"), "{source}");
}

#[tokio::test]
async fn a_missing_folder_is_told_without_a_name_that_nobody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let client = downloading(Body::empty());
    let download = client.files().download("f").await.unwrap();
    let to = folder.path().join("missing").join("a");
    let error = download.save(&to, Existing::Keep).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains(to.to_str().unwrap()), "{error}");
    let source = std::error::Error::source(&error).unwrap();
    let source: &std::io::Error = source.downcast_ref().unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    assert!(!source.to_string().contains("missing"), "{source}");
}
