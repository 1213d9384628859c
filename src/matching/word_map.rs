//! A table of words, each with a value.
//!
//! Of many short words each in a box of its own would take up several times the room of its letters, and lie anywhere in
//! memory: here all lie one behind the other.

use std::hash::Hasher as _;

use super::key::WordHasher;

/// The place of no entry.
const NONE: u32 = u32::MAX;

/// Slots that the first word makes.
const FIRST_SLOTS: usize = 16;

/// A table of words.
#[derive(Debug)]
pub(crate) struct WordMap<V> {
    /// The letters of all words, one behind the other.
    letters: Vec<u8>,
    entries: Vec<Entry<V>>,
    /// An entry stands in the first slot that was free from that of its hash on. Their number is a power of two, and a part
    /// of them is always free.
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Entry<V> {
    /// Where the letters of the word end; they start where those of the one before end.
    end: u32,
    value: V,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    entry: u32,
}

/// A slot without an entry.
const FREE: Slot = Slot {
    hash: 0,
    entry: NONE,
};

impl<V> Default for WordMap<V> {
    fn default() -> Self {
        Self {
            letters: Vec::new(),
            entries: Vec::new(),
            slots: Vec::new(),
        }
    }
}

impl<V> WordMap<V> {
    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a word.
    #[inline]
    pub(crate) fn get(&self, word: &str) -> Option<&V> {
        let entry = self.find(hash_of(word), word)?;
        Some(&self.entries.get(entry)?.value)
    }

    /// The value of a word, which gets one from `new` if it is not there.
    ///
    /// Absent if there are more words than can be counted.
    pub(crate) fn get_or_insert_with(
        &mut self,
        word: &str,
        new: impl FnOnce() -> V,
    ) -> Option<&mut V> {
        let hash = hash_of(word);
        let entry = match self.find(hash, word) {
            Some(entry) => entry,
            None => self.insert(hash, word, new())?,
        };
        Some(&mut self.entries.get_mut(entry)?.value)
    }

    /// Gives back the room that is kept for more words.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.letters.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    #[inline]
    fn find(&self, hash: u32, word: &str) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let mut at = first_slot(hash, self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            if slot.entry == NONE {
                return None;
            }
            if slot.hash == hash && self.word(index(slot.entry)) == word.as_bytes() {
                return Some(index(slot.entry));
            }
            at = (at + 1) & last;
        }
    }

    fn word(&self, entry: usize) -> &[u8] {
        let end = |entry: usize| self.entries.get(entry).map_or(0, |entry| index(entry.end));
        let start = entry.checked_sub(1).map_or(0, end);
        self.letters.get(start..end(entry)).unwrap_or_default()
    }

    /// Adds a word that is not there; its place among the entries.
    fn insert(&mut self, hash: u32, word: &str, value: V) -> Option<usize> {
        if self.entries.len() >= self.slots.len() / 8 * 5 {
            self.grow();
        }
        let place = self.entries.len();
        let entry = u32::try_from(place).ok().filter(|entry| *entry != NONE)?;
        let end = u32::try_from(self.letters.len() + word.len()).ok()?;
        self.letters.extend_from_slice(word.as_bytes());
        self.entries.push(Entry { end, value });
        take_slot(&mut self.slots, Slot { hash, entry });
        Some(place)
    }

    fn grow(&mut self) {
        let count = FIRST_SLOTS.max(self.slots.len() * 2);
        let slots = std::mem::replace(&mut self.slots, vec![FREE; count]);
        for slot in slots.into_iter().filter(|slot| slot.entry != NONE) {
            take_slot(&mut self.slots, slot);
        }
    }
}

/// Puts an entry into the first free slot from that of its hash on.
fn take_slot(slots: &mut [Slot], entry: Slot) {
    let Some(last) = slots.len().checked_sub(1) else {
        return;
    };
    let mut at = first_slot(entry.hash, slots.len());
    while let Some(slot) = slots.get_mut(at) {
        if slot.entry == NONE {
            *slot = entry;
            return;
        }
        at = (at + 1) & last;
    }
}

#[inline]
fn hash_of(word: &str) -> u32 {
    let mut hasher = WordHasher::default();
    hasher.write(word.as_bytes());
    u32::try_from(hasher.finish() >> u32::BITS).unwrap_or_default()
}

/// The slot of a hash: by its high bits, in which all letters of a word have a part.
#[inline]
fn first_slot(hash: u32, slots: usize) -> usize {
    let slots = u64::try_from(slots).unwrap_or_default();
    usize::try_from((u64::from(hash) * slots) >> u32::BITS).unwrap_or_default()
}

#[inline]
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_own_value() {
        let mut map = WordMap::default();
        assert_eq!(map.get("iran"), None);
        assert!(map.is_empty());
        let words = || (0..5_000).map(|number| format!("{number}biển"));
        for (number, word) in words().enumerate() {
            assert_eq!(
                map.get_or_insert_with(&word, || number),
                Some(&mut number.clone())
            );
        }
        map.shrink_to_fit();
        for (number, word) in words().enumerate() {
            assert_eq!(map.get(&word), Some(&number), "{word}");
            assert_eq!(
                map.get_or_insert_with(&word, || 0),
                Some(&mut number.clone())
            );
        }
        assert_eq!(map.len(), 5_000);
        for missing in ["", "5000biển", "1", "biển", "1biển1"] {
            assert_eq!(map.get(missing), None, "{missing}");
        }
    }

    #[test]
    fn the_empty_word_is_a_word() {
        let mut map = WordMap::default();
        map.get_or_insert_with("a", || 1);
        map.get_or_insert_with("", || 2);
        map.get_or_insert_with("b", || 3);
        assert_eq!(
            [map.get("a"), map.get(""), map.get("b")],
            [Some(&1), Some(&2), Some(&3)]
        );
    }
}
