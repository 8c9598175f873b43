//! The command line of every contender.

/// The session that a contender listens to: that of the recorded message.
pub const SESSION: &str = "bce7d22e-dde6-4427-b391-ebbdfda44de6";

/// What a contender is asked to do. It prints one line of JSON and ends.
#[derive(Clone, Debug, clap::Parser)]
pub struct Args {
    /// Where the server is, `ws://HOST:PORT/PATH`; its query is kept.
    #[arg(long)]
    pub url: String,
    /// How many events to receive; 0 to measure idle connections instead.
    #[arg(long, default_value_t = 0)]
    pub count: u64,
    /// With `--count 0`: how many connections to open beside the first ten.
    #[arg(long, default_value_t = 0)]
    pub idle: usize,
}
