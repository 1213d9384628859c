//! Signatures of webhooks, as Standard Webhooks 1.0 describes them: HMAC-SHA256 over id, time and body.
//!
//! Takes a secret and what is to be signed, gives the field value; keeps the keys from being printed.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// Base64 with or without its padding: people copy secrets in both forms.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key that signs.
pub(crate) struct SigningKey(SecretBox<Vec<u8>>);

impl SigningKey {
    /// Reads a `whsec_...` secret; says what is wrong with it without showing any of it.
    ///
    /// The receiver draws the secret and decides how long it is; Standard Webhooks asks for 24 bytes or more.
    pub(crate) fn parse(secret: &SecretString) -> Result<Self, String> {
        let text = secret.expose_secret().trim();
        let encoded = text
            .strip_prefix(PREFIX)
            .ok_or_else(|| format!("it does not begin with {PREFIX}"))?;
        let key = BASE64
            .decode(encoded)
            .map_err(|_| format!("what follows {PREFIX} is not base64"))?;
        if key.is_empty() {
            return Err(format!("nothing follows {PREFIX}"));
        }
        Ok(Self(SecretBox::new(Box::new(key))))
    }

    /// Signs one try: `v1,` and the base64 of the HMAC.
    fn sign(&self, id: &str, timestamp_s: i64, body: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).ok()?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{signature}"))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

/// Writes the `webhook-signature` field: a signature for each key, with spaces; `None` without keys.
pub(crate) fn signature(
    keys: &[SigningKey],
    id: &str,
    timestamp_s: i64,
    body: &str,
) -> Option<String> {
    // HMAC takes a key of any length, so none is left out here.
    let signatures: Vec<String> = keys
        .iter()
        .filter_map(|key| key.sign(id, timestamp_s, body))
        .collect();
    (!signatures.is_empty()).then(|| signatures.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that Standard Webhooks publishes, with its secret.
    const PUBLISHED_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const PUBLISHED_SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn key(secret: &str) -> SigningKey {
        SigningKey::parse(&SecretString::from(secret)).unwrap()
    }

    fn sign_published(keys: &[SigningKey]) -> Option<String> {
        signature(
            keys,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        )
    }

    #[test]
    fn the_published_example_comes_out() {
        assert_eq!(
            sign_published(&[key(PUBLISHED_SECRET)]).as_deref(),
            Some(PUBLISHED_SIGNATURE)
        );
    }

    #[test]
    fn during_a_rotation_both_keys_sign() {
        let other = format!("{PREFIX}{}", STANDARD.encode([7; 32]));
        let signed = sign_published(&[key(&other), key(PUBLISHED_SECRET)]).unwrap();
        let parts: Vec<&str> = signed.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_ne!(parts[0], PUBLISHED_SIGNATURE);
        assert_eq!(parts[1], PUBLISHED_SIGNATURE);
    }

    #[test]
    fn without_a_key_nothing_is_signed() {
        assert_eq!(sign_published(&[]), None);
    }

    #[test]
    fn a_secret_that_cannot_be_used_is_refused_without_being_shown() {
        for (secret, problem) in [
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begin with whsec_"),
            ("whsec_not base64!", "base64"),
            ("whsec_", "nothing follows"),
            ("", "begin with whsec_"),
        ] {
            let error = SigningKey::parse(&SecretString::from(secret)).unwrap_err();
            assert!(error.contains(problem), "{error}");
            let shown = secret.strip_prefix(PREFIX).unwrap_or(secret);
            assert!(shown.is_empty() || !error.contains(shown), "{error}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(
            format!("{:?}", key(PUBLISHED_SECRET)),
            "SigningKey([redacted])"
        );
    }
}
