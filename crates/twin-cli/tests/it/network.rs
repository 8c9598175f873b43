//! `twin listen` and `twin chat` where there is no platform: what may pass is tried again, what does
//! not is told.

use serde_json::Value;

use crate::support::{Server, Twin, nobody};

#[test]
fn what_may_pass_is_tried_again() {
    let page = Server::page("502 Bad Gateway");
    let portal = Server::page("200 OK");
    let garbage = Server::garbage();
    for (url, kind, code) in [
        (nobody().replace("http", "ws"), "unreachable", Value::Null),
        (page.url("ws"), "refused", 502.into()),
        (portal.url("ws"), "refused", 200.into()),
        (garbage.url("ws"), "lost", Value::Null),
    ] {
        let args = ["listen", "s1", "--centrifugo-url", &url, "--format", "json"];
        let mut listen = Twin::new(args).start();
        let waiting = listen.object(&[("state", "waiting")]);
        assert_eq!(waiting["attempt"], 1);
        assert_eq!(waiting["sessions"][0], "s1");
        assert_eq!(waiting["reason"]["kind"], kind, "{url}");
        assert_eq!(waiting["reason"]["code"], code, "{url}");
        assert_eq!(listen.object(&[("state", "connecting")])["attempt"], 2);
    }
}

#[test]
fn what_does_not_pass_ends_it() {
    let gone = Server::page("404 Not Found");
    let plain = Server::page("200 OK");
    for (url, kind) in [(gone.url("ws"), "not_found"), (plain.url("wss"), "tls")] {
        let args = ["listen", "s1", "--centrifugo-url", &url, "--format", "json"];
        let stdout = Twin::new(args).run().failed(&[&url]);
        let lines: Vec<Value> = stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let [.., closed, error] = lines.as_slice() else {
            panic!("{stdout}");
        };
        assert_eq!(closed["reason"]["kind"], kind);
        assert_eq!(error["kind"], kind);
    }
}

#[test]
fn an_emulator_that_is_not_there_yet_is_waited_for_by_those_who_listen() {
    let url = nobody();
    let args = ["listen", "s1", "--emulator", &url, "--format", "json"];
    let mut listen = Twin::new(args).start();
    assert_eq!(
        listen.object(&[("state", "waiting")])["reason"]["kind"],
        "unreachable"
    );
    assert_eq!(listen.object(&[("state", "connecting")])["attempt"], 2);
    // The others say it at once.
    Twin::new(["send", "s1", "x", "--emulator", &url])
        .run()
        .failed(&["is `twin emulator` running", &url]);
}

#[test]
fn that_nothing_answers_is_said_once() {
    let url = nobody();
    let link = url.replace("http", "ws");
    let said = "no connection could be made";
    for flag in ["--emulator", "--chats-url"] {
        let ended = Twin::new(["history", "s1", flag, &url]).run();
        assert_eq!(ended.stderr.matches(said).count(), 1, "{}", ended.stderr);
        ended.failed(&[&url]);
    }
    for (flag, url) in [("--emulator", &url), ("--centrifugo-url", &link)] {
        let line = Twin::new(["listen", "s1", flag, url]).start().until(said);
        assert_eq!(line.matches(said).count(), 1, "{line}");
    }
}

#[test]
fn what_is_no_emulator_is_told() {
    let portal = Server::page("200 OK");
    let gone = Server::page("404 Not Found");
    let guarded = Server::page("401 Unauthorized");
    for server in [&portal, &gone, &guarded] {
        let url = server.url("http");
        for command in [&["listen", "s1"][..], &["chat", "c1"], &["history", "s1"]] {
            let args = command.iter().copied().chain(["--emulator", &url]);
            let ended = Twin::new(args).run();
            // Neither a token nor another id makes it one.
            for advice in ["token", " id "] {
                assert!(!ended.stderr.contains(advice), "{}", ended.stderr);
            }
            ended.failed(&["what answers there is no emulator", &url, "the address"]);
        }
    }
}
