//! The values of flags and variables, parsed. No message repeats what may hold a secret.

use std::time::Duration;

use tracing_subscriber::EnvFilter;
use twin_client::{
    LinkUrl, LinkUrlError, LiveChannel, LiveChannelError,
    api::{BaseUrl, BaseUrlError},
    id::UserId,
};

/// A filter of what is logged.
#[derive(Clone, Debug)]
pub(crate) struct LogFilter(String);

impl LogFilter {
    pub(crate) fn to_env_filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl std::str::FromStr for LogFilter {
    type Err = tracing_subscriber::filter::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::builder().parse(text)?;
        Ok(Self(text.to_owned()))
    }
}

pub(super) fn base_url(text: &str) -> Result<BaseUrl, BaseUrlError> {
    BaseUrl::parse(text)
}

pub(super) fn link_url(text: &str) -> Result<LinkUrl, LinkUrlError> {
    LinkUrl::parse(text)
}

pub(super) fn link(text: &str) -> Result<LiveChannel, LiveChannelError> {
    text.parse()
}

pub(super) fn user_id(text: &str) -> Result<UserId, &'static str> {
    match uuid::Uuid::try_parse(text) {
        Ok(_) => Ok(UserId::from(text)),
        Err(_) => Err("it is no UUID"),
    }
}

/// An id of the platform: opaque, but not nothing, and without what no id has.
pub(super) fn id(text: &str) -> Result<String, &'static str> {
    if text.is_empty() {
        Err("it is empty")
    } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Err("it holds blanks or control characters")
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn sessions_per_link(text: &str) -> Result<usize, &'static str> {
    match text.parse() {
        Ok(number) if (1..=100_000).contains(&number) => Ok(number),
        _ => Err("it wants a whole number from 1 to 100000"),
    }
}

pub(super) fn count(text: &str) -> Result<u64, &'static str> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("it wants a whole number from 1 on"),
    }
}

pub(super) fn offset(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "it wants a whole number from 0 on")
}

pub(super) fn company(text: &str) -> Result<i64, &'static str> {
    text.parse().map_err(|_| "it wants a whole number")
}

pub(super) fn seconds(text: &str) -> Result<Duration, &'static str> {
    let no_seconds = "it wants a duration: a number of seconds, as 30 or 0.5";
    let seconds: f64 = text.parse().map_err(|_| no_seconds)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| no_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_live_channels_go_by_their_words() {
        assert_eq!(link("centrifugo"), Ok(LiveChannel::Centrifugo));
        assert_eq!(link("socketio"), Ok(LiveChannel::SocketIo));
        assert_eq!(link("auto"), Ok(LiveChannel::Auto));
        for text in ["", "Centrifugo", "websocket"] {
            assert!(link(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(sessions_per_link("100"), Ok(100));
        for text in ["0", "-1", "100001", "many", ""] {
            assert!(sessions_per_link(text).is_err(), "{text}");
        }
        assert!(count("0").is_err());
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["-1", "NaN", "inf", "1e300", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_is_opaque_but_no_blank_text() {
        assert_eq!(id("any-chat-id").as_deref(), Ok("any-chat-id"));
        for text in ["", "a b", "a\nb", "\u{1b}[2J"] {
            assert!(id(text).is_err(), "{text:?}");
        }
    }
}
