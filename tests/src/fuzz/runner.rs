//! Feeds a target, and makes an input that does harm small.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
    time::{Duration, Instant},
};

use fastrand::Rng;

use super::{Target, mutate::mutate};

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// After so many mutated inputs, beside those that are kept.
    Iterations(u64),
    /// After so much time.
    Time(Duration),
}

/// An input that did harm.
#[derive(Debug)]
pub struct Failure {
    /// The input, made as small as it easily gets.
    pub input: Vec<u8>,
    /// What the panic said.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\ninput: b\"{}\"",
            self.message,
            self.input.escape_ascii()
        )
    }
}

/// Feeds `target` every input of `corpus` as it is, then mutations of them drawn from `seed`. Gives
/// the number of inputs.
///
/// # Errors
///
/// With the first input that makes the target panic.
pub fn run(target: &Target, corpus: &[Vec<u8>], seed: u64, limit: Limit) -> Result<u64, Failure> {
    let start = Instant::now();
    let mut random = Rng::with_seed(seed);
    let mut count = 0;
    for input in corpus {
        attempt(target, input)?;
        count += 1;
    }
    let kept = count;
    loop {
        let enough = match limit {
            Limit::Iterations(iterations) => count - kept >= iterations,
            Limit::Time(time) => start.elapsed() >= time,
        };
        if enough || corpus.is_empty() {
            return Ok(count);
        }
        let input = &corpus[random.usize(..corpus.len())];
        let other = &corpus[random.usize(..corpus.len())];
        attempt(target, &mutate(input, other, &mut random))?;
        count += 1;
    }
}

fn attempt(target: &Target, input: &[u8]) -> Result<(), Failure> {
    let Some(message) = harm(target, input) else {
        return Ok(());
    };
    // While it is made small the same panic would be printed a thousand times.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let input = smaller(target, input);
    panic::set_hook(hook);
    Err(Failure { input, message })
}

/// What the target's panic says, if it panics.
fn harm(target: &Target, input: &[u8]) -> Option<String> {
    let panic = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input))).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()))
        .or_else(|| Some("a panic without words".to_owned()))
}

/// Leaves out what can be left out, in ever shorter pieces, as long as the target still panics.
fn smaller(target: &Target, input: &[u8]) -> Vec<u8> {
    let mut input = input.to_vec();
    let mut piece = input.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < input.len() {
            let end = (at + piece).min(input.len());
            let shorter = [&input[..at], &input[end..]].concat();
            if harm(target, &shorter).is_some() {
                input = shorter;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICKY: Target = Target {
        name: "picky",
        run: |data| assert!(!data.contains(&b'\\'), "a backslash"),
        smoke: 0,
    };

    #[test]
    fn an_input_that_does_harm_is_found_and_made_small() {
        let corpus = [b"{\"event\":\"a\"}".to_vec()];
        let failure = run(&PICKY, &corpus, 1, Limit::Iterations(10_000)).unwrap_err();
        assert_eq!(failure.input, b"\\");
        assert_eq!(failure.to_string(), "a backslash\ninput: b\"\\\\\"");
    }

    #[test]
    fn a_kept_input_is_tried_as_it_is() {
        let corpus = [Vec::new(), b"a\\b".to_vec()];
        assert!(run(&PICKY, &corpus, 1, Limit::Iterations(0)).is_err());
        let patient = Target {
            name: "patient",
            run: |_| {},
            smoke: 0,
        };
        assert_eq!(run(&patient, &corpus, 1, Limit::Iterations(5)).unwrap(), 7);
    }
}
