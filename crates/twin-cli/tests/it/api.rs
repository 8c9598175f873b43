//! `twin api`.

use std::fs;

use serde_json::Value;

use crate::support::{Ended, Platform, Server, Twin, nobody};

fn api(platform: &Platform, args: &[&str]) -> Ended {
    let all = ["--emulator", platform.url(), "--format", "json", "api"];
    Twin::new(all.into_iter().chain(args.iter().copied())).run()
}

fn answer(platform: &Platform, args: &[&str]) -> Value {
    let line: Value = serde_json::from_str(&api(platform, args).done()).unwrap();
    assert_eq!(line["type"], "answer");
    assert_eq!(line["operation"], args[0]);
    line["body"].clone()
}

#[test]
fn a_session_is_started_written_to_renamed_and_closed_by_calls_alone() {
    let platform = Platform::echo();
    let started = answer(
        &platform,
        &[
            "startSession",
            "chatId=c",
            "name=@@me",
            "variables={\"n\":1}",
        ],
    );
    let session = started["id"].as_str().unwrap();
    let id = format!("sessionId={session}");
    answer(&platform, &["sendMessage", &id, "body=hello"]);
    assert_eq!(
        answer(&platform, &["renameSession", &id, "newName=VIP"]),
        Value::Null
    );
    let listed = answer(&platform, &["listSessions", "limit=1", &id]);
    assert_eq!(listed["items"][0]["name"], "VIP");
    let messages = answer(&platform, &["listSessionMessages", &id]);
    assert_eq!(messages["items"][0]["body"], "hello");
    answer(&platform, &["closeSession", &id, "result=done"]);
    let gone = api(&platform, &["getSession", "sessionId=nobody"]);
    let said = gone.failed(&["getSession", "404"]);
    let line: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&line["type"], &line["kind"]),
        (&"error".into(), &"not_found".into())
    );
}

#[test]
fn an_answer_is_given_as_it_came() {
    let server = Server::json(r#"{"count":0,"items":[],"new":"\u0416"}"#);
    let shown = Twin::new(["--chats-url", &server.url("http"), "api", "listSessions"])
        .run()
        .done();
    assert_eq!(shown, "{\"count\":0,\"items\":[],\"new\":\"\\u0416\"}\n");
}

#[test]
fn a_secret_comes_from_a_file_or_stdin_alone() {
    let platform = Platform::echo();
    let plain = api(
        &platform,
        &["login", "email=demo@example.com", "password=demo-secret"],
    );
    plain.misused("`password` is a secret");
    assert!(!plain.stderr.contains("demo-secret"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "demo\n").unwrap();
    let password = format!("password=@{}", file.display());
    let logged_in = answer(&platform, &["login", "email=demo@example.com", &password]);
    assert!(logged_in["token"].is_string());
    let mut asking = Twin::new([
        "--emulator",
        platform.url(),
        "api",
        "login",
        "email=demo@example.com",
        "password=@-",
    ])
    .start();
    asking.say("demo");
    asking.close_stdin();
    assert!(asking.end().done().contains("token"));
}

#[test]
fn calls_and_fields_are_named() {
    let calls = Twin::new(["api"]).run().done();
    assert!(calls.contains("listSessions "), "{calls}");
    let fields = Twin::new(["api", "renameSession", "--fields"]).run().done();
    assert!(fields.starts_with("* sessionId"), "{fields}");
    let fields = Twin::new(["api", "renameSession", "--fields", "--format=json"])
        .run()
        .done();
    for line in fields.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["type"], &line["form"]),
            (&"field".into(), &"text".into())
        );
    }
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    for (args, part) in [
        (&["listEverything"][..], "there is no call `listEverything`"),
        (&["renameSession", "id=1"], "it takes sessionId, newName"),
        (&["renameSession", "newName=a"], "also wants `sessionId`"),
        (&["renameSession", "sessionId"], "has no `=`"),
        (&["getSession", "sessionId=1", "sessionId=2"], "given twice"),
        (&["listSessions", "limit=many"], "limit"),
        (&["listSessions", "clientBanned=1"], "`true` or `false`"),
        (
            &["startSession", "chatId=c", "name=n", "variables=x"],
            "JSON",
        ),
        (&["uploadFiles"], "twin upload"),
        (&["downloadFile", "fileId=1"], "twin download"),
    ] {
        let nobody = nobody();
        let all = ["--chats-url", &nobody, "--iam-url", &nobody, "api"];
        let ended = Twin::new(all.into_iter().chain(args.iter().copied())).run();
        ended.misused(part);
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let platform = Platform::echo();
    api(&platform, &["login", "email=a", "password=@/no/such/file"])
        .failed(&["cannot read `password` from /no/such/file"]);
}
