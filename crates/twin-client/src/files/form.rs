//! `multipart/form-data`, written as it is sent (RFC 7578, with names as browsers write them).

use std::{
    collections::VecDeque,
    fmt::Write as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;

use super::source::{Chunks, FileSource};

/// A form on its way out: fields, then files, each read when its turn comes.
pub(super) struct Form {
    boundary: String,
    segments: VecDeque<Segment>,
    /// How many bytes of files have passed.
    passed: u64,
}

enum Segment {
    /// What stands between the files.
    Frame(Bytes),
    File(Content),
}

struct Content {
    chunks: Chunks,
    /// How many bytes are still to come, where that was promised.
    left: Option<u64>,
}

/// A piece of a form.
pub(super) struct Piece {
    pub(super) bytes: Bytes,
    /// How many bytes of files have passed, this piece included.
    pub(super) passed: u64,
}

impl Form {
    /// A form of these parts; the files go under the name `part`.
    pub(super) fn new(
        fields: &[(&'static str, String)],
        part: &'static str,
        files: Vec<FileSource>,
    ) -> Self {
        // Nothing that is sent can hold it but by a guess of 122 bits.
        let boundary = format!("twin-{}", uuid::Uuid::new_v4().simple());
        let mut frame = String::new();
        let mut segments = VecDeque::new();
        for (name, value) in fields {
            let name = quoted(name);
            let _ = write!(
                frame,
                "--{boundary}\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n"
            );
        }
        let part = quoted(part);
        for file in files {
            let name = quoted(&file.name);
            let _ = write!(
                frame,
                "--{boundary}\r\nContent-Disposition: form-data; name={part}; filename={name}\r\n"
            );
            if let Some(content_type) = file.content_type {
                let _ = write!(frame, "Content-Type: {content_type}\r\n");
            }
            frame.push_str("\r\n");
            segments.push_back(Segment::Frame(std::mem::take(&mut frame).into()));
            segments.push_back(Segment::File(Content {
                chunks: file.chunks,
                left: file.length,
            }));
            frame.push_str("\r\n");
        }
        let _ = write!(frame, "--{boundary}--\r\n");
        segments.push_back(Segment::Frame(frame.into()));
        Self {
            boundary,
            segments,
            passed: 0,
        }
    }

    /// The value of the `Content-Type` header.
    pub(super) fn content_type(&self) -> HeaderValue {
        let text = format!("multipart/form-data; boundary={}", self.boundary);
        HeaderValue::try_from(text).expect("a boundary is letters and digits")
    }

    /// How long it is in all, where every file's length is known.
    pub(super) fn length(&self) -> Option<u64> {
        self.sum(|segment| match segment {
            Segment::Frame(frame) => Some(frame.len() as u64),
            Segment::File(content) => content.left,
        })
    }

    /// How long its files are together, where that is known.
    pub(super) fn file_length(&self) -> Option<u64> {
        self.sum(|segment| match segment {
            Segment::Frame(_) => Some(0),
            Segment::File(content) => content.left,
        })
    }

    fn sum(&self, length: impl Fn(&Segment) -> Option<u64>) -> Option<u64> {
        self.segments
            .iter()
            .try_fold(0_u64, |sum, segment| sum.checked_add(length(segment)?))
    }
}

impl Stream for Form {
    type Item = io::Result<Piece>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let bytes = match self.segments.front_mut() {
                None => return Poll::Ready(None),
                Some(Segment::Frame(frame)) => {
                    let frame = std::mem::take(frame);
                    self.segments.pop_front();
                    frame
                }
                Some(Segment::File(content)) => match ready!(content.poll_next(context)) {
                    None => {
                        self.segments.pop_front();
                        continue;
                    }
                    Some(Ok(bytes)) => {
                        self.passed += bytes.len() as u64;
                        bytes
                    }
                    Some(Err(error)) => {
                        self.segments.clear();
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            };
            if !bytes.is_empty() {
                let passed = self.passed;
                return Poll::Ready(Some(Ok(Piece { bytes, passed })));
            }
        }
    }
}

impl Content {
    /// The next chunk, if the source keeps to its length.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let chunk = match ready!(self.chunks.as_mut().poll_next(context)) {
            Some(Ok(chunk)) => chunk,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None if self.left.is_some_and(|left| left > 0) => {
                return Poll::Ready(Some(Err(another_length("ended before"))));
            }
            None => return Poll::Ready(None),
        };
        if let Some(left) = &mut self.left {
            match left.checked_sub(chunk.len() as u64) {
                Some(rest) => *left = rest,
                None => return Poll::Ready(Some(Err(another_length("went on beyond")))),
            }
        }
        Poll::Ready(Some(Ok(chunk)))
    }
}

fn another_length(how: &str) -> io::Error {
    io::Error::other(format!("the file {how} the length that was promised"))
}

/// A name between quotes: quotes and control characters as `%22`, which is how browsers write them
/// and what servers are used to; all else as it is.
fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    quoted.push('"');
    for char in name.chars() {
        if char == '"' || char.is_ascii_control() {
            let _ = write!(quoted, "%{:02X}", u32::from(char));
        } else {
            quoted.push(char);
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _, stream};

    use super::*;

    /// All of it, its boundary written as `B`.
    fn written(form: Form) -> Result<String, String> {
        let boundary = form.boundary.clone();
        let length = form.length();
        let pieces: Vec<_> = form.collect().now_or_never().unwrap();
        let mut whole = Vec::new();
        for piece in pieces {
            whole.extend_from_slice(&piece.map_err(|error| error.to_string())?.bytes);
        }
        assert!(length.is_none_or(|length| length == whole.len() as u64));
        Ok(String::from_utf8(whole).unwrap().replace(&boundary, "B"))
    }

    #[test]
    fn fields_come_before_files_and_names_cannot_break_out() {
        let file = FileSource::bytes("a\"\r\n\r\nф.txt", "abc").content_type("text/plain");
        let empty = FileSource::bytes("b", "");
        let form = Form::new(&[("private", "1".into())], "file[]", vec![file, empty]);
        assert_eq!(form.file_length(), Some(3));
        let expected = "--B\r\nContent-Disposition: form-data; name=\"private\"\r\n\r\n1\r\n\
            --B\r\nContent-Disposition: form-data; name=\"file[]\"; \
            filename=\"a%22%0D%0A%0D%0Aф.txt\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n\
            --B\r\nContent-Disposition: form-data; name=\"file[]\"; filename=\"b\"\r\n\r\n\r\n\
            --B--\r\n";
        assert_eq!(written(form).unwrap(), expected);
    }

    #[test]
    fn boundaries_are_never_the_same() {
        let form = || Form::new(&[], "f", Vec::new());
        assert_ne!(form().boundary, form().boundary);
    }

    #[test]
    fn a_source_of_another_length_than_promised_is_an_error() {
        let source = |length| {
            let chunks = stream::iter([Ok(Bytes::from("ab")), Ok(Bytes::from("cd"))]);
            written(Form::new(
                &[],
                "f",
                vec![FileSource::stream("a", chunks, length)],
            ))
        };
        assert!(source(None).unwrap().contains("\r\n\r\nabcd\r\n--B--"));
        assert!(source(Some(4)).is_ok());
        assert!(source(Some(5)).unwrap_err().contains("ended before"));
        assert!(source(Some(3)).unwrap_err().contains("went on beyond"));
    }
}
