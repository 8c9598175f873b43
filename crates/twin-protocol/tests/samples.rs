//! Every sample of the integration article, read by the type that fits it.
//!
//! Each is also read in every variation that the platform may send: a field left out, `null` in its
//! place, a field that nobody knows. What the type needs is listed with the sample; everything else
//! must not matter. And the law holds for all of them: what is written after reading is read as the
//! same.

#[path = "samples/link.rs"]
mod link;
#[path = "samples/table.rs"]
mod table;
#[path = "samples/ways.rs"]
mod ways;

use std::{collections::BTreeSet, fmt::Debug, fs, path::PathBuf};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use twin_protocol::{
    event::{Envelope, Event, payload::MessageCreated},
    model::{SessionDraft, StartedSession},
    raw::RawJson,
};

use self::ways::Step;

fn folder() -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "..",
        "..",
        "tests",
        "fixtures",
        "samples",
    ]
    .iter()
    .collect()
}

fn read(file: &str) -> Value {
    let text = fs::read_to_string(folder().join(file)).expect(file);
    serde_json::from_str(&text).expect(file)
}

/// The payload of a sample: of Socket.IO's the second of the pair.
fn payload_of(file: &str, sample: &Value) -> Value {
    if file.starts_with("socketio.") {
        sample[1].clone()
    } else {
        sample.clone()
    }
}

#[test]
fn every_sample_is_spoken_for() {
    let listed = table::SAMPLES.iter().map(|sample| sample.file);
    let elsewhere = table::ELSEWHERE.iter().map(|(file, _)| *file);
    let known: BTreeSet<_> = listed.chain(elsewhere).map(str::to_owned).collect();
    let present: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    assert_eq!(known, present);
}

#[test]
fn every_sample_is_read_whole_and_in_every_variation() {
    for sample in table::SAMPLES {
        (sample.check)(&payload_of(sample.file, &read(sample.file)), sample.needed);
    }
}

#[test]
fn every_sample_of_an_event_is_that_event_in_an_envelope() {
    for sample in table::SAMPLES {
        let Some(name) = sample.event else { continue };
        let sampled = read(sample.file);
        let data = if sample.file.starts_with("socketio.") {
            sampled.clone()
        } else {
            json!({ "event": name, "payload": sampled })
        };
        let envelope = Envelope::decode(&RawJson::new(data.to_string()).unwrap());
        assert_eq!(envelope.name.as_deref(), Some(name), "{}", sample.file);
        assert_eq!(
            envelope.event.name().map(|name| name.as_str()),
            Some(name),
            "{}",
            sample.file
        );
        assert!(
            !matches!(envelope.event, Event::Unreadable(_)),
            "{:?}",
            envelope.event
        );
        let payload: Value = envelope.payload.read().unwrap();
        assert_eq!(payload, payload_of(sample.file, &sampled));
    }
}

/// Reads `json` as a `T`, as it is and in every variation.
fn check<T: DeserializeOwned + Serialize + PartialEq + Debug>(json: &Value, needed: &[&str]) {
    let value = round_trip::<T>(json).expect("the sample itself");
    assert_nothing_is_lost(
        json,
        &serde_json::to_value(&value).expect("what was read can be written"),
    );
    let nobody_knows = || Step::Key("nobodyKnowsThis".into());
    let mut objects = vec![vec![nobody_knows()]];
    for way in ways::all(json) {
        let is_needed = needed.contains(&&*ways::pattern(&way));
        for changed in [
            ways::remove(json, &way),
            ways::replace(json, &way, Value::Null),
        ] {
            match round_trip::<T>(&changed) {
                Ok(_) => assert!(!is_needed, "{way:?} is not needed"),
                Err(error) => assert!(is_needed, "{way:?}: {error}"),
            }
        }
        if ways::get(json, &way).is_some_and(Value::is_object) {
            objects.push(way.into_iter().chain([nobody_knows()]).collect());
        }
    }
    for way in objects {
        // A text, as one of the objects is a map of texts.
        let with_more = ways::replace(json, &way, json!("anything"));
        round_trip::<T>(&with_more).expect("a field that nobody knows");
    }
}

/// `decode(encode(decode(x))) == decode(x)`.
fn round_trip<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    json: &Value,
) -> Result<T, serde_json::Error> {
    let value: T = serde_json::from_str(&json.to_string())?;
    let written = serde_json::to_string(&value).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(again, value);
    Ok(value)
}

/// Every value of the sample stands in what was written, but for `null`; a number may have become
/// text.
fn assert_nothing_is_lost(sample: &Value, written: &Value) {
    for way in ways::all(sample) {
        let value = ways::get(sample, &way).expect("a way of the sample");
        match (value, ways::get(written, &way)) {
            (Value::Null, _) | (Value::Object(_) | Value::Array(_), Some(_)) => {}
            (Value::Number(number), Some(Value::String(text))) => {
                assert_eq!(number.to_string(), *text, "{way:?}");
            }
            (value, Some(written)) => assert_eq!(value, written, "{way:?}"),
            (value, None) => panic!("{way:?} is lost: {value}"),
        }
    }
}

#[test]
fn the_samples_values_are_read_as_what_they_mean() {
    let sample = read("rest.startSession.reply.json");
    let session: StartedSession = serde_json::from_value(sample).unwrap();
    assert_eq!(session.ttl.as_secs(), 3600);
    let message = session.messages[0].read().unwrap();
    assert_eq!(
        message.attachments[0].suggested_extension.as_deref(),
        Some("png")
    );

    let sample = read("rest.startSession.request.json");
    let draft: SessionDraft = serde_json::from_value(sample).unwrap();
    assert_eq!(draft.client_phone.as_deref(), Some("75555673245"));
    assert_eq!(draft.client_timezone_minutes, Some(300));
    assert_eq!(draft.client_metadata.len(), 3);

    let sample = read("socketio.chatMessageCreatedEmit.operator.json");
    let message: MessageCreated = serde_json::from_value(sample[1].clone()).unwrap();
    let avatar = message.avatar.as_ref().unwrap();
    assert!(
        avatar
            .url()
            .unwrap()
            .as_str()
            .contains("response-content-type")
    );
    assert_eq!(avatar.file().unwrap().size, Some(310_723));
    assert!(!format!("{message:?}").contains("X-Amz-Signature"));

    let sample = read("centrifugo.chatMessageCreated.json");
    let message: MessageCreated = serde_json::from_value(sample).unwrap();
    assert_eq!(
        message.avatar.unwrap().url().unwrap().as_str(),
        "https://example.com/avatar.png"
    );
    assert_eq!(message.keyboard.unwrap().buttons[1].text, "Кнопка 2");
}

#[test]
fn an_unreadable_message_does_not_spoil_the_start_of_a_session() {
    let mut sample = read("rest.startSession.reply.json");
    sample["messages"][0]["attachments"][0]["id"] = Value::Null;
    let session = round_trip::<StartedSession>(&sample).unwrap();
    let message = &session.messages[0];
    assert!(
        message
            .read()
            .unwrap_err()
            .starts_with("`attachments[0].id`: ")
    );
    assert_eq!(
        message.raw().read::<Value>().unwrap(),
        sample["messages"][0]
    );
}
