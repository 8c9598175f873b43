//! Links that speak Protobuf: how they are dialled, and that bytes are sent.

use twin_client::{Codec, Config, LinkUrl};
use twin_transport::Message;

use crate::support::{A, World};

fn in_protobuf(choose: impl FnOnce(&mut Config)) {
    let world = World::with(choose);
    let (_session, _events) = world.listen(A);
    let dial = world.dial();
    let offered = dial.request().headers().get("sec-websocket-protocol");
    assert_eq!(offered.unwrap(), "centrifuge-protobuf");
    let peer = dial.accept();
    world.settle();
    let Some(Message::Binary(connect)) = peer.take_received() else {
        panic!("the connect command is binary");
    };
    // Its own length, then the id 1.
    assert_eq!(usize::from(connect[0]), connect.len() - 1);
    assert_eq!(connect[1..3], [0x08, 1]);
}

#[test]
fn a_link_speaks_protobuf_by_choice_or_by_its_address() {
    in_protobuf(|config| config.codec = Codec::Protobuf);
    in_protobuf(|config| {
        let url = "wss://a.example/live?format=protobuf";
        config.endpoints.centrifugo = LinkUrl::parse(url).unwrap();
    });
}

#[test]
fn a_link_in_json_offers_no_protocol() {
    let world = World::new();
    let (_session, _events) = world.listen(A);
    let dial = world.dial();
    assert_eq!(dial.request().headers().get("sec-websocket-protocol"), None);
}
