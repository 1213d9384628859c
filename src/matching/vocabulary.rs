//! The words that queries ask for, each with the number by which the rest of the module knows it.
//!
//! Only these are interned: a word of an article is looked up, and forgotten if no query asks for it.

use super::frequency;
use super::globs::Globs;
use super::key::KeyId;
use super::stem::{Stem, primary_language, stemmer};
use super::word_map::WordMap;
use super::words::{Keys, Script};

/// No key.
const NONE: KeyId = KeyId(u32::MAX);

/// The share of articles in one language: a reader of several languages has few of each.
const FREQUENCY_OF_LANGUAGE: f32 = 0.3;
/// The share of articles in which a regular expression matches: they are written for rare things.
const FREQUENCY_OF_REGEX: f32 = 0.01;

/// The keys of one spelling: as an exact, a case-folded and an accent-free form.
#[derive(Debug, Clone, Copy)]
struct Forms {
    exact: KeyId,
    lower: KeyId,
    fold: KeyId,
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            exact: NONE,
            lower: NONE,
            fold: NONE,
        }
    }
}

/// Every key, and the ways from a word of an article to its keys.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: WordMap<Forms>,
    prefixes: WordMap<KeyId>,
    longest_prefix: usize,
    fold_globs: Globs,
    exact_globs: Globs,
    stems: Vec<StemSet>,
    /// Words and patterns of watches that count ae, oe, ue as ä, ö, ü, in the form of [`Keys::german`].
    german: WordMap<KeyId>,
    german_globs: Globs,
    languages: WordMap<KeyId>,
    keys: Counter,
}

/// Gives out keys.
#[derive(Debug, Default)]
struct Counter {
    /// For each key the expected share of articles that have it.
    frequencies: Vec<f32>,
}

impl Counter {
    fn next(&mut self, frequency: f32) -> KeyId {
        let key = u32::try_from(self.frequencies.len()).unwrap_or(u32::MAX);
        self.frequencies.push(frequency);
        KeyId(key)
    }
}

/// The stems that queries in one language ask for.
struct StemSet {
    language: String,
    stemmer: Box<dyn Stem>,
    keys: WordMap<KeyId>,
}

impl std::fmt::Debug for StemSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StemSet")
            .field("language", &self.language)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// The stems that apply to an article.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StemsInUse(usize);

