//! The index: from the keys of an article to the watches that may fire on it.
//!
//! Each watch is entered under the cheapest set of keys of which one must occur where it fires. Most articles have
//! none of them, and the watch costs nothing; where one occurs, a second key that must occur as well is asked for
//! before the query is evaluated.

use super::article::Article;
use super::program::{Ask, Clause, Fields, KeySet, Scattered, Search, Step};
use super::vocabulary::{KeyId, Vocabulary};

/// The watches by the keys they need.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// For each key where its entries end; they start where those of the key before end.
    ends: Vec<u32>,
    entries: Vec<Entry>,
    /// Watches that need no key.
    always: Vec<u32>,
}

/// A watch under one of its keys.
#[derive(Debug, Clone, Copy)]
struct Entry {
    watch: u32,
    /// A key without which it cannot fire either.
    also: KeyId,
}

/// No second key.
const NONE: KeyId = KeyId(u32::MAX);

/// The watches already seen in the present article.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    seen: Vec<u32>,
    epoch: u32,
}

impl Stamps {
    fn start(&mut self, watches: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 || self.seen.len() != watches {
            self.seen.clear();
            self.seen.resize(watches, 0);
            self.epoch = 1;
        }
    }

    /// True the first time a watch is asked for.
    fn is_new(&mut self, watch: u32) -> bool {
        let place = usize::try_from(watch).unwrap_or(usize::MAX);
        match self.seen.get_mut(place) {
            Some(seen) if *seen != self.epoch => {
                *seen = self.epoch;
                true
            }
            _ => false,
        }
    }
}

impl Index {
    /// Enters the watches; `shared` are the clauses of aliases.
    pub(crate) fn new<'c>(
        watches: impl Iterator<Item = &'c Clause>,
        shared: &[Clause],
        vocabulary: &Vocabulary,
    ) -> Self {
        let mut anchors = Anchors {
            vocabulary,
            shared: Vec::with_capacity(shared.len()),
        };
        // An alias is compiled after those it uses, so theirs are known.
        for clause in shared {
            let anchor = anchors.of(clause);
            anchors.shared.push(anchor);
        }
        let mut index = Self::default();
        let mut by_key: Vec<(KeyId, Entry)> = Vec::new();
        for (watch, clause) in (0..).zip(watches) {
            match anchors.of(clause) {
                None => index.always.push(watch),
                Some(anchor) => by_key.extend(anchor.keys.iter().map(|(key, also)| {
                    let also = *also;
                    (*key, Entry { watch, also })
                })),
            }
        }
        by_key.sort_by_key(|(key, entry)| (*key, entry.watch));
        let mut next = by_key.into_iter().peekable();
        for key in (0..).map(KeyId).take(vocabulary.len()) {
            while let Some((_, entry)) = next.next_if(|(owner, _)| *owner == key) {
                index.entries.push(entry);
            }
            let end = u32::try_from(index.entries.len()).unwrap_or(u32::MAX);
            index.ends.push(end);
        }
        index
    }

    /// Adds the watches that may fire on an article, in no order, each once.
    pub(crate) fn candidates(
        &self,
        article: &Article,
        watches: usize,
        stamps: &mut Stamps,
        found: &mut Vec<u32>,
    ) {
        stamps.start(watches);
        found.clear();
        found.extend(&self.always);
        for key in article.keys() {
            for entry in self.entries_of(*key) {
                let may_fire = entry.also == NONE || article.has(entry.also, Fields::ALL);
                if may_fire && stamps.is_new(entry.watch) {
                    found.push(entry.watch);
                }
            }
        }
    }

    fn entries_of(&self, key: KeyId) -> &[Entry] {
        let place = usize::try_from(key.0).unwrap_or(usize::MAX);
        let end = |place: usize| {
            let end = self.ends.get(place).copied().unwrap_or_default();
            usize::try_from(end).unwrap_or(usize::MAX)
        };
        let start = place.checked_sub(1).map_or(0, end);
        self.entries.get(start..end(place)).unwrap_or_default()
    }
}

