//! An article as the queries see it: for each key the places where it stands.
//!
//! Holds what one article needs, and is used again for the next one. Of what is known of keys a bit each is cleared, which
//! says whether the rest counts: few keys occur, and thousands are asked for that do not.

use super::expressions::Expressions;
use super::field_set::{Fields, TEXT_FIELDS};
use super::key::KeyId;
use super::place::Place;
use super::program::KeySet;
use super::prose::Prose;
use super::vocabulary::Vocabulary;
use super::words::{Keys, Reading, Word, Words};
use crate::domain::{ArticleText, Field};

/// The words of an article and the keys they have.
#[derive(Debug, Default)]
pub(crate) struct Article {
    fields: [FieldWords; TEXT_FIELDS.len()],
    /// For each key whether the article has it, in blocks of [`BLOCK`].
    present: Vec<u64>,
    /// What is known of the keys that it has.
    seen: Vec<Seen>,
    postings: Vec<Posting>,
    /// Every key of the article, once.
    keys: Vec<KeyId>,
    /// The places of each regular expression that matched.
    regex_places: Vec<(usize, Vec<Place>)>,
    forms: Keys,
}

#[derive(Debug, Default)]
struct FieldWords {
    words: Words,
    /// The keys of all words, one word after the other.
    keys: Vec<KeyId>,
    /// For each word, where its keys end in `keys`.
    key_ends: Vec<u32>,
}

/// Keys in a block of bits.
const BLOCK: usize = 64;

/// What is known of a key in the present article.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    fields: Fields,
    first: u32,
    last: u32,
}

/// A word that has a key, and the next one.
#[derive(Debug, Clone, Copy)]
struct Posting {
    field: u8,
    word: u32,
    next: u32,
}

/// The end of a list of postings.
const END: u32 = u32::MAX;

impl Article {
    /// Reads an article, in place of the one before.
    pub(crate) fn read(
        &mut self,
        text: &ArticleText<'_>,
        vocabulary: &Vocabulary,
        fields: Fields,
        expressions: &Expressions,
    ) {
        self.start(vocabulary.len());
        for key in vocabulary.keys_of_language(text.lang) {
            self.note(key, Fields::ALL);
        }
        for (place, field) in (0..).zip(TEXT_FIELDS) {
            if let Some(words) = self.fields.get_mut(usize::from(place)) {
                words.words.clear();
                words.keys.clear();
                words.key_ends.clear();
            }
            if fields.meets(Fields::at(place)) {
                self.read_field(place, field, text, vocabulary);
            }
        }
        self.search(text, expressions);
    }

    fn start(&mut self, keys: usize) {
        self.present.clear();
        self.present.resize(keys.div_ceil(BLOCK), 0);
        self.seen.resize(keys, Seen::default());
        self.postings.clear();
        self.keys.clear();
        self.regex_places.clear();
    }

    fn read_field(
        &mut self,
        place: u8,
        field: Field,
        text: &ArticleText<'_>,
        vocabulary: &Vocabulary,
    ) {
        let Some(slot) = self.fields.get_mut(usize::from(place)) else {
            return;
        };
        let mut read = std::mem::take(slot);
        match field {
            Field::Title => read.words.read(text.title, Reading::Prose, 0),
            Field::Body => read.words.read(text.text, Reading::Prose, 0),
            Field::FeedTitle => read.words.read(feed_title(text), Reading::Prose, 0),
            Field::FeedSummary => read.words.read(feed_summary(text), Reading::Prose, 0),
            Field::Author => read.words.read(text.author, Reading::Label, 0),
            Field::Source => read.words.read(text.source, Reading::Label, 0),
            Field::Url => read.words.read(text.url, Reading::Label, 0),
            Field::Tag => read_tags(text.tags, &mut read.words),
            Field::Lang => {}
        }
        let stems = vocabulary.stems_for(text.lang);
        let mut forms = std::mem::take(&mut self.forms);
        for (number, word) in (0..).zip(read.words.all()) {
            let letters = read.words.letters(word);
            let from = read.keys.len();
            vocabulary.keys_of_word(letters, word.script, stems, &mut forms, &mut read.keys);
            for key in read.keys.get(from..).unwrap_or_default() {
                self.post(*key, place, number);
            }
            read.key_ends
                .push(u32::try_from(read.keys.len()).unwrap_or(u32::MAX));
        }
        self.forms = forms;
        if let Some(slot) = self.fields.get_mut(usize::from(place)) {
            *slot = read;
        }
    }

