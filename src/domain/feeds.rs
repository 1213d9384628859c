//! The configured feeds, each found by its address.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use url::Url;

use super::Feed;

/// Feeds by their configured addresses, which stand in the feeds alone.
#[derive(Debug, Clone, Default)]
pub struct Feeds(HashSet<ByAddress>);

/// A feed as it is found.
#[derive(Debug, Clone)]
struct ByAddress(Feed);

impl Feeds {
    /// The feed of an address.
    #[must_use]
    pub fn get(&self, url: &Url) -> Option<&Feed> {
        self.0.get(url).map(|found| &found.0)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Feed> {
        self.0.iter().map(|found| &found.0)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Feed> for Feeds {
    fn from_iter<I: IntoIterator<Item = Feed>>(feeds: I) -> Self {
        Self(feeds.into_iter().map(ByAddress).collect())
    }
}

impl PartialEq for ByAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0.url == other.0.url
    }
}

impl Eq for ByAddress {}

impl Hash for ByAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.url.hash(state);
    }
}

impl Borrow<Url> for ByAddress {
    fn borrow(&self) -> &Url {
        &self.0.url
    }
}
