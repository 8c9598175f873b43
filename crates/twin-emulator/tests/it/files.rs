//! Files: uploaded as a form, kept on disk, downloaded.

use serde_json::{Value, json};
use twin_emulator::Emulator;

use crate::support::{Reply, call, send, start_session};

const TOKEN: (&str, &str) = ("Authorization", "Bearer TOKEN");
const FORM: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=b");

/// A form of these parts: what stands behind `name=`, and what is in it.
fn form(parts: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, content) in parts {
        form += &format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n");
    }
    form + "--b--\r\n"
}

async fn upload(emulator: &Emulator, body: &str) -> Reply {
    call(emulator, "POST /api/iam/v1/files", &[TOKEN, FORM], body).await
}

#[tokio::test]
async fn files_are_kept_as_they_came_and_can_be_sent_and_downloaded() {
    let emulator = Emulator::start().await.unwrap();
    let body = form(&[
        ("private", "0"),
        (
            "\"file[]\"; filename=\"a.txt\"\r\nContent-Type: text/plain",
            "abc",
        ),
        ("\"file[]\"; filename=\"пустой\"", ""),
        ("path", "reports/2026"),
        ("ttl", "3600"),
    ]);
    let reply = upload(&emulator, &body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let files = reply.json();
    assert_eq!(files[0]["name"], "a.txt");
    assert_eq!(files[0]["contentType"], "text/plain");
    assert_eq!(files[0]["size"], 3);
    assert_eq!(files[0]["path"], "reports/2026");
    assert_eq!(files[0]["ownerId"], 1);
    assert_eq!(files[1]["name"], "пустой");
    assert_eq!(files[1]["size"], 0);

    let id = files[0]["id"].as_str().unwrap();
    let kept = emulator.file(id).unwrap();
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((kept.size, kept.sha256.as_deref()), (3, Some(sha256)));

    let line = format!("GET /api/iam/v1/files/{id}");
    let download = call(&emulator, &line, &[TOKEN], "").await;
    assert_eq!((download.status, download.body.as_str()), (200, "abc"));
    let head = download.head.to_lowercase();
    for header in [
        "content-type: text/plain",
        "content-length: 3",
        "content-disposition: attachment; filename*=utf-8''a.txt",
    ] {
        assert!(head.contains(header), "{head}");
    }
    assert_eq!(call(&emulator, &line, &[], "").await.status, 401);

    let session = start_session(&emulator, None, "").await;
    let line = format!("POST /api/chats/v1/sessions/{session}/messages");
    let message = json!({"body": "", "attachments": [id]}).to_string();
    let json = [("Content-Type", "application/json")];
    assert_eq!(call(&emulator, &line, &json, &message).await.status, 201);
}

#[tokio::test]
async fn a_link_needs_no_token_but_the_whole_of_itself() {
    let emulator = Emulator::start().await.unwrap();
    let body = form(&[("\"file[]\"; filename=a", "abc"), ("private", "1")]);
    let file = upload(&emulator, &body).await.json()[0].clone();
    assert_eq!(file["isPrivate"], true);
    let link = file["downloadLink"].as_str().unwrap();
    let path = link.strip_prefix(&emulator.addresses().http).unwrap();
    let get = async |path: &str| call(&emulator, &format!("GET {path}"), &[], "").await;
    assert_eq!(get(path).await.body, "abc");
    let (open, _) = path.split_once('?').unwrap();
    assert_eq!(get(open).await.status, 403);
    assert_eq!(get(&format!("{open}?signature=x")).await.status, 403);
}

#[tokio::test]
async fn a_file_is_gone_when_its_time_is_over() {
    let emulator = Emulator::start().await.unwrap();
    let body = form(&[("\"file[]\"; filename=a", "abc"), ("ttl", "0")]);
    let file = upload(&emulator, &body).await.json()[0].clone();
    let line = format!("GET /api/iam/v1/files/{}", file["id"].as_str().unwrap());
    assert_eq!(call(&emulator, &line, &[TOKEN], "").await.status, 404);
}

#[tokio::test]
async fn a_form_that_is_none_is_told_what_is_wrong_with_it() {
    let emulator = Emulator::start().await.unwrap();
    let file = ("\"file[]\"; filename=a", "abc");
    for (body, status, field) in [
        (form(&[]), 422, "file[]"),
        (form(&[("path", "x")]), 422, "file[]"),
        (form(&[("private", "maybe"), file]), 422, "private"),
        (form(&[file, ("ttl", "-1")]), 422, "ttl"),
        (form(&[("path", &"x".repeat(70_000)), file]), 422, "path"),
        (
            "--b\r\nContent-Disposition: form-data; name=\"file[]\"\r\n\r\nabc".into(),
            400,
            "body",
        ),
    ] {
        let reply = upload(&emulator, &body).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.json()["details"]["field"], field);
    }
    let json = ("Content-Type", "application/json");
    let reply = call(&emulator, "POST /api/iam/v1/files", &[TOKEN, json], "{}").await;
    assert_eq!(reply.json()["details"]["field"], "Content-Type");
    let reply = call(&emulator, "POST /api/iam/v1/files", &[FORM], &form(&[file])).await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn the_articles_file_is_there_from_the_beginning() {
    let emulator = Emulator::start().await.unwrap();
    let draft = include_str!("../../../../tests/fixtures/samples/rest.startSession.request.json");
    let line = "POST /api/chats/v1/chats/any/sessions?x_widget=1";
    let json = [("Content-Type", "application/json")];
    let reply = call(&emulator, line, &json, draft).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_ne!(reply.json()["messageId"], Value::Null);
}

#[tokio::test]
async fn an_upload_that_is_refused_is_read_before_the_answer() {
    let emulator = Emulator::start().await.unwrap();
    let body = form(&[("\"file[]\"; filename=a", &"x".repeat(16 << 20))]);
    // A client that writes all of it first: it would be cut off in the middle otherwise.
    let reply = call(&emulator, "POST /api/iam/v1/files", &[FORM], &body).await;
    assert_eq!(reply.status, 401, "{}", reply.body);
    let reply = call(&emulator, "POST /api/iam/v1/nothing", &[FORM], &body).await;
    assert_eq!(reply.status, 404, "{}", reply.body);
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_is_refused_without_its_body() {
    let emulator = Emulator::start().await.unwrap();
    let request = "POST /api/iam/v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\
        Expect: 100-continue\r\n\r\n";
    let reply = send(&emulator, request).await;
    assert_eq!(reply.status, 401, "{}", reply.head);
}
