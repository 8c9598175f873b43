//! Signals: a clean end with code 0, whatever the program is doing.

use std::{
    io::Write as _,
    os::{fd::OwnedFd, unix::net::UnixStream},
};

use crate::support::{Platform, Server, Twin};

#[test]
fn a_command_at_work_ends_cleanly() {
    let platform = Platform::echo();
    for signal in ["INT", "TERM"] {
        let session = platform.session();
        for command in [
            &["listen", &session][..],
            &["chat", "any"],
            &["chat", "any", "--session", &session, "--close-on-exit"],
        ] {
            let args = ["--emulator", platform.url(), "--format", "json"];
            let mut running = Twin::new(args.into_iter().chain(command.iter().copied())).start();
            running.object(&[("state", "connected")]);
            running.signal(signal);
            let stdout = running.end().done();
            assert!(
                stdout
                    .trim_end()
                    .lines()
                    .last()
                    .unwrap()
                    .contains(r#""kind":"asked""#),
                "{stdout}"
            );
        }
        let mut emulator = Twin::new(["emulator", "--listen", "127.0.0.1:0"]).start();
        emulator.until("Ctrl-C stops it");
        emulator.signal(signal);
        emulator.end().done();
    }
}

#[test]
fn a_command_that_waits_for_an_answer_ends() {
    let silent = Server::silent();
    let http = silent.url("http");
    for command in [
        &["send", "s1", "x", "--chats-url"][..],
        &["history", "s1", "--chats-url"],
        &["chat", "c1", "--chats-url"],
        &["bot", "ask", "b1", "x", "--bot-url"],
        &["download", "f1", "--iam-url"],
        &["upload", "Cargo.toml", "--iam-url"],
        &["send", "s1", "x", "--emulator"],
        &["history", "s1", "--emulator"],
        &["listen", "s1", "--emulator"],
        &["chat", "c1", "--emulator"],
    ] {
        let args = command.iter().copied().chain([http.as_str()]);
        let running = Twin::new(args).env("TWIN_TOKEN", "t").start();
        silent.connected();
        running.signal("INT");
        running.end().done();
    }
    for scheme in ["ws", "wss"] {
        let args = ["listen", "s1", "--centrifugo-url", &silent.url(scheme)];
        let running = Twin::new(args).start();
        silent.connected();
        running.signal("TERM");
        running.end().done();
    }
}

#[test]
fn a_command_that_pauses_before_the_next_attempt_ends() {
    let args = [
        "listen",
        "s1",
        "--centrifugo-url",
        "ws://127.0.0.1:1",
        "--format",
        "json",
    ];
    let mut running = Twin::new(args).start();
    running.object(&[("state", "waiting")]);
    running.signal("INT");
    running.end().done();
}

#[test]
fn a_command_that_reads_a_file_which_never_ends_ends() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let running = Twin::new(["send", "s1", "x", "--token-file", pipe.to_str().unwrap()]).start();
    // Opening it waits for the one who reads.
    let kept = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    running.signal("INT");
    running.end().done();
    drop(kept);
}

#[test]
fn a_command_whose_output_is_not_read_ends() {
    let platform = Platform::echo();
    let session = platform.session();
    let body = "x".repeat(20_000);
    for _ in 0..100 {
        platform.act(&session, &format!(r#"[{{"message":{{"body":"{body}"}}}}]"#));
    }
    let args = ["--emulator", platform.url(), "history", &session];
    let (running, mut stdout) = Twin::new(args).start_unread();
    // The first bytes are there, and what follows is more than a pipe holds.
    std::io::Read::read_exact(&mut stdout, &mut [0; 16]).unwrap();
    running.signal("TERM");
    running.end().done();
    drop(stdout);
}

#[test]
fn a_command_that_has_failed_says_so_though_nobody_reads_why() {
    let (mut stderr, unread) = UnixStream::pair().unwrap();
    stderr.set_nonblocking(true).unwrap();
    // Until there is room for no more.
    while stderr.write(&[b'x'; 1024]).is_ok() {}
    while stderr.write(b"x").is_ok() {}
    stderr.set_nonblocking(false).unwrap();
    let args = ["sessions", "--token-file", "/nowhere", "--format", "json"];
    let mut running = Twin::new(args).start_telling(OwnedFd::from(stderr));
    running.object(&[("type", "error")]);
    running.signal("TERM");
    assert_eq!(running.end().code, 1);
    drop(unread);
}
