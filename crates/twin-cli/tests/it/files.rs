//! `twin upload` and `twin download`.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{Platform, Server, Twin, nobody};

/// The JSON lines that a call prints.
fn objects(stdout: &str) -> Vec<Value> {
    let lines = stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Uploads `content` under `name`, and gives the file's id.
fn upload(platform: &Platform, folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    let args = [
        "--emulator",
        platform.url(),
        "upload",
        path.to_str().unwrap(),
    ];
    Twin::new(args).run().done().trim_end().to_owned()
}

#[test]
fn what_goes_up_comes_down_as_it_was() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| number as u8).collect();
    let id = upload(&platform, folder.path(), "отчёт.png", &bytes);
    let to = folder.path().join("copy");
    let args = [
        "--emulator",
        platform.url(),
        "--format",
        "json",
        "download",
        &id,
        "--output",
        to.to_str().unwrap(),
    ];
    let line = objects(&Twin::new(args).run().done()).remove(0);
    assert_eq!(line["type"], "file");
    assert_eq!(line["id"], id.as_str());
    assert_eq!(line["name"], "отчёт.png");
    assert_eq!(line["contentType"], "image/png");
    assert_eq!(line["size"], 1_000_000);
    assert_eq!(line["path"], to.to_str().unwrap());
    assert_eq!(fs::read(&to).unwrap(), bytes);
    assert_eq!(names(folder.path()), ["copy", "отчёт.png"]);
}

#[test]
fn a_program_is_told_of_each_file_that_goes_up() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.txt"), folder.path().join("b"));
    fs::write(&a, "abc").unwrap();
    fs::write(&b, "").unwrap();
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    let args = [
        "upload",
        a,
        b,
        "--private",
        "--folder",
        "reports",
        "--keep-for",
        "60",
        "--format",
        "json",
        "--emulator",
        platform.url(),
    ];
    let lines = objects(&Twin::new(args).run().done());
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["type"], "file");
    assert_eq!(lines[0]["name"], "a.txt");
    assert_eq!(lines[0]["contentType"], "text/plain");
    assert_eq!(
        (&lines[0]["size"], &lines[1]["size"]),
        (&3.into(), &0.into())
    );
    assert_eq!(
        (&lines[0]["path"], &lines[1]["path"]),
        (&a.into(), &b.into())
    );
    assert_eq!(lines[0]["file"]["isPrivate"], true);
    assert_eq!(lines[0]["file"]["path"], "reports");
    let kept = platform.emulator().file(lines[0]["id"].as_str().unwrap());
    assert_eq!(kept.unwrap().size, 3);
}

#[test]
fn what_was_taken_before_a_failure_is_told_all_the_same() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let (a, none) = (folder.path().join("a.txt"), folder.path().join("none"));
    fs::write(&a, "abc").unwrap();
    let args = [
        "upload",
        a.to_str().unwrap(),
        none.to_str().unwrap(),
        "--format",
        "json",
        "--emulator",
        platform.url(),
    ];
    let stdout = Twin::new(args).run().failed(&["cannot upload", "none"]);
    let lines = objects(&stdout);
    assert_eq!(
        (&lines[0]["type"], &lines[1]["type"]),
        (&"file".into(), &"error".into())
    );
    assert_eq!(lines[1]["kind"], "io");
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_to() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let id = upload(&platform, folder.path(), "a.txt", b"new");
    let into = tempfile::tempdir().unwrap();
    let place = into.path().join("a.txt");
    fs::write(&place, "old").unwrap();
    let download = || {
        let args = ["--emulator", platform.url(), "download", &id, "--output"];
        Twin::new(args.into_iter().chain([into.path().to_str().unwrap()]))
    };
    download().run().failed(&["a.txt", "--overwrite"]);
    assert_eq!(fs::read(&place).unwrap(), b"old");
    let args = ["--emulator", platform.url(), "download", &id, "--overwrite"];
    let output = ["--output", into.path().to_str().unwrap()];
    let told = Twin::new(args.into_iter().chain(output)).run().done();
    assert_eq!(told.trim_end(), place.to_str().unwrap());
    assert_eq!(fs::read(&place).unwrap(), b"new");
    assert_eq!(names(into.path()), ["a.txt"]);
}

