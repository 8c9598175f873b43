//! The commands: one file each, and what they share.

mod api;
mod bot;
mod chat;
mod demo;
mod download;
mod emulator;
mod follow;
mod help;
mod history;
mod input;
mod listen;
mod login;
mod password;
mod patience;
mod send;
mod sessions;
mod transfer;
mod upload;

use twin_client::{Client, Config, ErrorKind};

use crate::{
    args::{Args, BotCommand, Command, Format},
    failure::{End, Failure, io_advice, io_cause},
    output::Output,
    settings::{Settings, login::Renewals},
    stop::Stop,
};

/// What every command works with.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) format: Format,
    pub(crate) output: Output,
    pub(crate) renewals: Renewals,
    pub(crate) stop: Stop,
}

impl Run {
    /// Prints a line, where there is one.
    async fn print(&self, line: Option<String>) -> Result<(), End> {
        match line {
            Some(line) => self.output.line(line).await,
            None => Ok(()),
        }
    }

    /// The configuration that the command line asks for, where an emulator that is named is asked
    /// only once.
    async fn config(&self, args: &Args) -> Result<Config, End> {
        let settings = self.stop.or(Settings::read(&args.connection)).await??;
        let emulator = self.stop.or(settings.find()).await??;
        Ok(settings.config(emulator, &self.renewals).await)
    }
}

/// Does what the command line asks for. Ends soon once it is asked to stop.
pub(crate) async fn run(args: &Args, run: &Run) -> Result<(), End> {
    match &args.command {
        Command::Api(api) => api::run(api, args, run).await,
        Command::Bot(bot) => match &bot.command {
            BotCommand::Ask(ask) => bot::ask(ask, args, run).await,
        },
        Command::Chat(chat) => chat::run(chat, args, run).await,
        Command::Demo => demo::run(args, run).await,
        Command::Download(download) => download::run(download, args, run).await,
        Command::Emulator(emulator) => {
            emulator::run(emulator, args.connection.centrifugo_url.as_ref(), run).await
        }
        Command::Help(help) => help::run(help, run).await,
        Command::History(history) => history::run(history, args, run).await,
        Command::Listen(listen) => listen::run(listen, args, run).await,
        Command::Login(login) => login::run(login, args, run).await,
        Command::Send(send) => send::run(send, args, run).await,
        Command::Sessions(sessions) => sessions::run(sessions, args, run).await,
        Command::Upload(upload) => upload::run(upload, args, run).await,
    }
}

/// A client, or why there can be none.
fn client(config: Config) -> Result<Client, Failure> {
    Client::new(config).map_err(|error| Failure::of_client("cannot begin", &error))
}

/// What this program is called, as it was called.
fn program() -> String {
    let program = std::env::args_os().next();
    let program = program.as_deref().map(std::ffi::OsStr::to_string_lossy);
    program.map_or_else(
        || "twin".into(),
        |program| crate::render::plain::line(&program),
    )
}

/// What an emulator could not do.
fn emulator_failed(error: &twin_emulator::Error) -> Failure {
    let why = twin_client::with_causes(error);
    let (kind, advice) = match error.kind() {
        twin_emulator::ErrorKind::Address => (ErrorKind::Io, "choose another one with --listen"),
        twin_emulator::ErrorKind::Script => match io_cause(error) {
            Some(cause) => (ErrorKind::Io, io_advice(cause)),
            None => (ErrorKind::InvalidInput, "correct the script"),
        },
        _ => (ErrorKind::Internal, "look at -vv"),
    };
    let why = crate::render::plain::line(&why);
    Failure::new(kind, format!("the emulator cannot start: {why}")).and_try(advice)
}
