//! `twin api`.

use std::fs;

use serde_json::Value;

use crate::support::{Ended, Platform, Server, Twin, nobody};

fn api(platform: &Platform, args: &[&str]) -> Ended {
    let all = ["--emulator", platform.url(), "--format", "json", "api"];
    Twin::new(all.into_iter().chain(args.iter().copied())).run()
}

fn answer(platform: &Platform, args: &[&str]) -> Value {
    let line: Value = serde_json::from_str(&api(platform, args).done()).unwrap();
    assert_eq!(line["type"], "answer");
    assert_eq!(line["operation"], args[0]);
    line["body"].clone()
}

#[test]
fn a_session_is_started_written_to_renamed_and_closed_by_calls_alone() {
    let platform = Platform::echo();
    let started = answer(
        &platform,
        &[
            "startSession",
            "chatId=c",
            "name=@@me",
            "variables={\"n\":1}",
        ],
    );
    let session = started["id"].as_str().unwrap();
    let id = format!("sessionId={session}");
    answer(&platform, &["sendMessage", &id, "body=hello"]);
    assert_eq!(
        answer(&platform, &["renameSession", &id, "newName=VIP"]),
        Value::Null
    );
    let listed = answer(&platform, &["listSessions", "limit=1", &id]);
    assert_eq!(listed["items"][0]["name"], "VIP");
    let messages = answer(&platform, &["listSessionMessages", &id]);
    assert_eq!(messages["items"][0]["body"], "hello");
    answer(&platform, &["closeSession", &id, "result=done"]);
    let gone = api(&platform, &["getSession", "sessionId=nobody"]);
    let said = gone.failed(&["getSession", "404"]);
    let line: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&line["type"], &line["kind"]),
        (&"error".into(), &"not_found".into())
    );
}

