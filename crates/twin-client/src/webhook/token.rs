//! The token in `callbackData`: `twin1.` and 32 hexadecimal digits, then, where the question had
//! data of its own, a dot and that.

use std::fmt;

const PREFIX: &str = "twin1.";
const DIGITS: usize = 32;

/// Names a question: 122 random bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Token(Box<str>);

impl Token {
    pub(super) fn new() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string().into())
    }

    /// The token with a question's own data.
    pub(super) fn wrap(&self, own: Option<&str>) -> String {
        match own {
            Some(own) => format!("{PREFIX}{}.{own}", self.0),
            None => format!("{PREFIX}{}", self.0),
        }
    }

    /// The token in `data`, and the question's own data; `None` where it is not one of ours.
    pub(super) fn unwrap(data: &str) -> Option<(Self, Option<&str>)> {
        let (token, own) = data.strip_prefix(PREFIX)?.split_at_checked(DIGITS)?;
        let is_ours = token
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let own = match own.strip_prefix('.') {
            None if own.is_empty() => None,
            None => return None,
            own => own,
        };
        is_ours.then(|| (Self(token.into()), own))
    }
}

/// It opens a question to an answer, so it is not shown.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_unwrapped_as_it_was() {
        for own in [
            None,
            Some(""),
            Some("x"),
            Some(".a.b"),
            Some("ж\u{0}{\"a\":1}"),
        ] {
            let token = Token::new();
            let wrapped = token.wrap(own);
            assert_eq!(Token::unwrap(&wrapped), Some((token, own)), "{wrapped}");
        }
    }

    #[test]
    fn data_of_others_is_not_taken_for_ours() {
        let digits = "0123456789abcdef0123456789abcdef";
        for data in [
            String::new(),
            "some custom string".into(),
            format!("twin1.{}", &digits[1..]),
            format!("twin1.{digits}x"),
            format!("twin2.{digits}"),
            format!("twin1.{}", digits.to_uppercase()),
            format!("twin1.{}ж", &digits[1..]),
        ] {
            assert_eq!(Token::unwrap(&data), None, "{data}");
        }
    }
}
