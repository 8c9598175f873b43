//! Wrong usage: exit code 2, words on stderr, nothing on stdout.

use crate::support::{Platform, Twin};

/// A visitor of the widget.
const USER: &str = "0a5be2f5-5a4b-4d0c-8a4b-8f2f3a3f0d57";

#[test]
fn wrong_usage_is_told_on_stderr_alone() {
    for (args, part) in [
        (&[][..], "Usage"),
        (&["dance"], "dance"),
        (&["listen"], "SESSION_ID"),
        (&["listen", ""], "empty"),
        (&["listen", "a", "--count", "0"], "--count"),
        (&["listen", "a", "--for", "soon"], "--for"),
        (&["listen", "a", "--link", "smoke"], "socketio"),
        (
            &["listen", "a", "--sessions-per-link", "0"],
            "--sessions-per-link",
        ),
        (&["listen", "a", "--user-id", "me"], "UUID"),
        (&["listen", "a", "--format", "xml"], "xml"),
        (&["listen", "a", "--centrifugo-url", "http://a/"], "ws://"),
        (&["listen", "a", "--log", "twin=loud=yes"], "--log"),
        (&["send", "a"], "TEXT"),
        (&["send", "a", ""], "TEXT"),
        (
            &["send", "a", "b", "--chats-url", "nonsense"],
            "--chats-url",
        ),
        (&["history", "a", "--emulator", "ws://a"], "http://"),
        (&["chat", "a", "--continue"], "--client-external-id"),
        (&["chat", "a", "--session", "b", "--name", "c"], "--name"),
        (&["emulator", "--listen", "here"], "--listen"),
        (&["upload"], "FILE"),
        (&["upload", "a", "--keep-for", "long"], "--keep-for"),
        (&["bot"], "ask"),
        (&["bot", "ask", "a"], "TEXT"),
        (&["bot", "ask", "a", ""], "TEXT"),
        (&["download"], "FILE_ID"),
        (&["download", "two words"], "blanks"),
        (&["help", "dance"], "dance"),
        (&["help", "bot", "dance"], "`bot dance`"),
        (&["help", "send", "json"], "`send json`"),
    ] {
        Twin::new(args.iter().copied()).run().misused(part);
    }
}

#[test]
fn a_number_below_zero_is_taken_for_the_value_that_it_is() {
    for (args, wanted) in [
        (&["listen", "a", "--for", "-1"][..], "a duration"),
        (&["listen", "a", "--for", "-0.5"], "a duration"),
        (&["listen", "a", "--count", "-1"], "a whole number from 1"),
        (
            &["send", "a", "b", "--sessions-per-link", "-1"],
            "a whole number from 1 to",
        ),
        (&["upload", "a", "--keep-for", "-1"], "a duration"),
        (&["login", "a", "--ttl", "-1"], "a duration"),
        (&["login", "a", "--company-id", "-1.5"], "a whole number"),
        (&["sessions", "--limit", "-1"], "a whole number from 1"),
        (&["sessions", "--offset", "-1"], "a whole number from 0"),
    ] {
        let ended = Twin::new(args.iter().copied()).run();
        ended.misused(&format!("it wants {wanted}"));
        assert!(!ended.stderr.contains("tip:"), "{}", ended.stderr);
    }
}

#[test]
fn a_variable_is_checked_as_its_flag_is() {
    for (name, value, part) in [
        ("TWIN_EMULATOR", "nonsense", "--emulator"),
        ("TWIN_FORMAT", "xml", "xml"),
        ("TWIN_LINK", "smoke", "socketio"),
        ("TWIN_TOKEN", "two words", "TWIN_TOKEN"),
        ("TWIN_USER_ID", "me", "UUID"),
    ] {
        Twin::new(["send", "a", "b"])
            .env(name, value)
            .run()
            .misused(part);
    }
}

#[test]
fn a_variable_that_is_to_blame_is_named_and_no_other() {
    let wrong = |name: &str, args: &[&str]| {
        let twin = Twin::new(args.iter().copied()).env(name, "nonsense");
        twin.run().stderr
    };
    let told = wrong("TWIN_EMULATOR", &["send", "a", "b"]);
    assert!(
        told.contains("'TWIN_EMULATOR (--emulator <URL>)'"),
        "{told}"
    );
    let told = wrong("TWIN_LINK", &["send", "a", "b", "--link", "smoke"]);
    assert!(told.contains("for '--link <"), "{told}");
}

