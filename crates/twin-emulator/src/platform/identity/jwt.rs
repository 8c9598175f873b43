//! Tokens in the form that the platform's have: a JWT with an `exp` that may have a fraction.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;

/// Who signs the tokens of one emulator.
pub(super) struct Signer {
    key: [u8; 32],
}

impl Signer {
    /// A signer whose key nobody else knows.
    pub(super) fn new() -> Self {
        let mut key = [0; 32];
        let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
        key[..16].copy_from_slice(halves[0].as_bytes());
        key[16..].copy_from_slice(halves[1].as_bytes());
        Self { key }
    }

    /// A token of `user` that is valid for `ttl` from now on. No two are the same.
    pub(super) fn token(&self, user: &str, ttl: Duration) -> String {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let payload = json!({
            "sub": user,
            "iat": now.as_secs(),
            // With a fraction, as PHP's `microtime` has it (facts, 2).
            "exp": (now.as_secs_f64() + ttl.as_secs_f64() + 0.25),
            "jti": uuid::Uuid::new_v4(),
        });
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key may have any length");
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{signed}.{signature}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is_and_until_when() {
        let signer = Signer::new();
        let token = signer.token("494", Duration::from_secs(60));
        assert_ne!(token, signer.token("494", Duration::from_secs(60)));
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        let payload = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload["sub"], "494");
        let life = payload["exp"].as_f64().unwrap() - payload["iat"].as_f64().unwrap();
        assert!((60.0..62.0).contains(&life), "{life}");
    }
}
