//! `twin_tests::fuzz::target::api_response`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| twin_tests::fuzz::target::api_response(data));
