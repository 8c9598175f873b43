//! What the command line and the environment come to: a client's configuration.

mod emulator;
mod files;
pub(crate) mod login;

use twin_client::{
    AccessToken, Config, Credentials, Endpoints, LinkUrl, LiveChannel, SlowReaders, api::BaseUrl,
};
use twin_transport::{Proxy, Roots};

pub(crate) use self::emulator::Found;
use self::login::{KeptLogin, LoginFile, Renewals};
use crate::{
    args::ConnectionArgs,
    failure::{End, Setback},
};

/// The variable that holds the token itself. There is no such flag: command lines are for all to see.
const TOKEN: &str = "TWIN_TOKEN";
/// How many bytes of events may wait in all, before the links are no longer read.
const BUFFER: usize = 16 << 20;

/// What is known before anything is asked of the network.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    args: &'a ConnectionArgs,
    token: Option<AccessToken>,
    login: Option<KeptLogin>,
    roots: Roots,
}

impl<'a> Settings<'a> {
    /// Reads the files and the variable that `args` name.
    ///
    /// # Errors
    ///
    /// When one cannot be read or used.
    pub(crate) async fn read(args: &'a ConnectionArgs) -> Result<Self, End> {
        let mut settings = Self::read_for_login(args).await?;
        settings.token = token(args).await?;
        if settings.token.is_none() {
            settings.login = match LoginFile::of(args.login_file.as_deref()) {
                Ok(file) => file.read().await?,
                // Nobody can have logged in.
                Err(_) => None,
            };
        }
        Ok(settings)
    }

    /// The same for whoever has yet to log in.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or used.
    pub(crate) async fn read_for_login(args: &'a ConnectionArgs) -> Result<Self, End> {
        let roots = match &args.ca_file {
            Some(file) => files::roots(file.clone()).await?,
            None => Roots::default(),
        };
        Ok(Self {
            args,
            token: None,
            login: None,
            roots,
        })
    }

    /// Asks the emulator, where one is named, for its addresses; once.
    ///
    /// # Errors
    ///
    /// When it does not answer, or is no emulator.
    pub(crate) async fn find(&self) -> Result<Option<Found>, Setback> {
        match &self.args.emulator {
            Some(url) => Ok(Some(emulator::find(url, &self.roots).await?)),
            None => Ok(None),
        }
    }

    /// The configuration of a client, whose renewals of a login are counted. A login of an emulator
    /// that has ended does not count, which is said on stderr.
    pub(crate) async fn config(self, emulator: Option<Found>, renewals: &Renewals) -> Config {
        let args = self.args;
        let mut config = Config::default();
        let endpoints = &mut config.endpoints;
        let (mut emulated, mut instance) = (None, None);
        if let Some(found) = emulator {
            *endpoints = found.endpoints;
            (emulated, instance) = (found.token, found.instance);
        }
        let bases = [
            (&args.bot_url, &mut endpoints.bot),
            (&args.chats_url, &mut endpoints.chats),
            (&args.iam_url, &mut endpoints.iam),
            (&args.socketio_url, &mut endpoints.socketio),
            (&args.widget_url, &mut endpoints.widget),
        ];
        for (given, endpoint) in bases {
            if let Some(url) = given {
                *endpoint = url.clone();
            }
        }
        if let Some(url) = &args.centrifugo_url {
            endpoints.centrifugo = url.clone();
        }
        // The list of messages is asked only where its address was given for it: by default it
        // would be the platform's, whose sessions these may not be.
        config.gap_filling = args.emulator.is_some() || args.chats_url.is_some();
        config.proxy = proxy(endpoints);
        let login = match self.login.filter(|login| login.is_for(endpoints)) {
            Some(login) if login.is_of_another(instance.as_deref()) => {
                login.say_that_it_has_ended().await;
                None
            }
            login => login.map(|login| login.credentials(renewals)),
        };
        config.credentials = match (self.token, login, emulated) {
            (Some(token), _, _) | (None, None, Some(token)) => Credentials::Token(token),
            (None, Some(login), _) => login,
            (None, None, None) => Credentials::Anonymous,
        };
        config.live_channel = args.link;
        config.roots = self.roots;
        config.sessions_per_link = args.sessions_per_link;
        // All sessions are read at one place, which is as slow as whoever reads what is printed.
        config.slow_readers = SlowReaders::HoldUp;
        config.user_id = args.user_id.clone();
        config.user_agent =
            http::HeaderValue::from_static(concat!("twin-chat-cli/", env!("CARGO_PKG_VERSION")));
        config
    }
}

/// The token that is named.
async fn token(args: &ConnectionArgs) -> Result<Option<AccessToken>, End> {
    match &args.token_file {
        Some(file) => Ok(Some(files::token(file.clone()).await?)),
        None => match std::env::var_os(TOKEN).filter(|token| !token.is_empty()) {
            Some(token) => {
                let token = token.into_string().unwrap_or_default();
                let token = AccessToken::parse(token);
                token
                    .map(Some)
                    .map_err(|error| End::Usage(format!("{TOKEN}: {error}")))
            }
            None => Ok(None),
        },
    }
}

/// Where the live events come from, for people.
pub(crate) fn live_address(config: &Config) -> String {
    let Endpoints {
        centrifugo,
        socketio,
        ..
    } = &config.endpoints;
    match config.live_channel {
        LiveChannel::Auto => format!("{centrifugo} or {socketio}"),
        LiveChannel::SocketIo => socketio.to_string(),
        _ => centrifugo.to_string(),
    }
}

/// Shares the memory for events that wait between the links that so many sessions take.
pub(crate) fn share_buffer(config: &mut Config, sessions: usize) {
    let per_link = match config.live_channel {
        LiveChannel::Centrifugo => config.sessions_per_link,
        _ => 1,
    };
    let links = sessions.div_ceil(per_link).max(1);
    config.buffer_per_link = config.buffer_per_link.min(BUFFER / links).max(64 << 10);
}

/// The usual variables, unless all is on this machine: no proxy leads there.
fn proxy(endpoints: &Endpoints) -> Proxy {
    let bases = [
        &endpoints.bot,
        &endpoints.chats,
        &endpoints.iam,
        &endpoints.socketio,
        &endpoints.widget,
    ]
    .map(BaseUrl::as_str);
    let live = LinkUrl::as_str(&endpoints.centrifugo);
    let mut all = bases.into_iter().chain([live]);
    if all.all(is_on_this_machine) {
        Proxy::none()
    } else {
        Proxy::from_env()
    }
}

fn is_on_this_machine(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_leads_to_this_machine() {
        for url in [
            "http://127.0.0.1:8080",
            "http://[::1]:1/api",
            "ws://localhost/x",
        ] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in [
            "https://twin24.ai/",
            "http://127.0.0.1.example/",
            "no url at all",
        ] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }

    #[test]
    fn many_links_share_the_memory_for_events() {
        let mut config = Config::default();
        share_buffer(&mut config, 2_000);
        assert_eq!(config.buffer_per_link, BUFFER / 20);
        let mut config = Config::default();
        share_buffer(&mut config, 1);
        assert_eq!(config.buffer_per_link, 4 << 20);
    }
}
