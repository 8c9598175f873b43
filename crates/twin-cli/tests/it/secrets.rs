//! What is told beside the results, and that nothing secret is in it.

use crate::support::{Platform, Twin};

#[test]
fn the_log_tells_what_happens_and_no_secret() {
    let platform = Platform::echo();
    let session = platform.session();
    let url = platform.url();
    for args in [
        &["send", &session, "body-of-a-message"][..],
        &["history", &session],
        &["listen", &session, "--for", "0.3"],
        &[
            "bot",
            "ask",
            "b",
            "body-of-a-message",
            "--bot-url",
            "http://127.0.0.1:1",
        ],
        &["bot", "ask", "b", "body-of-a-message"],
        &["upload", "Cargo.toml", "--private"],
        &["download", "no-such-file"],
        &["send", "wrong-session-with-a-long-id", "body-of-a-message"],
        &["history", &session, "--token-file", "/nonexistent"],
    ] {
        for verbosity in [&["-vv"][..], &["--log", "trace"]] {
            let args = args
                .iter()
                .chain(verbosity)
                .copied()
                .chain(["--emulator", url]);
            let ended = Twin::new(args).env("TWIN_TOKEN", platform.token()).run();
            let log = &ended.stderr;
            for secret in [platform.token(), "body-of-a-message"] {
                assert!(!log.contains(secret), "{log}");
            }
            if ended.code == 0 {
                assert!(log.contains("twin::"), "{log}");
                assert!(!log.contains(&session), "{log}");
            }
        }
    }
}

#[test]
fn a_flag_is_nearer_than_the_variable() {
    let platform = Platform::echo();
    let session = platform.session();
    let history = || Twin::new(["history", &session, "--emulator", platform.url()]);
    assert_eq!(history().run().stderr, "");
    assert!(
        history()
            .env("TWIN_LOG", "twin::rest=debug")
            .run()
            .stderr
            .contains("twin::rest")
    );
    let quiet = [
        "history",
        &session,
        "--emulator",
        platform.url(),
        "--log",
        "off",
    ];
    let quiet = Twin::new(quiet).env("TWIN_LOG", "twin::rest=debug").run();
    assert_eq!(quiet.stderr, "");
    let verbose = ["history", &session, "--emulator", platform.url(), "-vv"];
    let verbose = Twin::new(verbose).env("TWIN_LOG", "off").run();
    assert!(verbose.stderr.contains("twin::rest"), "{}", verbose.stderr);
}

#[test]
fn no_flag_takes_a_token() {
    Twin::new(["send", "a", "b", "--token", "t"])
        .run()
        .misused("--token");
}
