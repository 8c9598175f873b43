//! `twin_tests::fuzz::target::centrifuge_protobuf`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| twin_tests::fuzz::target::centrifuge_protobuf(data));
