//! However a server cuts what it says into messages, the same is reported.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use twin_protocol::{
    centrifuge::{self, Codec},
    link::{
        Action, Command, ExchangeId, ExchangeInput, Input, Join, JoinStart, Moment, Outbox, Output,
        Report, SocketId, SocketInput,
    },
    socketio,
};
use twin_tests::protobuf;

/// What a machine that shall join these sessions reports to `inputs`.
fn reports(
    sessions: &[&str],
    mut handle: impl FnMut(Input, &mut Outbox),
    inputs: Vec<Input>,
) -> Vec<String> {
    let mut out = Outbox::new();
    for session in sessions {
        let join = Join::new((*session).into(), JoinStart::Now);
        handle(Input::Command(Command::Join(join)), &mut out);
    }
    for input in inputs {
        handle(input, &mut out);
    }
    out.drain()
        .filter_map(|output| match output {
            // A state is told once the whole message is read.
            Output::Report(Report::State(_)) => None,
            Output::Report(report) => Some(format!("{report:?}")),
            Output::Action(Action::HangUp { .. }) => Some("hung up".to_owned()),
            _ => None,
        })
        .collect()
}

/// Cuts a list after each place where `cuts` says so.
fn cut<'a, T>(lines: &'a [T], cuts: &[bool]) -> Vec<&'a [T]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for end in 1..=lines.len() {
        if end == lines.len() || cuts[end - 1] {
            parts.push(&lines[start..end]);
            start = end;
        }
    }
    parts
}

/// What a server that has granted `widget:a` and `widget:b` may go on with.
fn pushes() -> impl Strategy<Value = Vec<Value>> {
    let channel = prop::sample::select(vec!["widget:a", "widget:b", "personal:u"]);
    let push = move |kind: &'static str, value: Value| {
        let push = channel.clone();
        push.prop_map(move |channel| json!({"push": {"channel": channel, kind: value}}))
    };
    let publication = (
        0_u64..14,
        prop::option::of(prop::sample::select(vec!["e", "f"])),
    );
    let publication = publication.prop_map(|(offset, epoch)| {
        let mut publication = json!({"data": {"event": "x", "payload": offset}});
        for (name, value) in [("offset", json!(offset)), ("epoch", json!(epoch))] {
            if offset > 0 && !value.is_null() {
                publication[name] = value;
            }
        }
        publication
    });
    let grant = json!({"recoverable": true, "epoch": "f"});
    let published = (publication, push("pub", Value::Null));
    let published = published.prop_map(|(publication, mut push)| {
        push["push"]["pub"] = publication;
        push
    });
    let one = prop_oneof![
        12 => published,
        1 => push("subscribe", grant),
        1 => push("subscribe", json!({})),
        2 => push("unsubscribe", json!({"code": 2000})),
        1 => push("message", json!({"data": {"event": "y", "payload": {}}})),
        1 => push("join", json!({})),
        1 => Just(json!({"push": {"refresh": {"expires": true, "ttl": 60}}})),
        1 => (3_u64..12).prop_map(|id| json!({"id": id, "rpc": {"data": {"success": true}}})),
        1 => (3_u64..12).prop_map(|id| json!({"id": id, "error": {"code": 100, "temporary": true}})),
        2 => Just(json!({})),
    ];
    let end = prop::option::of(prop::sample::select(vec![3000_u32, 3005, 4500]));
    (
        prop::collection::vec(one, 1..40),
        end,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(mut pushes, end, at)| {
            if let Some(code) = end {
                // What comes after it is nobody's business.
                let at = at.index(pushes.len());
                pushes.insert(
                    at,
                    json!({"push": {"disconnect": {"code": code, "reason": "go"}}}),
                );
            }
            pushes
        })
}

/// A connect reply that gives back what was published, and then `pushes`.
fn said(pushes: Vec<Value>) -> Vec<Value> {
    let missed = json!([{"data": {"event": "x", "payload": 0}, "offset": 1}]);
    let sub = json!({
        "recoverable": true, "epoch": "e", "offset": 1, "recovered": true, "publications": missed,
    });
    let subs = json!({"widget:a": sub, "widget:b": {"recoverable": true, "epoch": "e"}});
    let connect = json!({"id": 1, "connect": {"subs": subs, "ping": 25, "pong": true}});
    std::iter::once(connect).chain(pushes).collect()
}

fn over_centrifugo(codec: Codec, replies: &[Value], cuts: &[bool]) -> Vec<String> {
    let mut config = centrifuge::Config::default();
    config.codec = codec;
    let mut machine = centrifuge::Machine::new(config, 1);
    let socket = |news| Input::Socket(SocketId::FIRST, news);
    let frame = |replies: &[Value]| {
        if codec == Codec::Protobuf {
            return SocketInput::Binary(protobuf::replies(replies).into());
        }
        let lines: Vec<_> = replies.iter().map(Value::to_string).collect();
        SocketInput::Text(lines.join("\n").into())
    };
    let mut inputs = vec![socket(SocketInput::Opened)];
    inputs.extend(
        cut(replies, cuts)
            .into_iter()
            .map(|part| socket(frame(part))),
    );
    reports(
        &["a", "b"],
        |input, out| machine.handle(Moment::START, input, out),
        inputs,
    )
}

fn by_polling(packets: &[String], cuts: &[bool]) -> Vec<String> {
    let mut config = socketio::Config::default();
    config.transport = socketio::Transport::Polling;
    let mut machine = socketio::Machine::new(config, 1);
    let mut exchange = ExchangeId::FIRST;
    let mut inputs = Vec::new();
    for packets in cut(packets, cuts) {
        let framed = packets
            .iter()
            .map(|packet| format!("{}:{packet}", packet.encode_utf16().count()));
        let body = Bytes::from(framed.collect::<String>());
        inputs.push(Input::Exchange(
            exchange,
            ExchangeInput::Answered { status: 200, body },
        ));
        exchange = exchange.next();
    }
    reports(
        &["a"],
        |input, out| machine.handle(Moment::START, input, out),
        inputs,
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_batching_of_replies_gives_the_same_reports(
        pushes in pushes(),
        cuts in prop::collection::vec(any::<bool>(), 48),
    ) {
        let replies = said(pushes);
        let single = over_centrifugo(Codec::Json, &replies, &[true; 48]);
        prop_assert!(!single.is_empty());
        for codec in [Codec::Json, Codec::Protobuf] {
            for cuts in [&cuts[..], &[false; 48], &[true; 48]] {
                prop_assert_eq!(&over_centrifugo(codec, &replies, cuts), &single, "{:?}", codec);
            }
        }
    }

    #[test]
    fn any_batching_of_packets_gives_the_same_reports(
        texts in prop::collection::vec("[a-zж😀]{0,6}", 1..30),
        cuts in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut packets = vec![
            r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":5000}"#.to_owned(),
            "40".to_owned(),
        ];
        packets.extend(texts.iter().map(|text| format!(r#"42["x",{{"text":"{text}"}}]"#)));
        let single = by_polling(&packets, &[true; 40]);
        prop_assert!(single.len() > texts.len());
        prop_assert_eq!(by_polling(&packets, &cuts), single);
    }
}