/// Keys of which one must occur, each with another that must occur as well.
#[derive(Debug, Clone)]
struct Anchor {
    keys: Vec<(KeyId, KeyId)>,
    /// The expected share of articles in which one of the keys occurs.
    cost: f32,
}

impl Anchor {
    fn of_keys(keys: &[KeyId], vocabulary: &Vocabulary) -> Self {
        Self {
            keys: keys.iter().map(|key| (*key, NONE)).collect(),
            cost: keys.iter().map(|key| vocabulary.frequency(*key)).sum(),
        }
    }

    /// The only key, if there is one.
    fn single(&self) -> Option<KeyId> {
        match self.keys.as_slice() {
            [(key, _)] => Some(*key),
            _ => None,
        }
    }

    /// The cheapest of several of which all must occur, asking for the next cheapest single key as well.
    fn cheapest(mut anchors: Vec<Self>) -> Option<Self> {
        anchors.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        let mut anchors = anchors.into_iter();
        let mut best = anchors.next()?;
        let also = anchors.find_map(|other| other.single());
        for (key, second) in &mut best.keys {
            if *second == NONE
                && let Some(also) = also.filter(|also| also != key)
            {
                *second = also;
            }
        }
        Some(best)
    }
}

/// Finds anchors.
struct Anchors<'v> {
    vocabulary: &'v Vocabulary,
    shared: Vec<Option<Anchor>>,
}

impl Anchors<'_> {
    /// The anchor of a clause; absent if it can be met without any key.
    fn of(&self, clause: &Clause) -> Option<Anchor> {
        if clause.is_neutral {
            return None;
        }
        match &clause.ask {
            Ask::Search(search) => self.of_search(search),
            Ask::Regex { key, .. } | Ask::Language(key) => {
                Some(Anchor::of_keys(&[*key], self.vocabulary))
            }
            Ask::Shared(place) => self.shared.get(*place)?.clone(),
            Ask::And(clauses) => {
                Anchor::cheapest(clauses.iter().filter_map(|inner| self.of(inner)).collect())
            }
            Ask::Or(clauses) => self.of_any(clauses),
            Ask::Not(_) => None,
            Ask::Near { sides, .. } => {
                let sides = [&sides.0, &sides.1].into_iter();
                Anchor::cheapest(sides.filter_map(|side| self.of(side)).collect())
            }
            Ask::Count { inner, .. } | Ask::Weight { inner, .. } => self.of(inner),
        }
    }

    fn of_any(&self, clauses: &[Clause]) -> Option<Anchor> {
        let mut all = Anchor {
            keys: Vec::new(),
            cost: 0.0,
        };
        for inner in clauses.iter().filter(|inner| !inner.is_neutral) {
            let anchor = self.of(inner)?;
            all.keys.extend(anchor.keys);
            all.cost += anchor.cost;
        }
        all.keys.sort_unstable();
        // Where a key needs no second one, entries of the same key that do are of no use.
        all.keys.dedup();
        Some(all)
    }

    fn of_search(&self, search: &Search) -> Option<Anchor> {
        if let Some(scattered) = &search.scattered {
            return self.of_scattered(scattered);
        }
        // Every way through the term crosses each of its slots once: by one of the words that cover it.
        let slots = (0..search.length).filter_map(|slot| {
            let mut keys: Vec<KeyId> = Vec::new();
            let covers = |step: &&Step| step.from <= slot && slot < step.to;
            for step in search.edges.iter().filter(covers) {
                match &step.keys {
                    KeySet::Any => return None,
                    set => keys.extend(set.as_slice()),
                }
            }
            Some(Anchor::of_keys(&keys, self.vocabulary))
        });
        Anchor::cheapest(slots.collect())
    }

    fn of_scattered(&self, scattered: &Scattered) -> Option<Anchor> {
        let parts = scattered.parts.iter();
        Anchor::cheapest(parts.filter_map(|part| self.of_search(part)).collect())
    }
}
