//! What fails on this machine: the sentence says what to try, too.

use std::fs;

use tempfile::TempDir;

use crate::support::Twin;

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
