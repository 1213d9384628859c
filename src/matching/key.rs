//! Keys: what a query can ask for, by number; and the hash of the tables in which they are looked up.

use std::hash::Hasher;

/// What a query can ask for: a form of a word, a pattern, a language, a regular expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KeyId(pub(crate) u32);

/// A fast hash for short words.
///
/// The table holds words of queries alone, so an article cannot choose what collides in it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct WordHasher(u64);

/// An odd number with its bits spread, so that a multiplication mixes.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

impl WordHasher {
    fn add(&mut self, block: u64) {
        self.0 = (self.0.rotate_left(5) ^ block).wrapping_mul(MIX);
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        // The table takes its bucket from the low bits, a multiplication leaves its best bits on top.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut blocks = bytes.chunks_exact(8);
        for block in &mut blocks {
            self.add(block.try_into().map(u64::from_le_bytes).unwrap_or_default());
        }
        let rest = blocks.remainder();
        let rest = match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
                first | last << 32
            }
            _ => rest
                .iter()
                .fold(0, |rest, byte| rest << 8 | u64::from(*byte)),
        };
        self.add(rest ^ u64::try_from(bytes.len()).unwrap_or_default() << 56);
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 ^= u64::from(byte);
    }
}
