//! A few dozen seeds of the simulation; `cargo xtask sim` plays more.

use twin_tests::sim::Link;

#[test]
fn every_law_holds_over_centrifugo() {
    play(Link::Centrifugo);
}

#[test]
fn every_law_holds_over_socket_io() {
    play(Link::SocketIo);
}

fn play(link: Link) {
    for seed in 1..=48 {
        if let Err(failure) = link.play(seed) {
            panic!("{failure}\nagain: {}", link.again(seed));
        }
    }
}