    /// Notes that the article has a key.
    fn note(&mut self, key: KeyId, fields: Fields) {
        let (block, bit) = bit(key);
        let (Some(present), Some(seen)) =
            (self.present.get_mut(block), self.seen.get_mut(index(key.0)))
        else {
            return;
        };
        if *present & bit != 0 {
            seen.fields = seen.fields.and(fields);
            return;
        }
        *present |= bit;
        *seen = Seen {
            fields,
            first: END,
            last: END,
        };
        self.keys.push(key);
    }

    fn post(&mut self, key: KeyId, field: u8, word: u32) {
        self.note(key, Fields::at(field));
        let Ok(posting) = u32::try_from(self.postings.len()) else {
            return;
        };
        let Some(seen) = self.seen.get_mut(index(key.0)) else {
            return;
        };
        if let Some(last) = self.postings.get_mut(index(seen.last)) {
            last.next = posting;
        } else {
            seen.first = posting;
        }
        seen.last = posting;
        self.postings.push(Posting {
            field,
            word,
            next: END,
        });
    }

    /// Runs the regular expressions of which a required text occurs, and those that require none.
    fn search(&mut self, text: &ArticleText<'_>, expressions: &Expressions) {
        if expressions.list.is_empty() {
            return;
        }
        let proses: Vec<Vec<Prose<'_>>> = TEXT_FIELDS
            .iter()
            .map(|field| match field {
                Field::Title => vec![Prose::new(text.title, 0)],
                Field::Body => vec![Prose::new(text.text, 0)],
                Field::FeedTitle => vec![Prose::new(feed_title(text), 0)],
                Field::FeedSummary => vec![Prose::new(feed_summary(text), 0)],
                Field::Author => vec![Prose::new(text.author, 0)],
                Field::Source => vec![Prose::new(text.source, 0)],
                Field::Url => vec![Prose::new(text.url, 0)],
                Field::Tag => tag_offsets(text.tags)
                    .map(|(tag, offset)| Prose::new(tag, offset))
                    .collect(),
                Field::Lang => Vec::new(),
            })
            .collect();
        for place in expressions.candidates(&proses) {
            let Some(expression) = expressions.list.get(place) else {
                continue;
            };
            let mut places = Vec::new();
            for (field, proses) in (0..).zip(&proses) {
                if expression.fields.meets(Fields::at(field)) {
                    for prose in proses {
                        prose.find(&expression.regex, field, &mut places);
                    }
                }
            }
            if !places.is_empty() {
                let fields = places.iter().fold(Fields::default(), |all, place| {
                    all.and(Fields::at(place.field))
                });
                self.note(expression.key, fields);
                self.regex_places.push((place, places));
            }
        }
    }

    /// How many words were read.
    pub(crate) fn len(&self) -> usize {
        self.fields
            .iter()
            .map(|field| field.words.all().len())
            .sum()
    }

    /// Every key of the article, once.
    pub(crate) fn keys(&self) -> &[KeyId] {
        &self.keys
    }

    /// True if a word in one of the fields has the key.
    #[inline]
    pub(crate) fn has(&self, key: KeyId, fields: Fields) -> bool {
        self.seen(key).is_some_and(|seen| seen.fields.meets(fields))
    }

    /// What is known of a key that the article has.
    #[inline]
    fn seen(&self, key: KeyId) -> Option<&Seen> {
        let (block, bit) = bit(key);
        let is_present = self
            .present
            .get(block)
            .is_some_and(|block| block & bit != 0);
        is_present.then(|| self.seen.get(index(key.0))).flatten()
    }

