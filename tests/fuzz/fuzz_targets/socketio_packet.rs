//! `twin_tests::fuzz::target::socketio_packet`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| twin_tests::fuzz::target::socketio_packet(data));
