//! A short round of every fuzz target, always with the same inputs.

use std::{fs, path::Path};

use twin_tests::fuzz::{self, Limit, TARGETS};

#[test]
fn mutated_input_does_no_harm() {
    for target in TARGETS {
        let corpus = fuzz::corpus(target.name).unwrap();
        if let Err(failure) = fuzz::run(target, &corpus, 1, Limit::Iterations(target.smoke)) {
            panic!("target {}: {failure}", target.name);
        }
    }
}

#[test]
fn every_target_has_inputs_to_start_from_and_a_guided_twin() {
    let mut names: Vec<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(names_in(&fuzz::folder("")), names);
    let guided = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let sources: Vec<_> = names.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names_in(&guided), sources);
    for target in TARGETS {
        assert!(
            fuzz::corpus(target.name).unwrap().len() > 1,
            "{}",
            target.name
        );
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder of the corpora is there")
        .map(|entry| {
            entry
                .expect("an entry can be read")
                .file_name()
                .into_string()
                .expect("names are UTF-8")
        })
        .collect();
    names.sort_unstable();
    names
}
