//! Where the platform is.

use std::{fmt, str::FromStr};

use http::Uri;
use twin_protocol::api::{BaseUrl, BaseUrlError, Service};

/// The addresses of the platform's services.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoints {
    /// Dialogs with bots. Default: `https://bot.twin24.ai/api/v1`.
    pub bot: BaseUrl,
    /// The live channel over Centrifugo. Default:
    /// `wss://twin24.ai/centrifugo/connection/websocket`.
    pub centrifugo: LinkUrl,
    /// Chats, the public API. Default: `https://chats-api.twin24.ai/api/v1`.
    pub chats: BaseUrl,
    /// Identity and files. Default: `https://iam.twin24.ai/api/v1`.
    pub iam: BaseUrl,
    /// The live channel over Socket.IO, an `http` or `https` address up to and including
    /// `socket.io`. Default: `https://tcl.twin24.ai/operator/socket.io`.
    pub socketio: BaseUrl,
    /// Chats, the gateway of the web widget, which asks for no token. Default:
    /// `https://tcl.twin24.ai/api/chats/v1`.
    pub widget: BaseUrl,
}

impl Endpoints {
    /// The addresses of an emulator at `url`, as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    ///
    /// When `url` is no absolute `http` or `https` address, or has user info, a query or a fragment.
    pub fn emulator(url: &str) -> Result<Self, BaseUrlError> {
        let root = BaseUrl::parse(url)?;
        let below = |path: &str| BaseUrl::parse(&format!("{root}{path}"));
        Ok(Self {
            bot: below("/api/bot/v1")?,
            centrifugo: LinkUrl::below(&root, "/centrifugo/connection/websocket"),
            chats: below("/api/chats/v1")?,
            iam: below("/api/iam/v1")?,
            socketio: below("/operator/socket.io")?,
            widget: below("/api/chats/v1")?,
        })
    }

    /// The address of `service`; `None` for one that this version does not know.
    pub fn base(&self, service: Service) -> Option<&BaseUrl> {
        match service {
            Service::Bot => Some(&self.bot),
            Service::Chats => Some(&self.chats),
            Service::Iam => Some(&self.iam),
            Service::Widget => Some(&self.widget),
            _ => None,
        }
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        let base = |url| BaseUrl::parse(url).expect("the platform's addresses are addresses");
        Self {
            bot: base("https://bot.twin24.ai/api/v1"),
            centrifugo: LinkUrl("wss://twin24.ai/centrifugo/connection/websocket".into()),
            chats: base("https://chats-api.twin24.ai/api/v1"),
            iam: base("https://iam.twin24.ai/api/v1"),
            socketio: base("https://tcl.twin24.ai/operator/socket.io"),
            widget: base("https://tcl.twin24.ai/api/chats/v1"),
        }
    }
}

/// The address of a live channel: `ws` or `wss`, a host, perhaps a port, a path and a query; no
/// user info, no fragment.
///
/// `Debug` and `Display` leave its query out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LinkUrl(Box<str>);

/// A text that is no [`LinkUrl`]. The text is not repeated: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a live channel: {reason}")]
pub struct LinkUrlError {
    reason: &'static str,
}

impl LinkUrl {
    /// Checks and keeps the address.
    ///
    /// # Errors
    ///
    /// When it is no absolute `ws` or `wss` address, or has user info or a fragment.
    pub fn parse(url: &str) -> Result<Self, LinkUrlError> {
        let refuse = |reason| Err(LinkUrlError { reason });
        // `Uri` drops a fragment silently.
        if url.contains('#') {
            return refuse("it has a fragment");
        }
        let Ok(uri) = url.parse::<Uri>() else {
            return refuse("it is no URL");
        };
        if !matches!(uri.scheme_str(), Some("ws" | "wss")) {
            return refuse("it does not start with ws:// or wss://");
        }
        match uri.authority() {
            Some(authority) if authority.as_str().contains('@') => refuse("it has user info"),
            Some(authority) if !authority.host().is_empty() => Ok(Self(url.into())),
            _ => refuse("it names no host"),
        }
    }

    /// The whole address, its query too.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn below(root: &BaseUrl, path: &str) -> Self {
        // `http` becomes `ws`, `https` becomes `wss`.
        let rest = root.as_str().strip_prefix("http").unwrap_or_default();
        Self(format!("ws{rest}{path}").into())
    }

    /// Whether its query asks a Centrifugo for Protobuf.
    pub(crate) fn asks_for_protobuf(&self) -> bool {
        let query = self.0.split_once('?').map_or("", |(_, query)| query);
        let asks = |part| matches!(part, "format=protobuf" | "cf_protocol=protobuf");
        query.split('&').any(asks)
    }

    pub(crate) fn to_uri(&self) -> Uri {
        self.0.parse().expect("checked when it was parsed")
    }
}

impl FromStr for LinkUrl {
    type Err = LinkUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        Self::parse(url)
    }
}

impl fmt::Display for LinkUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.split('?').next().unwrap_or_default())
    }
}

impl fmt::Debug for LinkUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emulators_addresses_lie_below_its_own() {
        let endpoints = Endpoints::emulator("http://127.0.0.1:8080/").unwrap();
        let live = "ws://127.0.0.1:8080/centrifugo/connection/websocket";
        assert_eq!(endpoints.centrifugo.as_str(), live);
        assert_eq!(
            endpoints.chats.as_str(),
            "http://127.0.0.1:8080/api/chats/v1"
        );
        let secure = Endpoints::emulator("https://a.example").unwrap();
        assert_eq!(
            secure.centrifugo,
            LinkUrl::below(
                &BaseUrl::parse("https://a.example").unwrap(),
                "/centrifugo/connection/websocket"
            )
        );
        assert!(secure.centrifugo.as_str().starts_with("wss://a.example/"));
        LinkUrl::parse(secure.centrifugo.as_str()).unwrap();
    }

    #[test]
    fn the_platforms_addresses_are_well_formed() {
        let endpoints = Endpoints::default();
        assert_eq!(
            LinkUrl::parse(endpoints.centrifugo.as_str()),
            Ok(endpoints.centrifugo)
        );
    }

    #[test]
    fn what_is_no_link_address_is_refused_without_repeating_it() {
        for url in [
            "",
            "secret",
            "http://a.example/secret",
            "ws:///secret",
            "wss://me:secret@a.example/",
            "wss://a.example/#secret",
        ] {
            let error = LinkUrl::parse(url).expect_err(url);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn an_address_may_ask_for_protobuf() {
        for (query, asks) in [
            ("", false),
            ("?format=json", false),
            ("?a=1&format=protobuf", true),
            ("?cf_protocol=protobuf&a=1", true),
            ("?xformat=protobuf", false),
        ] {
            let url = LinkUrl::parse(&format!("wss://a.example/live{query}")).unwrap();
            assert_eq!(url.asks_for_protobuf(), asks, "{query}");
        }
    }

    #[test]
    fn a_query_is_not_shown() {
        let url = LinkUrl::parse("wss://a.example/live?key=secret").unwrap();
        assert_eq!(url.to_string(), "wss://a.example/live");
        assert_eq!(format!("{url:?}"), "LinkUrl(wss://a.example/live)");
    }
}