#[test]
fn an_answer_is_given_as_it_came() {
    let server = Server::json(r#"{"count":0,"items":[],"new":"\u0416"}"#);
    let shown = Twin::new(["--chats-url", &server.url("http"), "api", "listSessions"])
        .run()
        .done();
    assert_eq!(shown, "{\"count\":0,\"items\":[],\"new\":\"\\u0416\"}\n");
}

#[test]
fn an_answer_of_which_nothing_is_expected_is_shown_whatever_it_is() {
    for (body, shown) in [
        (&b"OK"[..], r#""OK""#),
        (b"\xff", "\"\u{fffd}\""),
        (b"{\"done\":\ntrue}", r#"{"done": true}"#),
    ] {
        let server = Server::bytes(body);
        let url = server.url("http");
        let call = ["--chats-url", &url, "api", "closeSession", "sessionId=s"];
        let json = Twin::new(call.into_iter().chain(["--format", "json"]));
        let line = json.env("TWIN_TOKEN", "t").run().done();
        let wanted = format!(r#"{{"type":"answer","operation":"closeSession","body":{shown}}}"#);
        assert_eq!(line, wanted + "\n");
        let text = Twin::new(call).env("TWIN_TOKEN", "t").run().done();
        assert_eq!(text, String::from_utf8_lossy(body) + "\n");
    }
}

#[test]
fn a_secret_comes_from_a_file_or_stdin_alone() {
    let platform = Platform::echo();
    let plain = api(
        &platform,
        &["login", "email=demo@example.com", "password=demo-secret"],
    );
    plain.misused("`password` is a secret");
    assert!(!plain.stderr.contains("demo-secret"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "demo\n").unwrap();
    let password = format!("password=@{}", file.display());
    let logged_in = answer(&platform, &["login", "email=demo@example.com", &password]);
    assert!(logged_in["token"].is_string());
    let mut asking = Twin::new([
        "--emulator",
        platform.url(),
        "api",
        "login",
        "email=demo@example.com",
        "password=@-",
    ])
    .start();
    asking.say("demo");
    asking.close_stdin();
    assert!(asking.end().done().contains("token"));
}

#[test]
fn a_token_is_advised_where_the_call_would_take_one() {
    let platform = Platform::echo();
    let twin = |args: &[&str]| {
        let (chats, iam) = (
            platform.emulator().addresses().chats.clone(),
            platform.emulator().addresses().iam.clone().unwrap(),
        );
        let args = ["api"].into_iter().chain(args.iter().copied());
        Twin::new(args)
            .env("TWIN_CHATS_URL", chats)
            .env("TWIN_IAM_URL", iam)
    };
    twin(&["listSessions"])
        .run()
        .failed(&["401", "`twin login`"]);
    for call in [
        &["login", "email=demo@example.com", "password=@-"][..],
        &["refreshToken", "token=@-", "refreshToken=none"],
    ] {
        let mut wrong = twin(call).start();
        wrong.say("secret-wrong");
        wrong.close_stdin();
        let ended = wrong.end();
        for absent in ["twin login", "TWIN_TOKEN", "secret"] {
            assert!(!ended.stderr.contains(absent), "{}", ended.stderr);
        }
        ended.failed(&["401", "; check what was given"]);
    }
}

#[test]
fn calls_and_fields_are_named() {
    let calls = Twin::new(["api"]).run().done();
    assert!(calls.contains("listSessions "), "{calls}");
    let fields = Twin::new(["api", "renameSession", "--fields"]).run().done();
    assert!(fields.starts_with("* sessionId"), "{fields}");
    let fields = Twin::new(["api", "renameSession", "--fields", "--format=json"])
        .run()
        .done();
    for line in fields.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["type"], &line["form"]),
            (&"field".into(), &"text".into())
        );
    }
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    for (args, part) in [
        (&["listEverything"][..], "there is no call `listEverything`"),
        (&["renameSession", "id=1"], "it takes sessionId, newName"),
        (&["renameSession", "newName=a"], "also wants `sessionId`"),
        (&["renameSession", "sessionId"], "has no `=`"),
        (&["getSession", "sessionId=1", "sessionId=2"], "given twice"),
        (
            &["listSessions", "limit=many"],
            "`limit` wants a whole number\n",
        ),
        (
            &["listSessions", "limit=-1"],
            "`limit`: wants a whole number from 0 to",
        ),
        (&["listSessions", "from=today"], "`from`: wants a date"),
        (&["listSessions", "clientBanned=1"], "`true` or `false`"),
        (
            &["startSession", "chatId=c", "name=n", "variables=x"],
            "JSON",
        ),
        (&["uploadFiles"], "also wants `file[]`"),
        (&["uploadFiles", "file=a.png"], "file[]=@FILE"),
        (&["uploadFiles", "file=@-", "file=@-"], "stdin"),
        (&["login", "email=@-", "password=@-"], "stdin"),
        (
            &["sendMessage", "sessionId=s", "body=b", "attachments={}"],
            "`attachments`: wants a list, not an object\n",
        ),
        (
            &["uploadFiles", "file=@a.png", "private=maybe"],
            "`private` wants `true` or `false`",
        ),
        (
            &["uploadFiles", "file=@a.png", "ttl=soon"],
            "`ttl` wants a whole number",
        ),
        (&["downloadFile"], "also wants `fileId`"),
        (
            &["downloadFile", "fileId=1", "--format", "json"],
            "--output",
        ),
        (&["getSession", "sessionId=1", "--output", "x"], "--output"),
    ] {
        let nobody = nobody();
        let all = ["--chats-url", &nobody, "--iam-url", &nobody, "api"];
        let ended = Twin::new(all.into_iter().chain(args.iter().copied())).run();
        ended.misused(part);
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let platform = Platform::echo();
    api(&platform, &["login", "email=a", "password=@/no/such/file"])
        .failed(&["cannot read `password` from /no/such/file"]);
}

#[test]
fn files_go_up_in_one_request_and_come_down_byte_for_byte() {
    let platform = Platform::echo();
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| number as u8).collect();
    let (a, b) = (folder.path().join("a.png"), folder.path().join("b"));
    fs::write(&a, &bytes).unwrap();
    fs::write(&b, "").unwrap();
    let (first, second) = (
        format!("file[]=@{}", a.display()),
        format!("file=@{}", b.display()),
    );
    let args = [
        "uploadFiles",
        &first,
        &second,
        "private=true",
        "path=reports",
        "ttl=60",
    ];
    let kept = answer(&platform, &args);
    let kept = kept.as_array().unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(
        (&kept[0]["name"], &kept[1]["name"]),
        (&"a.png".into(), &"b".into())
    );
    assert_eq!(
        (&kept[0]["isPrivate"], &kept[0]["path"]),
        (&true.into(), &"reports".into())
    );

    let id = format!("fileId={}", kept[0]["id"].as_str().unwrap());
    let download = ["--emulator", platform.url(), "api", "downloadFile", &id];
    let to = folder.path().join("copy");
    let ended = Twin::new(download).run_into(fs::File::create(&to).unwrap());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(fs::read(&to).unwrap(), bytes);

    let place = ["--output", to.to_str().unwrap()];
    let again = Twin::new(download.into_iter().chain(place)).run();
    again.failed(&["copy", "--overwrite"]);
    let over = download.into_iter().chain(place).chain(["--overwrite"]);
    assert_eq!(
        Twin::new(over).run().done().trim_end(),
        to.to_str().unwrap()
    );
}

#[test]
fn a_file_may_come_from_stdin() {
    let platform = Platform::echo();
    let args = [
        "--emulator",
        platform.url(),
        "api",
        "uploadFiles",
        "file=@-",
    ];
    let mut running = Twin::new(args).start();
    running.say("what is said");
    running.close_stdin();
    let kept: Value = serde_json::from_str(&running.end().done()).unwrap();
    assert_eq!(
        (&kept[0]["name"], &kept[0]["size"]),
        (&"stdin".into(), &13.into())
    );
}

#[test]
fn a_file_that_cannot_be_had_is_told_in_one_sentence() {
    let platform = Platform::echo();
    api(&platform, &["uploadFiles", "file=@/no/such/file"])
        .failed(&["cannot upload /no/such/file", "No such file"]);
    let missing = [
        "--emulator",
        platform.url(),
        "api",
        "downloadFile",
        "fileId=none",
    ];
    assert_eq!(Twin::new(missing).run().failed(&["none", "404"]), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_does_not_fit_is_told_of() {
    let platform = Platform::echo();
    let kept = {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), [7; 300_000]).unwrap();
        answer(
            &platform,
            &[
                "uploadFiles",
                &format!("file=@{}/a", folder.path().display()),
            ],
        )
    };
    let id = format!("fileId={}", kept[0]["id"].as_str().unwrap());
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    Twin::new(["--emulator", platform.url(), "api", "downloadFile", &id])
        .run_into(full)
        .failed(&["cannot write to stdout", "No space left"]);
}

#[cfg(unix)]
#[test]
fn a_file_is_not_written_to_a_terminal() {
    let platform = Platform::echo();
    let (code, shown) = Twin::new(["api", "downloadFile", "fileId=1"])
        .env("TWIN_EMULATOR", platform.url())
        .at_terminal()
        .end();
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("could command the terminal"), "{shown}");
}
