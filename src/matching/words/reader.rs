//! From normalised characters to words: where one starts and ends, and where it stands.

use super::characters::{Class, is_gershayim, is_hebrew_letter, is_okina};
use super::units::{PlainWord, Reading, Unit};
use super::{Gap, Script, Word, Words};
use crate::matching::sentences::keeps_its_stop;

/// Cuts units into words; lives as long as one text.
pub(super) struct Reader<'w> {
    words: &'w mut Words,
    reading: Reading,
    next_position: u32,
    starts_paragraph: bool,
    line_ends: u32,
    after_return: bool,
    space_after_hyphen: bool,
    gap: Gap,
    /// What stands after the last word that can end a sentence.
    stop: Stop,
    /// What of it a space follows, as it does where a sentence ends.
    ended: Stop,
    /// Other readings of words of the chain, at the same place: with the s of a possessive, without the mark of a note.
    others: Vec<Word>,
    /// The first word of the chain of hyphenated words that is being read.
    chain: Option<usize>,
}

/// What can end a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    None,
    /// One full stop, which may belong to a shortened word.
    Full,
    /// Any other sign.
    Certain,
}

impl<'w> Reader<'w> {
    pub(super) fn new(words: &'w mut Words, reading: Reading) -> Self {
        let next_position = u32::try_from(words.at_position.len()).unwrap_or(u32::MAX);
        // A text that follows another starts a paragraph.
        let starts_paragraph = !words.list.is_empty();
        Self {
            words,
            reading,
            next_position,
            starts_paragraph,
            line_ends: 0,
            after_return: false,
            space_after_hyphen: false,
            gap: Gap::First,
            stop: Stop::None,
            ended: Stop::None,
            others: Vec::new(),
            chain: None,
        }
    }

    pub(super) fn read(&mut self, units: &[Unit]) {
        let mut rest = units;
        while let Some((unit, after)) = rest.split_first() {
            rest = match unit.class {
                Class::Letter | Class::Digit | Class::Hangul | Class::Wild => {
                    self.read_run(*unit, rest)
                }
                Class::Unspaced | Class::Emoji | Class::Flag => self.read_character(*unit, rest),
                _ => {
                    self.read_gap(*unit);
                    after
                }
            };
        }
    }

    /// Reads a word, and the blank before it.
    pub(super) fn read_plain(&mut self, word: PlainWord<'_>) {
        if word.after_blank {
            self.after_return = false;
            self.note_space();
        }
        let letters_from = self.words.letters.len();
        self.words.letters.push_str(word.letters);
        let first = word.letters.chars().next().unwrap_or_default();
        self.push_word(
            letters_from,
            first,
            (word.start, word.end),
            Script::Spaced,
            false,
        );
    }

    pub(super) fn finish(&mut self) {
        self.end_chain();
    }

    /// Notes what stands between two words.
    fn read_gap(&mut self, unit: Unit) {
        let after_return = std::mem::replace(&mut self.after_return, unit.c == '\r');
        match unit.class {
            // A mark or an invisible character without a letter before it is nothing to a reader.
            Class::Invisible | Class::Mark => {}
            Class::LineEnd => {
                // CR LF is one line end.
                self.line_ends += u32::from(unit.c != '\n' || !after_return);
                self.note_space();
            }
            Class::ParagraphEnd => {
                self.line_ends += 2;
                self.note_space();
            }
            Class::Space => self.note_space(),
            Class::Apostrophe if self.gap == Gap::Nothing => {
                let joins = is_okina(unit.c) || self.words.joins_at_apostrophe();
                self.gap = if joins { Gap::Okina } else { Gap::Apostrophe };
            }
            Class::Hyphen if self.gap == Gap::Nothing => self.gap = Gap::Hyphen,
            Class::MiddleDot if self.gap == Gap::Nothing => {
                let last = self.words.list.last();
                if last.is_some_and(|last| last.script != Script::Unspaced) {
                    self.gap = Gap::Hyphen;
                }
            }
            Class::Sign
                if matches!(unit.c, '&' | '+') && matches!(self.gap, Gap::Nothing | Gap::Space) =>
            {
                self.gap = Gap::And;
                self.line_ends = 0;
            }
            _ => {
                self.note_stop(unit);
                self.gap = Gap::Signs;
                self.line_ends = 0;
            }
        }
        self.starts_paragraph |= self.line_ends > 1 && !self.words.list.is_empty();
    }

