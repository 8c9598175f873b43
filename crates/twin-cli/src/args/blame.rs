//! Which variable is to blame for a value that cannot be read: clap names the flag, or nothing at all.

use std::ffi::{OsStr, OsString};

use clap::{
    Command,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use super::variables;

/// The same error, naming the variable that it comes from, if it does so.
pub(super) fn with_variable(mut error: Error, twin: &Command) -> Error {
    let kind = error.kind();
    if !matches!(
        kind,
        ErrorKind::InvalidUtf8 | ErrorKind::InvalidValue | ErrorKind::ValueValidation
    ) {
        return error;
    }
    let Some(variable) = variable(kind, twin) else {
        return error;
    };
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(flag)) => {
            let shown = format!("{variable} ({flag})");
            error.insert(ContextKind::InvalidArg, ContextValue::String(shown));
            error
        }
        _ => twin
            .clone()
            .error(kind, format!("the variable {variable} is not UTF-8")),
    }
}

/// The variable without which there would be no such error.
fn variable(kind: ErrorKind, twin: &Command) -> Option<String> {
    let fails = |kept: Option<&OsStr>| {
        let parsed = variables::retain(twin.clone(), &|arg| arg.get_env() == kept)
            .try_get_matches_from(std::env::args_os());
        parsed.is_err_and(|error| error.kind() == kind)
    };
    if fails(None) {
        return None;
    }
    let mut variables = Vec::new();
    collect(twin, &mut variables);
    let blamed = variables.into_iter().find(|name| fails(Some(name)))?;
    blamed.into_string().ok()
}

/// The names of all variables.
fn collect(command: &Command, variables: &mut Vec<OsString>) {
    let named = command.get_arguments().filter_map(|arg| arg.get_env());
    variables.extend(named.map(OsStr::to_owned));
    for command in command.get_subcommands() {
        collect(command, variables);
    }
}
