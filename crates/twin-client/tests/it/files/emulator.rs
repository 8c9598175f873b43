//! Files over real sockets, to an emulator and back.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use twin_client::{
    AccessToken, Client, Config, Credentials, Endpoints, ErrorKind, FileSource, MessageDraft,
    SessionDraft,
};
use twin_emulator::Emulator;

/// A client of this emulator, with its token.
pub(super) fn client(emulator: &Emulator) -> Client {
    let addresses = emulator.addresses();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&addresses.http).unwrap();
    config.credentials = Credentials::Token(AccessToken::parse(&*addresses.token).unwrap());
    Client::new(config).unwrap()
}

#[tokio::test]
async fn what_is_uploaded_is_downloaded_by_id_and_by_link() {
    let emulator = Emulator::start().await.unwrap();
    let files = client(&emulator).files();
    let form = files.form().private().folder("reports");
    let pieces = || stream::iter([Ok(Bytes::from("ab")), Ok(Bytes::from("c"))]);
    let form = form
        .file(FileSource::stream("known.txt", pieces(), Some(3)).content_type("text/plain"))
        .file(FileSource::stream("не\"известно", pieces(), None))
        .file(FileSource::bytes("empty", ""));
    let kept = form.send().await.unwrap();
    let sizes: Vec<_> = kept.iter().map(|file| file.read().unwrap().size).collect();
    assert_eq!(sizes, [Some(3), Some(3), Some(0)]);
    let known = kept[0].read().unwrap();
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let stored = emulator.file(known.id.as_str()).unwrap();
    assert_eq!(stored.sha256.as_deref(), Some(sha256));

    let download = files.download(known.id.clone()).await.unwrap();
    assert_eq!(download.file_name().as_deref(), Some("known.txt"));
    assert_eq!(download.head().content_type.as_deref(), Some("text/plain"));
    assert_eq!(download.head().length, Some(3));
    assert_eq!(download.collect(3).await.unwrap(), "abc");
    let link = known.download_link.clone().unwrap();
    let download = files.fetch(&link).await.unwrap();
    assert_eq!(download.collect(3).await.unwrap(), "abc");
    let (open, _) = link.as_str().split_once('?').unwrap();
    let error = files.fetch(&open.into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let error = files.download("no-such-file").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_uploaded_file_is_sent_with_a_message() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let file = FileSource::bytes("cat.png", "meow").content_type("image/png");
    let file = client.files().upload(file).await.unwrap();
    let chat = client.chat("a-chat");
    let (session, _events) = chat.start(SessionDraft::new("files")).await.unwrap();
    let message = MessageDraft::new("Look!").with_attachment(file.id.clone());
    session.send(message).await.sent().unwrap();
    let mut history = session.history();
    let mut attached = Vec::new();
    while let Some(message) = history.next().await.unwrap() {
        let message = message.read().unwrap().clone();
        attached.extend(message.attachments.into_iter().map(|file| file.id));
    }
    assert_eq!(attached, [file.id]);
}

#[tokio::test]
async fn a_large_upload_that_is_refused_at_once_says_why() {
    let emulator = Emulator::start().await.unwrap();
    let addresses = emulator.addresses();
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&addresses.http).unwrap();
    config.credentials = Credentials::Token(AccessToken::parse("no-such-token").unwrap());
    let client = Client::new(config).unwrap();
    let chunks = stream::repeat(Bytes::from(vec![0; 64 << 10])).take(256);
    let file = FileSource::stream("large", chunks.map(Ok), Some(256 * (64 << 10)));
    let error = client.files().upload(file).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error:?}");
}
