//! The transcripts of a real Centrifugo 6.2.2, held again with the emulator: what the client said
//! there is said here, and what the server answered must come here too, byte for byte but for
//! client ids and epochs.
//!
//! Not compared: how lines fall into frames, which is chance there; what `joinSession` answers, as
//! the recorder's application says yes to anything. The transcripts that are not held again need
//! another configuration or another application; what is asserted of them stands in `live.rs`.

use std::{collections::HashMap, fs, path::Path};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use twin_emulator::{Bot, CentrifugoSettings, Emulator, Publication};

use crate::support::{Heard, OTHER, SESSION, Socket, start_session};

macro_rules! captures {
    ($($test:ident = $file:literal,)*) => {$(
        #[tokio::test]
        async fn $test() {
            hold($file).await;
        }
    )*};
}

captures! {
    bad_first = "bad-first",
    bad_ids = "bad-ids",
    bad_json = "bad-json",
    bad_lines = "bad-lines",
    bad_requests = "bad-requests",
    client_drops = "client-drops",
    commands_refused = "commands-refused",
    connect_minimal = "connect-minimal",
    connect_no_sessions = "connect-no-sessions",
    connect_stale = "connect-stale",
    connect_subs_not_granted = "connect-subs-not-granted",
    connect_twice = "connect-twice",
    data_big = "data-big",
    data_envelopes = "data-envelopes",
    data_forms = "data-forms",
    data_pretty = "data-pretty",
    flow = "flow",
    flow_no_join = "flow-no-join",
    flow_one_frame = "flow-one-frame",
    ping_frame_mode = "ping-frame-mode",
    ping_no_pong = "ping-no-pong",
    ping_no_pong_wanted = "ping-no-pong-wanted",
    ping_pong = "ping-pong",
    ping_pong_wrong = "ping-pong-wrong",
    push_burst = "push-burst",
    push_disconnect = "push-disconnect",
    push_subscribe_unsubscribe = "push-subscribe-unsubscribe",
    push_then_disconnect = "push-then-disconnect",
    recover = "recover",
    recover_history_removed = "recover-history-removed",
    recover_no_history = "recover-no-history",
    recover_nothing_missed = "recover-nothing-missed",
    recover_other_epoch = "recover-other-epoch",
    recover_small_history = "recover-small-history",
    recover_too_many = "recover-too-many",
    rpc_requests = "rpc-requests",
    size_limit = "size-limit",
    state_history_removed_live = "state-history-removed-live",
    sub_client_side = "sub-client-side",
}

/// One line of a transcript.
#[derive(Deserialize)]
struct Line {
    conn: u32,
    dir: String,
    kind: String,
    data: Box<RawValue>,
}

/// Holds a transcript again.
async fn hold(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/captures/centrifugo")
        .join(format!("{name}.jsonl"));
    let transcript = fs::read_to_string(path).unwrap();
    let lines = transcript
        .lines()
        .map(|line| serde_json::from_str::<Line>(line).unwrap());
    let mut stage: Option<Stage> = None;
    for (number, line) in lines.enumerate() {
        if line.kind == "setup" {
            stage = Some(Stage::new(&serde_json::from_str(line.data.get()).unwrap()).await);
        } else {
            let stage = stage.as_mut().expect("the first line sets up");
            stage
                .play(&line, &format!("{name}, line {}", number + 1))
                .await;
        }
    }
}

/// An emulator, and the connections of the transcript to it.
struct Stage {
    emulator: Emulator,
    sockets: HashMap<u32, Socket>,
    /// Epochs of the transcript and those in their place.
    epochs: HashMap<String, String>,
    /// Ids of rpc commands whose answers are the application's.
    calls: HashMap<u32, Vec<u64>>,
}

