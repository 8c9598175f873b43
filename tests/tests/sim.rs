//! A few dozen seeds of the simulation; `cargo xtask sim` plays more.

use twin_tests::sim::Subject;

#[test]
fn every_law_holds_over_centrifugo() {
    play(Subject::Centrifugo);
}

#[test]
fn every_law_holds_over_socket_io() {
    play(Subject::SocketIo);
}

#[test]
fn every_law_holds_at_the_streams_of_a_client() {
    play(Subject::Client);
}

#[test]
fn every_law_holds_at_the_streams_of_a_client_over_socket_io() {
    play(Subject::ClientOverSocketIo);
}

fn play(subject: Subject) {
    for seed in 1..=48 {
        if let Err(failure) = subject.play(seed) {
            panic!("{failure}\nagain: {}", subject.again(seed));
        }
    }
}
