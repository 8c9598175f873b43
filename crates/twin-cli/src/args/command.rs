//! The commands and what each takes beside what all take.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Subcommand, ValueHint, builder::NonEmptyStringValueParser};

use super::{LoginArgs, SessionsArgs, value};

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Any call of the platform, by its name in the specification
    Api(ApiArgs),
    /// Ask bots, without a chat
    Bot(BotArgs),
    /// Chat: a new session, or one that exists
    Chat(ChatArgs),
    /// A whole conversation with an emulator inside this program, or with the one that is named
    Demo,
    /// Download a file
    Download(DownloadArgs),
    /// The platform on this machine, until stopped
    Emulator(EmulatorArgs),
    /// Explain a command, or the JSON lines (`help json`)
    Help(HelpArgs),
    /// The messages of a session
    History(HistoryArgs),
    /// The live events of sessions, until stopped
    Listen(ListenArgs),
    /// Log in with e-mail and password, for later commands
    Login(LoginArgs),
    /// Send one message, print its id
    Send(SendArgs),
    /// The sessions of the platform
    Sessions(SessionsArgs),
    /// Upload files, print their ids
    Upload(UploadArgs),
}

/// `twin api`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A value is text, a number, true or false, or JSON, as the field wants it.\n\
    @FILE takes it from a file, @- from stdin; @@ stands for one @. Secrets are taken so alone.\n\n\
    twin api                              name all calls\n\
    twin api listSessions --fields        name the fields of one\n\
    twin api listSessions limit=2 chatId=ID\n\
    twin api renameSession sessionId=ID newName=VIP\n\
    twin api uploadFiles file=@cat.png file=@dog.png private=true\n\
    twin api downloadFile fileId=ID >cat.png"
)]
pub(crate) struct ApiArgs {
    /// Names the call; without it, all calls are named
    pub(crate) operation: Option<String>,

    /// Its fields
    #[arg(value_name = "FIELD=VALUE")]
    pub(crate) fields: Vec<String>,

    /// Name the fields of the call, and make none
    #[arg(
        id = "fields_only",
        long = "fields",
        requires = "operation",
        conflicts_with = "fields"
    )]
    pub(crate) fields_only: bool,

    /// Where the bytes of `downloadFile` go: a file or a folder. Without it, to stdout
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, conflicts_with = "fields_only")]
    pub(crate) output: Option<PathBuf>,

    /// Replace a file that is there already
    #[arg(long, requires = "output")]
    pub(crate) overwrite: bool,
}

/// `twin bot`.
#[derive(Debug, clap::Args)]
pub(crate) struct BotArgs {
    #[command(subcommand)]
    pub(crate) command: BotCommand,
}

/// What can be done with bots.
#[derive(Debug, Subcommand)]
pub(crate) enum BotCommand {
    /// Ask one question, print the answer
    Ask(AskArgs),
}

/// `twin bot ask`.
#[derive(Debug, clap::Args)]
pub(crate) struct AskArgs {
    /// Names the bot
    #[arg(value_name = "BOT_ID", value_parser = value::id)]
    pub(crate) bot: String,

    /// What to ask
    #[arg(value_name = "TEXT", allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) text: String,

    /// Ask in this dialog, which goes on afterwards, instead of one for this question alone
    #[arg(long, value_name = "ID", value_parser = value::id)]
    pub(crate) dialog: Option<String>,

    /// Let the dialog go on afterwards; its id is printed
    #[arg(long)]
    pub(crate) keep: bool,
}

/// What may be typed in a chat, for people.
pub(crate) const CHAT_LINES: &str = "\
While chatting, a line is a message, and a number takes the quick reply of that number.
/history  the messages so far
/close    ask the platform to end the session
/quit     leave; so do Ctrl-D and Ctrl-C
/say TEXT send TEXT as it stands: `/say 2`, `/say /help`
/help     this list";

/// `twin chat`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = CHAT_LINES
)]
pub(crate) struct ChatArgs {
    /// Names the chat
    #[arg(value_name = "CHAT_ID", value_parser = value::id)]
    pub(crate) chat: String,

