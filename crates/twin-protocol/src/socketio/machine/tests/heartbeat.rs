//! Heartbeats, and what silence means.

use super::*;

#[test]
fn the_client_beats_every_interval_whatever_else_is_said() {
    let mut link = Link::live();
    link.pass(24_999);
    assert!(link.say().is_empty());
    link.text(r#"42["x"]"#).say();
    link.pass(1);
    assert_eq!(link.say(), ["1 send 2"]);
    link.text("3").pass(25_000);
    assert_eq!(link.say(), ["1 send 2"]);
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let mut link = Link::live();
    link.pass(34_999);
    assert_eq!(link.say(), ["1 send 2"]);
    link.pass(1);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn bytes_of_an_unfinished_message_are_no_silence() {
    let mut link = Link::live();
    for _ in 0..10 {
        link.pass(30_000).socket(SocketInput::Progress);
    }
    assert!(link.say().iter().all(|line| line == "1 send 2"));
}

#[test]
fn after_a_long_sleep_the_connection_is_not_trusted() {
    let mut link = Link::live();
    link.now = link.now + Duration::from_secs(3600);
    link.input(Input::Elapsed);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

/// A link whose server's timeout is shorter than its interval.
fn with_a_short_timeout() -> Link {
    let mut link = Link::new(Transport::WebSocket);
    link.join();
    open_with_a_short_timeout(&mut link);
    link
}

fn open_with_a_short_timeout(link: &mut Link) {
    link.opened();
    link.text(r#"0{"sid":"sid","pingInterval":"1000","pingTimeout":600}"#);
    link.text("40").say();
}

#[test]
fn a_server_that_ends_quiet_connections_makes_the_heart_beat_faster() {
    let mut link = with_a_short_timeout();
    link.pass(600).closed(Some(1000)).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(299);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["2 send 2"]);
}

#[test]
fn a_server_that_keeps_quiet_connections_does_not() {
    let mut link = with_a_short_timeout();
    link.pass(1_000).text("3");
    assert_eq!(link.say(), ["1 send 2"]);
    link.pass(700).closed(None).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(999);
    assert!(link.say().is_empty());
    // Nor does an end that has nothing to do with quiet.
    let mut link = with_a_short_timeout();
    link.pass(599).closed(None).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(999);
    assert!(link.say().is_empty());
}

#[test]
fn a_heartbeat_before_its_time_says_nothing_of_what_a_server_bears() {
    let mut link = with_a_short_timeout();
    link.pass(100).command(Command::ReconnectNow);
    assert_eq!(link.say(), ["1 send 2"]);
    link.text("3").pass(600).closed(None).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(300);
    assert_eq!(link.say(), ["2 send 2"]);
}

#[test]
fn a_timeout_that_is_hardly_longer_than_the_interval_is_not_waited_for() {
    for (timeout, beat) in [(1_000, 500), (1_498, 749), (1_500, 1_000)] {
        let mut link = Link::new(Transport::WebSocket);
        link.join().opened();
        link.text(&format!(
            r#"0{{"sid":"sid","pingInterval":1000,"pingTimeout":{timeout}}}"#
        ));
        link.text("40").say();
        link.pass(beat - 1);
        assert!(link.say().is_empty(), "{timeout}");
        link.pass(1);
        assert_eq!(link.say(), ["1 send 2"], "{timeout}");
    }
}

#[test]
fn a_heartbeat_of_the_server_is_answered() {
    let mut link = Link::live();
    link.text("2").text("2hello");
    assert_eq!(link.say(), ["1 send 3", "1 send 3hello"]);
}

#[test]
fn the_heart_beats_before_the_session_is_let_in_too() {
    let mut link = Link::with(Config {
        connect_timeout: Duration::from_secs(60),
        ..Config::default()
    });
    link.join().opened().text(OPEN).say();
    link.pass(25_000);
    assert_eq!(link.say(), ["1 send 2"]);
    link.pass(10_000);
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 timeout"]);
}

#[test]
fn a_connection_that_ends_before_the_session_is_let_in_tells_of_the_pace_too() {
    let mut link = Link::new(Transport::WebSocket);
    link.join().opened();
    link.text(r#"0{"sid":"sid","pingInterval":"1000","pingTimeout":600}"#);
    link.pass(600).closed(Some(1000)).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(300);
    assert_eq!(link.say(), ["2 send 2"]);
}

#[test]
fn a_connection_that_this_side_gives_up_tells_nothing_of_the_pace() {
    let mut link = with_a_short_timeout();
    link.pass(11_000).pass(500);
    open_with_a_short_timeout(&mut link);
    link.pass(999);
    assert!(link.say().is_empty());
}

#[test]
fn another_deadline_puts_no_heartbeat_off() {
    let mut link = Link::live();
    let asking = emit(1, "1").acknowledged_within(Duration::from_secs(24));
    link.command(Command::Emit(asking)).say();
    link.pass(25_000);
    assert_eq!(link.say(), ["emitted 1 unanswered", "1 send 2"]);
}

#[test]
fn progress_of_the_question_by_http_is_a_sign_of_life() {
    let mut link = Link::polling();
    let progress = Input::Exchange(link.get.unwrap(), ExchangeInput::Progress);
    link.pass(25_000).accept().pass(5_000).say();
    link.input(progress).pass(10_000);
    assert!(link.say().is_empty());
    // It is still the same question.
    link.answer(&["3", r#"42["x",1]"#]);
    assert_eq!(link.say()[0], "event x 1");
}

#[test]
fn the_pace_of_one_server_is_not_that_of_another() {
    let mut link = with_a_short_timeout();
    link.pass(600).closed(Some(1000)).pass(500).opened();
    link.text(r#"0{"sid":"sid","pingInterval":1000,"pingTimeout":5000}"#);
    link.text("40").say();
    link.pass(1_000);
    assert_eq!(link.say(), ["2 send 2"]);
}
