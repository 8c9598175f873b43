//! Both WebSocket connectors through the suite of their trait.

use twin_transport::{Network, Roots, Tls, WebSocketLimits, suite::web_socket::Setting};

fn network(setting: &Setting) -> Network {
    let trusted = setting.trusted.iter().map(|der| der.clone().into());
    let tls = Tls::new(&Roots::Custom(trusted.collect())).unwrap();
    let mut network = Network::new(tls);
    network.connect_timeout = setting.connect_timeout;
    network
}

fn limits(setting: &Setting) -> WebSocketLimits {
    let mut limits = WebSocketLimits::default();
    limits.max_message = setting.max_message;
    limits
}

mod fast {
    use twin_transport::FastWebSocketConnector;

    use super::{limits, network};

    twin_transport::web_socket_connector_suite! {
        connector: |setting| {
            let (network, limits) = (network(setting), limits(setting));
            Box::new(FastWebSocketConnector::with_limits(&network, limits))
        },
        differs: {},
    }
}

mod tokio_websockets {
    use twin_transport::TokioWebSocketConnector;

    use super::{limits, network};

    twin_transport::web_socket_connector_suite! {
        connector: |setting| {
            let (network, limits) = (network(setting), limits(setting));
            Box::new(TokioWebSocketConnector::with_limits(&network, limits))
        },
        differs: {
            a_close_with_a_code_of_no_range_is_given:
                "tokio-websockets takes a code that RFC 6455 has no range for as a violation",
        },
    }
}