impl Stage {
    async fn new(setup: &Value) -> Self {
        let mut settings = CentrifugoSettings::default();
        for (key, value) in setup["config"].as_object().unwrap() {
            let text = value.as_str().unwrap_or_default();
            let number = value
                .as_u64()
                .map(|number| usize::try_from(number).unwrap());
            match key.as_str() {
                "client.ping_interval" => settings.ping_interval = duration(text).unwrap(),
                "client.pong_timeout" => settings.pong_timeout = duration(text),
                "client.stale_close_delay" => settings.stale_close_delay = duration(text).unwrap(),
                "channel.namespaces.0.history_size" => settings.history_size = number.unwrap(),
                // They follow from a history of 0 here.
                "channel.namespaces.0.force_recovery" | "channel.namespaces.0.history_ttl" => {}
                other => panic!("{other} cannot be set"),
            }
        }
        // A bot that does not greet, so that the streams begin empty.
        let builder = Emulator::builder().bot(Bot::echo());
        let emulator = builder.centrifugo(settings).start().await.unwrap();
        for session in [SESSION, OTHER] {
            start_session(&emulator, Some(session), "").await;
        }
        Self {
            emulator,
            sockets: HashMap::new(),
            epochs: HashMap::new(),
            calls: HashMap::new(),
        }
    }

    async fn play(&mut self, line: &Line, at: &str) {
        let data: Value = serde_json::from_str(line.data.get()).unwrap();
        let text = data.as_str().unwrap_or_default();
        match (line.dir.as_str(), line.kind.as_str()) {
            ("out", "http") => {
                let target = data["target"].as_str().unwrap();
                let query = target.find('?').map_or("", |at| &target[at..]);
                self.sockets
                    .insert(line.conn, Socket::dial(&self.emulator, query).await);
            }
            ("out", "text") => {
                let sent = self.translated(text);
                self.note_calls(line.conn, &sent);
                self.socket(line.conn).send(&sent).await;
            }
            ("out", "ctl") => {
                // The library answers the server's close frames itself.
                if data["op"] == "close" && data["code"] == 1000 {
                    self.socket(line.conn).close(1000).await;
                }
            }
            ("out", "eof") => {
                self.sockets.remove(&line.conn);
            }
            ("in", "text") => {
                for expected in text.split('\n') {
                    let heard = self.socket(line.conn).hear().await;
                    let Heard::Line(heard) = heard else {
                        panic!("{at}: {heard:?} instead of {expected}");
                    };
                    self.compare(line.conn, &heard, expected, at);
                }
            }
            ("in", "ctl") => {
                let code = data["code"].as_u64().unwrap();
                let reason = data["reason"].as_str().unwrap();
                let expected = Heard::Close(u16::try_from(code).unwrap(), reason.to_owned());
                assert_eq!(self.socket(line.conn).hear().await, expected, "{at}");
            }
            ("in", "eof") => {
                if let Some(mut socket) = self.sockets.remove(&line.conn) {
                    assert_eq!(socket.hear().await, Heard::End, "{at}");
                }
            }
            ("side", "api") => self.api(&data),
            ("in", "http") | ("side", "proxy") => {}
            other => panic!("{at}: {other:?} cannot be played"),
        }
    }

    fn socket(&mut self, conn: u32) -> &mut Socket {
        self.sockets
            .get_mut(&conn)
            .expect("a connection that was dialled")
    }

