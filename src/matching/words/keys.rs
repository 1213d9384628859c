//! The forms of a word by which it is compared.

use super::characters::{self, Class, character};

/// The case-folded and the accent-free form of a word; its exact form is the word itself.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    lower: String,
    fold: String,
    tones: String,
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
        let mut sheds_marks = false;
        for c in exact.chars() {
            let known = character(c);
            if known.class == Class::Mark {
                self.set_mark(c, sheds_marks);
                continue;
            }
            sheds_marks = known.sheds_marks;
            if let Some(forms) = known.forms {
                self.lower.push(forms.lower);
                self.fold.push(forms.fold);
                self.tones.extend(forms.tone);
            } else {
                let (lower, tones) = characters::lower_of(c);
                self.lower.push_str(&lower);
                self.tones.push_str(&tones);
                self.fold.push_str(&characters::fold_of(c));
            }
        }
        // Old and new spelling put the tone on different vowels (hoà, hòa): it is compared apart from them.
        self.lower.push_str(&self.tones);
    }

    fn set_mark(&mut self, mark: char, on_accented_script: bool) {
        if !on_accented_script {
            self.lower.push(mark);
            self.fold.push(mark);
        } else if characters::is_tone(mark) {
            self.tones.push(mark);
        } else {
            self.lower.push(mark);
        }
    }

    /// The case-folded form: accents kept, tone marks at the end.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// The form without case and accents.
    pub(crate) fn fold(&self) -> &str {
        &self.fold
    }
}
