//! Lines of stdin.

use std::{
    io::{self, BufRead, Read as _},
    thread,
};

use tokio::sync::mpsc;

/// A longer line is taken in pieces of so many bytes, or of a few less where a character would be cut.
const LONGEST: usize = 64 << 10;

/// The lines of stdin, read by a thread of its own: there is no other way to wait for a terminal that
/// every system has.
#[derive(Debug)]
pub(super) struct Input {
    lines: mpsc::Receiver<io::Result<String>>,
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
    pub(super) async fn next(&mut self) -> Option<io::Result<String>> {
        self.lines.recv().await
    }
}

fn read(mut stdin: impl BufRead, lines: &mpsc::Sender<io::Result<String>>) {
    let mut line = Vec::new();
    loop {
        let room = (LONGEST - line.len()) as u64;
        let read = stdin.by_ref().take(room).read_until(b'\n', &mut line);
        let piece = match read {
            Ok(0) if line.is_empty() => return,
            Ok(_) => {
                let rest = line.split_off(whole(&line));
                let piece = std::mem::replace(&mut line, rest);
                let piece = String::from_utf8_lossy(&piece);
                Ok(piece.trim_end_matches(['\n', '\r']).to_owned())
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

    fn pieces(text: &[u8]) -> Vec<String> {
        let (sender, mut lines) = mpsc::channel(100);
        read(text, &sender);
        drop(sender);
        let mut pieces = Vec::new();
        while let Some(piece) = lines.blocking_recv() {
            pieces.push(piece.unwrap());
        }
        pieces
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
