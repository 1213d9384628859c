//! Text as people read it: one space between words, no invisible characters, composed letters.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Collects pieces of text with their white space collapsed.
#[derive(Debug, Default, Clone)]
pub(super) struct TextBuffer {
    text: String,
    space_due: bool,
}

/// A place in a text that is being collected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// The bytes before it.
    pub(super) length: usize,
    space_due: bool,
}

impl TextBuffer {
    /// Appends a piece; white space at its ends separates it from its neighbours.
    pub(super) fn push(&mut self, piece: &str) {
        let mut rest = piece;
        loop {
            // Most of all text is such runs, and a run is copied at once.
            let (visible, after) = rest.split_at_checked(plain_run(rest)).unwrap_or((rest, ""));
            if !visible.is_empty() {
                self.separate();
                self.text.push_str(visible);
            }
            let mut chars = after.chars();
            let Some(c) = chars.next() else {
                return;
            };
            if is_space(c) {
                self.space_due = !self.text.is_empty();
            } else if !is_invisible(c) {
                self.separate();
                self.text.push(c);
            }
            rest = chars.as_str();
        }
    }

    fn separate(&mut self) {
        if self.space_due {
            self.text.push(' ');
            self.space_due = false;
        }
    }

    /// Separates what was pushed from what follows by a space.
    pub(super) fn push_space(&mut self) {
        self.space_due = !self.text.is_empty();
    }

    /// Joins what follows to what was pushed, whatever stands between them.
    pub(super) fn join(&mut self) {
        self.space_due = false;
    }

    /// Tells whether nothing readable has been pushed.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Tells whether it ends with a small letter or a digit.
    pub(super) fn ends_small(&self) -> bool {
        let last = self.text.chars().next_back();
        !self.space_due && last.is_some_and(|last| last.is_lowercase() || last.is_ascii_digit())
    }

    /// The number of bytes collected so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where the collected text ends now, to go back to.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            length: self.text.len(),
            space_due: self.space_due,
        }
    }

    /// What had been collected when it was so many bytes long, and what has come since.
    pub(super) fn split_at(&self, length: usize) -> (&str, &str) {
        self.text
            .split_at_checked(length)
            .unwrap_or((&self.text, ""))
    }

    /// Forgets what was pushed since the mark.
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.text.truncate(mark.length);
        self.space_due = mark.space_due;
    }

    /// Hands the text over, composed, and starts again.
    pub(super) fn take(&mut self) -> String {
        self.space_due = false;
        composed(std::mem::take(&mut self.text))
    }
}

/// How many bytes a text begins with that are its words as they are to be: visible characters of ASCII, with single spaces
/// between them.
fn plain_run(text: &str) -> usize {
    // As if a space stood before it: a run begins with a word.
    let mut before = b' ';
    let length = text.bytes().position(|byte| {
        let ends = !byte.is_ascii_graphic() && (byte != b' ' || before == b' ');
        before = byte;
        ends
    });
    let run = text.get(..length.unwrap_or(text.len())).unwrap_or_default();
    run.strip_suffix(' ').unwrap_or(run).len()
}

/// Collapses white space, drops invisible characters and composes letters.
pub(super) fn clean(text: &str) -> String {
    let mut buffer = TextBuffer::default();
    buffer.push(text);
    buffer.take()
}

/// Cleans, and gives nothing for an empty text.
pub(super) fn clean_some(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.is_empty())
}

/// Windows-1258 and some editors write Vietnamese letters and their marks apart; terms are written composed.
fn composed(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text;
    }
    text.nfc().collect()
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\u{85}' || c == '\u{3000}' || c == '\u{2800}'
}

/// Characters that print nothing and would split a word for a matcher. The joiners U+200C and U+200D are
/// kept: Persian and Indic words need them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{FFFC}' | '\u{180E}'
        )
}

/// The weight of a text in characters of alphabetic script: one ideograph or syllable counts as two, for it
/// says as much.
pub(super) fn weight(text: &str) -> usize {
    // The first bytes of such characters; Latin, Greek, Cyrillic, Arabic and quotation marks have none of them.
    let can_be_dense = |byte: u8| byte == 0xE1 || byte >= 0xE3;
    // All of them are looked at, which the processor does many at a time.
    let may_be_dense = text
        .bytes()
        .fold(false, |found, byte| found | can_be_dense(byte));
    let dense = if may_be_dense {
        text.chars().filter(|&c| is_dense_script(c)).count()
    } else {
        0
    };
    text.chars().count() + dense
}

/// Scripts whose characters carry a syllable or a word.
pub(super) fn is_dense_script(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}')
}

/// Counts marks that end or divide sentences, in any script.
pub(super) fn sentence_marks(text: &str) -> usize {
    text.chars()
        .filter(|&c| is_sentence_mark(c) || is_comma(c))
        .count()
}

/// Tells whether a text ends as a sentence does, closing quotes and brackets aside.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '”' | '’' | '»' | '«' | '“' | ')' | ']' | '」' | '』' | '）'
            )
    })
    .chars()
    .next_back()
    .is_some_and(is_sentence_mark)
}

/// Tells whether a line reads as a sentence: it ends as one, or is of a script that marks no end.
pub(super) fn reads_as_sentence(text: &str) -> bool {
    ends_sentence(text) || text.chars().next_back().is_some_and(is_unmarked)
}

/// Scripts whose sentences end without a mark.
fn is_unmarked(c: char) -> bool {
    matches!(c, '\u{0E01}'..='\u{0EDF}' | '\u{1780}'..='\u{17D3}')
}

