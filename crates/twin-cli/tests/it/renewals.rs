//! Renewing the tokens of `twin login`: a refresh token is good for once, and nothing may be lost.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::support::{Gateway, Hold, Platform, Twin, program};

struct World {
    platform: Platform,
    gateway: Gateway,
    folder: TempDir,
}

impl World {
    /// A user who has logged in.
    fn new(hold: Hold) -> Self {
        let platform = Platform::echo();
        let world = Self {
            gateway: Gateway::to(&platform, hold),
            platform,
            folder: TempDir::new().unwrap(),
        };
        world.log_in("anna@example.com", &[]);
        world
    }

    /// One whose renewals nothing holds up.
    fn free() -> Self {
        Self::new(Hold { text: "", times: 0 })
    }

    fn log_in(&self, email: &str, more: &[&str]) {
        let args = ["login", email].into_iter().chain(more.iter().copied());
        let mut running = self.twin(args).start();
        running.say("demo");
        running.end().done();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("login.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let addresses = self.platform.emulator().addresses();
        let file = self.file().to_str().unwrap().to_owned();
        vec![
            ("TWIN_CHATS_URL", self.gateway.url(&addresses.chats)),
            ("TWIN_WIDGET_URL", self.gateway.url(&addresses.widget)),
            (
                "TWIN_IAM_URL",
                self.gateway.url(addresses.iam.as_ref().unwrap()),
            ),
            (
                "TWIN_BOT_URL",
                self.gateway.url(addresses.bot.as_ref().unwrap()),
            ),
            ("TWIN_LOGIN_FILE", file),
        ]
    }

    fn twin<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Twin {
        let environment = self.environment();
        let named = environment.iter();
        named.fold(Twin::new(args), |twin, (name, value)| twin.env(name, value))
    }

    /// Runs `sh` with a script in which `"$0"` is the program.
    fn shell(&self, script: &str) -> (Option<i32>, String, String) {
        let mut shell = Command::new("sh");
        shell.env_clear().envs(self.environment());
        let ended = shell.args(["-c", script, program()]).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (ended.status.code(), text(ended.stdout), text(ended.stderr))
    }
}

#[test]
fn runs_at_the_same_time_renew_a_login_once() {
    // Whoever renews first has its answer only when all have been told that their token has expired.
    let hold = Hold {
        text: "Token is expired.",
        times: 3,
    };
    let world = World::new(hold);
    world.platform.emulator().expire_tokens();
    let runs = [(); 3].map(|()| {
        let mut run = world.twin(["sessions"]).start();
        run.close_stdin();
        run
    });
    for run in runs {
        run.end().done();
    }
    assert_eq!(world.gateway.renewals(), 1);
    world.twin(["sessions"]).run().done();
    assert_eq!(world.gateway.renewals(), 1, "the new tokens were kept");
}

#[test]
fn a_run_that_has_done_waits_for_a_renewal_that_it_began() {
    // The token is about to end, so it is renewed while the calls go on with it: until after the last.
    let hold = Hold {
        text: "/finish HTTP",
        times: 1,
    };
    let world = World::new(hold);
    world.log_in("anna@example.com", &["--ttl", "30"]);
    let before = world.text();
    world.twin(["bot", "ask", "any-bot", "hello"]).run().done();
    assert_eq!(world.gateway.renewals(), 1);
    assert_ne!(world.text(), before);
    world.platform.emulator().expire_tokens();
    world.twin(["sessions"]).run().done();
}

/// Where no file may have a single byte it is as with a full disk.
#[test]
fn who_renews_on_a_full_disk_is_told_and_goes_on() {
    let world = World::free();
    let session = world.platform.session();
    let before = world.text();
    world.platform.emulator().expire_tokens();
    let (code, stdout, stderr) = world.shell(r#"trap '' XFSZ; ulimit -f 0; exec "$0" sessions"#);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.starts_with(&session), "{stdout}");
    is_told(&world, &stderr, "File too large");
    assert_eq!(world.text(), before);
    let names = fs::read_dir(world.folder.path()).unwrap();
    let mut names: Vec<_> = names.map(|name| name.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["login.json", "login.json.lock"]);
}

/// In the folder of a process's open files nobody can make a file, whoever it is.
#[cfg(target_os = "linux")]
#[test]
fn who_renews_in_a_folder_for_reading_alone_is_told_and_goes_on() {
    let world = World::free();
    let session = world.platform.session();
    let before = world.text();
    world.platform.emulator().expire_tokens();
    let (code, stdout, stderr) = world
        .shell(r#"exec 3<"$TWIN_LOGIN_FILE"; exec "$0" sessions --login-file /proc/self/fd/3"#);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.starts_with(&session), "{stdout}");
    is_told(&world, &stderr, "/proc/self/fd/3");
    assert_eq!(world.text(), before);
}

/// One sentence that says what, why and what to do, and shows no token.
#[track_caller]
fn is_told(world: &World, stderr: &str, why: &str) {
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for part in ["cannot keep the login in", why, "log in again"] {
        assert!(stderr.contains(part), "no {part:?} in {stderr}");
    }
    assert!(!stderr.contains(".twin-login-"), "{stderr}");
    let login: serde_json::Value = serde_json::from_str(&world.text()).unwrap();
    for secret in ["token", "refresh_token"] {
        assert!(!stderr.contains(login[secret].as_str().unwrap()));
    }
}

#[test]
fn a_run_leaves_the_login_of_another_user_alone() {
    let world = World::free();
    let session = world.platform.session();
    let mut chat = world.twin(["chat", "any", "--session", &session]).start();
    chat.until("");
    world.log_in("boris@example.com", &[]);
    let of_boris = world.text();
    world.platform.emulator().expire_tokens();
    chat.say("hello");
    chat.until("hello");
    chat.close_stdin();
    chat.end().done();
    assert_eq!(world.text(), of_boris);
}
