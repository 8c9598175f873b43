//! Stdout that cannot be written to.

use std::{
    fs::OpenOptions,
    io::{BufRead as _, BufReader},
    os::{fd::OwnedFd, unix::net::UnixStream},
};

use crate::support::{Platform, Twin};

#[test]
fn a_reader_who_goes_ends_the_program_quietly() {
    let platform = Platform::echo();
    let session = platform.session();
    for command in [
        &["listen", &session][..],
        &["chat", "any"],
        &["emulator", "--listen", "127.0.0.1:0"],
    ] {
        let args = ["--emulator", platform.url(), "--format", "json"];
        let (running, stdout) =
            Twin::new(args.into_iter().chain(command.iter().copied())).start_unread();
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with("}\n"), "{line}");
        drop(stdout);
        // Nothing more happens that would be printed: it ends all the same.
        running.end().done();
    }
}

#[test]
fn a_reader_who_goes_in_the_middle_ends_the_program_quietly() {
    let (running, stdout) = Twin::new(["demo", "--format", "json"]).start_unread();
    let mut stdout = BufReader::new(stdout);
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    running.end().done();
}

#[test]
fn help_that_nobody_reads_ends_quietly() {
    for args in [
        &["--help"][..],
        &["--version"],
        &["help"],
        &["help", "json"],
    ] {
        let (reader, stdout) = UnixStream::pair().unwrap();
        drop(reader);
        let ended = Twin::new(args.iter().copied()).run_into(OwnedFd::from(stdout));
        ended.done();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let platform = Platform::echo();
    let session = platform.session();
    platform.act(&session, r#"[{"message":{"body":"one"}}]"#);
    let url = platform.url();
    for command in [
        &["demo"][..],
        &["help", "json"],
        &["--help"],
        &["--version"],
        &["bot", "ask", "--help"],
        &["emulator", "--listen", "127.0.0.1:0"],
        &["history", &session, "--emulator", url],
        &["send", &session, "x", "--emulator", url],
        &["listen", &session, "--emulator", url],
        &["chat", "any", "--emulator", url],
    ] {
        for format in ["text", "json"] {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let args = command.iter().copied().chain(["--format", format]);
            Twin::new(args)
                .run_into(full)
                .failed(&["cannot write to stdout", "No space left"]);
        }
    }
}