#[test]
fn a_variable_that_a_flag_overrides_is_not_looked_at() {
    for (name, flag) in [
        ("TWIN_BOT_URL", &["--bot-url", "http://a"][..]),
        ("TWIN_CENTRIFUGO_URL", &["--centrifugo-url", "ws://a"]),
        ("TWIN_EMULATOR", &["--emulator", "http://a"]),
        ("TWIN_FORMAT", &["--format", "text"]),
        ("TWIN_LINK", &["--link", "auto"]),
        ("TWIN_LOG", &["--log", "twin=warn"]),
        ("TWIN_LOG", &["-v"]),
        ("TWIN_SESSIONS_PER_LINK", &["--sessions-per-link", "1"]),
        ("TWIN_USER_ID", &["--user-id", USER]),
    ] {
        let command = ["api", "listSessions", "--fields"];
        let flag = flag.iter().copied();
        for args in [
            command.into_iter().chain(flag.clone()).collect::<Vec<_>>(),
            flag.chain(command).collect(),
        ] {
            Twin::new(args).env(name, "=bad=").run().done();
        }
        let twin = Twin::new(command).env(name, "=bad=");
        twin.run().misused(name);
    }
    let args = ["bot", "ask", "a", "b", "--link", "smoke"];
    let twin = Twin::new(args).env("TWIN_FORMAT", "xml");
    twin.run().misused("smoke");
}

#[test]
fn an_empty_variable_is_as_if_it_were_not_set() {
    let platform = Platform::echo();
    let empty = |twin: Twin| {
        [
            "TWIN_BOT_URL",
            "TWIN_CA_FILE",
            "TWIN_CENTRIFUGO_API",
            "TWIN_CENTRIFUGO_KEY",
            "TWIN_CENTRIFUGO_URL",
            "TWIN_CHATS_URL",
            "TWIN_EMULATOR",
            "TWIN_FORMAT",
            "TWIN_IAM_URL",
            "TWIN_LINK",
            "TWIN_LOG",
            "TWIN_LOGIN_FILE",
            "TWIN_SESSIONS_PER_LINK",
            "TWIN_SOCKETIO_URL",
            "TWIN_TOKEN",
            "TWIN_USER_ID",
            "TWIN_WIDGET_URL",
        ]
        .into_iter()
        .fold(twin, |twin, name| twin.env(name, ""))
    };
    let args = ["sessions", "--emulator", platform.url()];
    empty(Twin::new(args)).run().done();
    let args = ["emulator", "--listen", "127.0.0.1:0"];
    empty(Twin::new(args)).start().until("Ctrl-C stops it");
    // What a flag gives is meant.
    let twin = Twin::new(["sessions", "--emulator", ""]);
    twin.run().misused("--emulator");
}

#[test]
fn help_looks_at_no_variable() {
    for words in [&["help"][..], &["help", "listen"], &["help", "json"]] {
        let help = Twin::new(words.iter().copied()).run().done();
        let wrong = Twin::new(words.iter().copied())
            .env("TWIN_FORMAT", "xml")
            .env("TWIN_LINK", "smoke");
        assert_eq!(wrong.run().done(), help);
    }
}

#[test]
fn the_demonstration_looks_at_no_variable_that_leads_elsewhere() {
    let twin = Twin::new(["demo"]).env("TWIN_EMULATOR", "nonsense");
    twin.run().done();
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let bytes = OsStr::from_bytes(b"\xff");
    for name in [
        "TWIN_EMULATOR",
        "TWIN_FORMAT",
        "TWIN_LINK",
        "TWIN_LOG",
        "TWIN_TOKEN",
        "TWIN_CENTRIFUGO_URL",
    ] {
        // Of one that this command does not read nothing is said.
        let twin = Twin::new(["send", "a", "b"]).env(name, bytes);
        let ended = twin.env("TWIN_CENTRIFUGO_KEY", bytes).run();
        ended.misused(name);
        assert!(!ended.stderr.contains("_KEY"), "{}", ended.stderr);
    }
    let twin = Twin::new(["emulator"]).env("TWIN_CENTRIFUGO_KEY", bytes);
    twin.run().misused("TWIN_CENTRIFUGO_KEY");
}

#[test]
fn a_bad_address_is_told_without_what_may_be_secret_in_it() {
    let url = "https://me:pass-secret@a.example/?key=query-secret";
    let urls = [
        url,
        "me:pass-secret@a.example",
        "http//me:pass-secret@a/?key=query-secret",
    ];
    for flag in ["--chats-url", "--centrifugo-url", "--emulator"] {
        for url in urls {
            let ended = Twin::new(["send", "a", "b", flag, url]).run();
            ended.misused(flag);
            assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
        }
    }
}

#[test]
fn help_of_words_is_that_of_the_flag() {
    for words in [&["send"][..], &["bot"], &["bot", "ask"]] {
        let words = words.iter().copied();
        let asked = Twin::new(["help"].into_iter().chain(words.clone())).run();
        let flagged = Twin::new(words.chain(["--help"])).run();
        assert_eq!(asked.done(), flagged.done());
    }
}

#[test]
fn help_explains_every_kind() {
    let help = Twin::new(["help", "json"]).run().done();
    for word in [
        "ready",
        "arguments?",
        "binary?",
        "unreadable?",
        "join_refused",
        "planned",
        "channel_lost",
        "unreadable",
        "contentType",
        "too_large",
    ] {
        assert!(help.contains(word), "{word}");
    }
    let help = Twin::new(["help", "chat"]).run().done();
    assert!(
        help.contains("/history") && help.contains("--close-on-exit"),
        "{help}"
    );
    assert!(Twin::new(["help"]).run().done().contains("twin demo"));
}