    fn note_stop(&mut self, unit: Unit) {
        match unit.class {
            Class::Dot if self.stop == Stop::None => self.stop = Stop::Full,
            Class::Dot | Class::Stop => self.stop = Stop::Certain,
            _ => {}
        }
        // No space follows those of East Asia.
        if unit.class == Class::Stop && !unit.c.is_ascii() {
            self.ended = Stop::Certain;
        }
    }

    fn note_space(&mut self) {
        self.ended = self.ended.max(self.stop);
        self.space_after_hyphen |= self.gap == Gap::Hyphen;
        self.gap = match self.gap {
            Gap::Nothing => Gap::Space,
            Gap::Apostrophe | Gap::Okina => Gap::Signs,
            other => other,
        };
    }

    /// A run of letters and digits, or single letters with dots.
    fn read_run<'u>(&mut self, first: Unit, units: &'u [Unit]) -> &'u [Unit] {
        let script = match first.class {
            Class::Hangul => Script::Hangul,
            _ => Script::Spaced,
        };
        let letters_from = self.words.letters.len();
        let dotted = match script {
            Script::Spaced => dotted_letters(units, &mut self.words.letters),
            _ => 0,
        };
        let length = if dotted > 0 {
            dotted
        } else {
            run(units, script, &mut self.words.letters)
        };
        let (word, rest) = units.split_at_checked(length).unwrap_or_default();
        let possessive = possessive(rest);
        let s = rest
            .get(..possessive)
            .and_then(<[_]>::last)
            .filter(|_| script == Script::Spaced);
        if self.reading == Reading::Term {
            let with_s = s.is_some_and(|s| !is_possessive_of_acronym(word, s.c));
            self.words.letters.extend(s.filter(|_| with_s).map(|s| s.c));
            let length = length + if with_s { possessive } else { 0 };
            self.push(letters_from, units.get(..length), script, dotted > 0);
        } else {
            self.push(letters_from, Some(word), script, dotted > 0);
            if s.is_some() || word.last().is_some_and(|last| last.class == Class::Digit) {
                self.push_others(word, s);
            }
        }
        rest.get(possessive..).unwrap_or_default()
    }

    /// Adds the other readings of the word that was pushed last: a name may hold its ’s, and not the figure of a note.
    fn push_others(&mut self, units: &[Unit], s: Option<&Unit>) {
        let Some(word) = self.words.list.last() else {
            return;
        };
        if let Some(s) = s {
            let mut with_s = word.clone();
            self.words.letters.push(s.c);
            with_s.letters.end = place_of(self.words.letters.len());
            with_s.end = s.end;
            self.others.push(with_s);
        } else if let Some(figures) = note_figures(units) {
            let mut bare = word.clone();
            let last = units.len().checked_sub(figures + 1);
            if let Some(last) = last.and_then(|last| units.get(last)) {
                bare.letters.end = bare.letters.end.saturating_sub(place_of(figures));
                bare.end = last.end;
                self.others.push(bare);
            }
        }
    }

    /// A character that is a word of its own, with its marks.
    fn read_character<'u>(&mut self, first: Unit, units: &'u [Unit]) -> &'u [Unit] {
        let (script, partner) = match first.class {
            Class::Unspaced => (Script::Unspaced, None),
            Class::Flag => (Script::Emoji, Some(Class::Flag)),
            _ => (Script::Emoji, None),
        };
        let letters_from = self.words.letters.len();
        let mut length = 0;
        let mut halves = 0;
        for unit in units {
            let belongs = length == 0
                || unit.class == Class::Mark
                || (Some(unit.class) == partner && halves < 2);
            if !belongs {
                break;
            }
            halves += usize::from(Some(unit.class) == partner);
            self.words.letters.push(unit.c);
            length += 1;
        }
        self.push(letters_from, units.get(..length), script, false);
        let rest = units.get(length..).unwrap_or_default();
        rest.get(possessive(rest)..).unwrap_or_default()
    }

    fn push(
        &mut self,
        letters_from: usize,
        units: Option<&[Unit]>,
        script: Script,
        is_dotted: bool,
    ) {
        let Some((first, last)) = units.and_then(|units| Some((units.first()?, units.last()?)))
        else {
            return;
        };
        let place = (first.start, last.end);
        self.push_word(letters_from, first.c, place, script, is_dotted);
    }

    fn push_word(
        &mut self,
        letters_from: usize,
        first: char,
        (start, end): (u32, u32),
        script: Script,
        is_dotted: bool,
    ) {
        if self.starts_paragraph {
            self.end_chain();
            let next = u32::try_from(self.words.list.len()).unwrap_or(u32::MAX);
            self.words.at_position.push(next);
            self.next_position = self.next_position.saturating_add(1);
        }
        // A hyphen at the end of a line joins; before a mere space it does not: "pre- and post-war".
        if self.space_after_hyphen && (self.line_ends == 0 || self.starts_paragraph) {
            self.gap = Gap::Signs;
        }
        if !self.continues_chain(script) {
            self.end_chain();
        }
        let begins_sentence = self.stop != Stop::None && self.begins_sentence(first);
        let place = self.words.list.len();
        self.words
            .at_position
            .push(u32::try_from(place).unwrap_or(u32::MAX));
        self.words.list.push(Word {
            position: self.next_position,
            last_position: self.next_position,
            start,
            end,
            gap: self.gap,
            script,
            is_dotted,
            begins_sentence,
            letters: place_of(letters_from)..place_of(self.words.letters.len()),
        });
        self.chain.get_or_insert(place);
        self.next_position = self.next_position.saturating_add(1);
        self.starts_paragraph = false;
        self.line_ends = 0;
        self.space_after_hyphen = false;
        self.stop = Stop::None;
        self.ended = Stop::None;
        self.gap = Gap::Nothing;
    }

    /// True if the stop before a word with this first letter ended a sentence. In a query every stop is meant.
    fn begins_sentence(&self, first: char) -> bool {
        if self.reading == Reading::Term {
            return true;
        }
        if self.gap != Gap::Signs || first.is_lowercase() || self.ended == Stop::None {
            return false;
        }
        let last = self.words.list.last();
        last.is_some_and(|last| {
            self.ended == Stop::Certain || !keeps_its_stop(self.words.letters(last), "")
        })
    }

    /// True if what stands before a new word joins it to the last one.
    fn continues_chain(&self, script: Script) -> bool {
        let last = self.words.list.last();
        self.reading != Reading::Term
            && matches!(self.gap, Gap::Hyphen | Gap::Okina)
            && matches!(script, Script::Spaced | Script::Hangul)
            && last.is_some_and(|last| last.script == script)
    }

    /// Adds the joined forms of the chain that ends here: each neighbouring pair, and the whole.
    fn end_chain(&mut self) {
        let Some(first) = self.chain.take() else {
            return;
        };
        // Nearly every word stands by itself.
        if first + 1 < self.words.list.len() || !self.others.is_empty() {
            self.join_chain(first);
        }
    }

    fn join_chain(&mut self, first: usize) {
        let Words {
            list, at_position, ..
        } = &mut *self.words;
        let parts = list.get(first..).unwrap_or_default();
        let mut joined: Vec<Word> = parts
            .iter()
            .zip(parts.iter().skip(1))
            .map(|(left, right)| left.joined_with(right))
            .collect();
        if let (Some(left), Some(right)) = (parts.first(), parts.last())
            && parts.len() > 2
        {
            joined.push(left.joined_with(right));
        }
        list.extend(joined);
        list.append(&mut self.others);
        let chain = list.get_mut(first..).unwrap_or_default();
        chain.sort_by_key(|word| (word.position, word.last_position));
        let mut last_seen = None;
        for (place, word) in chain.iter().enumerate() {
            if last_seen == Some(word.position) {
                continue;
            }
            last_seen = Some(word.position);
            let slot = usize::try_from(word.position)
                .ok()
                .and_then(|position| at_position.get_mut(position));
            if let (Some(slot), Ok(place)) = (slot, u32::try_from(first + place)) {
                *slot = place;
            }
        }
    }
}

