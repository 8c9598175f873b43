//! What may stand on the command line and in the environment: names, forms, help. What it all comes
//! to (addresses, credentials) is decided in [`settings`](crate::settings).

mod blame;
mod command;
mod connection;
mod identity;
mod value;
mod variables;

use clap::{
    ArgAction, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum,
    error::{ContextKind, ContextValue},
};
use twin_protocol::url::SecretUrl;

pub(crate) use self::{
    command::{
        ApiArgs, AskArgs, BotChoice, BotCommand, CHAT_LINES, ChatArgs, Command, DownloadArgs,
        EmulatorArgs, HelpArgs, HistoryArgs, ListenArgs, SendArgs, UploadArgs,
    },
    connection::ConnectionArgs,
    identity::{LoginArgs, SessionsArgs},
};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "twin",
    version,
    about = "Chats of the TWIN platform in a terminal, and the platform on your own machine",
    after_help = "Begin with: twin demo\n\
                  Scripts: --format json prints one JSON object a line, `twin help json` explains it.\n\
                  Exit codes: 0 done or stopped, 1 the work failed, 2 wrong usage.",
    disable_help_subcommand = true,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    /// How results are printed
    #[arg(
        long,
        global = true,
        value_enum,
        env = "TWIN_FORMAT",
        hide_env_values = true,
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    ///
    /// What clap has to say: what is wrong, or the help that was asked for.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let twin = variables::beside_flags(Self::command());
        let parsed = twin.clone().try_get_matches();
        parsed
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(|error| blame::with_variable(error, &twin))
            .map_err(without_secrets)
    }
}

/// An error that does not repeat what may hold a password or a key.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return error;
    };
    let flag = error.get(ContextKind::InvalidArg);
    let is_url = matches!(flag, Some(ContextValue::String(flag)) if flag.contains("<URL>"));
    let shown = if value.contains("://") {
        SecretUrl::from(value.as_str()).to_string()
    } else if is_url {
        // Its scheme is forgotten or misspelt; what is in it stands where it would stand.
        let end = value.find(['?', '#']).unwrap_or(value.len());
        let start = value[..end].rfind('@').map_or(0, |at| at + 1);
        value[start..end].to_owned()
    } else {
        return error;
    };
    error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    error
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line, for programs
    Json,
    /// For people; may change at any time
    Text,
}

/// What is told of the work, beside its results.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct LogArgs {
    /// Tell on stderr what happens; twice for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// What to tell on stderr, as a filter: `twin::link=debug`, say
    #[arg(
        long = "log",
        global = true,
        value_name = "FILTER",
        env = "TWIN_LOG",
        hide_env_values = true
    )]
    pub(crate) filter: Option<value::LogFilter>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_put_together_soundly() {
        Args::command().debug_assert();
    }
}
