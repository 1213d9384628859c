//! The index: from the keys of an article to the watches that may fire on it.
//!
//! Each watch is entered under the cheapest set of keys of which one must occur where it fires. Most articles have
//! none of them, and the watch costs nothing; where one occurs, a second key that must occur as well, or one of a set, is
//! asked for before the query is evaluated. A set that many watches share is looked up once for an article.

use std::cell::RefCell;
use std::collections::HashMap;

use super::article::Article;
use super::field_set::Fields;
use super::key::KeyId;
use super::program::{Ask, Clause, Scattered, Search, Step};
use super::vocabulary::Vocabulary;

/// The watches by the keys they need.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// For each key where its entries end; they start where those of the key before end.
    ends: Vec<u32>,
    entries: Vec<Entry>,
    /// Watches that need no key.
    always: Vec<u32>,
    /// Keys of which one must occur as well.
    sets: Vec<Box<[KeyId]>>,
}

/// A watch under one of its keys.
#[derive(Debug, Clone, Copy)]
struct Entry {
    watch: u32,
    also: Also,
}

/// What must occur besides the key under which a watch is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Also {
    Nothing,
    Key(KeyId),
    /// One of the set at this place.
    Set(u32),
}

/// Keys up to which a set is asked for: looking for all of a longer one costs as much as the query.
const MAX_SET: usize = 64;

/// The watches already seen in the present article.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    seen: Vec<u32>,
    /// For each set the article in which it was last asked for, and what came of it.
    sets: Vec<(u32, bool)>,
    epoch: u32,
}

impl Stamps {
    fn start(&mut self, watches: usize, sets: usize) {
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 || self.seen.len() != watches || self.sets.len() != sets {
            self.seen.clear();
            self.seen.resize(watches, 0);
            self.sets.clear();
            self.sets.resize(sets, (0, false));
            self.epoch = 1;
        }
    }

    /// What is known of a set, or what `ask` says of it.
    fn set(&mut self, place: u32, ask: impl FnOnce() -> bool) -> bool {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let Some(known) = self.sets.get_mut(place) else {
            return true;
        };
        if known.0 != self.epoch {
            *known = (self.epoch, ask());
        }
        known.1
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
            sets: RefCell::default(),
        };
        // An alias is compiled after those it uses, so theirs are known.
        for clause in shared {
            let anchor = anchors.of(clause);
            anchors.shared.push(anchor);
        }
        let mut index = Self::default();
        let mut by_key: Vec<(KeyId, Entry)> = Vec::with_capacity(watches.size_hint().0);
        for (watch, clause) in (0..).zip(watches) {
            match anchors.of(clause) {
                None => index.always.push(watch),
                Some(anchor) => by_key.extend(anchor.keys.iter().map(|(key, also)| {
                    let also = *also;
                    (*key, Entry { watch, also })
                })),
            }
        }
        let Sets { places, .. } = anchors.sets.into_inner();
        let mut sets: Vec<(Box<[KeyId]>, u32)> = places.into_iter().collect();
        sets.sort_by_key(|(_, place)| *place);
        index.sets = sets.into_iter().map(|(keys, _)| keys).collect();
        by_key.sort_unstable_by_key(|(key, entry)| (*key, entry.watch, entry.also));
        index.enter(&by_key, vocabulary.len());
        index
    }

    /// Enters watches by their keys, in the order of these.
    fn enter(&mut self, by_key: &[(KeyId, Entry)], keys: usize) {
        self.entries = by_key.iter().map(|(_, entry)| *entry).collect();
        let mut end = 0;
        let ends = (0..).map(KeyId).take(keys).map(|key| {
            let ahead = by_key.get(end..).unwrap_or_default();
            end += ahead.iter().take_while(|(owner, _)| *owner == key).count();
            u32::try_from(end).unwrap_or(u32::MAX)
        });
        self.ends = ends.collect();
    }

    /// Adds the watches that may fire on an article, in no order, each once.
    pub(crate) fn candidates(
        &self,
        article: &Article,
        watches: usize,
        stamps: &mut Stamps,
        found: &mut Vec<u32>,
    ) {
        stamps.start(watches, self.sets.len());
        found.clear();
        found.extend(&self.always);
        for key in article.keys() {
            for entry in self.entries_of(*key) {
                let may_fire = match entry.also {
                    Also::Nothing => true,
                    Also::Key(key) => article.has(key, Fields::ALL),
                    Also::Set(place) => stamps.set(place, || self.has_one_of(article, place)),
                };
                if may_fire && stamps.is_new(entry.watch) {
                    found.push(entry.watch);
                }
            }
        }
    }

    fn has_one_of(&self, article: &Article, set: u32) -> bool {
        let place = usize::try_from(set).unwrap_or(usize::MAX);
        let keys = self.sets.get(place).map_or(&[][..], |keys| keys);
        keys.iter().any(|key| article.has(*key, Fields::ALL))
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
    keys: Vec<(KeyId, Also)>,
    /// The expected share of articles in which one of the keys occurs.
    cost: f32,
}

