//! What is remembered of the newest alone.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by keys that grow as they come, of which at most `MOST` are kept: past that, the newer half.
#[derive(Debug)]
pub struct Newest<K, V, const MOST: usize>(HashMap<K, V>);

impl<K, V, const MOST: usize> Default for Newest<K, V, MOST> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Hash + Ord, V, const MOST: usize> Newest<K, V, MOST> {
    /// Drops the older half where there is no room for so many more.
    pub fn make_room(&mut self, for_more: usize) {
        if self.0.len() + for_more <= MOST || self.0.is_empty() {
            return;
        }
        let mut keys: Vec<K> = self.0.keys().copied().collect();
        let middle = keys.len() / 2;
        let oldest_kept = *keys.select_nth_unstable(middle).1;
        self.0.retain(|key, _| *key >= oldest_kept);
    }

    /// What is kept under a key.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&V> {
        self.0.get(&key)
    }

    /// Keeps a value, in the place of another one under the same key.
    pub fn insert(&mut self, key: K, value: V) {
        self.0.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_its_bound_the_newer_half_is_kept() {
        let mut kept: Newest<u32, (), 6> = Newest::default();
        kept.make_room(9);
        for key in [3, 1, 2, 6, 5, 4] {
            kept.make_room(1);
            kept.insert(key, ());
        }
        assert!((1..=6).all(|key| kept.get(key).is_some()));
        kept.make_room(1);
        let left: Vec<u32> = (1..=6).filter(|key| kept.get(*key).is_some()).collect();
        assert_eq!(left, [4, 5, 6]);
    }
}
