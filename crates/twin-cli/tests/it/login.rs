//! `twin login` and `twin sessions`.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ended, Platform, Twin};

/// A platform whose token nobody is given, and a place to keep logins.
struct World {
    platform: Platform,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            platform: Platform::echo(),
            folder: TempDir::new().unwrap(),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("settings").join("login.json")
    }

    /// The program, led to the platform by each address alone: it learns no token so.
    fn twin<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Twin {
        let addresses = self.platform.emulator().addresses();
        Twin::new(args)
            .env("TWIN_CHATS_URL", &addresses.chats)
            .env("TWIN_WIDGET_URL", &addresses.widget)
            .env("TWIN_IAM_URL", addresses.iam.as_deref().unwrap())
            .env("TWIN_BOT_URL", addresses.bot.as_deref().unwrap())
            .env("TWIN_LOGIN_FILE", self.file().to_str().unwrap())
    }

    fn log_in(&self, email: &str, password: &str) -> Ended {
        let mut running = self.twin(["login", email, "--format", "json"]).start();
        running.say(password);
        running.close_stdin();
        running.end()
    }
}

fn objects(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn who_has_logged_in_lists_sessions_and_stays_logged_in() {
    let world = World::new();
    let session = world.platform.session();
    let refused = world.twin(["sessions"]).run();
    refused.failed(&["cannot list the sessions", "twin login"]);

    let line = objects(&world.log_in("anna@example.com", "demo").done()).remove(0);
    assert_eq!(line["type"], "login");
    assert_eq!(line["email"], "anna@example.com");
    assert_eq!(line["file"], world.file().to_str().unwrap());
    assert!(line["expires"].is_string(), "{line}");

    let listed = objects(&world.twin(["sessions", "--format", "json"]).run().done());
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["type"], "session");
    assert_eq!(listed[0]["session"], session.as_str());
    assert_eq!(listed[0]["chat"], "a-chat");
    assert_eq!(listed[0]["details"]["id"], session.as_str());

    // The token expires; it is renewed and kept, each time: a refresh token is good for once.
    for _ in 0..2 {
        let before = fs::read_to_string(world.file()).unwrap();
        world.platform.emulator().expire_tokens();
        let shown = world.twin(["sessions"]).run().done();
        assert!(shown.starts_with(&session), "{shown}");
        assert_ne!(fs::read_to_string(world.file()).unwrap(), before);
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new();
    world.log_in("anna@example.com", "demo").done();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.file()), 0o600);
    assert_eq!(mode(world.file().parent().unwrap()), 0o700);
}

#[test]
fn a_wrong_password_is_refused_in_one_sentence_and_nothing_is_kept() {
    let world = World::new();
    let ended = world.log_in("anna@example.com", "secret-wrong");
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    let line = objects(&ended.failed(&["refuses the e-mail address or the password"])).remove(0);
    assert_eq!(
        (line["kind"].as_str(), line["code"].as_u64()),
        (Some("unauthorized"), Some(401))
    );
    assert!(!world.file().exists());
    world
        .log_in("anna@example.com", "")
        .failed(&["password", "empty"]);
}

#[test]
fn a_password_may_stand_in_a_file() {
    let world = World::new();
    let file = world.folder.path().join("password");
    fs::write(&file, "demo\r\n").unwrap();
    let args = [
        "login",
        "anna@example.com",
        "--password-file",
        file.to_str().unwrap(),
    ];
    let told = world.twin(args).run().done();
    assert!(told.starts_with("logged in as anna@example.com"), "{told}");
    let args = ["login", "anna@example.com", "--password-file", "/nowhere"];
    world
        .twin(args)
        .run()
        .failed(&["cannot read the password file /nowhere"]);
}

#[test]
fn a_token_that_is_given_comes_before_a_login() {
    let world = World::new();
    world.log_in("anna@example.com", "demo").done();
    let sessions = world.twin(["sessions"]).env("TWIN_TOKEN", "wrong").run();
    sessions.failed(&["cannot list the sessions"]);
    let token = world.platform.token().to_owned();
    world
        .twin(["sessions"])
        .env("TWIN_TOKEN", &token)
        .run()
        .done();
}

#[test]
fn the_tokens_of_a_login_go_to_no_other_address() {
    let world = World::new();
    world.log_in("anna@example.com", "demo").done();
    let other = Platform::echo();
    let chats = &other.emulator().addresses().chats;
    let sessions = world.twin(["sessions", "--chats-url", chats]).run();
    sessions.failed(&["cannot list the sessions", "twin login"]);
}

#[cfg(unix)]
#[test]
fn a_home_that_is_no_folder_holds_no_login() {
    let platform = Platform::echo();
    let session = platform.session();
    let args = ["sessions", "--emulator", platform.url()];
    let shown = Twin::new(args).env("HOME", "/dev/null").run().done();
    assert!(shown.starts_with(&session), "{shown}");
}

#[test]
fn a_file_that_is_no_login_is_not_repeated() {
    let world = World::new();
    fs::create_dir_all(world.file().parent().unwrap()).unwrap();
    fs::write(world.file(), r#"{"token":"secret"#).unwrap();
    let ended = world.twin(["sessions"]).run();
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    ended.failed(&["cannot use the login in", "log in again"]);
}

#[test]
fn sessions_can_be_chosen_and_counted() {
    let world = World::new();
    for _ in 0..5 {
        world.platform.session();
    }
    let url = world.platform.url();
    let count = |args: &[&str]| {
        let args = ["--emulator", url, "sessions"]
            .into_iter()
            .chain(args.iter().copied());
        Twin::new(args).run().done().lines().count()
    };
    assert_eq!(count(&[]), 5);
    assert_eq!(count(&["--limit", "2"]), 2);
    assert_eq!(count(&["--offset", "3"]), 2);
    assert_eq!(count(&["--chat-id", "another"]), 0);
    assert_eq!(
        count(&["--chat-id", "a-chat", "--spam", "false", "--name", "test"]),
        5
    );
    Twin::new(["sessions", "--from", "yesterday"])
        .run()
        .misused("--from");
}
