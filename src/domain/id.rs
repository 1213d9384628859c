//! Identifiers. Each is its own type, so that one cannot be passed where another is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Destination;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// A feed in the store.
    FeedId
);
row_id!(
    /// An entry in the store, and the article made of it.
    EntryId
);
row_id!(
    /// A report in the store: what is told once, an article and its copies.
    ReportId
);

/// The random name of one state directory, drawn when its database is made.
///
/// It keeps the ids of two installations apart that watch the same feeds for the same receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationId(pub String);

/// An alert, by the name that people and receivers see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertId(pub String);

/// A delivery, by the name that every try of it carries: `webhook-id`, the left part of `Message-ID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliveryId(pub String);

impl AlertId {
    /// Derives the id of the alert that `watch` raises for the story of `entry_key`.
    ///
    /// Derived rather than drawn: work that a crash undid comes out under the same id when it is done again,
    /// so a receiver can tell a repetition from news.
    #[must_use]
    pub fn derive(installation: &InstallationId, watch: &str, entry_key: &str) -> Self {
        Self(format!(
            "alr_{}",
            digest(&[&installation.0, watch, entry_key])
        ))
    }
}

impl DeliveryId {
    /// Derives the id of the delivery that carries `alerts` to `destination`.
    #[must_use]
    pub fn derive(destination: &Destination, alerts: &[AlertId]) -> Self {
        let recipient = destination.recipient.as_deref().unwrap_or_default();
        let mut parts = vec![destination.channel.0.as_str(), recipient];
        parts.extend(alerts.iter().map(|alert| alert.0.as_str()));
        Self(format!("dlv_{}", digest(&parts)))
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first 80 bits of a SHA-256 over the parts, each with its length in front, in hexadecimal.
///
/// 80 bits: after ten million alerts the chance that two share an id is below one in ten thousand million.
fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(10)
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_alert_has_the_same_id_and_another_watch_or_installation_another() {
        let here = InstallationId("aaaa".into());
        let there = InstallationId("bbbb".into());
        let id = AlertId::derive(&here, "East Sea", "guid:1");
        assert_eq!(id, AlertId::derive(&here, "East Sea", "guid:1"));
        assert_ne!(id, AlertId::derive(&here, "East Se", "aguid:1"));
        assert_ne!(id, AlertId::derive(&there, "East Sea", "guid:1"));
    }
}
