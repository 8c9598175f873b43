//! Where a link leads: over HTTP or nowhere.

use http::{HeaderValue, Uri, uri::PathAndQuery};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What cannot stand in an address as it is, and is written there by careless servers.
const STRAY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// Why a link leads nowhere. The link is not repeated.
pub(super) type Refused = &'static str;

/// An address of HTTP.
pub(super) fn parse(link: &str) -> Result<Uri, Refused> {
    let link = link.split('#').next().unwrap_or_default().trim();
    let link = utf8_percent_encode(link, STRAY).to_string();
    let uri: Uri = link.parse().map_err(|_| "it is no address")?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("it does not start with http:// or https://");
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => Err("it has user info"),
        Some(authority) if !authority.host().is_empty() => Ok(uri),
        _ => Err("it names no host"),
    }
}

/// Where a redirect from `at` leads.
pub(super) fn redirected(at: &Uri, location: Option<&HeaderValue>) -> Result<Uri, Refused> {
    let location = location.ok_or("it does not say where to")?;
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| "it is no address")?;
    let next = parse(&resolve(at, location))?;
    if at.scheme_str() == Some("https") && next.scheme_str() != Some("https") {
        return Err("it leads from https to http");
    }
    Ok(next)
}

/// A reference as it is meant at `at` (RFC 3986, 5.2, without the removal of dots, which is the
/// server's to do).
fn resolve(at: &Uri, reference: &str) -> String {
    let scheme = at.scheme_str().unwrap_or_default();
    let host = at.authority().map_or("", |authority| authority.as_str());
    let path = at.path_and_query().map_or("/", PathAndQuery::path);
    let has_scheme = reference
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    if has_scheme {
        reference.to_owned()
    } else if reference.starts_with("//") {
        format!("{scheme}:{reference}")
    } else if reference.starts_with('/') {
        format!("{scheme}://{host}{reference}")
    } else if reference.starts_with('?') {
        format!("{scheme}://{host}{path}{reference}")
    } else {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{host}{folder}/{reference}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_http_lead_anywhere() {
        for link in [
            "",
            "/a",
            "file:///etc/passwd",
            "ftp://a.example/",
            "data:,x",
            "javascript:alert(1)",
            "https://me:secret@a.example/",
            "http:///a",
            "//a.example/",
        ] {
            assert!(parse(link).is_err(), "{link}");
        }
        for (link, uri) in [
            ("http://a.example", "http://a.example/"),
            (
                " https://a.example/f?X-Sig=1%2F#x ",
                "https://a.example/f?X-Sig=1%2F",
            ),
            (
                "HTTPS://a.example/ф 1.png",
                "https://a.example/%D1%84%201.png",
            ),
        ] {
            assert_eq!(parse(link).unwrap().to_string(), uri, "{link}");
        }
    }

    #[test]
    fn a_redirect_is_read_in_every_form_and_never_leaves_tls() {
        let to = |at: &'static str, location: &str| {
            let location = HeaderValue::from_bytes(location.as_bytes()).unwrap();
            let next = redirected(&Uri::from_static(at), Some(&location));
            next.map(|uri| uri.to_string())
        };
        let at = "https://a.example:8/x/y?z=1";
        for (location, next) in [
            ("https://b.example/c?d=1", "https://b.example/c?d=1"),
            ("//b.example/c", "https://b.example/c"),
            (
                "/c?u=http://b.example",
                "https://a.example:8/c?u=http://b.example",
            ),
            ("c", "https://a.example:8/x/c"),
            ("?c=2", "https://a.example:8/x/y?c=2"),
        ] {
            assert_eq!(to(at, location).as_deref(), Ok(next), "{location}");
        }
        for location in [
            "http://a.example:8/",
            "file:///etc/passwd",
            "ftp://b.example/",
        ] {
            assert!(to(at, location).is_err(), "{location}");
        }
        assert!(to("http://a.example/", "https://a.example/").is_ok());
        assert!(redirected(&Uri::from_static(at), None).is_err());
    }
}
