//! Deadlines, pauses and proof of life.

use super::*;

#[test]
fn times_that_never_end_are_only_long() {
    let mut link = Link::with(Config {
        connect_timeout: Duration::MAX,
        silence_grace: Duration::MAX,
        ..Config::default()
    });
    link.join("a").opened().text(&connected(1, ""));
    assert!(link.say().pop().unwrap().contains("joinSession"));
}

#[test]
fn dial_upgrade_and_connect_reply_have_ten_seconds_together() {
    let mut link = Link::new();
    link.join("a").say();
    link.pass(9_999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
    link.pass(500).pass(6_000).opened().say();
    link.pass(3_999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["2 hang up 1000", "waiting 2 timeout"]);
}

#[test]
fn a_connect_reply_that_drips_in_may_take_longer_but_not_for_ever() {
    let mut link = Link::new();
    link.join("a").opened().say();
    let mut seconds = 0;
    while link.out.is_empty() {
        link.socket(SocketInput::Progress).pass(1000);
        seconds += 1;
        assert!(seconds < 100);
    }
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
    assert_eq!(seconds, 60);
}

#[test]
fn silence_of_ping_interval_and_grace_ends_the_connection() {
    let mut link = Link::joined(&["a"]);
    link.pass(34_999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn any_received_bytes_count_as_life() {
    let mut link = Link::joined(&["a"]);
    for offset in 1..4 {
        link.pass(34_000).text(&publication("widget:a", offset));
        link.pass(34_000).socket(SocketInput::Progress);
    }
    assert_eq!(link.say().len(), 3);
}

#[test]
fn a_server_without_pings_may_be_silent() {
    let mut link = Link::new();
    link.join("a")
        .opened()
        .text(r#"{"id":1,"connect":{"subs":{"widget:a":{}}}}"#);
    link.agree();
    link.say();
    assert_eq!(link.machine.deadline(), None);
}

#[test]
fn only_proof_of_life_starts_the_attempts_again() {
    let mut link = Link::joined(&["a"]);
    // Connects that die at once prove nothing.
    for attempt in 2..6 {
        link.lost().pass(500).say();
        link.connect(&["a"]);
        assert_eq!(link.say().pop().unwrap(), format!("connected {attempt}"));
    }
    // A recovered publication proves nothing either.
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    let recovered =
        r#""recoverable":true,"epoch":"e","recovered":true,"publications":[{"data":1,"offset":1}]"#;
    link.text(&connected(id, &format!(r#""widget:a":{{{recovered}}}"#)));
    link.lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 6 lost");

    for proof in ["{}".to_owned(), publication("widget:a", 9)] {
        link.pass(500);
        link.connect(&["a"]);
        link.text(&proof).lost().say();
        link.pass(500);
        assert_eq!(
            link.say(),
            [
                "connecting 1".to_owned(),
                format!("dial {}", link.socket.unwrap().number())
            ]
        );
        link.dial_fails(DialFailureKind::Unreachable);
        assert_eq!(link.say(), ["waiting 1 unreachable"]);
    }
    // Held for longer than the present bound.
    link.pass(500);
    link.connect(&["a"]);
    link.say();
    link.pass(501).lost().pass(500);
    assert_eq!(link.say()[..2], ["waiting 1 lost", "connecting 1"]);
}

#[test]
fn what_was_received_beats_a_timer_that_is_overdue() {
    let mut link = Link::joined(&["a"]);
    link.now = link.now + Duration::from_secs(3600);
    link.text(&publication("widget:a", 1));
    link.input(Input::Elapsed);
    assert_eq!(link.say(), ["event a chatMessageRead e/1"]);
}

#[test]
fn a_planned_reconnect_of_a_link_that_has_shown_no_life_waits() {
    let mut link = Link::joined(&["a"]);
    link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
    let back = r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#;
    link.text(back);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 planned"]);
}

#[test]
fn an_answer_that_was_here_in_a_suspended_process_beats_the_time_limit_of_its_join() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(1, r#""widget:a":{}"#));
    let id = link.last_id("rpc");
    link.say();
    link.now = link.now + Duration::from_secs(86_400);
    link.text(&format!(r#"{{"id":{id},"rpc":{{}}}}"#));
    link.input(Input::Elapsed);
    assert_eq!(link.say(), ["joined a", "connected 1"]);
}

#[test]
fn a_connection_proves_life_by_its_age_once_it_is_older_than_the_pause_it_would_cost() {
    let lost_after = |millis: u64| {
        let mut link = Link::with_pauses(Duration::from_millis(500), Duration::from_secs(20));
        link.join("a");
        for _ in 0..3 {
            link.dial_fails(DialFailureKind::Unreachable);
            link.now = link.machine.deadline().unwrap();
            link.input(Input::Elapsed);
        }
        link.connect(&["a"]);
        link.pass(millis).lost();
        link.say().pop().unwrap()
    };
    // The bound of the fourth pause: a second, doubled three times.
    assert_eq!(lost_after(8_000), "waiting 4 lost");
    assert_eq!(lost_after(8_001), "waiting 1 lost");
}

#[test]
fn a_planned_reconnect_waits_until_the_link_has_proved_life_by_its_age() {
    let planned_after = |millis: u64| {
        let mut link = Link::joined(&["a"]);
        link.pass(millis);
        link.text(r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#);
        link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"e","offset":2}}}"#);
        link.say().pop().unwrap()
    };
    assert_eq!(planned_after(500), "waiting 1 planned");
    assert_eq!(planned_after(501), "dial 2");
}

#[test]
fn a_message_of_the_server_proves_life() {
    let mut link = Link::joined(&["a"]);
    for _ in 0..2 {
        link.lost().pass(500);
        link.connect(&["a"]);
    }
    link.text(r#"{"push":{"message":{"data":1}}}"#).lost();
    assert_eq!(link.say().pop().unwrap(), "waiting 1 lost");
}

#[test]
fn a_link_that_proved_life_before_it_was_suspended_begins_with_the_first_attempt() {
    let mut link = Link::joined(&["a"]);
    link.pass(501);
    for command in [
        Command::Leave("a".into()),
        Command::Suspend,
        Command::Resume,
    ] {
        link.input(Input::Command(command));
    }
    link.say();
    link.join("a");
    assert_eq!(link.say(), ["connecting 1", "dial 2"]);
}
