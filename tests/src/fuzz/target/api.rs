//! The platform's calls, both directions. The first line of an input is its head, the rest a body.

mod calls;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use twin_protocol::api::{BaseUrl, ServerEndpoint};

use self::calls::with_call;

/// A response to a call: head `OPERATION STATUS`. What is read can be written and read again.
pub fn api_response(data: &[u8]) {
    let Some((name, status, body)) = parts(data) else {
        return;
    };
    let Ok(status) = StatusCode::from_bytes(status.as_bytes()) else {
        return;
    };
    with_call!(name, response, status, body);
}

/// A request for a call: head `OPERATION PATH`, the path below the service's address, with its
/// query. What a server reads is what a client would send for it.
pub fn api_request(data: &[u8]) {
    let Some((name, path, body)) = parts(data) else {
        return;
    };
    with_call!(name, request, path, body);
}

fn parts(data: &[u8]) -> Option<(&str, &str, Bytes)> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    let (name, head) = std::str::from_utf8(&data[..end]).ok()?.split_once(' ')?;
    Some((name, head, Bytes::copy_from_slice(&data[end + 1..])))
}

fn response<E: ServerEndpoint>(status: StatusCode, body: Bytes)
where
    E::Response: PartialEq + std::fmt::Debug,
{
    let mut response = Response::new(body);
    *response.status_mut() = status;
    match E::decode(response) {
        Ok(read) => {
            let written = E::encode_response(&read).expect("what was read can be written");
            let again = E::decode(written).expect("what was written can be read");
            assert_eq!(again, read);
        }
        // It is for people and logs, so it must be possible to show.
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn request<E: ServerEndpoint + PartialEq + std::fmt::Debug>(target: &str, body: Bytes) {
    let Ok(request) = Request::builder()
        .uri(format!("http://host{target}"))
        .body(body)
    else {
        return;
    };
    let path = request.uri().path().to_owned();
    let Ok(read) = E::decode_request(&path, &request) else {
        return;
    };
    let base = BaseUrl::parse("http://host").expect("an address");
    // Some ids can be received, but not sent: they would change the path.
    let Ok(sent) = read.encode(&base) else { return };
    let again = E::decode_request(sent.uri().path(), &sent).expect("what was sent can be read");
    assert_eq!(again, read);
}
