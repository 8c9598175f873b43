//! A picture of an author. Written by hand: the two live channels write it in different shapes.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{model::File, raw::RawJson, url::SecretUrl};

/// A picture of an author: an address in Centrifugo's events, a [`File`] in Socket.IO's.
///
/// Anything else that comes in its place is kept and shown as nothing: a message must not be lost
/// for a picture.
///
/// Source: the current article, the earlier article.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Avatar(Shape);

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Shape {
    File(Box<File>),
    Other(RawJson),
    Url(SecretUrl),
}

impl Avatar {
    /// A picture at this address.
    pub fn from_url(url: impl Into<SecretUrl>) -> Self {
        Self(Shape::Url(url.into()))
    }

    /// A picture that is a file of the platform.
    pub fn from_file(file: File) -> Self {
        Self(Shape::File(Box::new(file)))
    }

    /// Where the picture can be shown from; of a file its `url`, or else its `downloadLink`.
    pub fn url(&self) -> Option<&SecretUrl> {
        let url = match &self.0 {
            Shape::File(file) => file.url.as_ref().or(file.download_link.as_ref()),
            Shape::Other(_) => None,
            Shape::Url(url) => Some(url),
        };
        url.filter(|url| !url.as_str().is_empty())
    }

    /// The file, where it came as one.
    pub fn file(&self) -> Option<&File> {
        match &self.0 {
            Shape::File(file) => Some(file),
            Shape::Other(_) | Shape::Url(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Avatar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let shape = if let Ok(url) = raw.read() {
            Shape::Url(url)
        } else if let Ok(file) = raw.read() {
            Shape::File(file)
        } else {
            Shape::Other(raw)
        };
        Ok(Self(shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Avatar {
        let avatar: Avatar = serde_json::from_str(json).unwrap();
        let again = serde_json::from_str(&serde_json::to_string(&avatar).unwrap()).unwrap();
        assert_eq!(avatar, again);
        avatar
    }

    #[test]
    fn both_channels_pictures_have_an_address() {
        let avatar = read(r#""https://a.example/a.png""#);
        assert_eq!(avatar.url().unwrap().as_str(), "https://a.example/a.png");
        assert_eq!(avatar.file(), None);
        let avatar = read(r#"{"id":"f","url":null,"downloadLink":"https://a.example/b.png"}"#);
        assert_eq!(avatar.url().unwrap().as_str(), "https://a.example/b.png");
        assert_eq!(avatar.file().unwrap().id.as_str(), "f");
    }

    #[test]
    fn what_is_no_picture_is_kept_and_shown_as_nothing() {
        for json in [
            r#""""#,
            "5",
            "[]",
            r#"["f",null,null,5,"https://a.example/a.png",null,null,null,null,null,null,null,null]"#,
            r#"{"size":"no file"}"#,
        ] {
            assert_eq!(read(json).url(), None, "{json}");
        }
    }
}