    /// The places of a regular expression in some fields.
    pub(crate) fn places_of_regex(&self, expression: usize, fields: Fields) -> Vec<Place> {
        self.regex_places
            .iter()
            .filter(|(place, _)| *place == expression)
            .flat_map(|(_, places)| places)
            .filter(|place| fields.meets(Fields::at(place.field)))
            .copied()
            .collect()
    }

    /// The words in some fields that have the key: the field, and the place among its words.
    pub(crate) fn words_with(
        &self,
        key: KeyId,
        fields: Fields,
    ) -> impl Iterator<Item = (u8, usize)> + '_ {
        let first = self
            .seen(key)
            .filter(|seen| seen.fields.meets(fields))
            .and_then(|seen| self.postings.get(index(seen.first)));
        std::iter::successors(first, |posting| self.postings.get(index(posting.next)))
            .filter(move |posting| fields.meets(Fields::at(posting.field)))
            .map(|posting| (posting.field, index(posting.word)))
    }

    /// The word of a field by its place among them.
    pub(crate) fn word(&self, field: u8, place: usize) -> Option<&Word> {
        self.words(field)?.words.all().get(place)
    }

    /// The words of a field, by their places, that start at `position`.
    pub(crate) fn words_at(&self, field: u8, position: u32) -> impl Iterator<Item = usize> + '_ {
        let words = self.words(field).map(|field| &field.words);
        let first = words.and_then(|words| words.first_at(position));
        first
            .into_iter()
            .flat_map(|first| first..)
            .take_while(move |place| {
                words
                    .and_then(|words| words.all().get(*place))
                    .is_some_and(|word| word.position == position)
            })
    }

    /// True if the word has one of the keys.
    pub(crate) fn word_has(&self, field: u8, place: usize, keys: &KeySet) -> bool {
        let Some(words) = self.words(field) else {
            return false;
        };
        let end = |place: usize| words.key_ends.get(place).map_or(0, |end| index(*end));
        let start = place.checked_sub(1).map_or(0, end);
        let own = words.keys.get(start..end(place)).unwrap_or_default();
        keys.as_slice().iter().any(|key| own.contains(key))
    }

    fn words(&self, field: u8) -> Option<&FieldWords> {
        self.fields.get(usize::from(field))
    }
}

/// The feed's headline; nothing where it is no other than the page's.
fn feed_title<'t>(text: &ArticleText<'t>) -> &'t str {
    besides(text.feed_title, text.title)
}

/// The feed's summary; nothing where the text holds it.
fn feed_summary<'t>(text: &ArticleText<'t>) -> &'t str {
    besides(text.feed_summary, text.text)
}

/// What the feed says, unless the page says the same word for word: then nothing could be found in it that is not
/// found there. The words of feeds are often cut, and end in dots.
fn besides<'t>(of_feed: &'t str, of_page: &str) -> &'t str {
    let whole = of_feed.trim();
    let is_cut = ["…", "...", "…]", "...]"]
        .iter()
        .any(|end| whole.ends_with(end));
    let kept = if is_cut {
        whole.trim_end_matches(['…', '.', '[', ']', ' '])
    } else {
        whole
    };
    let Some((before, after)) = of_page.split_once(kept) else {
        return of_feed;
    };
    let starts = !before.ends_with(char::is_alphanumeric);
    let ends = is_cut || !after.starts_with(char::is_alphanumeric);
    if starts && ends { "" } else { of_feed }
}

/// The labels of an article are one text for offsets: each starts a line.
fn tag_offsets(tags: &[String]) -> impl Iterator<Item = (&str, u32)> {
    let mut offset = 0u32;
    tags.iter().map(move |tag| {
        let start = offset;
        let length = u32::try_from(tag.chars().count()).unwrap_or(u32::MAX);
        offset = offset.saturating_add(length).saturating_add(1);
        (tag.as_str(), start)
    })
}

fn read_tags(tags: &[String], words: &mut Words) {
    for (tag, offset) in tag_offsets(tags) {
        words.read(tag, Reading::Label, offset);
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The block of a key's bit, and the bit in it.
#[inline]
fn bit(key: KeyId) -> (usize, u64) {
    let place = index(key.0);
    (place / BLOCK, 1 << (place % BLOCK))
}