/// No article is as long as this goes.
fn place_of(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The length in units of a run that starts at the first of them; its letters go to `letters`.
fn run(units: &[Unit], script: Script, letters: &mut String) -> usize {
    let class_at = |at: usize| units.get(at).map(|unit| unit.class);
    let mut length = 0;
    while let Some(unit) = units.get(length) {
        let after_digit = length > 0 && class_at(length - 1) == Some(Class::Digit);
        match (script, unit.class) {
            (Script::Spaced, Class::Letter | Class::Digit)
            | (Script::Hangul, Class::Hangul)
            | (_, Class::Mark | Class::Wild) => letters.push(unit.c),
            (Script::Spaced, Class::Dot)
                if after_digit && class_at(length + 1) == Some(Class::Digit) =>
            {
                letters.push('.');
            }
            (Script::Spaced, Class::Comma)
                if after_digit && is_thousands(units.get(length + 1..)) => {}
            (Script::Spaced, Class::Sign)
                if is_gershayim(unit.c) && is_inside_hebrew(units, length) => {}
            _ => break,
        }
        length += 1;
    }
    length
}

/// True if Hebrew letters stand on both sides of a unit.
fn is_inside_hebrew(units: &[Unit], at: usize) -> bool {
    let is_hebrew = |at: usize| units.get(at).is_some_and(|unit| is_hebrew_letter(unit.c));
    at.checked_sub(1).is_some_and(is_hebrew) && is_hebrew(at + 1)
}

/// Letters from which on a word with figures at its end is likely to bear the number of a note.
///
/// Names that end in figures are shorter (G7, CO2, MH370); in those that are not, such as Windows11, the name is found
/// without its number, which does no harm.
const MIN_NOTED_LETTERS: usize = 4;
/// Figures that the number of a note may have.
const MAX_NOTE_FIGURES: usize = 2;

/// How many figures at the end of a word may be the number of a note, if there are any: `Orphelia1`, `USA²`.
fn note_figures(units: &[Unit]) -> Option<usize> {
    let last = units.last().filter(|last| last.class == Class::Digit)?;
    let figures = units
        .iter()
        .rev()
        .take_while(|unit| unit.class == Class::Digit && unit.is_raised == last.is_raised)
        .count();
    let before = units.get(..units.len() - figures)?;
    let letters = before.iter().filter(|unit| unit.class == Class::Letter);
    let is_word = before
        .iter()
        .all(|unit| matches!(unit.class, Class::Letter | Class::Mark));
    let is_noted =
        last.is_raised || (figures <= MAX_NOTE_FIGURES && letters.count() >= MIN_NOTED_LETTERS);
    (is_word && is_noted && !before.is_empty()).then_some(figures)
}

/// True for `BP’s`: the small s after capitals is no part of the name, as it is in `McDonald’s`.
fn is_possessive_of_acronym(word: &[Unit], s: char) -> bool {
    let is_capital = |unit: &Unit| unit.class != Class::Letter || unit.c.is_uppercase();
    s == 's'
        && word.len() > 1
        && word.iter().all(is_capital)
        && word.iter().any(|unit| unit.c.is_uppercase())
}

/// True if exactly three digits come next.
fn is_thousands(units: Option<&[Unit]>) -> bool {
    let digits = units
        .unwrap_or_default()
        .iter()
        .take(4)
        .take_while(|unit| unit.class == Class::Digit)
        .count();
    digits == 3
}

/// The length in units of two or more single letters with dots between them, a last dot included; 0 if these
/// are none. The letters go to `letters`.
fn dotted_letters(units: &[Unit], letters: &mut String) -> usize {
    let letters_from = letters.len();
    let mut count = 0;
    let mut length = 0;
    while let Some(letter) = single_letter(units.get(length..).unwrap_or_default()) {
        letters.extend(letter.iter().map(|unit| unit.c));
        count += 1;
        length += letter.len();
        if units.get(length).map(|unit| unit.class) != Some(Class::Dot) {
            break;
        }
        length += 1;
    }
    if count < 2 {
        letters.truncate(letters_from);
        return 0;
    }
    length
}

/// A letter with its marks that no other letter or digit follows.
fn single_letter(units: &[Unit]) -> Option<&[Unit]> {
    let (first, rest) = units.split_first()?;
    let marks = rest
        .iter()
        .take_while(|unit| unit.class == Class::Mark)
        .count();
    let goes_on = rest
        .get(marks)
        .is_some_and(|unit| is_word_class(unit.class));
    (first.class == Class::Letter && !goes_on)
        .then(|| units.get(..=marks))
        .flatten()
}

fn is_word_class(class: Class) -> bool {
    matches!(
        class,
        Class::Letter | Class::Digit | Class::Hangul | Class::Wild | Class::Mark
    )
}

/// The length of a possessive `’s` at the start of `units`; it belongs to no word and takes no position.
fn possessive(units: &[Unit]) -> usize {
    let [apostrophe, s, rest @ ..] = units else {
        return 0;
    };
    let ends = rest.first().is_none_or(|unit| !is_word_class(unit.class));
    let is_possessive = apostrophe.class == Class::Apostrophe && matches!(s.c, 's' | 'S') && ends;
    if is_possessive { 2 } else { 0 }
}
