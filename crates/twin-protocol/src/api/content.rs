//! Responses that are bytes: a file that is downloaded.

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the characters that RFC 5987 lets stand for themselves.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file that has been downloaded.
///
/// This is for what fits into memory. Whoever streams a download reads the head alone, with
/// [`ContentHead::read`], and the bytes as they come.
///
/// `Debug` shows the length of the bytes only.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Content {
    /// What the head of the response says of it.
    pub head: ContentHead,
    /// The file itself.
    pub bytes: Bytes,
}

impl Content {
    /// A file with nothing said of it.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            head: ContentHead::default(),
            bytes: bytes.into(),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("head", &self.head)
            .field("bytes", &format_args!("{} bytes", self.bytes.len()))
            .finish()
    }
}

/// What the head of a response says of the file in its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContentHead {
    /// Its media type, as `image/png`.
    pub content_type: Option<String>,
    /// Its name. It comes from a stranger: it may hold slashes, `..` or nothing but dots, and must
    /// not become a path as it stands.
    pub file_name: Option<String>,
    /// Its size in bytes, where the head promises one.
    pub length: Option<u64>,
}

impl ContentHead {
    /// Reads the headers of a response. What is missing or cannot be read is `None`.
    pub fn read(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            content_type: text(CONTENT_TYPE).map(str::to_owned),
            // A name in raw UTF-8 is no text to `to_str`, yet old servers write one.
            file_name: headers
                .get(CONTENT_DISPOSITION)
                .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
                .and_then(read_file_name),
            length: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        }
    }

    /// Writes the headers of a response, for a server. A media type that cannot stand in a header
    /// is left out.
    pub fn write(&self, headers: &mut HeaderMap) {
        let content_type = self.content_type.as_deref().map(HeaderValue::from_str);
        if let Some(Ok(content_type)) = content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        if let Some(name) = &self.file_name {
            let encoded = utf8_percent_encode(name, ENCODED);
            let disposition = format!("attachment; filename*=UTF-8''{encoded}");
            if let Ok(disposition) = HeaderValue::from_str(&disposition) {
                headers.insert(CONTENT_DISPOSITION, disposition);
            }
        }
        if let Some(length) = self.length {
            headers.insert(CONTENT_LENGTH, length.into());
        }
    }
}

/// The name in a `Content-Disposition`: `filename*` before `filename`, as RFC 6266 has it.
fn read_file_name(disposition: &str) -> Option<String> {
    let (mut plain, mut extended) = (None, None);
    for (name, value) in parameters(disposition) {
        if name.eq_ignore_ascii_case("filename*") {
            extended = extended.or_else(|| read_extended(&value));
        } else if name.eq_ignore_ascii_case("filename") {
            plain.get_or_insert(value);
        }
    }
    extended.or(plain)
}

/// The text of `UTF-8'en'a%20name`.
fn read_extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, text) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The parameters of a header, after its first word: names, and values without their quotes.
fn parameters(header: &str) -> Vec<(&str, String)> {
    let mut parameters = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => read_quoted(quoted),
            None => {
                let (value, left) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), left)
            }
        };
        parameters.push((name, value));
        rest = left;
    }
    parameters
}

/// What stands up to the closing quote, and what follows the semicolon after it.
fn read_quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => {
                let left = &text[at + 1..];
                return (value, left.split_once(';').map_or("", |(_, left)| left));
            }
            '\\' => value.extend(chars.next().map(|(_, char)| char)),
            _ => value.push(char),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(disposition: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(disposition.as_bytes()).unwrap();
        headers.insert(CONTENT_DISPOSITION, value);
        ContentHead::read(&headers).file_name
    }

    #[test]
    fn a_file_name_is_read_in_every_form() {
        for (disposition, expected) in [
            ("attachment", None),
            ("attachment; filename=a.png", Some("a.png")),
            ("attachment; filename=\"a b.png\"; size=1", Some("a b.png")),
            (r#"attachment; filename="a\"b\\.png""#, Some(r#"a"b\.png"#)),
            ("attachment; FileName = \"a;b\"", Some("a;b")),
            ("attachment; filename=\"файл.png\"", Some("файл.png")),
            (
                "attachment; filename=x; filename*=UTF-8''%D1%84%20.png",
                Some("ф .png"),
            ),
            ("attachment; filename*=utf-8'en'a; filename=x", Some("a")),
            ("attachment; filename=x; filename*=latin1''a", Some("x")),
            ("attachment; filename*=UTF-8''%FF; filename=x", Some("x")),
            ("attachment; filename=\"open", Some("open")),
            ("", None),
        ] {
            assert_eq!(name(disposition).as_deref(), expected, "{disposition}");
        }
    }

    #[test]
    fn a_head_that_says_nothing_is_empty() {
        assert_eq!(ContentHead::read(&HeaderMap::new()), ContentHead::default());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("many"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(ContentHead::read(&headers), ContentHead::default());
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for file_name in ["a.png", "", "ф \"\\;\r\n'%.png", "../x"] {
            let head = ContentHead {
                content_type: Some("image/png".into()),
                file_name: Some(file_name.into()),
                length: Some(5),
            };
            let mut headers = HeaderMap::new();
            head.write(&mut headers);
            assert_eq!(ContentHead::read(&headers), head);
        }
    }
}
