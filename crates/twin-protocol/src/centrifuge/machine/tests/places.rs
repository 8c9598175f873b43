//! Where in its stream a channel is: what is counted from which publication, and from which epoch.

use super::{
    recovery::{cut, sub},
    *,
};

#[test]
fn publications_that_come_with_a_place_further_on_are_counted_from_the_first() {
    let mut link = cut();
    let id = link.last_id("connect");
    link.say();
    let publications = r#"[{"data":1,"offset":1},{"data":2,"offset":2},{"data":4,"offset":4}]"#;
    link.text(&connected(
        id,
        &sub(&format!(
            r#""epoch":"e","offset":4,"publications":{publications}"#
        )),
    ));
    assert_eq!(
        link.say()[..5],
        [
            "gap a not_recovered",
            "note duplicate 1",
            "event a - e/2 recovered",
            "gap a jump",
            "event a - e/4 recovered"
        ]
    );
}

#[test]
fn publications_further_on_than_the_place_they_come_with_are_a_jump() {
    let mut link = Link::new();
    link.join("a").opened().say();
    let publications = r#"[{"data":1,"offset":9}]"#;
    link.text(&connected(
        1,
        &sub(&format!(
            r#""epoch":"e","offset":1,"publications":{publications}"#
        )),
    ));
    assert_eq!(link.say()[..2], ["gap a jump", "event a - e/9 recovered"]);
}

#[test]
fn publications_without_an_offset_move_nothing() {
    let mut link = Link::new();
    link.join("a").opened().say();
    link.text(&connected(
        1,
        &sub(r#""epoch":"e","offset":5,"publications":[{"data":1}]"#),
    ));
    assert_eq!(link.say()[0], "event a - recovered");
    link.text(&publication("widget:a", 6));
    assert_eq!(link.say(), ["event a chatMessageRead e/6"]);
}

#[test]
fn a_recovery_that_names_no_stream_is_of_the_one_asked_for() {
    let mut link = cut();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(id, &sub(r#""offset":1,"recovered":true"#)));
    assert!(link.say()[0].starts_with("2 send"));
    // And that is the one which is asked for again.
    link.lost().pass(500).opened();
    let asked = link.say().pop().unwrap();
    assert!(asked.contains(r#""offset":1,"epoch":"e""#), "{asked}");
}

#[test]
fn a_stream_that_begins_anew_is_counted_from_what_came_of_it() {
    let mut link = Link::joined(&["a"]);
    for offset in [1, 3] {
        link.text(&format!(
            r#"{{"push":{{"channel":"widget:a","pub":{{"data":1,"offset":{offset},"epoch":"f"}}}}}}"#
        ));
    }
    assert_eq!(
        link.say(),
        [
            "gap a not_recovered",
            "event a - f/1",
            "gap a jump",
            "event a - f/3"
        ]
    );
}

#[test]
fn a_new_epoch_in_a_repeated_subscribe_push_is_gone_on_from() {
    let mut link = Link::joined(&["a"]);
    link.text(r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"f","offset":5}}}"#);
    link.text(&publication("widget:a", 6));
    assert_eq!(
        link.say(),
        ["gap a not_recovered", "event a chatMessageRead f/6"]
    );
}

#[test]
fn what_comes_late_of_the_declared_missing_is_delivered_once() {
    let mut link = cut();
    let id = link.last_id("connect");
    link.say();
    link.text(&connected(
        id,
        &sub(r#""epoch":"e","offset":4,"was_recovering":true"#),
    ));
    assert_eq!(link.say()[0], "gap a not_recovered");
    link.text(&publication("widget:a", 3))
        .text(&publication("widget:a", 4));
    link.text(&publication("widget:a", 4))
        .text(&publication("widget:a", 5));
    assert_eq!(
        link.say(),
        [
            "event a chatMessageRead e/3",
            "event a chatMessageRead e/4",
            "note duplicate 4",
            "event a chatMessageRead e/5"
        ]
    );
}

#[test]
fn a_live_jump_is_a_gap_and_a_stream_that_begins_anew_too() {
    let mut link = Link::joined(&["a"]);
    link.text(&publication("widget:a", 3));
    assert_eq!(link.say(), ["gap a jump", "event a chatMessageRead e/3"]);
    link.text(r#"{"push":{"channel":"widget:a","pub":{"data":1,"offset":1,"epoch":"f"}}}"#);
    assert_eq!(link.say(), ["gap a not_recovered", "event a - f/1"]);
    link.text(r#"{"push":{"channel":"widget:a","pub":{"data":1,"offset":2,"epoch":"f"}}}"#);
    assert_eq!(link.say(), ["event a - f/2"]);
}

#[test]
fn what_is_called_recovered_from_another_stream_is_a_gap_and_is_delivered() {
    let mut link = Link::joined(&["a"]);
    for offset in 1..=5 {
        link.text(&publication("widget:a", offset));
    }
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    let publications = r#"[{"data":{"event":"x"},"offset":2}]"#;
    link.text(&connected(
        id,
        &format!(
            r#""widget:a":{{"recoverable":true,"epoch":"f","recovered":true,"offset":2,"publications":{publications}}}"#
        ),
    ));
    assert_eq!(
        link.say()[..2],
        ["gap a not_recovered", "event a x f/2 recovered"]
    );
}

#[test]
fn a_stream_whose_epoch_was_unknown_is_recovered_under_its_name() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(&connected(
        1,
        r#""widget:a":{"recoverable":true,"offset":3}"#,
    ));
    link.lost().pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    let recovered =
        r#""epoch":"e","recovered":true,"offset":3,"publications":[{"data":1,"offset":4}]"#;
    link.text(&connected(id, &sub(recovered)));
    assert_eq!(link.say()[0], "event a - e/4 recovered");
}
