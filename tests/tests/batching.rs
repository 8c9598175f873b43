//! However a server cuts what it says into messages, the same is reported.

use bytes::Bytes;
use proptest::prelude::*;
use twin_protocol::{
    centrifuge,
    link::{
        Action, Command, ExchangeId, ExchangeInput, Input, Join, JoinStart, Moment, Outbox, Output,
        Report, SocketId, SocketInput,
    },
    socketio,
};

/// What a machine reports of its session to `inputs`, once it has joined it.
fn reports(mut handle: impl FnMut(Input, &mut Outbox), inputs: Vec<Input>) -> Vec<String> {
    let mut out = Outbox::new();
    let join = Join::new("a".into(), JoinStart::Now);
    handle(Input::Command(Command::Join(join)), &mut out);
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
fn cut<'a>(lines: &'a [String], cuts: &[bool]) -> Vec<&'a [String]> {
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

fn over_centrifugo(lines: &[String], cuts: &[bool]) -> Vec<String> {
    let mut machine = centrifuge::Machine::new(centrifuge::Config::default(), 1);
    let socket = |news| Input::Socket(SocketId::FIRST, news);
    let mut inputs = vec![socket(SocketInput::Opened)];
    let frames = cut(lines, cuts).into_iter();
    inputs.extend(frames.map(|lines| socket(SocketInput::Text(lines.join("\n").into()))));
    reports(
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
        offsets in prop::collection::vec(1_u64..40, 1..30),
        cuts in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut lines = vec![
            r#"{"id":1,"connect":{"subs":{"widget:a":{"recoverable":true,"epoch":"e"}}}}"#.to_owned(),
            r#"{"id":3,"rpc":{"data":{"success":true}}}"#.to_owned(),
        ];
        // Jumps, repetitions and a channel that is taken and given back among them.
        lines.extend(offsets.iter().enumerate().map(|(at, offset)| match at % 9 {
            7 => r#"{"push":{"channel":"widget:a","unsubscribe":{"code":2000}}}"#.to_owned(),
            8 => r#"{"push":{"channel":"widget:a","subscribe":{"recoverable":true,"epoch":"f"}}}"#.to_owned(),
            _ => format!(r#"{{"push":{{"channel":"widget:a","pub":{{"data":{{"event":"x","payload":{offset}}},"offset":{offset}}}}}}}"#),
        }));
        let single = over_centrifugo(&lines, &[true; 40]);
        prop_assert!(single.len() > 2);
        prop_assert_eq!(over_centrifugo(&lines, &cuts), single);
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
