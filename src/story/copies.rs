//! Copies: whether an article tells again what a report has told, and what it adds.
//!
//! The rules are about sentences, since editors cut, move and add sentences, and about numbers and names, since what
//! differs in them is another piece of news however alike it is written: the weather of two days, two accidents in one
//! town. When in doubt an article is a report of its own.

use super::hashing::{HashedMap, HashedSet};
use super::text::{Sentence, Text, Token, shingle};

/// What is known of a report by the texts of its articles.
#[derive(Debug, Default)]
pub(super) struct Known {
    sentences: HashedSet<u64>,
    masked: HashedSet<u64>,
    shingles: HashedMap<u32, Said>,
    words: HashedSet<u32>,
    first: Option<Amount>,
}

/// How a run of words stands in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// As the report's own words.
    Told,
    /// As somebody's.
    Quoted,
}

/// How much a text says.
#[derive(Debug, Clone, Copy, Default)]
struct Amount {
    /// Words outside quotations.
    narrative: f64,
    /// All words.
    all: f64,
}

/// Who brings an article, seen from the first article of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// The same address.
    SameAddress,
    /// The same source, at another address.
    SameSource,
    /// Another source.
    OtherSource,
}

/// An article that belongs to a report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kin {
    /// Words that the report has too.
    pub(super) same_words: usize,
    /// Words that were compared.
    pub(super) of_words: usize,
    /// The places of the sentences that the report lacks.
    pub(super) delta: Vec<usize>,
}

/// Words of a run by which sentences are compared.
const SHINGLE_WORDS: usize = 3;
/// Shorter sentences are no evidence.
const MIN_SENTENCE_WORDS: usize = 4;
/// Shorter articles say too little to be told apart.
const MIN_TEXT_WORDS: usize = 30;
/// Share of a sentence's runs that a report must have for the sentence to be one of its own, edited.
const EDITED: f64 = 0.5;
/// Share from which on an edited sentence counts in full.
const LIGHTLY_EDITED: f64 = 0.8;
/// Share from which on a sentence with another number speaks against a copy.
const ALIKE: f64 = 0.35;
/// Share of a sentence's runs that are quoted in the report, for the sentence to be a quote without its signs.
const QUOTED: f64 = 0.6;
/// Share of contradiction from which on an article is another report.
const MAX_CONFLICT: f64 = 0.25;
/// The same where an article is short or from the same source.
const MAX_CONFLICT_STRICT: f64 = 0.05;

impl Known {
    /// Adds what an article of the report tells, the first one first.
    pub(super) fn add(&mut self, text: &Text) {
        let mut amount = Amount::default();
        for sentence in &text.sentences {
            self.sentences.insert(sentence.hash);
            self.masked.insert(sentence.masked);
            let words = text.words_of(sentence);
            self.words.extend(words.iter().map(|word| word.key));
            let said = if sentence.is_quote {
                Said::Quoted
            } else {
                Said::Told
            };
            for run in words.windows(SHINGLE_WORDS) {
                let known = self.shingles.entry(shingle(run)).or_insert(said);
                if said == Said::Quoted {
                    *known = said;
                }
            }
            if sentence.len() >= MIN_SENTENCE_WORDS {
                amount.all += count(sentence.len());
                amount.narrative += if sentence.is_quote {
                    0.0
                } else {
                    count(sentence.len())
                };
            }
        }
        self.first.get_or_insert(amount);
    }
}

/// What a sentence is to a report.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Standing {
    /// It stands in many reports, or is too short to say anything.
    Nothing,
    /// Somebody's words, which the report has.
    KnownQuote,
    /// Somebody's words, which the report lacks.
    NewQuote,
    /// It says what the report says, with this weight.
    Same(f64),
    /// It gives another number for what the report says, with this weight.
    Conflict(f64),
    /// The report says nothing of the kind.
    New,
}

/// How the sentences of an article stand to a report, in words.
#[derive(Debug, Default)]
struct Sums {
    same: f64,
    conflict: f64,
    narrative: f64,
    quotes: f64,
    quotes_same: f64,
    all: f64,
}

impl Sums {
    fn add(&mut self, words: usize, standing: Standing) {
        let words = count(words);
        match standing {
            Standing::Nothing => return,
            Standing::KnownQuote => {
                self.quotes += words;
                self.quotes_same += words;
            }
            Standing::NewQuote => self.quotes += words,
            Standing::Same(weight) => {
                self.narrative += words;
                self.same += weight * words;
            }
            Standing::Conflict(weight) => {
                self.narrative += words;
                self.conflict += weight * words;
            }
            Standing::New => self.narrative += words,
        }
        self.all += words;
    }

