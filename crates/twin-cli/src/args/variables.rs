//! Which variables count. clap alone would look at them all: a flag that every command takes it looks for
//! at each command by itself, and so misses at `twin` what stands behind `twin send`.

use clap::{Arg, ArgMatches, Command, builder::Resettable, parser::ValueSource};

/// `twin`, where no variable counts that the command line overrides.
pub(super) fn beside_flags(twin: Command) -> Command {
    let flags = retain(twin.clone(), &|_| false).ignore_errors(true);
    match flags.try_get_matches() {
        // What single commands take beside stands behind their names, where clap finds it.
        Ok(flags) => retain(twin, &is_not_empty).mut_args(|arg| match counts(&arg, &flags) {
            true => arg,
            false => arg.env(Resettable::Reset),
        }),
        // Help is asked for, or the version.
        Err(_) => twin,
    }
}

/// Whether the variable of `arg` is not empty: then it would be as if it were not set.
fn is_not_empty(arg: &Arg) -> bool {
    let value = arg.get_env().and_then(std::env::var_os);
    value.is_none_or(|value| !value.is_empty())
}

/// Whether the variable of `arg` counts beside these flags.
fn counts(arg: &Arg, flags: &ArgMatches) -> bool {
    let is_given = |flag| flags.value_source(flag) == Some(ValueSource::CommandLine);
    match arg.get_id().as_str() {
        // Who has set one wrongly may want to read how it is right.
        _ if flags.subcommand_name() == Some("help") => false,
        // The demonstration needs nothing of its surroundings: only a flag leads it elsewhere.
        "emulator" if flags.subcommand_name() == Some("demo") => false,
        // A flag is nearer than a variable.
        "filter" if is_given("verbose") => false,
        flag => !is_given(flag),
    }
}

/// The command where the variables of these flags count alone.
pub(super) fn retain(command: Command, flags: &impl Fn(&Arg) -> bool) -> Command {
    let command = command.mut_args(|arg| match flags(&arg) {
        true => arg,
        false => arg.env(Resettable::Reset),
    });
    command.mut_subcommands(|command| retain(command, flags))
}
