//! The forms of a word by which it is compared.

use unicode_normalization::UnicodeNormalization as _;

use super::characters::{self, Class, Marks, character, spell};

const DOT_ABOVE: char = '\u{307}';

/// The case-folded and the accent-free form of a word; its exact form is the word itself.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    lower: String,
    fold: String,
    tones: String,
    german: String,
}

impl Keys {
    /// Works out the forms of a word in NFKC.
    pub(crate) fn set(&mut self, exact: &str) {
        self.lower.clear();
        self.fold.clear();
        self.tones.clear();
        if exact.is_ascii() {
            self.lower.push_str(exact);
            self.lower.make_ascii_lowercase();
            self.fold.push_str(&self.lower);
            return;
        }
        let (mut marks, mut has_marks) = (Marks::Kept, false);
        for c in exact.chars() {
            let known = character(c);
            if known.class == Class::Mark {
                self.set_mark(c, marks);
                has_marks = true;
                continue;
            }
            marks = known.marks;
            if let Some(forms) = known.forms {
                spell(&mut self.lower, forms.lower);
                spell(&mut self.fold, forms.fold);
                self.tones.extend(forms.tone);
            } else {
                let (lower, tones) = characters::lower_of(c);
                self.lower.push_str(&lower);
                self.tones.push_str(&tones);
                self.fold.push_str(&characters::fold_of(c));
            }
        }
        // Some capitals are spelled with a mark where the small letter is one character: H̱ and ẖ, J̌ and ǰ.
        if has_marks {
            self.lower = self.lower.nfc().collect();
        }
        // Old and new spelling put the tone on different vowels (hoà, hòa): it is compared apart from them.
        self.lower.push_str(&self.tones);
    }

    fn set_mark(&mut self, mark: char, on: Marks) {
        if on == Marks::Accents && characters::is_tone(mark) {
            self.tones.push(mark);
            return;
        }
        // Some programs make i and a dot of İ in small letters.
        if mark == DOT_ABOVE && self.lower.ends_with('i') {
            return;
        }
        let (lower, fold) = characters::mark_forms(mark, on);
        if let Some(mark) = lower {
            spell(&mut self.lower, mark);
        }
        if let Some(mark) = fold {
            spell(&mut self.fold, mark);
        }
    }

    /// The case-folded form: accents kept, tone marks at the end.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// The form of a word in NFKC without case and accents in which ä, ö and ü are written as in German: ae, oe, ue.
    pub(crate) fn german(&mut self, exact: &str) -> &str {
        self.german.clear();
        for c in exact.chars() {
            match c {
                'ä' | 'Ä' => self.german.push_str("ae"),
                'ö' | 'Ö' => self.german.push_str("oe"),
                'ü' | 'Ü' => self.german.push_str("ue"),
                _ if c.is_ascii() => self.german.push(c.to_ascii_lowercase()),
                _ => self.german.push_str(&characters::fold_of(c)),
            }
        }
        &self.german
    }

    /// The form without case and accents.
    pub(crate) fn fold(&self) -> &str {
        &self.fold
    }
}
