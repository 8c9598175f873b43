//! `twin listen`.

use serde_json::Value;
use twin_emulator::Publication;

use crate::support::{Platform, Running, Twin};

fn listen(platform: &Platform, args: &[&str]) -> Running {
    let usual = ["--emulator", platform.url(), "listen", "--format", "json"];
    let mut listen = Twin::new(usual.into_iter().chain(args.iter().copied())).start();
    let connecting: Value = serde_json::from_str(&listen.line()).unwrap();
    assert_eq!(connecting["state"], "connecting");
    listen.object(&[("state", "connected")]);
    listen
}

#[test]
fn it_ends_after_so_many_events_with_the_state_of_the_link_last() {
    let platform = Platform::echo();
    let session = platform.session();
    let listen = listen(&platform, &[&session, "--count", "2"]);
    platform.act(
        &session,
        r#"["typing",{"message":{"body":"one"}},{"message":{"body":"two"}}]"#,
    );
    let stdout = listen.end().done();
    let events = stdout
        .lines()
        .filter(|line| line.starts_with(r#"{"type":"event""#));
    assert_eq!(events.count(), 2, "{stdout}");
    let last: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["state"], "closed");
    assert_eq!(last["reason"]["kind"], "asked");
}

#[test]
fn it_ends_after_so_long() {
    let platform = Platform::echo();
    let session = platform.session();
    let args = [
        "--emulator",
        platform.url(),
        "listen",
        &session,
        "--for",
        "0.2",
    ];
    Twin::new(args).run().done();
}

#[test]
fn a_payload_is_printed_as_it_came() {
    let platform = Platform::echo();
    let session = platform.session();
    let mut listen = listen(&platform, &[&session]);
    // A raw line break between tokens is taken out by Centrifugo already.
    let data = "{\"event\":\"odd\",\"payload\":{ \"a\" :1.0,\n\"a\":\"\\u0436\\n\",\t\"n\":12345678901234567890123}}";
    let publication = Publication::data_for(&session, data).unwrap();
    platform.emulator().publish(&publication).unwrap();
    let line = listen.until("odd");
    let start = format!(
        "{{\"type\":\"event\",\"session\":\"{session}\",\"event\":\"odd\",\"payload\":\
         {{ \"a\" :1.0,\"a\":\"\\u0436\\n\",\t\"n\":12345678901234567890123}},\
         \"position\":{{\"channel\":\"widget:{session}\",\"offset\":"
    );
    assert!(line.starts_with(&start), "{line}");
    assert!(line.ends_with(r#""},"recovered":false}"#), "{line}");
}

#[test]
fn data_without_a_name_and_payloads_that_cannot_be_read_are_not_lost() {
    let platform = Platform::echo();
    let session = platform.session();
    let mut listen = listen(&platform, &[&session]);
    for data in [
        "[1,2]",
        r#"{"event":"showTypingIndicatorEmit","payload":{"authorType":[]}}"#,
    ] {
        let publication = Publication::data_for(&session, data).unwrap();
        platform.emulator().publish(&publication).unwrap();
    }
    let nameless = listen.object(&[("type", "event")]);
    assert_eq!(nameless["event"], Value::Null);
    assert_eq!(nameless["payload"].to_string(), "[1,2]");
    let unreadable = listen.object(&[("type", "event")]);
    assert_eq!(unreadable["event"], "showTypingIndicator");
    assert!(unreadable["unreadable"].is_string(), "{unreadable}");
}

#[test]
fn several_sessions_are_told_apart_and_one_that_is_named_twice_is_one() {
    let platform = Platform::echo();
    let (one, two) = (platform.session(), platform.session());
    let mut listen = listen(&platform, &[&one, &two, &one]);
    platform.act(&one, r#"["typing"]"#);
    assert_eq!(listen.object(&[("type", "event")])["session"], one.as_str());
    platform.act(&two, r#"["close"]"#);
    assert_eq!(listen.object(&[("type", "event")])["session"], two.as_str());
    // It goes on with the other.
    platform.act(&one, r#"["close"]"#);
    let stdout = listen.end().done();
    assert_eq!(
        stdout.matches(r#""event":"sessionClosed""#).count(),
        2,
        "{stdout}"
    );
    assert_eq!(
        stdout.matches(r#""event":"showTypingIndicator""#).count(),
        1,
        "{stdout}"
    );
}

#[test]
fn people_see_whose_an_event_is() {
    let platform = Platform::echo();
    let (one, two) = (platform.session(), platform.session());
    let args = ["--emulator", platform.url(), "listen", &one, &two];
    let mut listen = Twin::new(args).start();
    listen.until("• connected");
    platform.act(&two, r#"[{"message":{"body":"first\nsecond"}}]"#);
    let short = &two[..8];
    assert!(listen.until("first").starts_with(short));
    assert!(listen.line().starts_with(short));
}

#[test]
fn what_is_missed_while_away_comes_back() {
    let platform = Platform::echo();
    let session = platform.session();
    let mut listen = listen(&platform, &[&session]);
    platform.act(&session, r#"[{"message":{"body":"one"}}]"#);
    listen.until("one");
    platform.emulator().disconnect(None, 3001, "shutdown");
    let waiting = listen.object(&[("state", "waiting")]);
    assert_eq!(waiting["reason"]["code"], 3001);
    platform.act(&session, r#"[{"message":{"body":"two"}}]"#);
    let missed = listen.object(&[("type", "event")]);
    assert_eq!(missed["payload"]["body"], "two");
    assert_eq!(missed["recovered"], true);
}

#[test]
fn a_hole_is_filled_from_the_list_of_messages() {
    let platform = Platform::echo();
    let session = platform.session();
    let mut listen = listen(&platform, &[&session]);
    platform.act(&session, r#"[{"message":{"body":"one"}}]"#);
    listen.until("one");
    platform.emulator().disconnect(None, 3001, "shutdown");
    listen.object(&[("state", "waiting")]);
    platform.act(&session, r#"[{"message":{"body":"two"}}]"#);
    platform.emulator().restart_live().unwrap();
    let gap = listen.object(&[("type", "gap")]);
    assert_eq!(gap["reason"], "not_recovered");
    assert_eq!(gap["filled"], true);
    let missed = listen.object(&[("type", "event")]);
    assert_eq!(missed["payload"]["body"], "two");
    assert_eq!(missed["origin"], "list");
    assert_eq!(missed["recovered"], true);
}

#[test]
fn a_refused_join_names_the_session_and_ends_with_the_error_last() {
    let platform = Platform::echo();
    let session = platform.session();
    let args = [
        "--emulator",
        platform.url(),
        "listen",
        "no-session",
        &session,
        "--format",
        "json",
    ];
    let stdout = Twin::new(args)
        .run()
        .failed(&["no-session", "refused to join"]);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [.., closed, error] = lines.as_slice() else {
        panic!("{stdout}");
    };
    assert_eq!(closed["state"], "closed");
    assert_eq!(error["type"], "error");
    assert_eq!(error["kind"], "join_refused");
}

#[test]
fn a_link_that_the_platform_ends_for_good_is_an_error_with_its_code() {
    let platform = Platform::echo();
    let session = platform.session();
    let mut listen = listen(&platform, &[&session]);
    platform.emulator().disconnect(None, 3500, "invalid token");
    let closed = listen.object(&[("state", "closed")]);
    assert_eq!(closed["reason"]["kind"], "terminated");
    assert_eq!(closed["reason"]["code"], 3500);
    let error = listen.object(&[("type", "error")]);
    assert_eq!(error["kind"], "terminated");
    assert_eq!(error["code"], 3500);
    listen.end().failed(&["3500", "ws://127.0.0.1:"]);
}
