//! `twin send` and `twin history`.

use std::fs;

use serde_json::Value;

use crate::support::{Platform, Server, Twin, nobody};

#[test]
fn what_is_sent_stands_in_the_history() {
    let platform = Platform::echo();
    let session = platform.session();
    let sent = Twin::new(["--emulator", platform.url(), "send", &session, "-- hello"])
        .run()
        .done();
    assert_eq!(sent.lines().count(), 1);
    let args = [
        "--emulator",
        platform.url(),
        "history",
        &session,
        "--format",
        "json",
    ];
    let history = Twin::new(args).run().done();
    let messages: Vec<Value> = history
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0]["type"], "message");
    assert_eq!(messages[0]["session"], session.as_str());
    assert_eq!(messages[0]["id"], sent.trim());
    assert_eq!(
        messages[0]["createdAt"],
        messages[0]["message"]["createdAt"]
    );
    assert_eq!(messages[1]["message"]["authorType"], "BOT");
    let shown = Twin::new(["--emulator", platform.url(), "history", &session])
        .run()
        .done();
    assert!(shown.contains("the client: -- hello"), "{shown}");
}

#[test]
fn a_program_is_told_of_a_sent_message_as_of_any_other() {
    let platform = Platform::echo();
    let session = platform.session();
    let args = [
        "send",
        &session,
        "hello",
        "--format",
        "json",
        "--emulator",
        platform.url(),
    ];
    let line: Value = serde_json::from_str(&Twin::new(args).run().done()).unwrap();
    assert_eq!(line["type"], "message");
    assert_eq!(line["session"], session.as_str());
    assert!(
        line["id"].is_string() && line["createdAt"].is_string(),
        "{line}"
    );
    assert!(line.get("message").is_none(), "{line}");
}

#[test]
fn a_message_cannot_command_the_terminal() {
    let platform = Platform::echo();
    let session = platform.session();
    platform.act(&session, r#"[{"message":{"body":"a\u001b[2J\nb\u202e"}}]"#);
    let shown = Twin::new(["--emulator", platform.url(), "history", &session])
        .run()
        .done();
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
    assert!(shown.contains("a␛[2J\n         b"), "{shown:?}");
}

#[test]
fn a_token_comes_from_a_file_a_variable_or_the_emulator_in_this_order() {
    let platform = Platform::echo();
    let session = platform.session();
    let chats = format!("{}/api/chats/v1", platform.url());
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good");
    fs::write(&good, format!("  {}\r\n", platform.token())).unwrap();
    let bad = folder.path().join("bad");
    fs::write(&bad, "not-this-one").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let history = || Twin::new(["history", &session, "--chats-url", &chats]);

    history().run().failed(&["TWIN_TOKEN", "401"]);
    history().env("TWIN_TOKEN", platform.token()).run().done();
    history()
        .env("TWIN_TOKEN", "not-this-one")
        .run()
        .failed(&["401"]);
    let named = [
        "history",
        &session,
        "--chats-url",
        &chats,
        "--token-file",
        good,
    ];
    Twin::new(named)
        .env("TWIN_TOKEN", "not-this-one")
        .run()
        .done();
    let both = [
        "history",
        &session,
        "--emulator",
        platform.url(),
        "--token-file",
        bad,
    ];
    Twin::new(both).run().failed(&["401"]);
}

#[test]
fn a_wrong_file_is_told_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    let empty = empty.to_str().unwrap();
    let gone = "/nonexistent/token";
    for (flag, file) in [
        ("--token-file", gone),
        ("--token-file", empty),
        ("--ca-file", gone),
        ("--ca-file", empty),
    ] {
        let url = nobody();
        let args = [
            "send",
            "a",
            "b",
            "--chats-url",
            &url,
            flag,
            file,
            "--format",
            "json",
        ];
        let stdout = Twin::new(args).run().failed(&[file]);
        assert!(
            stdout.starts_with(r#"{"type":"error","kind":"i"#),
            "{stdout}"
        );
    }
}

#[test]
fn a_failure_says_what_where_and_what_to_try() {
    let page = Server::page("502 Bad Gateway");
    let garbage = Server::garbage();
    let portal = Server::page("200 OK");
    for (url, kind, parts) in [
        (
            nobody(),
            "unreachable",
            &["127.0.0.1:1", "check the address"][..],
        ),
        (
            page.url("http"),
            "refused",
            &["502", "127.0.0.1", "again later"],
        ),
        (
            garbage.url("http"),
            "protocol",
            &["127.0.0.1", "check that the address"],
        ),
        (
            portal.url("http"),
            "protocol",
            &["127.0.0.1", "check that the address"],
        ),
        (
            page.url("https"),
            "tls",
            &["127.0.0.1", "does not speak TLS"],
        ),
    ] {
        for args in [&["send", "s1", "hello"][..], &["history", "s1"]] {
            let flags = ["--chats-url", &url, "--format", "json"];
            let args = args.iter().copied().chain(flags);
            let stdout = Twin::new(args).env("TWIN_TOKEN", "t").run().failed(parts);
            let error: Value = serde_json::from_str(&stdout).unwrap();
            assert_eq!(error["type"], "error");
            assert_eq!(error["kind"], kind, "{error}");
        }
    }
}

#[test]
fn a_session_that_does_not_exist_is_not_found() {
    let platform = Platform::echo();
    let args = [
        "--emulator",
        platform.url(),
        "send",
        "no-session",
        "hello",
        "--format",
        "json",
    ];
    let stdout = Twin::new(args)
        .run()
        .failed(&["no-session", platform.url()]);
    let error: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(error["kind"], "not_found");
    assert_eq!(error["code"], 404);
}