impl Vocabulary {
    /// Gives back the room that is kept for more words.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.words.shrink_to_fit();
        self.keys.frequencies.shrink_to_fit();
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.frequencies.len()
    }

    /// The expected share of articles that have a key.
    pub(crate) fn frequency(&self, key: KeyId) -> f32 {
        let place = usize::try_from(key.0).unwrap_or(usize::MAX);
        self.keys.frequencies.get(place).copied().unwrap_or(1.0)
    }

    /// A key that no word has; for regular expressions.
    pub(crate) fn new_key(&mut self) -> KeyId {
        self.keys.next(FREQUENCY_OF_REGEX)
    }

    /// The key of a word exactly as written.
    pub(crate) fn exact(&mut self, word: &str) -> KeyId {
        let forms = self.words.get_or_insert_with(word, Forms::default);
        assign(forms.map(|forms| &mut forms.exact), word, &mut self.keys)
    }

    /// The key of a case-folded word.
    pub(crate) fn lower(&mut self, lower: &str) -> KeyId {
        let forms = self.words.get_or_insert_with(lower, Forms::default);
        assign(forms.map(|forms| &mut forms.lower), lower, &mut self.keys)
    }

    /// The key of an accent-free word.
    pub(crate) fn fold(&mut self, fold: &str) -> KeyId {
        let forms = self.words.get_or_insert_with(fold, Forms::default);
        assign(forms.map(|forms| &mut forms.fold), fold, &mut self.keys)
    }

    /// The key of all Hangul words that start with `fold`.
    pub(crate) fn prefix(&mut self, fold: &str) -> KeyId {
        self.longest_prefix = self.longest_prefix.max(fold.len());
        let frequency = frequency::of_word(fold);
        intern(&mut self.prefixes, fold, frequency, &mut self.keys)
    }

    /// The key of all words that fit a pattern with `*` and `?`.
    pub(crate) fn glob(&mut self, pattern: &str, is_exact: bool) -> KeyId {
        let globs = if is_exact {
            &mut self.exact_globs
        } else {
            &mut self.fold_globs
        };
        let head = pattern.chars().take_while(|c| !matches!(c, '*' | '?'));
        let frequency = frequency::of_head(head.count());
        globs.intern(pattern, || self.keys.next(frequency))
    }

    /// The key of all words that are spelled the same in German letters.
    pub(crate) fn german(&mut self, german: &str) -> KeyId {
        let frequency = frequency::of_word(german);
        intern(&mut self.german, german, frequency, &mut self.keys)
    }

    /// The key of all words that fit a pattern in German letters.
    pub(crate) fn german_glob(&mut self, pattern: &str) -> KeyId {
        let head = pattern.chars().take_while(|c| !matches!(c, '*' | '?'));
        let frequency = frequency::of_head(head.count());
        self.german_globs
            .intern(pattern, || self.keys.next(frequency))
    }

    /// The key of a word's stem; absent if the language has no stems.
    pub(crate) fn stem(&mut self, language: &str, lower: &str) -> Option<KeyId> {
        let language = stem_language(language);
        let place = self.stems.iter().position(|set| set.language == language);
        if place.is_none() {
            self.stems.push(StemSet {
                stemmer: stemmer(&language)?,
                language,
                keys: WordMap::default(),
            });
        }
        let set = match place {
            Some(place) => self.stems.get_mut(place)?,
            None => self.stems.last_mut()?,
        };
        let stem = set.stemmer.stem(lower);
        let frequency = frequency::of_word(lower);
        Some(intern(&mut set.keys, &stem, frequency, &mut self.keys))
    }

    /// The key of articles in a language.
    pub(crate) fn language(&mut self, tag: &str) -> KeyId {
        let tag = normal_tag(tag);
        intern(
            &mut self.languages,
            &tag,
            FREQUENCY_OF_LANGUAGE,
            &mut self.keys,
        )
    }

    /// The stems that apply to an article in a language.
    pub(crate) fn stems_for(&self, tag: &str) -> Option<StemsInUse> {
        let language = stem_language(tag);
        self.stems
            .iter()
            .position(|set| set.language == language)
            .map(StemsInUse)
    }

    /// The keys of an article's language: of its tag, and of all that it specialises.
    ///
    /// RFC 4647 §3.3.1, basic filtering: `zh` is met by `zh-TW`.
    pub(crate) fn keys_of_language(&self, tag: &str) -> Vec<KeyId> {
        let tag = normal_tag(tag);
        let cuts = tag.match_indices('-').map(|(at, _)| at);
        cuts.chain([tag.len()])
            .filter_map(|end| self.languages.get(tag.get(..end)?).copied())
            .collect()
    }

    /// Adds the keys of a word of an article.
    pub(crate) fn keys_of_word(
        &self,
        exact: &str,
        script: Script,
        stems: Option<StemsInUse>,
        forms: &mut Keys,
        keys: &mut Vec<KeyId>,
    ) {
        self.german_keys(exact, forms, keys);
        let is_simple = exact
            .bytes()
            .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let spelling = self.words.get(exact).copied().unwrap_or_default();
        keys.extend(known(spelling.exact));
        if is_simple {
            keys.extend(known(spelling.lower));
            keys.extend(known(spelling.fold));
            self.keys_by_pattern(exact, exact, script, keys);
            self.key_of_stem(exact, stems, keys);
            return;
        }
        forms.set(exact);
        let lower = self.words.get(forms.lower()).copied().unwrap_or_default();
        let fold = if forms.lower() == forms.fold() {
            lower
        } else {
            self.words.get(forms.fold()).copied().unwrap_or_default()
        };
        keys.extend(known(lower.lower));
        keys.extend(known(fold.fold));
        self.keys_by_pattern(exact, forms.fold(), script, keys);
        // The stemmers want words as they are spelled; `lower` has its tone marks elsewhere.
        if stems.is_some() {
            self.key_of_stem(&exact.to_lowercase(), stems, keys);
        }
        if let Some(word) = without_irish_prefix(exact) {
            self.keys_of_word(word, script, None, forms, keys);
        }
    }

    fn german_keys(&self, exact: &str, forms: &mut Keys, keys: &mut Vec<KeyId>) {
        if self.german.is_empty() && self.german_globs.is_empty() {
            return;
        }
        let german = forms.german(exact);
        keys.extend(self.german.get(german));
        self.german_globs.matching(german, keys);
    }

    fn keys_by_pattern(&self, exact: &str, fold: &str, script: Script, keys: &mut Vec<KeyId>) {
        self.fold_globs.matching(fold, keys);
        self.exact_globs.matching(exact, keys);
        if script == Script::Hangul && !self.prefixes.is_empty() {
            let ends = fold.char_indices().map(|(at, c)| at + c.len_utf8());
            for end in ends.take_while(|end| *end <= self.longest_prefix) {
                keys.extend(fold.get(..end).and_then(|start| self.prefixes.get(start)));
            }
        }
    }

    fn key_of_stem(&self, lower: &str, stems: Option<StemsInUse>, keys: &mut Vec<KeyId>) {
        let Some(set) = stems.and_then(|StemsInUse(place)| self.stems.get(place)) else {
            return;
        };
        keys.extend(set.keys.get(set.stemmer.stem(lower).as_ref()));
    }
}

fn intern(map: &mut WordMap<KeyId>, word: &str, frequency: f32, keys: &mut Counter) -> KeyId {
    let key = map.get_or_insert_with(word, || keys.next(frequency));
    key.map_or(NONE, |key| *key)
}

/// The key in a slot; a new one where there is none.
fn assign(slot: Option<&mut KeyId>, word: &str, keys: &mut Counter) -> KeyId {
    let Some(slot) = slot else { return NONE };
    if *slot == NONE {
        *slot = keys.next(frequency::of_word(word));
    }
    *slot
}

/// The language whose stems a tag stands for: both written forms of Norwegian share theirs.
fn stem_language(tag: &str) -> String {
    match primary_language(tag).as_str() {
        "nb" | "nn" => "no".to_owned(),
        other => other.to_owned(),
    }
}

/// Letters of an Irish word behind a prefix; names such as `nAMD` are no longer.
const MIN_IRISH_LETTERS: usize = 4;

/// An Irish word without the small letter that grammar puts before its capital: an tUachtarán, na hÉireann.
fn without_irish_prefix(exact: &str) -> Option<&str> {
    let word = exact.strip_prefix(['h', 'n', 't'])?;
    let capital = word.chars().next()?;
    let has_prefix = match capital {
        'A' | 'E' | 'I' | 'O' | 'U' | 'Á' | 'É' | 'Í' | 'Ó' | 'Ú' => true,
        'S' => exact.starts_with('t'),
        _ => false,
    };
    (has_prefix && word.chars().count() >= MIN_IRISH_LETTERS).then_some(word)
}

fn known(key: KeyId) -> Option<KeyId> {
    (key != NONE).then_some(key)
}

fn normal_tag(tag: &str) -> String {
    tag.trim().to_ascii_lowercase().replace('_', "-")
}
