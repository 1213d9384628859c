//! What an article is about, as weighted words, names and headline.
//!
//! A term that few articles have weighs most. Terms are kept as 24 bits of a hash and a weight as 8 bits: a hundred
//! thousand articles are to fit into the memory of a small machine.

use super::hashing::{HashedMap, HashedSet};
use super::text::{Text, Token, high, mix};

/// How many articles hold a term, as far as they were counted.
#[derive(Debug, Default)]
pub struct Frequencies {
    articles: u32,
    by_term: HashedMap<u32, u32>,
    since_halved: u32,
}

/// In how many articles everyday words stand; frequencies/make.py makes it.
const START: &str = include_str!("frequencies/start.txt");
/// Of how many articles.
const START_ARTICLES: u32 = 10_000;
/// Articles after which all counts are halved: what is frequent changes with the news.
const HALVE_AFTER: u32 = 100_000;

impl Frequencies {
    /// Begins with how frequent words are in everyday text, so that the first articles are not all about "the" and "of".
    #[must_use]
    pub fn of_everyday_text() -> Self {
        let mut by_term: HashedMap<u32, u32> = HashedMap::default();
        for line in START.lines() {
            let (count, words) = line.split_once(' ').unwrap_or_default();
            let count = count.parse().unwrap_or_default();
            for word in &Text::read(words, "").title {
                let known = by_term.entry(word.stem).or_default();
                *known = (*known).max(count);
            }
        }
        Self {
            articles: START_ARTICLES,
            by_term,
            since_halved: 0,
        }
    }

    /// Counts an article.
    pub(super) fn note(&mut self, terms: impl Iterator<Item = u32>) {
        self.articles = self.articles.saturating_add(1);
        for term in terms {
            *self.by_term.entry(term).or_default() += 1;
        }
        self.since_halved += 1;
        if self.since_halved >= HALVE_AFTER {
            self.since_halved = 0;
            self.articles /= 2;
            self.by_term.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
            self.by_term.shrink_to_fit();
        }
    }

    /// How rare a term is: the logarithm of the share of articles that have it.
    fn rarity(&self, term: u32) -> f32 {
        let count = self.by_term.get(&term).copied().unwrap_or_default();
        (approximate(self.articles.saturating_add(2)) / approximate(count.saturating_add(1)))
            .ln()
            .max(0.01)
    }

    /// True if at most three in a thousand articles have a term.
    fn is_rare(&self, term: u32) -> bool {
        let count = self.by_term.get(&term).copied().unwrap_or_default();
        u64::from(count) * 1_000 <= u64::from(self.articles) * 3 + 3_000
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of articles, of which the first digits are enough"
)]
fn approximate(count: u32) -> f32 {
    count as f32
}

/// A weighted list of terms.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vector {
    /// The term in the upper 24 bits, its weight in the lower 8; the heaviest first.
    pub(super) terms: Vec<u32>,
}

/// The bits of a packed term that are its weight.
const WEIGHT: u32 = 0xff;

impl Vector {
    /// Keeps the heaviest terms.
    pub(super) fn of(mut weights: Vec<(u32, f32)>, at_most: usize) -> Self {
        let by_weight = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if weights.len() > at_most {
            weights.select_nth_unstable_by(at_most, by_weight);
            weights.truncate(at_most);
        }
        weights.sort_unstable_by(by_weight);
        let heaviest = weights.first().map_or(1.0, |first| first.1);
        let terms = weights
            .into_iter()
            .map(|(term, weight)| pack(term, weight / heaviest))
            .collect();
        Self { terms }
    }

    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 1, of which 8 bits are kept"
)]
fn pack(term: u32, share: f32) -> u32 {
    (term & !WEIGHT) | ((share * 255.0).round() as u32).clamp(1, WEIGHT)
}

/// The weight of a packed term.
pub(super) fn weight(term: u32) -> f32 {
    approximate(term & WEIGHT)
}

/// The length of a list of weights.
pub(super) fn norm(terms: &[u32]) -> f32 {
    let squares: f32 = terms.iter().map(|term| weight(*term).powi(2)).sum();
    squares.sqrt()
}

