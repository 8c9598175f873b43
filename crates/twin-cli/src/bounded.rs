//! Text of a file or a pipe, which is refused where it is longer than it may be, and never cut.

use std::io::{self, BufRead as _, BufReader, Read};

/// All of `source`, of at most so many bytes.
///
/// # Errors
///
/// When it cannot be read, is longer, or is no text.
pub(crate) fn text(source: impl Read, longest: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    source.take(longest as u64 + 1).read_to_end(&mut bytes)?;
    checked(bytes, longest)
}

/// The first line of `source`, of at most so many bytes, without its end.
///
/// # Errors
///
/// As [`text`].
pub(crate) fn first_line(source: impl Read, longest: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    let ends = b"\r\n".len();
    let mut source = BufReader::new(source.take((longest + ends) as u64));
    source.read_until(b'\n', &mut bytes)?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    checked(bytes, longest)
}

fn checked(bytes: Vec<u8>, longest: usize) -> io::Result<String> {
    if bytes.len() > longest {
        let why = format!("it is longer than {longest} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused_and_never_cut() {
        assert_eq!(text(&b"four"[..], 4).unwrap(), "four");
        assert_eq!(text("фя".as_bytes(), 4).unwrap(), "фя");
        for long in ["fives", "фяф"] {
            let error = text(long.as_bytes(), 4).unwrap_err();
            assert_eq!(error.to_string(), "it is longer than 4 bytes");
        }
        let error = text(&b"\xff"[..], 4).unwrap_err();
        assert_eq!(error.to_string(), "it is not UTF-8");
    }

    #[test]
    fn a_line_may_be_as_long_beside_its_end() {
        for whole in ["four", "four\n", "four\r\n", "four\nand more"] {
            assert_eq!(first_line(whole.as_bytes(), 4).unwrap(), "four");
        }
        for long in ["fives", "fives\n", "fives\r\n", "sixsix", "four\r", "фяф\n"] {
            let error = first_line(long.as_bytes(), 4).unwrap_err();
            assert_eq!(error.to_string(), "it is longer than 4 bytes", "{long:?}");
        }
    }
}
