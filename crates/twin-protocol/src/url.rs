//! Addresses that may hold a secret.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An address whose query may open what it leads to, such as a presigned link to a file.
///
/// It is kept as it came and is not checked. `Debug` and `Display` show it without user info, query
/// and fragment, so it may stand in logs; [`as_str`](Self::as_str) is the whole of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The whole address, secrets included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address, secrets included.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for SecretUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for SecretUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        let shown = &self.0[..end];
        let (scheme, rest) = match shown.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("", shown),
        };
        let host_end = rest.find('/').unwrap_or(rest.len());
        let host_start = rest[..host_end].rfind('@').map_or(0, |at| at + 1);
        if !scheme.is_empty() {
            write!(f, "{scheme}://")?;
        }
        f.write_str(&rest[host_start..])?;
        if end < self.0.len() {
            f.write_str("?..")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_form_holds_no_secret() {
        for (url, shown) in [
            ("https://a.example/f.png", "https://a.example/f.png"),
            (
                "https://a.example/f.png?X-Amz-Signature=1#x",
                "https://a.example/f.png?..",
            ),
            ("https://me:secret@a.example/f", "https://a.example/f"),
            ("https://me:secret@a.example", "https://a.example"),
            ("https://a.example/@me", "https://a.example/@me"),
            ("/relative?token=1", "/relative?.."),
            ("?", "?.."),
            ("", ""),
        ] {
            let url = SecretUrl::from(url);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("SecretUrl({shown})"));
        }
    }
}
