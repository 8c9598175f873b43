//! What the servers say otherwise than each other, read off the wire: the client makes the same of
//! all of it, and who looks for a fault at one of them should know which of it is no fault.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};
use twin_protocol::socketio::engine::{
    Frame,
    payload::{self, CONTENT_TYPE, Piece},
};
use twin_transport::{Body, HttpTransport as _, HyperTransport, Network};

use crate::server::{Kind, Server};

/// More than any answer.
const LIMIT: usize = 1 << 20;

struct Difference {
    what: &'static str,
    /// Of Node, Python and Rust.
    said: [&'static str; 3],
    /// What is to be made of it.
    so: &'static str,
}

const DIFFERENCES: [Difference; 8] = [
    Difference {
        what: "fields of the open packet",
        said: [
            "sid upgrades pingInterval pingTimeout",
            "sid upgrades pingTimeout pingInterval",
            "sid upgrades pingInterval pingTimeout maxPayload",
        ],
        so: "they are read by their names; what is not known is passed over",
    },
    Difference {
        what: "framing of the first answer",
        said: ["text", "binary", "text"],
        so: "the first byte tells them apart, not the type of the content",
    },
    Difference {
        what: "the welcome in the first answer",
        said: ["no", "yes", "no"],
        so: "it may come with the open packet or later",
    },
    Difference {
        what: "cookie",
        said: ["io", "io", "none"],
        so: "those that come are kept for the connection; none is asked for",
    },
    Difference {
        what: "bytes by HTTP",
        said: [r#"b"\x04\0\xff""#, r#"b"\x04\0\xff""#, "bAP8="],
        so: "revision 3 has a 4 after the b, which socketioxide leaves out; its length shows that",
    },
    Difference {
        what: "answer to a POST",
        said: ["ok", "OK", "ok"],
        so: "only the status is looked at",
    },
    Difference {
        what: "answer to an unknown sid",
        said: [
            r#"400 {"code":1,"message":"Session ID unknown"}"#,
            r#"400 "Invalid session stranger""#,
            r#"400 {"code":"1","message":"Session ID unknown"}"#,
        ],
        so: "the status counts; the body is kept for the message, whatever it is",
    },
    Difference {
        what: "refusal of a key",
        said: [
            r#"44"Неизвестный ключ""#,
            concat!(
                r#"401 "\u041d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u044b\u0439"#,
                r#" \u043a\u043b\u044e\u0447""#
            ),
            r#"44{"message":"Неизвестный ключ"}"#,
        ],
        so: "either ends the link; text, and text in an object, are shown as the reason",
    },
];

#[tokio::test]
#[ignore = "wants the packages of tests/peers"]
async fn what_the_servers_say_otherwise_is_what_is_listed() {
    let mut wrong = Vec::new();
    for (at, kind) in [Kind::Node, Kind::Python, Kind::Rust]
        .into_iter()
        .enumerate()
    {
        let server = Server::start(kind, 0).await;
        let said = ask(&server).await;
        for (difference, said) in DIFFERENCES.iter().zip(said) {
            let listed = difference.said[at];
            if said != listed {
                let Difference { what, so, .. } = difference;
                wrong.push(format!("{kind:?}: {what}: {said}; listed: {listed} ({so})"));
            }
        }
        server.kill().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a server says, in the order of the list.
async fn ask(server: &Server) -> [String; DIFFERENCES.len()] {
    let line = Line::open(server, "good").await.expect("accepted");
    let framing = if line.first[0] < 2 { "binary" } else { "text" };
    let refusal = match Line::open(server, "bad").await {
        Ok(line) => line.find(is_refusal, whole).await,
        Err(refusal) => refusal,
    };
    let packets = read(&line.first);
    let is_welcomed = packets
        .iter()
        .any(|packet| matches!(packet, Piece::Text(text) if text == "40"));
    [
        fields(&packets[0]),
        framing.to_owned(),
        if is_welcomed { "yes" } else { "no" }.to_owned(),
        line.cookie.clone(),
        line.find(is_bytes, bytes).await,
        line.ping().await,
        line.of_stranger().await,
        refusal,
    ]
}

/// Polls by hand, as one session.
struct Line {
    http: HyperTransport,
    url: String,
    sid: String,
    first: Bytes,
    /// The names of the cookies that came with the first answer.
    cookie: String,
}

impl Line {
    /// The first answer; what it says where it is a refusal.
    async fn open(server: &Server, key: &str) -> Result<Self, String> {
        let network = Network::with_platform_roots().expect("roots");
        let http = HyperTransport::new(&network);
        let url = format!("{}?key={key}&EIO=3&transport=polling", server.url());
        let answer = http.execute(get(&url)).await.expect("an answer");
        if answer.status() != 200 {
            return Err(said(answer).await);
        }
        let cookie = answer.headers().get("set-cookie").map(|cookie| {
            let cookie = cookie.to_str().expect("a cookie in ASCII");
            let (name, _) = cookie.split_once('=').expect("a cookie with a name");
            name.to_owned()
        });
        let first = answer.into_body().collect(LIMIT).await.expect("a body");
        let open = open_packet(&read(&first)[0]);
        Ok(Self {
            http,
            url,
            sid: open["sid"].as_str().expect("a sid").to_owned(),
            first,
            cookie: cookie.unwrap_or_else(|| "none".to_owned()),
        })
    }

    fn url(&self) -> String {
        format!("{}&sid={}", self.url, self.sid)
    }

    /// Polls until a packet is what is looked for, and gives what it shows.
    async fn find(&self, is_it: fn(&Piece<'_>) -> bool, show: fn(&Piece<'_>) -> String) -> String {
        let mut body = self.first.clone();
        loop {
            if let Some(packet) = read(&body).into_iter().find(is_it) {
                return show(&packet);
            }
            let answer = self.http.execute(get(&self.url())).await;
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), 200, "the packet came in no answer");
            body = answer.into_body().collect(LIMIT).await.expect("a body");
        }
    }

    /// The answer to the POST of a ping.
    async fn ping(&self) -> String {
        let request = Request::post(self.url()).header("content-type", CONTENT_TYPE);
        let body = Body::full(payload::encode(&[Frame::ping()]));
        let request = request.body(body).expect("a request");
        let answer = self.http.execute(request).await.expect("an answer");
        text(answer.into_body()).await
    }

    /// The answer to one whom the server does not know.
    async fn of_stranger(&self) -> String {
        let url = format!("{}&sid=stranger", self.url);
        let answer = self.http.execute(get(&url)).await.expect("an answer");
        said(answer).await
    }
}

fn get(url: &str) -> Request<Body> {
    Request::get(url).body(Body::empty()).expect("a request")
}

async fn said(answer: Response<Body>) -> String {
    let status = answer.status().as_u16();
    format!("{status} {}", text(answer.into_body()).await)
}

async fn text(body: Body) -> String {
    let bytes = body.collect(LIMIT).await.expect("a body");
    String::from_utf8(bytes.into()).expect("an answer in UTF-8")
}

fn read(body: &Bytes) -> Vec<Piece<'_>> {
    let pieces = payload::decode(body).collect::<Result<_, _>>();
    pieces.unwrap_or_else(|error| panic!("{error}: {body:?}"))
}

fn open_packet(packet: &Piece<'_>) -> Map<String, Value> {
    let text = whole(packet);
    let open = text
        .strip_prefix('0')
        .expect("the open packet is the first");
    serde_json::from_str(open).expect("an object")
}

/// Its fields, in the order in which they stand.
fn fields(packet: &Piece<'_>) -> String {
    let text = whole(packet);
    let open = open_packet(packet);
    let mut fields: Vec<_> = open.keys().map(String::as_str).collect();
    fields.sort_by_key(|field| text.find(&format!("\"{field}\"")));
    fields.join(" ")
}

fn is_bytes(packet: &Piece<'_>) -> bool {
    match packet {
        Piece::Binary(_) => true,
        Piece::Text(text) => text.starts_with('b'),
    }
}

fn bytes(packet: &Piece<'_>) -> String {
    match packet {
        Piece::Binary(bytes) => format!("{bytes:?}"),
        Piece::Text(text) => text.clone().into_owned(),
    }
}

fn is_refusal(packet: &Piece<'_>) -> bool {
    matches!(packet, Piece::Text(text) if text.starts_with("44"))
}

fn whole(packet: &Piece<'_>) -> String {
    match packet {
        Piece::Text(text) => text.clone().into_owned(),
        Piece::Binary(bytes) => panic!("bytes instead of text: {bytes:?}"),
    }
}
