//! Handles can go anywhere, futures can be spawned.

use twin_client::{
    Chat, Client, Delivery, Download, Error, Events, Existing, FileSource, Files, History,
    LinkChanges, SendOutcome, Sending, Session, SessionDraft, Unassigned, Upload,
};

fn is_send<T: Send + 'static>() {}
fn is_sync<T: Sync>() {}
fn future<F: Future + Send>(_: F) {}

#[test]
fn handles_are_send_sync_and_static_and_every_future_is_send() {
    is_send::<Chat>();
    is_send::<Client>();
    is_send::<Delivery>();
    is_send::<Download>();
    is_send::<Error>();
    is_send::<Events>();
    is_send::<Files>();
    is_send::<History>();
    is_send::<LinkChanges>();
    is_send::<SendOutcome>();
    is_send::<Sending>();
    is_send::<Session>();
    is_send::<Unassigned>();
    is_send::<Upload>();
    is_sync::<Chat>();
    is_sync::<Client>();
    is_sync::<Error>();
    is_sync::<Events>();
    is_sync::<Session>();
    // That it compiles is the point.
    let _saving = |download: Download| future(download.save("a", Existing::Keep));
    let _every_future = |client: &Client, session: &Session, events: &mut Events| {
        future(client.close());
        future(client.chat("c").start(SessionDraft::new("n")));
        future(client.files().download("f"));
        future(client.files().fetch(&"http://a.example/".into()));
        future(client.files().form().send());
        future(client.files().upload(FileSource::bytes("a", "b")));
        future(events.next());
        future(session.close(None));
        future(session.ended());
        future(session.mark_read("m"));
        future(session.send("x"));
    };
}