    /// A call of the server's API; its reply is not looked at.
    fn api(&self, data: &Value) {
        let Some(request) = data["request"].as_str() else {
            return;
        };
        #[derive(Deserialize)]
        struct Batch<'a> {
            #[serde(borrow)]
            commands: Vec<HashMap<&'a str, &'a RawValue>>,
        }
        let method = data["method"].as_str().unwrap();
        if method == "batch" {
            let batch: Batch<'_> = serde_json::from_str(request).unwrap();
            for command in batch.commands {
                for (method, request) in command {
                    self.one_api(method, request.get());
                }
            }
        } else {
            self.one_api(method, request);
        }
    }

    fn one_api(&self, method: &str, request: &str) {
        #[derive(Deserialize)]
        struct Request<'a> {
            #[serde(default)]
            channel: String,
            #[serde(default, borrow)]
            data: Data<'a>,
            #[serde(default)]
            disconnect: Option<Disconnect>,
        }
        /// Unlike in an `Option`, `null` is data.
        #[derive(Deserialize)]
        struct Data<'a>(#[serde(borrow)] &'a RawValue);
        impl Default for Data<'_> {
            fn default() -> Self {
                Self(RawValue::NULL)
            }
        }
        #[derive(Deserialize)]
        struct Disconnect {
            code: u16,
            #[serde(default)]
            reason: String,
        }
        let request: Request<'_> = serde_json::from_str(request).unwrap();
        let session = request.channel.strip_prefix("widget:").unwrap_or_default();
        match method {
            "publish" => {
                let data = request.data.0.get();
                let publication = Publication::data_for(session, data).unwrap();
                self.emulator.publish(&publication).unwrap();
            }
            "history_remove" => self.emulator.remove_history(session).unwrap(),
            "subscribe" => self.emulator.subscribe(None, &request.channel),
            "unsubscribe" => self.emulator.unsubscribe(None, &request.channel),
            "disconnect" => {
                let (code, reason) = match request.disconnect {
                    Some(disconnect) => (disconnect.code, disconnect.reason),
                    None => (3503, "force disconnect".to_owned()),
                };
                self.emulator.disconnect(None, code, &reason);
            }
            other => panic!("{other} cannot be called"),
        }
    }

    fn note_calls(&mut self, conn: u32, sent: &str) {
        for line in sent.lines() {
            let command: Value = serde_json::from_str(line).unwrap_or_default();
            let rpc = command.get("rpc").or(command.get("RPC"));
            let id = command["id"].as_u64().or(command["ID"].as_u64());
            if let (Some(_), Some(id)) = (rpc, id) {
                self.calls.entry(conn).or_default().push(id);
            }
        }
    }

    /// What the client says, with the epochs of here.
    fn translated(&self, text: &str) -> String {
        self.epochs
            .iter()
            .fold(text.to_owned(), |text, (there, here)| {
                text.replace(
                    &format!(r#""epoch":"{there}""#),
                    &format!(r#""epoch":"{here}""#),
                )
            })
    }

    fn compare(&mut self, conn: u32, heard: &str, expected: &str, at: &str) {
        let (heard_json, expected_json): (Value, Value) = (
            serde_json::from_str(heard).unwrap(),
            serde_json::from_str(expected).unwrap(),
        );
        let id = expected_json["id"].as_u64().unwrap_or_default();
        let is_answer = expected_json.get("rpc").is_some();
        if is_answer
            && self
                .calls
                .get(&conn)
                .is_some_and(|calls| calls.contains(&id))
        {
            assert_eq!(heard_json["id"], id, "{at}");
            return;
        }
        for (channel, there) in epochs(&expected_json) {
            let here = epochs(&heard_json).remove(&channel);
            let here = here.unwrap_or_else(|| panic!("{at}: no epoch in {heard}"));
            self.epochs.insert(there, here);
        }
        let mut expected = self.translated(expected);
        if let Some(client) = expected_json["connect"]["client"].as_str() {
            let here = heard_json["connect"]["client"].as_str().unwrap();
            expected = expected.replace(client, here);
        }
        assert_eq!(heard, expected, "{at}");
    }
}

/// The epochs of a reply or push, by channel.
fn epochs(reply: &Value) -> HashMap<String, String> {
    let subs = reply["connect"]["subs"].as_object().into_iter().flatten();
    let subs = subs.map(|(channel, sub)| (channel.clone(), sub));
    let pushed = (
        reply["push"]["channel"].to_string(),
        &reply["push"]["subscribe"],
    );
    let subscribed = (String::new(), &reply["subscribe"]);
    subs.chain([pushed, subscribed])
        .filter_map(|(channel, sub)| Some((channel, sub["epoch"].as_str()?.to_owned())))
        .collect()
}

/// A duration as Go writes it; `None` where it is negative.
fn duration(text: &str) -> Option<std::time::Duration> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let milliseconds = match text.ends_with("ms") {
        true => digits.parse::<i64>().unwrap(),
        false => digits.parse::<i64>().unwrap() * 1000,
    };
    u64::try_from(milliseconds)
        .ok()
        .map(std::time::Duration::from_millis)
}