fn is_sentence_mark(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '。'
            | '！'
            | '？'
            | '؟'
            | '।'
            | '॥'
            | '۔'
            | '။'
            | '၊'
            | '։'
            | '።'
            | '៕'
            | '។'
            | '．'
    )
}

fn is_comma(c: char) -> bool {
    matches!(c, ',' | ';' | '،' | '、' | '，' | '؛' | '；')
}

/// The words of a text in lower case, without marks between them.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !is_of_word(c))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

fn is_of_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_mark_in_word(c)
}

/// Marks inside words that are no letters: tones of Thai and Lao, and signs of Indic scripts that join consonants.
fn is_mark_in_word(c: char) -> bool {
    matches!(c, '\u{0E47}'..='\u{0E4E}' | '\u{0EC8}'..='\u{0ECD}' | '\u{093C}' | '\u{094D}' | '\u{09BC}' | '\u{09CD}'
        | '\u{0A3C}' | '\u{0A4D}' | '\u{0ABC}' | '\u{0ACD}' | '\u{0B4D}' | '\u{0BCD}' | '\u{0C4D}' | '\u{0CCD}' | '\u{0D4D}'
        | '\u{0DCA}' | '\u{1037}' | '\u{1039}' | '\u{103A}' | '\u{17CB}'..='\u{17D3}')
}

/// The words of a text in lower case; in scripts that put no space between words, the characters by twos.
pub(super) fn units(text: &str) -> impl Iterator<Item = String> {
    words(text).flat_map(|word| {
        if !word.chars().any(is_unspaced) {
            return vec![word];
        }
        let chars: Vec<char> = word.chars().collect();
        if chars.len() < 3 {
            return vec![word];
        }
        chars.windows(2).map(|two| two.iter().collect()).collect()
    })
}

/// Scripts that are written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
        || (is_dense_script(c) && !matches!(c, '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}'))
}

/// Folds a text to its words, so that two writings of one line compare equal.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut separated = false;
    let mut rest = text;
    loop {
        let mut read = 0;
        // Most of all text is such bytes, which need not be put together to characters.
        for byte in rest.bytes().take_while(u8::is_ascii) {
            if byte.is_ascii_alphanumeric() {
                separate(&mut out, &mut separated);
                out.push(char::from(byte.to_ascii_lowercase()));
            } else {
                separated = !out.is_empty();
            }
            read += 1;
        }
        let mut chars = rest.get(read..).unwrap_or_default().chars();
        let Some(c) = chars.next() else {
            return out;
        };
        // How a word ends decides about the small letter of this one.
        if c == 'Σ' {
            return words(text).collect::<Vec<_>>().join(" ");
        }
        if is_of_word(c) {
            separate(&mut out, &mut separated);
            out.extend(c.to_lowercase());
        } else {
            separated = !out.is_empty();
        }
        rest = chars.as_str();
    }
}

/// Puts a space where one is due.
fn separate(out: &mut String, is_due: &mut bool) {
    if std::mem::take(is_due) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_of_every_kind_become_one() {
        assert_eq!(clean("  a\u{A0}\u{A0} b\n\t\u{3000}c "), "a b c");
    }

    #[test]
    fn invisible_characters_do_not_split_words() {
        assert_eq!(clean("co\u{AD}op\u{200B}er\u{FEFF}ate\u{0}"), "cooperate");
    }

    #[test]
    fn letters_and_their_marks_are_composed() {
        assert_eq!(clean("Bie\u{302}\u{309}n"), "Biển");
    }

    #[test]
    fn pieces_join_without_an_invented_space() {
        let mut buffer = TextBuffer::default();
        buffer.push("under");
        buffer.push("line ");
        buffer.push("it");
        assert_eq!(buffer.take(), "underline it");
    }

    #[test]
    fn marks_of_tones_and_joints_do_not_split_words() {
        assert_eq!(folded("อ่านต่อ: सब्सक्राइब"), "อ่านต่อ सब्सक्राइब");
    }

    #[test]
    fn folding_is_the_words_in_lower_case_in_every_script() {
        for text in [
            "",
            " – ",
            "“Night Ferries”, they said: NO.",
            "ΟΔΟΣ ΤΗΣ ΠΟΛΗΣ",
            "İstanbul’da GÜN",
            "南海 渡し船!",
            "อ่านต่อ: सब्सक्राइब",
            "Biển Đông",
        ] {
            assert_eq!(folded(text), words(text).collect::<Vec<_>>().join(" "));
        }
    }

    #[test]
    fn characters_of_dense_scripts_weigh_twice() {
        for (text, expected) in [
            ("", 0),
            ("night", 5),
            ("Biển “đêm” …", 12),
            ("南海", 4),
            ("渡し船 a", 8),
            ("한국", 4),
            ("𠀀ทะ", 4),
            ("ᄀა", 3),
        ] {
            assert_eq!(weight(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_have_units() {
        let of = |text: &str| units(text).collect::<Vec<_>>().join("|");
        assert_eq!(of("Night ferries"), "night|ferries");
        assert_eq!(of("南海 渡し船"), "南海|渡し|し船");
        assert_eq!(of("ทะเล"), "ทะ|ะเ|เล");
    }

    #[test]
    fn a_sentence_ends_before_its_closing_quote() {
        assert!(ends_sentence("He said “no.”"));
        assert!(!ends_sentence("Read more"));
    }
}