/// A vector laid out to be compared with many.
#[derive(Debug)]
pub(super) struct Probe {
    slots: Vec<u32>,
    norm: f32,
}

/// Slots of a probe: more than twice the terms of a vector.
const PROBE_SLOTS: usize = 256;

impl Probe {
    pub(super) fn of(terms: &[u32]) -> Self {
        let mut slots = vec![0; PROBE_SLOTS];
        for term in terms.iter().take(PROBE_SLOTS / 2) {
            let (before, from) = slots.split_at_mut(home(*term));
            let mut free = from.iter_mut().chain(before);
            if let Some(slot) = free.find(|slot| **slot == 0) {
                *slot = *term;
            }
        }
        Self {
            slots,
            norm: norm(terms),
        }
    }

    /// The weight of a term; 0 where it is not there.
    pub(super) fn weight_of(&self, term: u32) -> f32 {
        let mut at = home(term);
        while let Some(slot) = self.slots.get(at) {
            if *slot == 0 {
                return 0.0;
            }
            if (slot ^ term) & !WEIGHT == 0 {
                return weight(*slot);
            }
            at = (at + 1) % PROBE_SLOTS;
        }
        0.0
    }

    /// The cosine with another list of terms of this length.
    pub(super) fn cosine(&self, terms: &[u32], other_norm: f32) -> f32 {
        let product: f32 = terms
            .iter()
            .map(|term| self.weight_of(*term) * weight(*term))
            .sum();
        let norms = self.norm * other_norm;
        if norms > 0.0 { product / norms } else { 0.0 }
    }
}

fn home(term: u32) -> usize {
    // The upper bits of a hash, as terms differ there.
    usize::try_from(term >> 24).unwrap_or_default() % PROBE_SLOTS
}

/// What an article is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    pub(super) words: Vector,
    pub(super) names: Vector,
    pub(super) headline: Vector,
    /// Names and numbers that few articles have, for comparison with other languages.
    pub(super) rare_names: Vec<u32>,
    pub(super) rare_numbers: Vec<u32>,
}

/// Words of an article that are looked at: what comes later is background.
const WORDS: usize = 500;
/// Terms of a kind that are kept.
const MAX_WORD_TERMS: usize = 100;
const MAX_NAME_TERMS: usize = 60;
const MAX_HEADLINE_TERMS: usize = 24;
const MAX_RARE: usize = 24;
/// What a word in the headline counts.
const HEADLINE_COUNT: f32 = 3.0;
/// What a word in the first sentences counts.
const LEAD_COUNT: f32 = 2.0;
/// How many sentences these are.
const LEAD_SENTENCES: usize = 4;

/// The terms of an article, before they are weighed.
#[derive(Debug, Default)]
pub(super) struct Terms {
    words: HashedMap<u32, f32>,
    /// By term, with the word without its ending.
    names: HashedMap<u32, (f32, u32)>,
    pairs: HashedMap<u32, (f32, u32, u32)>,
    headline: HashedSet<u32>,
    numbers: HashedSet<u32>,
}

impl Terms {
    /// Collects the terms of an article.
    pub(super) fn of(text: &Text) -> Self {
        let mut terms = Self::default();
        let lead_end = text
            .sentences
            .get(..LEAD_SENTENCES)
            .and_then(<[_]>::last)
            .map_or(usize::MAX, |last| last.words.end);
        let body = text.words.get(..WORDS).unwrap_or(&text.words);
        let (lead, rest) = body.split_at(lead_end.min(body.len()));
        terms.count(&text.title, HEADLINE_COUNT);
        terms.headline = terms.words.keys().copied().collect();
        terms.count(lead, LEAD_COUNT);
        terms.count(rest, 1.0);
        let names = names_in(body);
        terms.count_names(&text.title, &names, HEADLINE_COUNT);
        terms.count_names(lead, &names, LEAD_COUNT);
        terms.count_names(rest, &names, 1.0);
        terms
    }

