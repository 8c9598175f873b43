//! Names of files as strangers give them, made fit for one's own disk.

/// No name is longer, in bytes: most file systems allow 255, and something may have to be added.
const LONGEST: usize = 200;
/// What Windows takes for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The last part of `name`, without what leads elsewhere, hides it or stands for something else on
/// some system. `None` where nothing is left.
pub(super) fn fit_for_disk(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|char| match char {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            other => other,
        })
        .filter(|char| !char.is_control() && !is_invisible(*char))
        .collect();
    let kept = kept.trim_start_matches(['.', ' ']);
    let kept = shortened(kept).trim_end_matches(['.', ' ']);
    let stem = kept.split('.').next().unwrap_or_default();
    let stem = stem.to_ascii_lowercase();
    let numbered = ["com", "lpt"]
        .iter()
        .any(|port| matches!(stem.strip_prefix(port), Some(number) if number.len() == 1));
    if kept.is_empty() {
        None
    } else if numbered || DEVICES.contains(&stem.as_str()) {
        Some(format!("_{kept}"))
    } else {
        Some(kept.to_owned())
    }
}

/// What turns the direction of reading, and so can show another ending than the name has.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `name`, cut before its ending where it is too long.
fn shortened(name: &str) -> &str {
    if name.len() <= LONGEST {
        return name;
    }
    let mut end = LONGEST;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        for (name, fit) in [
            ("report.pdf", Some("report.pdf")),
            ("отчёт за март.pdf", Some("отчёт за март.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Windows\\win.ini", Some("win.ini")),
            (".bashrc", Some("bashrc")),
            ("a\u{0}\r\n.txt", Some("a.txt")),
            ("gpj\u{202e}.exe", Some("gpj.exe")),
            ("a:b?.txt", Some("a_b_.txt")),
            ("nul.txt", Some("_nul.txt")),
            ("COM1", Some("_COM1")),
            ("company.txt", Some("company.txt")),
            ("end. .", Some("end")),
            ("a/", None),
            ("..", None),
            (" ", None),
            ("", None),
        ] {
            assert_eq!(fit_for_disk(name).as_deref(), fit, "{name:?}");
        }
        let long = fit_for_disk(&"ф".repeat(300)).unwrap();
        assert_eq!(long.len(), 200);
    }
}
