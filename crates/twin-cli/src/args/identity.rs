//! `twin login` and `twin sessions`: what they take.

use std::{path::PathBuf, time::Duration};

use clap::ValueHint;
use twin_client::Timestamp;

use super::value;

/// `twin login`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The password is asked for, or read from stdin where that is no terminal.\n\
    The tokens are kept in a file that only you can read, and later commands use them, as long as\n\
    they are led to the same addresses. A token of TWIN_TOKEN or --token-file comes first."
)]
pub(crate) struct LoginArgs {
    /// The user's e-mail address
    #[arg(value_name = "EMAIL", value_parser = value::id)]
    pub(crate) email: String,

    /// A file whose first line is the password
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,

    /// How long a token shall be valid
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = value::seconds)]
    pub(crate) ttl: Option<Duration>,

    /// The company to log in to
    #[arg(long, value_name = "ID", allow_negative_numbers = true, value_parser = value::company)]
    pub(crate) company_id: Option<i64>,
}

/// `twin sessions`.
#[derive(Debug, clap::Args)]
pub(crate) struct SessionsArgs {
    /// Only those of this chat
    #[arg(long, value_name = "ID", value_parser = value::id)]
    pub(crate) chat_id: Option<String>,

    /// Only those in this state
    #[arg(long)]
    pub(crate) status: Option<String>,

    /// Only those whose bot is in this state
    #[arg(long, value_name = "STATUS")]
    pub(crate) bot_status: Option<String>,

    /// Only those of this operator
    #[arg(long, value_name = "ID", value_parser = value::id)]
    pub(crate) operator_id: Option<String>,

    /// Only those of this name
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Only those with this word
    #[arg(long, value_name = "WORD")]
    pub(crate) keyword: Option<String>,

    /// Only those with these tags
    #[arg(long)]
    pub(crate) tags: Option<String>,

    /// Only those from this time on (2026-03-01T10:00:00+03:00)
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Timestamp>,

    /// Only those up to this time
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Timestamp>,

    /// Only those that are marked as spam, or are not
    #[arg(long, value_name = "true|false")]
    pub(crate) spam: Option<bool>,

    /// At most so many; without it, all
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = value::count)]
    pub(crate) limit: Option<u64>,

    /// Leave out so many at the beginning
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = value::offset)]
    pub(crate) offset: Option<u64>,
}
