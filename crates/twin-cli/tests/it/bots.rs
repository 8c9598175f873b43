//! `twin bot ask`.

use serde_json::Value;

use crate::support::{Platform, Server, Twin, nobody};

const BOT: &str = "dbfd90ed-0000-4000-8000-031212d65004";

fn ask<'a>(platform: &'a Platform, more: &[&'a str]) -> Twin {
    let args = ["--emulator", platform.url(), "bot", "ask", BOT];
    Twin::new(args.into_iter().chain(more.iter().copied()))
}

#[test]
fn a_bot_is_asked_and_answers() {
    let platform = Platform::start();
    let told = ask(&platform, &["hello"]).run().done();
    assert_eq!(told, "the bot: You wrote: “hello”.\n[1] menu   [2] bye\n");
    let told = ask(&platform, &["-- hello"]).run().done();
    assert!(told.contains("-- hello"), "{told}");
}

#[test]
fn a_dialog_goes_on_where_it_is_kept_and_is_over_where_not() {
    let platform = Platform::start();
    let object = |more: &[&str]| -> Value {
        let json = ["--format", "json"];
        let more: Vec<_> = more.iter().copied().chain(json).collect();
        serde_json::from_str(&ask(&platform, &more).run().done()).unwrap()
    };
    let first = object(&["hello", "--keep"]);
    assert_eq!(
        (&first["type"], &first["last"]),
        (&"dialog".into(), &false.into())
    );
    assert_eq!(first["messages"][0]["body"], "You wrote: “hello”.");
    let dialog = first["id"].as_str().unwrap();
    let second = object(&["hello", "--dialog", dialog]);
    assert_eq!(second["id"], dialog);
    let bye = object(&["bye", "--dialog", dialog]);
    assert_eq!(
        (&bye["status"], &bye["last"]),
        (&"STOP".into(), &true.into())
    );

    let told = ask(&platform, &["hello", "--keep"]).run().done();
    let (said, dialog) = told
        .split_once("The dialog goes on with --dialog ")
        .unwrap();
    assert!(said.starts_with("the bot: "), "{told}");
    let told = ask(&platform, &["bye", "--keep", "--dialog", dialog.trim()]).run();
    assert!(told.done().starts_with("the bot: Goodbye!"));

    let alone = object(&["hello"]);
    let dialog = alone["id"].as_str().unwrap();
    let late = ask(&platform, &["hello", "--dialog", dialog]).run();
    // No waiting brings it back.
    assert!(!late.stderr.contains("again later"), "{}", late.stderr);
    late.failed(&["cannot ask bot", "422", "Dialog is over", "look at -vv"]);
}

#[test]
fn an_answer_with_line_breaks_is_one_line_for_programs() {
    let server =
        Server::json("{\n \"dialogId\": \"d\",\n \"messages\": [\n  {\n  \"body\": \"hi\"}]}");
    let url = server.url("http");
    let args = [
        "bot",
        "ask",
        BOT,
        "x",
        "--bot-url",
        &url,
        "--format",
        "json",
    ];
    let told = Twin::new(args).env("TWIN_TOKEN", "t").run().done();
    let line: Value = serde_json::from_str(told.trim_end()).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert_eq!(line["messages"][0]["body"], "hi");
}

#[cfg(unix)]
#[test]
fn an_answer_does_not_wait_for_the_dialogs_end() {
    let server = Server::json_but("/finish", r#"{"dialogId":"d","messages":[{"body":"hi"}]}"#);
    let url = server.url("http");
    let args = ["bot", "ask", BOT, "hello", "--bot-url", &url];
    let running = Twin::new(args).env("TWIN_TOKEN", "t").start();
    // It begins the dialog, asks, and would end it.
    for _ in 0..3 {
        server.connected();
    }
    running.signal("INT");
    assert_eq!(running.end().done(), "the bot: hi\n");
}

#[test]
fn a_failure_says_what_where_and_what_to_try() {
    let platform = Platform::start();
    let page = Server::page("502 Bad Gateway");
    let own = format!("{}/api/bot/v1", platform.url());
    for (url, kind, parts) in [
        (own, "unauthorized", &["cannot start a dialog", "token"][..]),
        (nobody(), "unreachable", &["127.0.0.1:1"]),
        (page.url("http"), "refused", &["502"]),
    ] {
        let args = [
            "bot",
            "ask",
            BOT,
            "hello",
            "--bot-url",
            &url,
            "--format",
            "json",
        ];
        let stdout = Twin::new(args).env("TWIN_TOKEN", "t").run().failed(parts);
        let error: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(error["kind"], kind, "{error}");
    }
}