    /// Go on with this session
    #[arg(long, value_name = "ID", value_parser = value::id, conflicts_with_all = ["continue_last", "name", "bot_id", "client_external_id"])]
    pub(crate) session: Option<String>,

    /// Go on with the client's last session, or start one where there is none
    #[arg(long = "continue", requires = "client_external_id")]
    pub(crate) continue_last: bool,

    /// Names the client in a system of your own
    #[arg(long, value_name = "ID")]
    pub(crate) client_external_id: Option<String>,

    /// Names the session
    #[arg(long, default_value = "twin")]
    pub(crate) name: String,

    /// The bot that is to answer
    #[arg(long, value_name = "ID", value_parser = value::id)]
    pub(crate) bot_id: Option<String>,

    /// Ask the platform to end the session at the end
    #[arg(long)]
    pub(crate) close_on_exit: bool,
}

/// `twin download`.
#[derive(Debug, clap::Args)]
pub(crate) struct DownloadArgs {
    /// Names the file
    #[arg(value_name = "FILE_ID", value_parser = value::id)]
    pub(crate) file: String,

    /// Where to: a file or a folder. Without it the file gets its own name in the current folder
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,

    /// Replace a file that is there already
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// `twin emulator`.
#[derive(Debug, clap::Args)]
pub(crate) struct EmulatorArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Who answers: the demonstration's bot, an echo, or a script of your own (JSON)
    #[arg(long, value_name = "demo|echo|FILE", default_value = "demo")]
    pub(crate) bot: BotChoice,

    /// A real Centrifugo carries the live events: its HTTP API, up to and including `/api`
    #[arg(
        long,
        value_name = "URL",
        env = "TWIN_CENTRIFUGO_API",
        hide_env_values = true
    )]
    #[arg(requires = "centrifugo_key")]
    pub(crate) centrifugo_api: Option<String>,

    /// The key of that API
    #[arg(
        long,
        value_name = "KEY",
        env = "TWIN_CENTRIFUGO_KEY",
        hide_env_values = true
    )]
    pub(crate) centrifugo_key: Option<String>,
}

/// Who answers in an emulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BotChoice {
    Demo,
    Echo,
    File(PathBuf),
}

impl From<&str> for BotChoice {
    fn from(text: &str) -> Self {
        match text {
            "demo" => Self::Demo,
            "echo" => Self::Echo,
            file => Self::File(file.into()),
        }
    }
}

/// `twin help`.
#[derive(Debug, clap::Args)]
pub(crate) struct HelpArgs {
    /// A command (`send`, `bot ask`), or `json`
    #[arg(value_name = "COMMAND")]
    pub(crate) topic: Vec<String>,
}

/// `twin history`.
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryArgs {
    /// Names the session
    #[arg(value_name = "SESSION_ID", value_parser = value::id)]
    pub(crate) session: String,
}

/// `twin listen`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListenArgs {
    /// Name the sessions; one that is named twice is one
    #[arg(value_name = "SESSION_ID", required = true, value_parser = value::id)]
    pub(crate) sessions: Vec<String>,

    /// End after so many events
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = value::count)]
    pub(crate) count: Option<u64>,

    /// End after so long
    #[arg(long = "for", value_name = "SECONDS", allow_negative_numbers = true, value_parser = value::seconds)]
    pub(crate) duration: Option<Duration>,
}

/// `twin send`.
#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    /// Names the session
    #[arg(value_name = "SESSION_ID", value_parser = value::id)]
    pub(crate) session: String,

    /// What to say
    #[arg(value_name = "TEXT", allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) text: String,
}

/// `twin upload`.
#[derive(Debug, clap::Args)]
pub(crate) struct UploadArgs {
    /// The files, each uploaded by itself
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,

    /// Only those who are logged in may see them, and who has their link
    #[arg(long)]
    pub(crate) private: bool,

    /// The folder of the platform to keep them in
    #[arg(long, value_name = "PATH")]
    pub(crate) folder: Option<String>,

    /// How long the platform is to keep them
    #[arg(long = "keep-for", value_name = "SECONDS", allow_negative_numbers = true, value_parser = value::seconds)]
    pub(crate) keep_for: Option<Duration>,
}
