//! What fails on this machine: the sentence says what to try, too.

use std::fs;

use tempfile::TempDir;

use crate::support::{Twin, nobody};

#[test]
fn what_is_too_long_is_told_and_not_cut() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    let shown = file.to_str().unwrap();
    for (longest, args) in [
        (64 << 10, &["sessions", "--token-file", shown][..]),
        (256 << 10, &["sessions", "--login-file", shown]),
        (4096, &["login", "a", "--password-file", shown]),
        (
            8 << 20,
            &["api", "login", "email=a", &format!("password=@{shown}")],
        ),
    ] {
        fs::write(&file, "a".repeat(longest + 1)).unwrap();
        let why = format!("it is longer than {longest} bytes; check what is in it");
        // Nobody is to be asked for anything.
        let twin = Twin::new(args.iter().copied());
        twin.env("TWIN_IAM_URL", nobody())
            .env("TWIN_CHATS_URL", nobody())
            .run()
            .failed(&[shown, &why]);
    }
    let mut typed = Twin::new(["login", "a", "--iam-url", &nobody()]).start();
    typed.say(&"a".repeat(4097));
    typed
        .end()
        .failed(&["from stdin: it is longer than 4096 bytes"]);
}

#[test]
fn what_is_not_there_or_of_no_use_is_told_with_what_to_try() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (nowhere, bytes, text) = (place("nowhere"), place("bytes"), place("text"));
    let folder = folder.path().to_str().unwrap();
    fs::write(&bytes, b"\xff").unwrap();
    fs::write(&text, "{").unwrap();
    for (args, advice) in [
        (
            &["sessions", "--token-file", &nowhere][..],
            "; check the name",
        ),
        (
            &["sessions", "--token-file", &bytes],
            "; check what is in it",
        ),
        (&["sessions", "--ca-file", &nowhere], "; check the name"),
        (
            &["sessions", "--ca-file", &text],
            "; name a file with certificates in PEM form",
        ),
        (
            &["login", "a", "--password-file", &nowhere],
            "; check the name",
        ),
        (&["upload", &nowhere], "; check the name"),
        (
            &["api", "login", "email=a", &format!("password=@{nowhere}")],
            "; check the name",
        ),
        (&["emulator", "--bot", &nowhere], "; check the name"),
        (&["emulator", "--bot", &text], "; correct the script"),
    ] {
        let ended = Twin::new(args.iter().copied()).run();
        assert!(
            ended.stderr.trim_end().ends_with(advice),
            "{args:?}: {}",
            ended.stderr
        );
        ended.failed(&[]);
    }
    for args in [
        &["sessions", "--token-file", folder][..],
        &["upload", folder],
    ] {
        let ended = Twin::new(args.iter().copied()).run();
        // Not every system lets a folder be opened.
        let advice = [
            "; name a file, not a folder\n",
            "; check who may use it, or name another\n",
        ];
        assert!(
            advice.iter().any(|advice| ended.stderr.ends_with(advice)),
            "{args:?}: {}",
            ended.stderr
        );
    }
}
