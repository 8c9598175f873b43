//! A short round of every fuzz target, always with the same inputs.

use std::fs;

use twin_tests::fuzz::{self, Limit, TARGETS};

/// Enough to find what is easily found, in a second or two a target.
const ITERATIONS: u64 = 50_000;

#[test]
fn mutated_input_does_no_harm() {
    for target in TARGETS {
        let corpus = fuzz::corpus(target.name).unwrap();
        if let Err(failure) = fuzz::run(target, &corpus, 1, Limit::Iterations(ITERATIONS)) {
            panic!("target {}: {failure}", target.name);
        }
    }
}

#[test]
fn every_target_has_inputs_to_start_from_and_every_folder_a_target() {
    let mut folders: Vec<_> = fs::read_dir(fuzz::folder(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort_unstable();
    let mut names: Vec<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(folders, names);
    for target in TARGETS {
        assert!(
            fuzz::corpus(target.name).unwrap().len() > 1,
            "{}",
            target.name
        );
    }
}
