//! The `twin` tool: chats of the TWIN platform in a terminal, and the platform on one's own machine.
//!
//! What scripts rely on (names, exit codes, JSON lines) stands in `docs/guide/cli.md`. Here is only
//! what belongs to a terminal: anything that is worth reusing is in a library.

mod args;
mod blocking;
mod bounded;
mod command;
mod failure;
mod logging;
mod output;
mod quick_replies;
mod render;
mod settings;
mod stop;

use std::io::{self, Write as _};

use tokio::runtime;

use crate::{
    args::Args,
    command::Run,
    failure::{End, Failure},
    logging::Logs,
    output::Output,
    render::{Audience, Renderer},
    settings::login::Renewals,
    stop::Stop,
};

/// How many threads work. Links are few, and lines come one after the other.
const WORKERS: usize = 2;

fn main() {
    let args = match Args::read() {
        Ok(args) => args,
        Err(told) => exit(explain(&told)),
    };
    let code = match work(&args) {
        Ok(code) => code,
        Err(error) => {
            tell(&Failure::of_io("cannot begin", &error).text);
            1
        }
    };
    exit(code);
}

/// Prints the help or the version that was asked for, or what is wrong with the command line; gives the
/// exit code.
fn explain(told: &clap::Error) -> i32 {
    let printed = told.print().and_then(|()| io::stdout().flush());
    match printed {
        Err(error) if !told.use_stderr() && error.kind() != io::ErrorKind::BrokenPipe => {
            tell(&output::failed(&error).text);
            1
        }
        // Whoever reads it has gone, or nobody is left to be told.
        _ => told.exit_code(),
    }
}

/// Ends without waiting for threads: one may be stuck in reading or writing.
fn exit(code: i32) -> ! {
    std::process::exit(code)
}

fn work(args: &Args) -> io::Result<i32> {
    let stop = Stop::on_signals()?;
    let logs = Logs::begin(&args.log)?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    let code = runtime.block_on(async {
        let run = Run {
            format: args.format,
            output: Output::new(stop.clone())?,
            renewals: Renewals::default(),
            stop: stop.clone(),
        };
        let ended = stop.then_soon(command::run(args, &run)).await;
        run.renewals.finish(&stop).await;
        Ok::<_, io::Error>(conclude(run, ended, &stop).await)
    })?;
    if let Some(logs) = logs {
        logs.finish();
    }
    // Its threads may be stuck: what still runs ends with the program.
    runtime.shutdown_background();
    Ok(code)
}

/// The exit code, once all is told.
async fn conclude(run: Run, ended: Result<(), End>, stop: &Stop) -> i32 {
    let failure = match ended {
        Ok(()) | Err(End::Stopped) => None,
        Err(End::Failed(failure)) => Some(failure),
        Err(End::Usage(text)) => {
            stop.failed(2);
            tell(&format!("{text}\n\nFor more information, try 'twin help'."));
            return 2;
        }
    };
    if let Some(failure) = &failure {
        stop.failed(1);
        let renderer = Renderer::new(run.format, Audience::One);
        if let Some(line) = renderer.failure(failure) {
            // Where it cannot be printed, stderr has it all the same.
            let _ = run.output.line(line).await;
        }
    }
    let failure = match (failure, run.output.finish().await) {
        (None, Err(End::Failed(failure))) => Some(failure),
        (failure, _) => failure,
    };
    match failure {
        Some(failure) => {
            stop.failed(1);
            tell(&failure.text);
            1
        }
        None => 0,
    }
}

/// Says on stderr, in one sentence, what went wrong.
fn tell(text: &str) {
    // Nobody is left to be told where that fails.
    let _ = writeln!(io::stderr(), "twin: {text}");
}