#[test]
fn a_failure_says_what_where_and_what_to_try() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let id = upload(&platform, folder.path(), "a.txt", b"abc");
    let at = |url: &str, args: &[&str]| {
        let flags = ["--iam-url", url, "--format", "json"];
        Twin::new(args.iter().copied().chain(flags)).env("TWIN_TOKEN", "t")
    };
    let iam = format!("{}/api/iam/v1", platform.url());
    let none = folder.path().join("none");
    let none = none.to_str().unwrap();
    let download = ["download", id.as_str(), "--output", none];
    let file = folder.path().join("a.txt");
    let upload = ["upload", file.to_str().unwrap()];
    let page = Server::page("502 Bad Gateway");
    for (url, args, kind, parts) in [
        (
            iam.clone(),
            &download[..],
            "unauthorized",
            &["401", "token"][..],
        ),
        (
            iam.clone(),
            &upload[..],
            "unauthorized",
            &["cannot upload", "401"],
        ),
        (nobody(), &download[..], "unreachable", &["127.0.0.1:1"]),
        (
            nobody(),
            &upload[..],
            "unreachable",
            &["cannot upload", "127.0.0.1:1"],
        ),
        (
            page.url("http"),
            &upload[..],
            "refused",
            &["not known whether", "502"],
        ),
    ] {
        let stdout = at(&url, args).run().failed(parts);
        assert_eq!(objects(&stdout)[0]["kind"], kind, "{stdout}");
    }
    // What is wrong on this machine is wrong at no address.
    let here = at(&iam, &["upload", "/no/such"]).run();
    assert!(!here.stderr.contains("127.0.0.1"), "{}", here.stderr);
    here.failed(&["cannot upload /no/such: "]);
    let missing = ["download", "no-such-file", "--emulator", platform.url()];
    Twin::new(missing).run().failed(&["no-such-file", "404"]);
    assert_eq!(names(folder.path()), ["a.txt"], "nothing is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_one_sentence() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let id = upload(&platform, folder.path(), "a.txt", b"abc");
    let args = [
        "--emulator",
        platform.url(),
        "download",
        &id,
        "--output",
        "/dev/full",
    ];
    Twin::new(args)
        .run()
        .failed(&["/dev/full", "No space left on device"]);
}

#[cfg(unix)]
#[test]
fn a_download_that_is_stopped_leaves_nothing() {
    let server = Server::half();
    let into = tempfile::tempdir().unwrap();
    let url = server.url("http");
    let args = ["download", "f", "--iam-url", &url, "--output"];
    let args = args.into_iter().chain([into.path().to_str().unwrap()]);
    let running = Twin::new(args).env("TWIN_TOKEN", "t").start();
    while names(into.path()).is_empty() {
        std::thread::yield_now();
    }
    assert!(names(into.path())[0].ends_with(".part"));
    running.signal("INT");
    running.end().done();
    assert_eq!(names(into.path()), Vec::<String>::new());
}

#[test]
fn a_folder_that_is_not_there_is_told_by_the_name_that_was_given() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let id = upload(&platform, folder.path(), "a.txt", b"abc");
    let to = folder.path().join("missing").join("b.txt");
    let to = to.to_str().unwrap();
    let url = platform.url();
    let ended = Twin::new(["download", &id, "--output", to, "--emulator", url]).run();
    assert!(!ended.stderr.contains(".part"), "{}", ended.stderr);
    ended.failed(&[to]);
}

/// A file system on which no file may be larger than a few blocks is as good as a full one.
#[cfg(unix)]
#[test]
fn a_disk_that_takes_only_a_part_is_left_without_it() {
    use crate::support::program;

    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let id = upload(&platform, folder.path(), "large", &[7; 300_000]);
    let into = tempfile::tempdir().unwrap();
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{program}' --emulator {url} download {id} --output '{into}'",
        program = program(),
        url = platform.url(),
        into = into.path().display(),
    );
    let ended = std::process::Command::new("sh")
        .args(["-c", &line])
        .output();
    let ended = ended.unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("File too large"), "{stderr}");
    assert_eq!(names(into.path()), Vec::<String>::new());
}

#[test]
fn the_name_of_a_file_cannot_command_the_terminal() {
    let platform = Platform::echo();
    let file = "no\u{1b}[2Jsuch\nfile";
    for args in [
        &["upload", file][..],
        &["sessions", "--token-file", file],
        &["sessions", "--ca-file", file],
        &["emulator", "--bot", file],
    ] {
        let url = ["--emulator", platform.url()];
        let ended = Twin::new(args.iter().copied().chain(url)).run();
        assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
        ended.failed(&["no␛[2Jsuch file"]);
    }
}
