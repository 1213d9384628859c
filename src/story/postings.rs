//! Which reports hold a sentence: a table of pairs of numbers, packed.

/// Reports that are kept for one hash: the newest.
const NEWEST: usize = 8;
/// Tables that grow one after the other, so that growing never takes twice the memory.
const SHARDS: usize = 64;
/// Slots with which a table begins.
const FIRST_SLOTS: usize = 64;

/// From hashes to the numbers of reports; 0 is no report.
#[derive(Debug)]
pub(super) struct Postings {
    shards: Vec<Shard>,
}

/// Pairs of a hash and a report in slots, each as near behind its own slot as there was room.
#[derive(Debug, Default)]
struct Shard {
    slots: Vec<u64>,
    used: usize,
}

impl Default for Postings {
    fn default() -> Self {
        let shards = std::iter::repeat_with(Shard::default);
        Self {
            shards: shards.take(SHARDS).collect(),
        }
    }
}

impl Postings {
    /// Adds a report; the reports before `oldest` may be forgotten.
    pub(super) fn add(&mut self, hash: u32, report: u32, oldest: u32) {
        if let Some(shard) = self.shards.get_mut(shard_of(hash)) {
            shard.add(hash, report, oldest);
        }
    }

    /// The reports from `oldest` on that have a hash.
    pub(super) fn reports(&self, hash: u32, oldest: u32, found: &mut Vec<u32>) {
        found.clear();
        let Some(shard) = self.shards.get(shard_of(hash)) else {
            return;
        };
        let pairs = shard.run(hash).filter(|pair| upper(*pair) == hash);
        found.extend(pairs.map(lower).filter(|report| *report >= oldest));
    }
}

fn shard_of(hash: u32) -> usize {
    usize::try_from(hash).unwrap_or_default() % SHARDS
}

fn upper(pair: u64) -> u32 {
    u32::try_from(pair >> 32).unwrap_or_default()
}

fn lower(pair: u64) -> u32 {
    u32::try_from(pair & u64::from(u32::MAX)).unwrap_or_default()
}

impl Shard {
    /// The filled slots from the one of a hash on, up to the next empty one.
    fn run(&self, hash: u32) -> impl Iterator<Item = u64> {
        let (before, from) = self.slots.split_at(self.home(hash));
        from.iter()
            .chain(before)
            .copied()
            .take_while(|pair| *pair != 0)
    }

    /// Where a hash belongs: its bits say it as a fraction of the whole.
    fn home(&self, hash: u32) -> usize {
        let length = u64::try_from(self.slots.len()).unwrap_or_default();
        let place = (u64::from(hash) * length) >> 32;
        usize::try_from(place).unwrap_or_default()
    }

    fn add(&mut self, hash: u32, report: u32, oldest: u32) {
        if (self.used + 1) * 6 > self.slots.len() * 5 {
            self.grow(oldest);
        }
        let pair = u64::from(hash) << 32 | u64::from(report);
        let own = self.run(hash).filter(|other| upper(*other) == hash);
        let (count, oldest_own) = own.fold((0, u64::MAX), |(count, oldest), other| {
            (count + 1, oldest.min(other))
        });
        let replaced = if count >= NEWEST { oldest_own } else { 0 };
        let home = self.home(hash);
        let (before, from) = self.slots.split_at_mut(home);
        let mut slots = from.iter_mut().chain(before);
        if let Some(slot) = slots.find(|slot| **slot == replaced || **slot == pair) {
            self.used += usize::from(*slot == 0);
            *slot = pair;
        }
    }

    /// Takes new slots: without what is too old, a fifth more than are needed.
    fn grow(&mut self, oldest: u32) {
        let kept: Vec<u64> = std::mem::take(&mut self.slots)
            .into_iter()
            .filter(|pair| *pair != 0 && lower(*pair) >= oldest)
            .collect();
        let slots = (kept.len() * 3 / 2).max(FIRST_SLOTS);
        self.slots = vec![0; slots];
        self.used = 0;
        for pair in kept {
            let home = self.home(upper(pair));
            let (before, from) = self.slots.split_at_mut(home);
            if let Some(slot) = from.iter_mut().chain(before).find(|slot| **slot == 0) {
                *slot = pair;
                self.used += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_finds_its_newest_reports() {
        let mut postings = Postings::default();
        for report in 1..=2_000 {
            postings.add(5, report, 1);
            postings.add(report * 7_919, report, 1);
        }
        let mut found = Vec::new();
        postings.reports(5, 1, &mut found);
        found.sort_unstable();
        assert_eq!(found, (1_993..=2_000).collect::<Vec<_>>());
        postings.reports(7_919 * 1_500, 1, &mut found);
        assert_eq!(found, [1_500]);
        postings.reports(7_919 * 1_500, 1_501, &mut found);
        assert!(found.is_empty(), "what is too old is not found");
    }

    #[test]
    fn what_is_too_old_makes_room() {
        let mut postings = Postings::default();
        for report in 1..=40_000_u32 {
            let hash = report.wrapping_mul(2_654_435_761);
            postings.add(hash, report, report.saturating_sub(1_000));
        }
        let slots: usize = postings.shards.iter().map(|shard| shard.slots.len()).sum();
        assert!(slots < 8_000, "{slots} slots for 1,000 reports");
    }
}