    fn count(&mut self, words: &[Token], each: f32) {
        let mut before: Option<&Token> = None;
        for word in words {
            // Signs of scripts without spaces say something two by two.
            let pair = before.filter(|before| before.is_sign && word.is_sign);
            let term = match pair {
                Some(before) => high(mix(u64::from(before.key), u64::from(word.key))),
                None => word.stem,
            };
            if pair.is_some() || !word.is_sign {
                *self.words.entry(term).or_default() += each;
            }
            if word.is_number {
                self.numbers.insert(word.key);
            }
            before = Some(word);
        }
    }

    fn count_names(&mut self, words: &[Token], names: &HashedSet<u32>, each: f32) {
        let mut before: Option<u32> = None;
        for word in words {
            let is_name = word.is_capital && names.contains(&word.key);
            let name = is_name.then(|| name_term(word.key));
            if let Some(name) = name {
                self.names.entry(name).or_insert((0.0, word.stem)).0 += each;
            }
            if let (Some(first), Some(_)) = (before.filter(|_| !word.is_first), name) {
                let second = word.stem;
                let pair = high(mix(mix(17, u64::from(first)), u64::from(second)));
                let pair = self.pairs.entry(pair).or_insert((0.0, first, second));
                pair.0 += each;
            }
            before = name.map(|_| word.stem);
        }
    }

    /// The terms that are counted over all articles.
    pub(super) fn counted(&self) -> impl Iterator<Item = u32> {
        self.words.keys().chain(self.names.keys()).copied()
    }

    /// Weighs the terms.
    pub(super) fn profile(&self, frequencies: &Frequencies) -> Profile {
        let rarity = |term: u32| frequencies.rarity(term);
        let name_rarity =
            |term: u32, stem: u32| OWN_COUNT * rarity(term) + (1.0 - OWN_COUNT) * rarity(stem);
        let words = self.words.iter();
        let words = words.map(|(term, count)| (*term, (1.0 + count.ln()) * rarity(*term)));
        let names = self.names.iter();
        let names = names
            .map(|(term, (count, stem))| (*term, (1.0 + count.ln()) * name_rarity(*term, *stem)));
        let pairs = self.pairs.iter().map(|(term, (count, first, second))| {
            (
                *term,
                (1.0 + count.ln()) * (rarity(*first).max(rarity(*second)) + PAIR_BONUS),
            )
        });
        let headline = self.headline.iter().map(|term| (*term, rarity(*term)));
        let rare = self.names.iter();
        let rare = rare.filter(|(_, (_, stem))| frequencies.is_rare(*stem));
        let mut rare_names: Vec<u32> = rare.map(|(name, _)| *name).collect();
        rare_names.sort_unstable();
        rare_names.truncate(MAX_RARE);
        let rare = self.numbers.iter().copied();
        let mut rare_numbers: Vec<u32> =
            rare.filter(|number| frequencies.is_rare(*number)).collect();
        rare_numbers.sort_unstable();
        rare_numbers.truncate(MAX_RARE);
        Profile {
            words: Vector::of(words.collect(), MAX_WORD_TERMS),
            names: Vector::of(names.chain(pairs).collect(), MAX_NAME_TERMS),
            headline: Vector::of(headline.collect(), MAX_HEADLINE_TERMS),
            rare_names,
            rare_numbers,
        }
    }
}

/// How much the rarity of a name rests on how often it is a name, rather than any word.
const OWN_COUNT: f32 = 0.5;
/// What two names beside each other weigh more than the rarer of them.
const PAIR_BONUS: f32 = 0.5;

fn name_term(key: u32) -> u32 {
    high(mix(11, u64::from(key)))
}

/// Words that stand with a capital inside a sentence and never without one.
fn names_in(words: &[Token]) -> HashedSet<u32> {
    let inside = words
        .iter()
        .filter(|word| word.is_capital && !word.is_first);
    let mut names: HashedSet<u32> = inside.map(|word| word.key).collect();
    for word in words.iter().filter(|word| !word.is_capital) {
        names.remove(&word.key);
    }
    names
}
