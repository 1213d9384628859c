//! Links that do something for whoever has them: no more messages, an acknowledgement, a mark of an alert.
//!
//! Such a link stands in a message, and whoever opens it is not logged in: the link itself says what it does and for whom,
//! and carries a signature by a key that the store keeps. It has no end, as a mail may be read years later. Opening one
//! changes nothing: mail scanners open all links; the page behind it has a button (RFC 8058 §3.2 for the button's POST).
//!
//! Takes what a link does and gives its address, and back. It asks nobody and changes nothing.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use url::Url;

use crate::domain::AlertId;

/// The bytes of a key that are drawn: as many as the hash has (RFC 2104 §3).
pub const KEY_BYTES: usize = 32;

/// The bytes of a signature that stand in a link: 128 bits cannot be guessed (RFC 2104 §5 asks for half of the hash).
const SIGNATURE_BYTES: usize = 16;

/// The longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 2_000;

/// What is signed beside the link itself, so that the key can sign nothing else by mistake.
const PURPOSE: &[u8] = b"newswatch link 1\n";

/// What a link does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "a")]
pub enum Act {
    /// Sends a recipient no more messages, of one watch or at all.
    #[serde(rename = "u")]
    Unsubscribe {
        /// The mail address.
        #[serde(rename = "r")]
        recipient: String,
        /// The watch; absent for all of them.
        #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
        watch: Option<String>,
    },
    /// Acknowledges an alert: whoever would be told next is not.
    #[serde(rename = "k")]
    Acknowledge(Reply),
    /// Marks an alert as useful.
    #[serde(rename = "y")]
    Useful(Reply),
    /// Marks an alert as noise.
    #[serde(rename = "n")]
    Noise(Reply),
}

/// What somebody who got a message says of an alert in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The alert.
    #[serde(rename = "i")]
    pub alert: AlertId,
    /// Who got the message: a mail address, or the name of a channel.
    #[serde(rename = "b")]
    pub by: String,
}

impl Act {
    /// The folder of its page below the pages' address.
    #[must_use]
    pub fn folder(&self) -> &'static str {
        match self {
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Acknowledge(_) | Self::Useful(_) | Self::Noise(_) => "act",
        }
    }
}

/// The key that signs links.
#[derive(Clone)]
pub struct LinkKey(Arc<SecretBox<[u8; KEY_BYTES]>>);

impl LinkKey {
    /// A key of bytes that were drawn by chance.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// The token of what a link does: what it says and its signature, in letters that can stand in an address.
    #[must_use]
    pub fn sign(&self, act: &Act) -> Option<String> {
        let said = serde_json::to_vec(act).ok()?;
        let signature = self.mac(&said)?.finalize().into_bytes();
        let signature = signature.get(..SIGNATURE_BYTES)?;
        let token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&said),
            URL_SAFE_NO_PAD.encode(signature)
        );
        (token.len() <= MAX_TOKEN_BYTES).then_some(token)
    }

    /// What a token says; `None` for one that this key has not signed.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Act> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (said, signature) = token.trim().split_once('.')?;
        let said = URL_SAFE_NO_PAD.decode(said).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if signature.len() != SIGNATURE_BYTES {
            return None;
        }
        self.mac(&said)?.verify_truncated_left(&signature).ok()?;
        serde_json::from_slice(&said).ok()
    }

    /// The address of a link below that of the pages.
    #[must_use]
    pub fn address(&self, pages: &Url, act: &Act) -> Option<Url> {
        pages
            .join(&format!("{}/{}", act.folder(), self.sign(act)?))
            .ok()
    }

    fn mac(&self, said: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).ok()?;
        mac.update(PURPOSE);
        mac.update(said);
        Some(mac)
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> LinkKey {
        LinkKey::new([byte; KEY_BYTES])
    }

    fn acts() -> Vec<Act> {
        let reply = || Reply {
            alert: AlertId("alr_1".into()),
            by: "desk@example.org".into(),
        };
        let unsubscribe = |watch: Option<&str>| Act::Unsubscribe {
            recipient: "désk@example.org".into(),
            watch: watch.map(str::to_owned),
        };
        vec![
            unsubscribe(None),
            unsubscribe(Some("Biển \"Đông\" / ?&#%")),
            Act::Acknowledge(reply()),
            Act::Useful(reply()),
            Act::Noise(reply()),
        ]
    }

    #[test]
    fn a_link_says_again_what_was_signed_and_stands_in_an_address_as_it_is() {
        let pages = Url::parse("https://watch.example.org/").unwrap();
        for act in acts() {
            let token = key(1).sign(&act).unwrap();
            assert!(
                token
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
                "{token}"
            );
            assert_eq!(key(1).read(&token), Some(act.clone()));
            let address = key(1).address(&pages, &act).unwrap();
            assert_eq!(
                address.as_str(),
                format!("https://watch.example.org/{}/{token}", act.folder())
            );
        }
    }

    #[test]
    fn what_another_key_signed_or_somebody_changed_is_not_read() {
        for act in acts() {
            let token = key(1).sign(&act).unwrap();
            assert_eq!(key(2).read(&token), None);
            for place in 0..token.len() {
                let mut changed = token.clone().into_bytes();
                changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                // The last letter of a piece holds bits that mean nothing; base64 refuses those that are set.
                assert_eq!(key(1).read(&changed), None, "{token} {changed}");
            }
            let (said, signature) = token.split_once('.').unwrap();
            for cut in [
                format!("{said}."),
                format!("{said}.{}", signature.get(..8).unwrap()),
                format!(".{signature}"),
                said.to_owned(),
                String::new(),
                "x".repeat(5_000),
            ] {
                assert_eq!(key(1).read(&cut), None, "{cut}");
            }
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", key(7)), "LinkKey([redacted])");
    }
}
