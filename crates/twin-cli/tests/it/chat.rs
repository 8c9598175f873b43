//! `twin chat`.

use serde_json::Value;

use crate::support::{Platform, Running, Server, Twin};

/// A chat that prints JSON lines, with more flags.
fn json_chat(platform: &Platform, more: &[&str]) -> Running {
    let usual = [
        "--emulator",
        platform.url(),
        "chat",
        "any",
        "--format",
        "json",
    ];
    Twin::new(usual.into_iter().chain(more.iter().copied())).start()
}

#[test]
fn a_line_is_a_message_and_a_number_takes_a_quick_reply() {
    let platform = Platform::start();
    let mut chat = Twin::new(["--emulator", platform.url(), "chat", "any"]).start();
    chat.until("[1] picture");
    chat.say("3");
    chat.until("you: operator");
    chat.until("… the operator is typing");
    chat.until("Anna: Good day");
    chat.say("what is the time");
    chat.until("I see: “what is the time”");
    chat.say("1");
    chat.until("■ the session is closed");
    // The session is over: so is the chat, though its input goes on.
    chat.end().done();
}

#[test]
fn the_end_of_the_input_ends_the_chat_and_not_the_session() {
    let platform = Platform::echo();
    let mut chat = json_chat(&platform, &[]);
    chat.say("hello");
    let sent = chat.object(&[("type", "message")]);
    chat.close_stdin();
    let rest = chat.end().done();
    assert!(
        rest.trim_end().ends_with('}') && rest.contains(r#""state":"closed""#),
        "{rest}"
    );
    let session = sent["session"].as_str().unwrap();
    // It can still be written to.
    Twin::new(["--emulator", platform.url(), "send", session, "again"])
        .run()
        .done();
}

#[test]
fn what_was_said_before_the_end_of_the_input_is_sent() {
    let platform = Platform::echo();
    let mut chat = json_chat(&platform, &[]);
    for number in 0..20 {
        chat.say(&format!("message {number}"));
    }
    chat.close_stdin();
    let stdout = chat.end().done();
    let sent = stdout
        .lines()
        .filter(|line| line.starts_with(r#"{"type":"message""#));
    assert_eq!(sent.count(), 20, "{stdout}");
}

#[test]
fn a_session_is_gone_on_with_by_its_id_or_by_the_clients() {
    let platform = Platform::echo();
    let chat = |more: &[&str]| {
        let mut chat = json_chat(&platform, more);
        let connected = chat.object(&[("state", "connected")]);
        chat.close_stdin();
        chat.end().done();
        connected["sessions"][0].as_str().unwrap().to_owned()
    };
    let first = chat(&["--client-external-id", "me", "--name", "first"]);
    let other = chat(&["--client-external-id", "someone-else"]);
    assert_ne!(other, first);
    assert_eq!(chat(&["--session", &first]), first);
    assert_eq!(chat(&["--continue", "--client-external-id", "me"]), first);
}

#[test]
fn a_session_is_closed_on_exit_where_that_is_asked_for() {
    let platform = Platform::echo();
    let mut chat = json_chat(&platform, &["--close-on-exit"]);
    let connected = chat.object(&[("state", "connected")]);
    chat.close_stdin();
    chat.end().done();
    let session = connected["sessions"][0].as_str().unwrap();
    let ended = Twin::new(["--emulator", platform.url(), "send", session, "again"]).run();
    assert_eq!(ended.code, 1, "{ended:?}");
}

#[test]
fn commands_are_told_from_messages() {
    let platform = Platform::echo();
    let mut chat = Twin::new(["--emulator", platform.url(), "chat", "any"]).start();
    chat.say("/say /help");
    chat.until("Bot: /help");
    chat.say("/help");
    chat.until("/history  the messages so far");
    chat.say("/history");
    chat.until("the client: /help");
    chat.say("/dance");
    chat.until("there is no /dance");
    chat.say("/close");
    chat.until("■ the session is closed");
    chat.end().done();
}

#[test]
fn help_says_the_same_in_a_chat_and_before_it() {
    let help = Twin::new(["help", "chat"]).run().done();
    let lines = help.trim_end().lines();
    let lines: Vec<_> = lines
        .skip_while(|line| !line.contains("is a message"))
        .collect();
    assert_eq!(lines.len(), 6, "{help}");
    let platform = Platform::echo();
    let mut chat = Twin::new(["--emulator", platform.url(), "chat", "any"]).start();
    chat.say("/help");
    assert_eq!(chat.until("is a message"), lines[0]);
    for line in &lines[1..] {
        assert_eq!(chat.line(), *line);
    }
}

#[test]
fn a_piece_of_a_long_line_is_no_command() {
    let platform = Platform::echo();
    let mut chat = json_chat(&platform, &[]);
    // A line is cut after so many bytes.
    let long = "x".repeat(64 << 10);
    chat.say(&format!("{long}/quit"));
    chat.say("short");
    chat.close_stdin();
    let stdout = chat.end().done();
    let sent = stdout
        .lines()
        .filter(|line| line.starts_with(r#"{"type":"message""#));
    assert_eq!(sent.count(), 3);
}

#[test]
fn slash_quit_leaves() {
    let platform = Platform::echo();
    let mut chat = Twin::new(["--emulator", platform.url(), "chat", "any"]).start();
    chat.say("/quit");
    chat.end().done();
}

#[test]
fn who_has_said_nothing_leaves_at_once_however_silent_the_server_is() {
    for last in [&["/quit"][..], &["/help", "/dance", "", "/quit"], &[]] {
        let silent = Server::silent();
        let url = silent.url("ws");
        let args = ["chat", "any", "--session", "s1", "--format", "json"];
        let address = ["--centrifugo-url", url.as_str()];
        let mut chat = Twin::new(args.into_iter().chain(address)).start();
        silent.connected();
        for line in last {
            chat.say(line);
        }
        if last.is_empty() {
            chat.close_stdin();
        }
        let stdout = chat.end().done();
        // It would wait before the next attempt, once the first has come to nothing.
        assert!(!stdout.contains(r#""state":"waiting""#), "{stdout}");
        assert!(stdout.contains(r#""state":"closed""#), "{stdout}");
        assert_eq!(
            stdout.contains("there is no /dance"),
            last.contains(&"/dance"),
            "{stdout}"
        );
    }
}

#[test]
fn a_message_that_is_not_sent_is_told_and_the_chat_goes_on() {
    let platform = Platform::echo();
    let session = platform.session();
    let page = Server::page("502 Bad Gateway");
    // The live channel works, the calls do not.
    let chats = page.url("http");
    let args = [
        "--emulator",
        platform.url(),
        "--chats-url",
        &chats,
        "chat",
        "any",
        "--session",
        &session,
        "--format",
        "json",
    ];
    let mut chat = Twin::new(args).start();
    chat.say("hello");
    let unsent = chat.object(&[("type", "unsent")]);
    assert_eq!(unsent["outcome"], "unknown");
    assert_eq!(unsent["body"], "hello");
    assert_eq!(unsent["reason"]["code"], 502);
    let text = unsent["reason"]["text"].as_str().unwrap();
    assert!(text.starts_with("perhaps not sent: "), "{text}");
    chat.say("/history");
    assert_eq!(chat.object(&[("type", "notice")])["kind"], "refused");
    platform.act(&session, r#"[{"message":{"body":"still there?"}}]"#);
    chat.object(&[("event", "chatMessageCreated")]);
    chat.close_stdin();
    chat.end().done();
}

#[test]
fn a_start_that_the_platform_refuses_ends_the_chat() {
    let page = Server::page("502 Bad Gateway");
    let url = page.url("http");
    let args = ["chat", "any", "--widget-url", &url, "--format", "json"];
    let stdout = Twin::new(args).run().failed(&["cannot start", "502", &url]);
    let error: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(error["kind"], "refused");
}

#[test]
fn a_start_that_did_not_reach_the_platform_is_tried_again() {
    let args = [
        "chat",
        "any",
        "--widget-url",
        "http://127.0.0.1:1",
        "--format",
        "json",
    ];
    let mut chat = Twin::new(args).start();
    let waiting = chat.object(&[("state", "waiting")]);
    assert_eq!(waiting["reason"]["kind"], "unreachable");
    assert!(
        waiting["retry_in_ms"]
            .as_u64()
            .is_some_and(|pause| pause >= 500),
        "{waiting}"
    );
    let again = chat.object(&[("state", "connecting")]);
    assert_eq!(again["attempt"], 2);
}
