//! What was done to the recorded server by its API, done again through the emulator behind it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use twin_client::{Client, Config, Endpoints, SessionDraft, api::chats::StartSession};
use twin_emulator::{Emulator, Fault, Publication};

/// Starts a session of this id, which is not listened to.
pub(super) async fn start_session(emulator: &Emulator, session: &str) {
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http).expect("an address");
    let mut draft = SessionDraft::new("transcript");
    draft.session_id = Some(session.into());
    draft.return_answer_async = Some(true);
    let mut call = StartSession::new("0f9619ff-8b86-4d01-b42d-00cf4fc964ff".into(), draft);
    call.x_widget = true;
    let client = Client::new(config).expect("a client");
    client.call(call).await.expect("the session starts");
}

/// Has the application answer its next question of this kind as the recorder's did, if that refused.
pub(super) fn prompt(emulator: &Emulator, answer: &Value) {
    let Some(reply) = answer["reply"].as_str() else {
        return;
    };
    // What is no refusal is what the emulator's application answers by itself, or cannot be told to.
    let Ok(fault) = serde_json::from_str::<Fault>(reply) else {
        return;
    };
    let mut behaviour = emulator.behaviour();
    let (place, times) = match answer["path"].as_str() {
        Some("connect") => (
            &mut behaviour.connect_fault,
            &mut behaviour.connect_fault_times,
        ),
        Some("rpc") => (&mut behaviour.join_fault, &mut behaviour.join_fault_times),
        Some("subscribe") => (
            &mut behaviour.subscribe_fault,
            &mut behaviour.subscribe_fault_times,
        ),
        other => panic!("{other:?} is not asked of the application"),
    };
    *place = Some(fault);
    *times = Some(1);
    emulator.set_behaviour(behaviour);
}

/// A call of the server's API; its reply is not looked at.
pub(super) async fn call(emulator: &Emulator, data: &Value) {
    #[derive(Deserialize)]
    struct Batch<'a> {
        #[serde(borrow)]
        commands: Vec<HashMap<&'a str, &'a RawValue>>,
    }
    let Some(request) = data["request"].as_str() else {
        return;
    };
    let method = data["method"].as_str().unwrap_or_default();
    if method == "batch" {
        let batch: Batch<'_> = serde_json::from_str(request).expect("a batch");
        for (method, request) in batch.commands.into_iter().flatten() {
            one(emulator, method, request.get());
        }
    } else {
        one(emulator, method, request);
    }
    emulator.settle().await.expect("the server does it");
}

fn one(emulator: &Emulator, method: &str, request: &str) {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(default)]
        channel: String,
        #[serde(default, borrow)]
        data: Data<'a>,
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
    let request: Request<'_> = serde_json::from_str(request).expect("a request");
    let session = request.channel.strip_prefix("widget:").unwrap_or_default();
    match method {
        "publish" => {
            let publication = Publication::data_for(session, request.data.0.get());
            let publication = publication.expect("a publication");
            emulator.publish(&publication).expect("it is queued");
        }
        "history_remove" => emulator.remove_history(session).expect("there is one"),
        "subscribe" => emulator.subscribe(None, &request.channel),
        "unsubscribe" => emulator.unsubscribe(None, &request.channel),
        "disconnect" => {
            let usual = || (3503, "force disconnect".to_owned());
            let (code, reason) = request
                .disconnect
                .map_or_else(usual, |it| (it.code, it.reason));
            emulator.disconnect(None, code, &reason);
        }
        other => panic!("{other} cannot be called"),
    }
}