impl Anchor {
    fn of_keys<'k>(keys: impl IntoIterator<Item = &'k KeyId>, vocabulary: &Vocabulary) -> Self {
        let mut anchor = Self {
            keys: Vec::new(),
            cost: 0.0,
        };
        for key in keys {
            anchor.keys.push((*key, Also::Nothing));
            anchor.cost += vocabulary.frequency(*key);
        }
        anchor
    }

    /// What it is to ask for one of its keys besides another anchor; absent if that costs too much.
    fn as_second(&self, sets: &RefCell<Sets>) -> Option<Also> {
        match self.keys.as_slice() {
            [(key, _)] => Some(Also::Key(*key)),
            [] => None,
            keys if keys.len() > MAX_SET => None,
            keys => {
                let mut set: Vec<KeyId> = keys.iter().map(|(key, _)| *key).collect();
                set.sort_unstable();
                set.dedup();
                Some(Also::Set(sets.borrow_mut().place(set.into())))
            }
        }
    }

    /// The cheapest of several of which all must occur, asking for the next cheapest as well.
    fn cheapest(mut anchors: Vec<Self>, sets: &RefCell<Sets>) -> Option<Self> {
        anchors.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        let mut anchors = anchors.into_iter();
        let mut best = anchors.next()?;
        if best.keys.iter().any(|(_, second)| *second == Also::Nothing)
            && let Some(also) = anchors.find_map(|other| other.as_second(sets))
        {
            for (key, second) in &mut best.keys {
                if *second == Also::Nothing && also != Also::Key(*key) {
                    *second = also;
                }
            }
        }
        Some(best)
    }
}

/// The sets of keys that are asked for, each once.
#[derive(Debug, Default)]
struct Sets {
    places: HashMap<Box<[KeyId]>, u32>,
}

impl Sets {
    fn place(&mut self, keys: Box<[KeyId]>) -> u32 {
        let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        *self.places.entry(keys).or_insert(next)
    }
}

/// Finds anchors.
struct Anchors<'v> {
    vocabulary: &'v Vocabulary,
    shared: Vec<Option<Anchor>>,
    sets: RefCell<Sets>,
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
                let anchors = clauses.iter().filter_map(|inner| self.of(inner));
                Anchor::cheapest(anchors.collect(), &self.sets)
            }
            Ask::Or(clauses) => self.of_any(clauses),
            Ask::Not(_) => None,
            Ask::Near { sides, .. } => {
                let sides = [&sides.0, &sides.1].into_iter();
                Anchor::cheapest(sides.filter_map(|side| self.of(side)).collect(), &self.sets)
            }
            Ask::Count { inner, .. } | Ask::Weight { inner, .. } => self.of(inner),
        }
    }

    fn of_any(&self, clauses: &[Clause]) -> Option<Anchor> {
        let mut sides = clauses.iter().filter(|inner| !inner.is_neutral);
        let mut all = match sides.next() {
            Some(first) => self.of(first)?,
            None => Anchor::of_keys(&[], self.vocabulary),
        };
        for inner in sides {
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
        let mut slots = (0..search.length).filter_map(|slot| {
            let covers = |step: &&Step| step.from <= slot && slot < step.to;
            let steps = || search.edges.iter().filter(covers);
            if steps().any(|step| step.keys.is_any()) {
                return None;
            }
            let keys = steps().flat_map(|step| step.keys.as_slice());
            Some(Anchor::of_keys(keys, self.vocabulary))
        });
        match search.length {
            1 => slots.next(),
            _ => Anchor::cheapest(slots.collect(), &self.sets),
        }
    }

    fn of_scattered(&self, scattered: &Scattered) -> Option<Anchor> {
        let parts = scattered.parts.iter();
        Anchor::cheapest(
            parts.filter_map(|part| self.of_search(part)).collect(),
            &self.sets,
        )
    }
}
