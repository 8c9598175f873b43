//! Lines of stdin.

use std::{
    io::{self, BufRead, Read as _},
    thread,
};

use tokio::sync::mpsc;

/// A longer line is taken in pieces of so many bytes, or of a few less where a character would be cut.
const LONGEST: usize = 64 << 10;

/// A line, or a piece of one that is too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Whether it is a line as it was typed, from its beginning to its end.
    pub(super) is_whole: bool,
}

/// The lines of stdin, read by a thread of its own: there is no other way to wait for a terminal that
/// every system has.
#[derive(Debug)]
pub(super) struct Input {
    lines: mpsc::Receiver<io::Result<Piece>>,
}

impl Input {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(super) fn new() -> io::Result<Self> {
        let (sender, lines) = mpsc::channel(1);
        thread::Builder::new()
            .name("stdin".into())
            .spawn(move || read(io::stdin().lock(), &sender))?;
        Ok(Self { lines })
    }

    /// The next line; `None` at the end. Nothing is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Option<io::Result<Piece>> {
        self.lines.recv().await
    }
}

fn read(mut stdin: impl BufRead, lines: &mpsc::Sender<io::Result<Piece>>) {
    let mut line = Vec::new();
    let mut begins = true;
    loop {
        let room = (LONGEST - line.len()) as u64;
        let read = stdin.by_ref().take(room).read_until(b'\n', &mut line);
        let piece = match read {
            Ok(0) if line.is_empty() => return,
            Ok(_) => {
                let ends = line.len() < LONGEST || line.ends_with(b"\n");
                let rest = line.split_off(whole(&line));
                let piece = std::mem::replace(&mut line, rest);
                let text = String::from_utf8_lossy(&piece);
                let text = text.trim_end_matches(['\n', '\r']).to_owned();
                let is_whole = begins && ends;
                begins = ends;
                Ok(Piece { text, is_whole })
            }
            Err(error) => Err(error),
        };
        let failed = piece.is_err();
        if lines.blocking_send(piece).is_err() || failed {
            return;
        }
    }
}

/// How many bytes of a piece are no beginning of a character that goes on in the next one.
fn whole(piece: &[u8]) -> usize {
    if piece.len() < LONGEST {
        return piece.len();
    }
    let last = piece.utf8_chunks().last();
    let cut = last.map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => piece.len() - cut.len(),
        _ => piece.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &[u8]) -> Vec<Piece> {
        let (sender, mut lines) = mpsc::channel(100);
        read(text, &sender);
        drop(sender);
        let mut pieces = Vec::new();
        while let Some(piece) = lines.blocking_recv() {
            pieces.push(piece.unwrap());
        }
        pieces
    }

    fn pieces(text: &[u8]) -> Vec<String> {
        read_all(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn a_piece_of_a_long_line_is_told_from_a_line() {
        let long = "a".repeat(LONGEST);
        for (text, wholes) in [
            ("1\n/quit\n", &[true, true][..]),
            ("1\n/quit", &[true, true]),
            (&format!("{long}1\n/quit\n"), &[false, false, true]),
            (&format!("{long}\n1"), &[false, false, true]),
            (&format!("{}\n1", &long[1..]), &[true, true]),
            (&format!("{long}{long}1"), &[false, false, false]),
            (&format!("{}я1\n2\n", &long[1..]), &[false, false, true]),
        ] {
            let read = read_all(text.as_bytes());
            let read: Vec<bool> = read.iter().map(|piece| piece.is_whole).collect();
            assert_eq!(read, wholes);
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        for (first, letter) in [("", "a"), ("a", "я"), ("ab", "世"), ("a", "🙂")] {
            let long = first.to_owned() + &letter.repeat(LONGEST);
            let pieces = pieces(format!("{long}\r\nshort").as_bytes());
            let (short, long_pieces) = pieces.split_last().unwrap();
            assert_eq!(short, "short");
            assert!(long_pieces.concat() == long, "{letter}");
            assert!(long_pieces.iter().all(|piece| piece.len() <= LONGEST));
        }
    }

    #[test]
    fn what_is_no_text_is_shown_as_such() {
        let mut bytes = vec![0xff; LONGEST];
        assert_eq!(pieces(&bytes), ["\u{fffd}".repeat(LONGEST)]);
        bytes[LONGEST - 1] = 0xd1;
        assert_eq!(pieces(&bytes).concat(), "\u{fffd}".repeat(LONGEST));
        assert_eq!(pieces(b"\xd1\n\n"), ["\u{fffd}", ""]);
    }
}
