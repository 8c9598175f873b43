//! The same machine in Protobuf. The server's bytes are those of a recorded server
//! (capture `protobuf`), with shorter names.

use bytes::Bytes;

use super::*;
use crate::centrifuge::Codec;

/// A field of a message: bytes of less than 128.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().try_into().expect("a short one");
    [&[number << 3 | 2, length], bytes].concat()
}

/// A message with its length before it.
fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let message = parts.concat();
    let length: u8 = message.len().try_into().expect("a short one");
    assert!(length < 128);
    [&[length], &*message].concat()
}

fn link() -> Link {
    Link::with(Config {
        codec: Codec::Protobuf,
        ..Config::default()
    })
}

impl Link {
    fn binary(&mut self, bytes: &[u8]) -> &mut Self {
        self.socket(SocketInput::Binary(Bytes::copy_from_slice(bytes)))
    }
}

/// What a connect reply grants: `widget:a`, with more fields.
fn granted(more: &[u8]) -> Vec<u8> {
    let sub = [&[0x18, 1], &*field(6, b"e"), &[0x50, 1], more].concat();
    let entry = [field(1, b"widget:a"), field(2, &sub)].concat();
    let client = [field(1, b"c"), field(2, b"6.2.2 OSS")].concat();
    let connect = [&*client, &field(6, &entry), &[0x38, 25, 0x40, 1]].concat();
    field(5, &connect)
}

fn publication(offset: u8, data: &[u8]) -> Vec<u8> {
    let publication = [&*field(4, data), &[0x30, offset]].concat();
    let push = [field(2, b"widget:a"), field(4, &publication)].concat();
    frame(&[&field(4, &push)])
}

