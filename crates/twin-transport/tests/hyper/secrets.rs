//! What is shown, and what must not be.

use http::{Request, header};
use twin_transport::{
    Body, FastWebSocketConnector, HttpTransport as _, HyperTransport, Network, Proxy,
    TokioWebSocketConnector, WebSocketConnector as _,
};

use crate::network::plain;

fn network() -> Network {
    let mut network = plain();
    // Nobody listens at the discard port of this machine.
    network.proxy = Proxy::all("http://user:swordfish@127.0.0.1:9", "").unwrap();
    network
}

#[test]
fn what_can_be_printed_shows_no_password() {
    let network = network();
    for shown in [
        format!("{network:?}"),
        format!("{:?}", network.proxy),
        format!("{:?}", HyperTransport::new(&network)),
        format!("{:?}", FastWebSocketConnector::new(&network)),
        format!("{:?}", TokioWebSocketConnector::new(&network)),
        format!(
            "{:?}",
            Proxy::all("user:swordfish@127.0.0.1", "").unwrap_err()
        ),
    ] {
        assert!(!shown.contains("swordfish"), "{shown}");
    }
}

#[tokio::test]
async fn errors_and_their_causes_show_no_secret() {
    let network = network();
    let uri = "http://user:swordfish@chat.example/path?token=swordfish";
    let request = Request::post(uri)
        .header(header::AUTHORIZATION, "Bearer swordfish")
        .body(Body::full("swordfish"))
        .unwrap();
    let transport = HyperTransport::new(&network);
    let http = transport.execute(request).await.unwrap_err();
    let request = Request::get(uri.replace("http", "ws")).body(()).unwrap();
    let connector = FastWebSocketConnector::new(&network);
    let web_socket = connector.connect(request).await.unwrap_err();
    for error in [http, web_socket] {
        assert!(error.to_string().contains("chat.example"), "{error}");
        let mut next: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = next {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("swordfish"), "{shown}");
            next = error.source();
        }
    }
}
