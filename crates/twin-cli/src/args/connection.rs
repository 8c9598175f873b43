//! Where the platform is and who asks: the flags that every command takes.

use std::path::PathBuf;

use clap::ValueHint;
use twin_client::{LinkUrl, LiveChannel, api::BaseUrl, id::UserId};

use super::value;

/// Where the platform is, and who asks. Every address may be given by its flag, by its variable, by
/// `--emulator` or `TWIN_EMULATOR`, in this order; what is then missing is the platform's own.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// An emulator: gives all addresses below, and a token
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_EMULATOR",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) emulator: Option<BaseUrl>,

    /// Chats, the gateway of the web widget
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_WIDGET_URL",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) widget_url: Option<BaseUrl>,

    /// Chats, the public API
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_CHATS_URL",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) chats_url: Option<BaseUrl>,

    /// Dialogs with bots
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_BOT_URL",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) bot_url: Option<BaseUrl>,

    /// Identity and files
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_IAM_URL",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) iam_url: Option<BaseUrl>,

    /// Live events over Centrifugo: an address of ws:// or wss://
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_CENTRIFUGO_URL",
        hide_env_values = true,
        value_parser = value::link_url
    )]
    pub(crate) centrifugo_url: Option<LinkUrl>,

    /// Live events over Socket.IO, up to and including `socket.io/`
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "TWIN_SOCKETIO_URL",
        hide_env_values = true,
        value_parser = value::base_url
    )]
    pub(crate) socketio_url: Option<BaseUrl>,

    /// The live channel; `auto` takes Socket.IO where Centrifugo refuses for good
    #[arg(
        long,
        global = true,
        value_name = "centrifugo|socketio|auto",
        env = "TWIN_LINK",
        hide_env_values = true,
        default_value = "centrifugo",
        value_parser = value::link
    )]
    pub(crate) link: LiveChannel,

    /// The visitor of the web widget, told to the live channel
    #[arg(
        long,
        global = true,
        value_name = "UUID",
        env = "TWIN_USER_ID",
        hide_env_values = true,
        value_parser = value::user_id
    )]
    pub(crate) user_id: Option<UserId>,

    /// Most sessions on one live connection
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "TWIN_SESSIONS_PER_LINK",
        hide_env_values = true,
        default_value = "100",
        allow_negative_numbers = true,
        value_parser = value::sessions_per_link
    )]
    pub(crate) sessions_per_link: usize,

    /// A file with the access token; the variable TWIN_TOKEN may hold the token itself
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,

    /// Where `twin login` keeps its tokens; without it, in the user's folder of settings
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TWIN_LOGIN_FILE",
        hide_env_values = true,
        value_hint = ValueHint::FilePath
    )]
    pub(crate) login_file: Option<PathBuf>,

    /// Certificates (PEM) to trust instead of the system's
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TWIN_CA_FILE",
        hide_env_values = true,
        value_hint = ValueHint::FilePath
    )]
    pub(crate) ca_file: Option<PathBuf>,
}
