//! A Centrifugo 6 binary in the role it has on the platform.

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::settings::Setting;

/// The variable that names the binary.
const BINARY: &str = "CENTRIFUGO_BIN";

/// Whether the environment names one.
pub(super) fn is_named() -> bool {
    env::var_os(BINARY).is_some_and(|path| !path.is_empty())
}

/// The binary that the environment names.
///
/// # Errors
///
/// When it names none, or one that is no file.
pub(super) fn binary() -> Result<PathBuf> {
    let Some(path) = env::var_os(BINARY).filter(|path| !path.is_empty()) else {
        bail!("the variable {BINARY} must name a Centrifugo 6 binary");
    };
    let path = PathBuf::from(path);
    if !path.is_file() {
        bail!("{BINARY}: {} is no file", path.display());
    }
    // The server may be started in another folder than this one.
    std::path::absolute(&path).with_context(|| format!("{BINARY}: {}", path.display()))
}

/// The address to serve, with a free port in place of port 0: Centrifugo cannot say which it took.
///
/// # Errors
///
/// When it is no address, or the address cannot be listened on.
pub(super) fn address(listen: &str) -> Result<SocketAddr> {
    let address: SocketAddr = listen
        .parse()
        .with_context(|| format!("--listen {listen}: must be an IP address and a port"))?;
    if address.port() != 0 {
        return Ok(address);
    }
    let listener = TcpListener::bind(address).with_context(|| format!("cannot use {address}"))?;
    listener.local_addr().context("a listener has no address")
}

/// The configuration: channels of the platform, history, recovery, and the backend as its proxies.
pub(super) fn config(address: SocketAddr, backend: &str, settings: &[Setting]) -> Value {
    let backend = backend.trim_end_matches('/');
    let names = settings.iter().rev().find_map(Setting::namespaces);
    let namespaces: Vec<_> = names
        .unwrap_or_else(|| vec!["widget"])
        .into_iter()
        .map(|name| {
            json!({
                "name": name,
                "history_size": 100,
                "history_ttl": "300s",
                "force_recovery": true,
                "subscribe_proxy_enabled": true,
            })
        })
        .collect();
    let mut config = json!({
        "http_server": {"address": address.ip().to_string(), "port": address.port()},
        "log": {"level": "error"},
        "usage_stats": {"disabled": true},
        "health": {"enabled": true},
        "http_api": {"key": "test-api-key"},
        "websocket": {"handler_prefix": "/centrifugo/connection/websocket"},
        "client": {
            "ping_interval": "25s",
            "pong_timeout": "8s",
            "proxy": {"connect": {
                "enabled": true,
                "endpoint": format!("{backend}/connect"),
                "timeout": "1s",
            }},
        },
        "rpc": {
            "proxy": {"endpoint": format!("{backend}/rpc"), "timeout": "1s"},
            "without_namespace": {"proxy_enabled": true},
        },
        "channel": {
            "proxy": {"subscribe": {"endpoint": format!("{backend}/subscribe"), "timeout": "1s"}},
            "namespaces": namespaces,
        },
    });
    for setting in settings {
        setting.put(&mut config);
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backend_stands_behind_every_proxy() {
        let address = "127.0.0.1:8000".parse().unwrap();
        let settings = [
            "proxy-timeout=3s",
            "namespaces=widget,user",
            "history-size=2",
        ];
        let settings: Vec<_> = settings
            .iter()
            .map(|s| Setting::parse(s).unwrap())
            .collect();
        let config = config(
            address,
            "http://127.0.0.1:3000/centrifugo/proxy/",
            &settings,
        );
        for (place, path) in [
            ("/client/proxy/connect", "connect"),
            ("/rpc/proxy", "rpc"),
            ("/channel/proxy/subscribe", "subscribe"),
        ] {
            let proxy = config.pointer(place).unwrap();
            let endpoint = format!("http://127.0.0.1:3000/centrifugo/proxy/{path}");
            assert_eq!(proxy["endpoint"], endpoint);
            assert_eq!(proxy["timeout"], "3s");
        }
        assert_eq!(config["http_server"]["port"], 8000);
        assert_eq!(config["channel"]["namespaces"][1]["name"], "user");
        assert_eq!(config["channel"]["namespaces"][1]["history_size"], 2);
    }

    #[test]
    fn port_0_becomes_a_free_one() {
        let address = address("127.0.0.1:0").unwrap();
        assert_ne!(address.port(), 0);
        assert!(super::address("localhost").is_err());
    }
}
