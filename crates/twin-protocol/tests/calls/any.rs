//! Any value of what calls are made of. Calls and models themselves are printed.

use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

use serde::Serialize;
use serde_json::{Value, json};
use twin_protocol::{
    api::{Content, ContentHead, Item, Page},
    id::{
        AuthorId, BotId, ChatId, ClientId, DialogId, FactId, FileId, GroupId, MessageId,
        OperatorId, SessionId, UserId,
    },
    model::{Actions, MessageAction, Scalar, Substitution, Substitutions},
    raw::RawJson,
    secret::Secret,
    time::Timestamp,
    url::SecretUrl,
};

/// Where values come from: the same seed gives the same values.
pub(crate) struct Source(fastrand::Rng);

/// What there is any value of.
pub(crate) trait Any {
    fn any(source: &mut Source) -> Self;
}

/// Characters that have a meaning somewhere on the way, among others.
const CHARS: [char; 24] = [
    'a', 'Z', '0', ' ', '/', '.', '%', '?', '#', '&', '=', '+', ',', ';', '"', '\'', '\\', '{',
    '}', '\n', '\0', 'ж', '\u{2028}', '🦀',
];

impl Source {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn any<T: Any>(&mut self) -> T {
        T::any(self)
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.0.bool()
    }

    pub(crate) fn text(&mut self) -> String {
        let length = self.0.usize(0..6);
        (0..length).map(|_| self.char()).collect()
    }

    /// Text that is not empty.
    pub(crate) fn filled(&mut self) -> String {
        let first = self.char();
        format!("{first}{}", self.text())
    }

    /// Text that can stand in a path.
    pub(crate) fn path_value(&mut self) -> String {
        loop {
            let text = self.filled();
            if !matches!(&*text, "." | "..") {
                return text;
            }
        }
    }

    /// One of these, or another.
    pub(crate) fn word(&mut self, known: &[&str]) -> String {
        match self.0.usize(0..=known.len()) {
            at if at < known.len() => known[at].to_owned(),
            _ => self.text(),
        }
    }

    /// Words that can stand in a list with commas.
    pub(crate) fn words(&mut self) -> Vec<String> {
        let length = self.0.usize(0..3);
        (0..length)
            .map(|_| self.filled().replace(',', "-"))
            .collect()
    }

    /// A token that can stand in a header.
    pub(crate) fn token(&mut self) -> Secret {
        format!("eyJ.{}.x", self.0.u64(..)).into()
    }

    pub(crate) fn secret(&mut self) -> Secret {
        self.text().into()
    }

    pub(crate) fn url(&mut self) -> SecretUrl {
        self.text().into()
    }

    /// A number within these limits.
    pub(crate) fn number<T: TryFrom<u64> + Into<u64>>(
        &mut self,
        least: Option<T>,
        most: Option<T>,
    ) -> T {
        let least = least.map_or(0, Into::into);
        let most = most.map_or(u64::from(u32::MAX), Into::into);
        T::try_from(self.0.u64(least..=most))
            .ok()
            .expect("it lies between two that fit")
    }

    /// A duration within these limits, in seconds.
    pub(crate) fn seconds(&mut self, least: Option<u64>, most: Option<u64>) -> Duration {
        Duration::from_secs(self.number(least, most))
    }

    fn char(&mut self) -> char {
        if self.0.u8(..) < 16 {
            self.0.char(..)
        } else {
            CHARS[self.0.usize(..CHARS.len())]
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.0.u8(0..if depth == 0 { 4 } else { 6 }) {
            0 => json!(self.0.bool()),
            1 => json!(self.0.i64(..)),
            2 => json!(self.0.f64()),
            3 => json!(self.text()),
            4 => (0..self.0.usize(0..3))
                .map(|_| self.value(depth - 1))
                .collect(),
            _ => (0..self.0.usize(0..3))
                .map(|_| (self.text(), self.value(depth - 1)))
                .collect(),
        }
    }
}

/// What is made by an expression of `source`.
macro_rules! any {
    ($($ty:ty: |$source:ident| $value:expr;)*) => {$(
        impl Any for $ty {
            fn any($source: &mut Source) -> Self {
                $value
            }
        }
    )*};
}

any! {
    (): |_source| ();
    bool: |source| source.coin();
    i32: |source| source.0.i32(..);
    i64: |source| source.0.i64(..);
    u32: |source| source.0.u32(..);
    u64: |source| source.0.u64(..);
    String: |source| source.text();
    Secret: |source| source.secret();
    SecretUrl: |source| source.url();
    Duration: |source| Duration::from_secs(source.0.u64(..));
    Timestamp: |source| {
        let time = UNIX_EPOCH + Duration::from_secs(source.0.u64(0..4_000_000_000));
        Timestamp::try_from(time).expect("within four thousand years")
    };
    // `null` is absence wherever a value may be absent.
    RawJson: |source| RawJson::new(source.value(2).to_string()).expect("JSON");
    Scalar: |source| match source.0.u8(0..5) {
        0 => Scalar::Null,
        1 => source.coin().into(),
        2 => source.0.i64(..).into(),
        3 => source.0.f64().into(),
        _ => source.text().into(),
    };
    Actions: |source| match source.coin() {
        true => Actions::List(source.any::<Vec<MessageAction>>()),
        // An empty one is written as a map and read as one.
        false => Actions::Map(source.any()),
    };
    Substitutions: |source| match source.coin() {
        true => Substitutions::List(source.any::<Vec<Substitution>>()),
        false => Substitutions::One(source.any()),
    };
    Content: |source| {
        let mut content = Content::new(source.filled());
        content.head = ContentHead::default();
        content.head.content_type = source.coin().then(|| "image/png".into());
        content.head.file_name = source.any();
        content.head.length = source.any();
        content
    };
}

macro_rules! any_id {
    ($($id:ident)*) => {
        any! { $($id: |source| source.text().into();)* }
    };
}

any_id! {
    AuthorId BotId ChatId ClientId DialogId FactId FileId GroupId MessageId OperatorId SessionId
    UserId
}

impl<T: Any> Any for Option<T> {
    fn any(source: &mut Source) -> Self {
        source.coin().then(|| source.any())
    }
}

impl<T: Any> Any for Vec<T> {
    fn any(source: &mut Source) -> Self {
        let length = source.0.usize(0..3);
        (0..length).map(|_| source.any()).collect()
    }
}

impl<T: Any> Any for BTreeMap<String, T> {
    fn any(source: &mut Source) -> Self {
        let length = source.0.usize(0..3);
        (0..length).map(|_| (source.text(), source.any())).collect()
    }
}

impl<T: Any + Serialize> Any for Item<T> {
    fn any(source: &mut Source) -> Self {
        Item::new(source.any()).expect("a value can be written")
    }
}

impl<T: Any + Serialize> Any for Page<T> {
    fn any(source: &mut Source) -> Self {
        let mut page = Page::new(source.any(), source.any());
        page.count = page.count.filter(|_| source.coin());
        page
    }
}
