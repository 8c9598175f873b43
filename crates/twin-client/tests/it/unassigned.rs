//! What belongs to no session that is listened to.

use futures_util::FutureExt as _;
use serde_json::json;
use twin_client::Unassigned;

use crate::support::{A, B, World, told};

fn names(unassigned: &mut Unassigned) -> Vec<String> {
    let next = || unassigned.next().now_or_never().flatten();
    std::iter::from_fn(next)
        .map(|delivery| match delivery {
            twin_client::Delivery::Event(event) => event.name.unwrap_or_default().into_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn an_event_of_no_known_session_never_goes_to_a_wrong_one() {
    let world = World::new();
    let (_a, mut of_a) = world.listen(A);
    let (_b, mut of_b) = world.listen(B);
    let server = world.serve(&[A, B]);
    let odd = |name: &str| json!({"event": name, "payload": {}});
    server.publish("news", 0, &odd("before"));
    assert_eq!(world.client.stats().unassigned_dropped, 1);
    let mut first = world.client.unassigned();
    server.publish("news", 0, &odd("one"));
    let mut second = world.client.unassigned();
    server.publish("news", 0, &odd("two"));
    assert_eq!(names(&mut first), ["one"]);
    assert_eq!(names(&mut second), ["two"]);
    assert_eq!(told(&mut of_a), [""; 0]);
    assert_eq!(told(&mut of_b), [""; 0]);
    assert!(first.next().now_or_never().flatten().is_none());
}
