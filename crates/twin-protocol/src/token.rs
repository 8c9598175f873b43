//! Access tokens, as far as a client may look into them.
//!
//! The platform's are JWTs whose claim `exp` says until when they are valid (the vendor's PHP SDK). They
//! are not verified here: only the platform can, and a client that is told a wrong date by its own
//! token harms nobody but itself.

use std::time::{Duration, SystemTime};

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{secret::Secret, time::Timestamp, wire};

/// No token that is looked into is longer, in bytes.
const LONGEST: usize = 64 << 10;

/// With padding or without it: the standard has none, and some write it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Until when a token is valid, by its claim `exp`: seconds since 1970, perhaps with a fraction.
/// `None` where it is no JWT, has no such claim, or one that cannot be read: nothing is known then.
pub fn expiry(token: &Secret) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let token = token.expose();
    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.split('.');
    let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = Zeroizing::new(BASE64.decode(claims).ok()?);
    let claims: Claims = wire::from_slice(&claims).ok()?;
    let since = Duration::try_from_secs_f64(claims.exp).ok()?;
    let expiry = SystemTime::UNIX_EPOCH.checked_add(since)?;
    Timestamp::try_from(expiry).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> Secret {
        let part = |text: &str| BASE64.encode(text);
        let text = format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(claims));
        Secret::from(text)
    }

    #[test]
    fn the_claim_says_until_when_whole_or_with_a_fraction_padded_or_not() {
        let expiry = |claims| expiry(&jwt(claims)).map(|date| date.unix_millis());
        assert_eq!(expiry(r#"{"exp":1700000000}"#), Some(1_700_000_000_000));
        assert_eq!(
            expiry(r#"{"iat":1,"exp":1700000000.25,"sub":"ключ"}"#),
            Some(1_700_000_000_250)
        );
        let bare = jwt(r#"{"exp":1}"#).expose().replace('=', "");
        assert_eq!(
            super::expiry(&bare.into()).map(|date| date.unix_millis()),
            Some(1_000)
        );
    }

    #[test]
    fn of_anything_else_nothing_is_known() {
        for claims in [
            "",
            "{}",
            "[]",
            "[1700000000]",
            "null",
            r#"{"exp":null}"#,
            r#"{"exp":"soon"}"#,
            r#"{"exp":-1}"#,
            r#"{"exp":1e300}"#,
            r#"{"exp":1e18}"#,
        ] {
            assert_eq!(expiry(&jwt(claims)), None, "{claims}");
        }
        let whole = jwt(r#"{"exp":1}"#);
        for text in [
            "",
            "opaque",
            "a.b",
            "a.?.c",
            &format!("{}.more", whole.expose()),
            &format!("{}{}", whole.expose(), "x".repeat(LONGEST)),
        ] {
            assert_eq!(expiry(&Secret::from(text)), None, "{text:.40}");
        }
    }
}