    /// Whether this is what a copy looks like.
    fn is_copy(&self, first: Amount, kinship: Kinship) -> bool {
        let all_same = self.same + self.quotes_same;
        let of_article = ratio(self.same, self.narrative);
        let of_first = ratio(self.same, first.narrative);
        let against = ratio(self.conflict, self.same + self.conflict);
        let is_whole = ratio(all_same, self.all) >= 0.9;
        if is_whole && ratio(all_same, first.all) >= 0.9 && against < MAX_CONFLICT_STRICT {
            return true;
        }
        if kinship == Kinship::SameSource {
            // Pages of one site share what stands beside the news.
            return false;
        }
        let is_mostly_quotes =
            self.narrative * 3.0 < self.quotes && ratio(all_same, self.all) < 0.8;
        let is_cut_or_grown = of_article >= 0.6 || (of_first >= 0.6 && of_article >= 0.25);
        if self.same >= (0.8 * first.narrative).min(40.0)
            && self.same > 0.0
            && is_cut_or_grown
            && against < MAX_CONFLICT
            && !is_mostly_quotes
        {
            return true;
        }
        of_article >= 0.9
            && is_whole
            && self.same >= 14.0
            && all_same >= 30.0
            && against < MAX_CONFLICT_STRICT
    }
}

/// Whether an article belongs to a report, and what it adds; `is_common` tells of a sentence, by its place, whether it
/// stands in many reports.
pub(super) fn kin(
    text: &Text,
    known: &Known,
    kinship: Kinship,
    is_common: impl Fn(usize) -> bool,
) -> Option<Kin> {
    let first = known.first?;
    if text.words.len() < MIN_TEXT_WORDS {
        return None;
    }
    let mut sums = Sums::default();
    let mut delta = Vec::new();
    for (place, sentence) in text.sentences.iter().enumerate() {
        let standing = if is_common(place) {
            Standing::Nothing
        } else {
            standing(text, sentence, known)
        };
        sums.add(sentence.len(), standing);
        if matches!(
            standing,
            Standing::NewQuote | Standing::Conflict(_) | Standing::New
        ) {
            delta.push(place);
        }
    }
    sums.is_copy(first, kinship).then(|| Kin {
        same_words: whole(sums.same + sums.quotes_same),
        of_words: whole(sums.all),
        delta,
    })
}

fn standing(text: &Text, sentence: &Sentence, known: &Known) -> Standing {
    if sentence.len() < MIN_SENTENCE_WORDS {
        return Standing::Nothing;
    }
    let words = text.words_of(sentence);
    let is_same = known.sentences.contains(&sentence.hash);
    let (known_runs, quoted_runs) = shares(words, known);
    if sentence.is_quote || quoted_runs >= QUOTED {
        return if is_same || known_runs >= EDITED {
            Standing::KnownQuote
        } else {
            Standing::NewQuote
        };
    }
    if is_same {
        return Standing::Same(1.0);
    }
    if known.masked.contains(&sentence.masked) {
        return Standing::Conflict(1.0);
    }
    let is_new = |word: &&Token| !known.words.contains(&word.key);
    let has_new_number = words.iter().filter(is_new).any(|word| word.is_number);
    let new_names = words
        .iter()
        .filter(is_new)
        .filter(|word| word.is_capital)
        .count();
    match known_runs {
        runs if has_new_number && runs >= EDITED => Standing::Conflict(1.0),
        runs if has_new_number && runs >= ALIKE => Standing::Conflict(0.5),
        _ if has_new_number || new_names > 1 => Standing::New,
        runs if runs >= LIGHTLY_EDITED || (runs >= EDITED && new_names == 0) => Standing::Same(1.0),
        runs if runs >= EDITED => Standing::Same(0.5),
        _ => Standing::New,
    }
}

/// Which share of the runs of a sentence a report has, and which share it quotes.
fn shares(words: &[Token], known: &Known) -> (f64, f64) {
    let (mut all, mut found, mut quoted) = (0, 0, 0);
    for run in words.windows(SHINGLE_WORDS) {
        all += 1;
        if let Some(said) = known.shingles.get(&shingle(run)) {
            found += 1;
            quoted += usize::from(*said == Said::Quoted);
        }
    }
    (
        ratio(count(found), count(all)),
        ratio(count(quoted), count(all)),
    )
}

fn ratio(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}

fn count(words: usize) -> f64 {
    u32::try_from(words).map_or(f64::MAX, f64::from)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of words, which is small and not negative"
)]
fn whole(words: f64) -> usize {
    words.round() as usize
}
