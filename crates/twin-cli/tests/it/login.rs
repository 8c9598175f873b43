//! `twin login` and `twin sessions`.

use std::{fs, net::SocketAddr, path::PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use twin_emulator::{Bot, Emulator};

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

/// The same place each time: an emulator that ends, and one that comes after it.
struct Emulators {
    place: SocketAddr,
    file: PathBuf,
    _folder: TempDir,
}

impl Emulators {
    fn new(first: &Platform) -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            place: first
                .url()
                .strip_prefix("http://")
                .unwrap()
                .parse()
                .unwrap(),
            file: folder.path().join("login.json"),
            _folder: folder,
        }
    }

    fn next(&self) -> Platform {
        Platform::of(Emulator::builder().bot(Bot::echo()).listen(self.place))
    }

    /// The program, led to whichever emulator is there.
    fn twin<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Twin {
        Twin::new(args)
            .env("TWIN_EMULATOR", format!("http://{}", self.place))
            .env("TWIN_LOGIN_FILE", &self.file)
    }

    fn log_in(&self) {
        let mut running = self.twin(["login", "demo@example.com"]).start();
        running.say("demo");
        running.end().done();
    }
}

#[test]
fn a_login_of_an_emulator_that_has_ended_is_not_used() {
    let first = Platform::echo();
    let emulators = Emulators::new(&first);
    emulators.log_in();
    // While that emulator goes on, it is.
    emulators.twin(["sessions"]).run().done();
    drop(first);

    let second = emulators.next();
    let session = second.session();
    for command in [&["sessions"][..], &["send", &session, "hello"]] {
        let ended = emulators.twin(command.iter().copied()).run();
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(
            ended.stderr,
            "twin: the login of demo@example.com is of an emulator that has ended; going on with the \
             emulator's own token; `twin login` logs in again\n"
        );
    }
    // A token that is given comes first, and then the login does not matter.
    let given = emulators
        .twin(["sessions"])
        .env("TWIN_TOKEN", second.token());
    given.run().done();
    emulators.log_in();
    emulators.twin(["sessions"]).run().done();
}

#[test]
fn which_emulator_gave_a_login_stays_known_when_it_is_renewed() {
    let first = Platform::echo();
    let emulators = Emulators::new(&first);
    emulators.log_in();
    first.emulator().expire_tokens();
    emulators.twin(["sessions"]).run().done();
    drop(first);

    let _second = emulators.next();
    let ended = emulators.twin(["sessions"]).run();
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn a_login_that_does_not_say_which_emulator_gave_it_is_used() {
    let platform = Platform::echo();
    let emulators = Emulators::new(&platform);
    emulators.log_in();
    let kept = fs::read_to_string(&emulators.file).unwrap();
    let mut kept: Value = serde_json::from_str(&kept).unwrap();
    let instance = kept.as_object_mut().unwrap().remove("instance");
    let instance = instance.unwrap();
    assert_eq!(instance, platform.emulator().addresses().instance.as_str());
    kept["token"] = "another".into();
    kept.as_object_mut().unwrap().remove("refresh_token");
    fs::write(&emulators.file, kept.to_string()).unwrap();
    emulators
        .twin(["sessions"])
        .run()
        .failed(&["cannot list the sessions"]);
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