/// A link that has joined session `a`.
fn joined() -> Link {
    let mut link = link();
    link.join("a").opened();
    link.binary(&frame(&[&[0x08, 1], &granted(&[])]));
    link.binary(&frame(&[
        &[0x08, 3],
        &field(13, &field(1, br#"{"success":true}"#)),
    ]));
    assert_eq!(link.say()[4..], ["joined a", "connected 1"]);
    link
}

#[test]
fn the_articles_flow() {
    let mut link = link();
    link.join("a").opened();
    let data = br#"{"application":"widget","settings":{"sessions":["a"]}}"#;
    let connect = field(4, &[field(2, data), field(4, b"js")].concat());
    let sent = |bytes: Vec<u8>| format!("1 send {:?}", Bytes::from(bytes));
    assert_eq!(link.say()[2], sent(frame(&[&[0x08, 1], &connect])));
    link.binary(&frame(&[&[0x08, 1], &granted(&[])]));
    let subscribe = frame(&[&[0x08, 2], &field(5, &field(1, b"widget:a"))]);
    let rpc = [field(1, br#"{"id":"a"}"#), field(2, b"joinSession")].concat();
    let rpc = frame(&[&[0x08, 3], &field(13, &rpc)]);
    assert_eq!(link.say(), [sent([subscribe, rpc].concat())]);
    let held = [&[0x08, 105], &*field(2, b"already subscribed")].concat();
    let yes = field(13, &field(1, br#"{"success":true}"#));
    let both = [
        frame(&[&[0x08, 2], &field(2, &held)]),
        frame(&[&[0x08, 3], &yes]),
    ];
    link.binary(&both.concat());
    assert_eq!(link.say(), ["joined a", "connected 1"]);
    let event = br#"{"event":"x","payload":{}}"#;
    link.binary(&[&*publication(1, event), &[0], &publication(2, event)].concat());
    assert_eq!(
        link.say(),
        ["event a x e/1", "event a x e/2", r#"1 send b"\0""#]
    );
}

#[test]
fn positions_are_asked_for_and_what_is_recovered_comes_once() {
    let mut link = joined();
    link.binary(&publication(1, b"1")).lost().pass(500).say();
    link.opened();
    let recover = [&[0x18, 1], &*field(6, b"e"), &[0x38, 1]].concat();
    let entry = [field(1, b"widget:a"), field(2, &recover)].concat();
    let subs = format!("{:?}", Bytes::from(field(3, &entry)));
    let connect = link.say().pop().expect("a connect command");
    let subs = subs.trim_start_matches("b\"").trim_end_matches('"');
    assert!(connect.contains(subs), "{connect}\n{subs}");
    let missed = [&*field(4, b"2"), &[0x30, 2]].concat();
    let more = [&*field(7, &missed), &[0x40, 1, 0x48, 1]].concat();
    link.binary(&frame(&[&[0x08, 4], &granted(&more)]));
    assert_eq!(link.say()[0], "event a - e/2 recovered");
}

#[test]
fn what_is_no_json_is_a_gap_and_the_next_is_no_jump() {
    let mut link = joined();
    for data in [&[0xff, 0][..], b"{", b"text", b"1 2"] {
        link.binary(&publication(1, data));
        assert_eq!(link.say(), ["gap a unreadable"], "{data:?}");
        link = joined();
    }
    link.binary(&publication(1, b"\xff"))
        .binary(&publication(2, b"{}"));
    link.binary(&publication(3, b""));
    let said = link.say();
    assert_eq!(said, ["gap a unreadable", "event a - e/2", "event a - e/3"]);
    let push = field(4, &field(8, &field(1, b"\xff")));
    link.binary(&frame(&[&push]));
    assert_eq!(link.say(), ["gap - unreadable"]);
}

#[test]
fn fields_that_are_not_known_are_skipped() {
    let mut link = joined();
    let unknown = [&field(99 % 16, b"?")[..], &[0x79, 1, 2, 3, 4, 5, 6, 7, 8]].concat();
    let publication = [&*field(4, b"1"), &unknown, &[0x30, 1]].concat();
    let push = [&*unknown, &field(2, b"widget:a"), &field(4, &publication)].concat();
    link.binary(&frame(&[&unknown, &field(4, &push)]));
    assert_eq!(link.say(), ["event a - e/1"]);
}

#[test]
fn what_cannot_be_read_ends_the_connection() {
    for bytes in [
        &[5, 8][..],
        &[1, 8],
        &[0x80],
        &[2, 0x0b, 0],
        &[4, 0x22, 2, 0x12, 9],
        &[4, 0x22, 3, 0x12, 1, 0xff],
        &[2, 0x12, 0],
        b"{}",
    ] {
        let mut link = joined();
        link.binary(&[0]).say();
        link.binary(bytes);
        assert_eq!(
            link.say(),
            ["1 hang up 1000", "waiting 1 protocol"],
            "{bytes:?}"
        );
    }
    let mut link = joined();
    link.text("{}");
    assert_eq!(link.say(), ["1 hang up 1000", "waiting 1 protocol"]);
}

#[test]
fn pushes_and_errors_mean_what_they_mean_in_json() {
    let mut link = joined();
    let push = [field(2, b"widget:b"), field(7, &[0x10, 1])].concat();
    link.binary(&frame(&[&field(4, &push)]));
    assert_eq!(link.say(), ["note push widget:b"]);
    let sub = [&[0x08, 1], &*field(4, b"e"), &[0x28, 4]].concat();
    let push = [field(2, b"widget:b"), field(9, &sub)].concat();
    link.join("b").say();
    link.binary(&frame(&[&[0x08, 4], &field(13, &[])]));
    link.binary(&frame(&[&field(4, &push)]));
    assert_eq!(link.say(), ["joined b"]);
    let publication = [&*field(4, b"1"), &[0x30, 5]].concat();
    let push = [field(2, b"widget:b"), field(4, &publication)].concat();
    link.binary(&frame(&[&field(4, &push)]));
    assert_eq!(link.say(), ["event b - e/5"]);
    // 4500 in seven bits a byte.
    let push = field(11, &[&[0x08, 0x94, 0x23], &*field(2, b"go")].concat());
    link.binary(&frame(&[&field(4, &push)]));
    assert_eq!(link.say().pop().as_deref(), Some("closed terminated 4500"));
}

#[test]
fn answers_mean_what_they_mean_in_json() {
    let mut refused = link();
    refused.join("a").opened().say();
    let error = [&[0x08, 101], &*field(2, b"who are you")].concat();
    refused.binary(&frame(&[&[0x08, 1], &field(2, &error)]));
    assert_eq!(
        refused.say().pop().as_deref(),
        Some("closed unauthorized 101")
    );

    let mut refused = link();
    refused.join("a").opened();
    refused.binary(&frame(&[&[0x08, 1], &granted(&[])])).say();
    let no = field(13, &field(1, br#"{"success":false}"#));
    refused.binary(&frame(&[&[0x08, 3], &no]));
    assert_eq!(refused.say().pop().as_deref(), Some("closed join_refused"));
}

#[test]
fn who_is_left_is_unsubscribed_from_and_a_channel_can_be_taken() {
    let mut link = joined();
    link.join("b").say();
    link.input(Input::Command(Command::Leave("a".into())));
    let unsubscribe = frame(&[&[0x08, 5], &field(6, &field(1, b"widget:a"))]);
    let sent = format!("1 send {:?}", Bytes::from(unsubscribe));
    assert_eq!(link.say(), ["ended a left".to_owned(), sent]);

    let mut link = joined();
    let push = [field(2, b"widget:a"), field(7, &[0x10, 1])].concat();
    link.binary(&frame(&[&field(4, &push)])).pass(2_000);
    assert_eq!(link.say()[1..], ["connecting 1", "dial 2"]);
}

#[test]
fn a_token_is_renewed() {
    use crate::{
        link::{TokenId, TokenInput},
        secret::Secret,
    };

    let mut link = Link::with(Config {
        codec: Codec::Protobuf,
        tokens: true,
        ..Config::default()
    });
    link.join("a");
    let given = |id, token: &str| Input::Token(id, TokenInput::Given(Secret::from(token)));
    link.input(given(TokenId::FIRST, "one")).opened();
    let reply = [&*field(1, b"c"), &[0x18, 1, 0x20, 60]].concat();
    link.binary(&frame(&[&[0x08, 1], &field(5, &reply)]));
    link.binary(&frame(&[&[0x08, 2], &field(13, &[])]));
    link.pass(60_000).say();
    link.input(given(TokenId::FIRST.next(), "two"));
    let id = u8::try_from(link.machine.core.next_id() - 1).expect("a small one");
    let refresh = frame(&[&[0x08, id], &field(14, &field(1, b"two"))]);
    assert_eq!(link.say(), [format!("1 send {:?}", Bytes::from(refresh))]);
    let reply = frame(&[&[0x08, id], &field(14, &[0x18, 1, 0x20, 30])]);
    link.binary(&reply).pass(29_999);
    assert!(link.say().is_empty());
    link.pass(1);
    assert_eq!(link.say(), ["fetch token 3"]);
}
