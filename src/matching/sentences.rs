//! Where one sentence ends and the next begins, as far as a word or two can tell.
//!
//! Sentences are cut at two places, for two ends. The reader of words marks those that begin one while it reads them, for
//! phrases, which stay in their sentence, and for the comparisons of `story`: beside the reading that costs next to
//! nothing. [`sentence_bounds`] cuts a line that people are shown, with its language known, by UAX #29 and what is mended
//! over it: for a whole text of 5 kB that takes 0.4 to 0.9 ms, more than all else that an article costs, and so it is paid
//! for the lines of alerts alone. What both have to judge is judged here, once: whether a full stop is the end of a sentence
//! or of a word ([`keeps_its_stop`]), and which marks open what comes next ([`is_opening`]).

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation as _;

use super::key::WordHasher;

/// Shortened words after which a sentence goes on, in small letters; those without a vowel are known anyway.
const ABBREVIATIONS: &str = " adm amb approx art assoc ave bros capt cie col corp dept dist doc dott e.g eng est etc exc fig \
gen gov hon i.e inc ing insp jan feb mar apr aug sept oct nov dec lic maj messrs mme no nos op ord pres prof pte rep rev \
sen sra srta supt univ usw vol approx bzw ca d.h dipl evtl ggf inkl tel u.a z.b abb bd geb gest hl abt ing verf av \
avda cía dña gral núm pág tte exmo ilmo op.cit ecc on sig ott doç öğr yrd av sn alb ul św inż im pl al nám doc ing tř \
úr čp bc mudr judr phdr red or thos о г ул им пр проф акад ген гл рис стр тел т.е т.д вул ім обл св пл св. tp ts gs pgs";

/// True if the full stop after a word may belong to the word, so that the sentence goes on.
///
/// `word` is the word before the stop as it is written.
fn is_abbreviation(word: &str) -> bool {
    // No byte of UTF-8 is more than one letter, and most sentences end with a word that is too long.
    if word.len() > LONGEST * 4 || word.chars().nth(LONGEST).is_some() {
        return false;
    }
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 {
        let has_figures = word.bytes().any(|byte| byte.is_ascii_digit());
        return letters == 1 && !has_figures;
    }
    let has_case = word.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    if !has_case {
        // Where there are no capitals, titles are as short as elsewhere: د. محمد, डॉ. सिंह.
        let is_hangul = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}');
        return word.chars().count() <= SHORT && !word.chars().any(is_hangul);
    }
    let is_consonant = |byte: u8| byte.is_ascii_alphabetic() && !is_vowel(byte);
    if letters <= SHORT + 1 && word.bytes().all(is_consonant) {
        return true;
    }
    if word.chars().all(char::is_lowercase) {
        is_listed(word)
    } else {
        is_listed(&word.to_lowercase())
    }
}

/// True if the full stop after a word may belong to the word: it is shortened, ends with an initial, or counts in a
/// language that writes ordinals so; one that is not known may.
pub(crate) fn keeps_its_stop(word: &str, lang: &str) -> bool {
    let last_letters = word.rsplit('.').next().unwrap_or_default();
    is_abbreviation(word)
        || is_abbreviation(last_letters) && last_letters.chars().count() == 1
        || (has_ordinals(lang) && is_ordinal(word))
}

/// Whether a mark opens what comes next, so that no sentence ends with it. The straight sign closes as well, and is none.
pub(crate) fn is_opening(c: char) -> bool {
    matches!(c, '“' | '「' | '『' | '«' | '„' | '《' | '（' | '(')
}

fn is_listed(word: &str) -> bool {
    static LIST: OnceLock<HashSet<&str, BuildHasherDefault<WordHasher>>> = OnceLock::new();
    let list = LIST.get_or_init(|| ABBREVIATIONS.split(' ').collect());
    list.contains(word)
}

/// The most characters of a word in [`ABBREVIATIONS`].
const LONGEST: usize = 6;

/// The sentences of a line, in code points.
///
/// Over the rules of UAX #29: a shortened word, an ordinal, a mark inside a word or an address (`who?x=1`, `Yahoo!s`) and a
/// quotation that its sentence goes on after end none.
pub(crate) fn sentence_bounds(line: &str, lang: &str) -> Vec<Range<usize>> {
    let mut bounds: Vec<Range<usize>> = Vec::new();
    let mut sentence = String::new();
    let (mut start, mut at) = (0, 0);
    let pieces = line.split_sentence_bounds();
    for piece in pieces.flat_map(|piece| asked(piece, lang)) {
        if !sentence.is_empty() && !goes_on(&sentence, piece, lang) {
            bounds.push(start..at);
            sentence.clear();
            start = at;
        }
        sentence.push_str(piece);
        at += piece.chars().count();
    }
    if start < at {
        bounds.push(start..at);
    }
    give_back_opening_marks(line, &mut bounds);
    bounds
}

/// Where no space parts sentences, the mark that opens a quotation is taken for the end of the sentence before it: it
/// begins the next one.
fn give_back_opening_marks(line: &str, bounds: &mut [Range<usize>]) {
    if bounds.len() < 2 || !line.contains(is_opening) {
        return;
    }
    let letters: Vec<char> = line.chars().collect();
    let mut begins = None;
    for bound in bounds {
        if let Some(begins) = begins.take() {
            bound.start = begins;
        }
        let opens = |at: usize| letters.get(at).copied().is_some_and(is_opening);
        let until = bound.end;
        while bound.end > bound.start + 1 && until < letters.len() && opens(bound.end - 1) {
            bound.end -= 1;
        }
        begins = (bound.end < until).then_some(bound.end);
    }
}

/// The parts of a piece that ends no sentence by the rules of all languages: Greek asks with a semicolon.
fn asked<'t>(piece: &'t str, lang: &str) -> impl Iterator<Item = &'t str> {
    let is_greek = lang.split('-').next() == Some("el");
    let mark = if is_greek { "; " } else { "\n" };
    piece.split_inclusive(mark)
}

/// True if what looks like the end of a sentence is none, seen what follows.
fn goes_on(sentence: &str, next: &str, lang: &str) -> bool {
    let text = sentence.trim_end();
    let last = text.split_whitespace().next_back().unwrap_or_default();
    let next = next.trim_start().chars().next();
    let Some(end) = text.chars().next_back() else {
        return false;
    };
    // 「…。」と: the quotation is the object of what follows.
    if matches!(end, '」' | '』') {
        return matches!(next, Some('と' | 'は' | 'が' | 'を' | 'に' | 'で' | 'の'));
    }
    // “…？”她问。: who asked or called out is named behind it.
    if end == '”' && next.is_some_and(is_spaceless) {
        let said = text.trim_end_matches('”');
        return said.ends_with(['？', '！']);
    }
    let has_space = sentence.len() > text.len();
    let is_plain = matches!(end, '.' | '!' | '?' | ';');
    // Inside an address or a word nothing ends: there no space follows.
    if is_plain && !has_space && next.is_some_and(|c| c.is_alphanumeric() && !is_spaceless(c)) {
        return true;
    }
    // « Non ! » : the mark that closes belongs to what it closes.
    if next == Some('»') && text.matches('«').count() > text.matches('»').count() {
        return true;
    }
    // A small letter goes on, behind a closing quotation mark too.
    if next.is_some_and(char::is_lowercase) {
        return true;
    }
    let Some(word) = last.strip_suffix('.') else {
        return false;
    };
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    keeps_its_stop(word, lang)
}

/// Whether a letter is of a script that puts no space between sentences.
fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Letters up to which a word is likely to be a shortened one.
const SHORT: usize = 3;

fn is_vowel(byte: u8) -> bool {
    matches!(
        byte.to_ascii_lowercase(),
        b'a' | b'e' | b'i' | b'o' | b'u' | b'y'
    )
}

/// True for a figure that can count days and things with a full stop: `9. März`, `3. liga`.
fn is_ordinal(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Languages that write ordinal numbers as figures with a full stop.
const WITH_ORDINALS: &str =
    " de lb da no nb nn fo is fi et lv hu cs sk sl hr sr bs me pl tr az eu ";

/// True if texts in a language write ordinal numbers with a full stop; a language that is not known may.
fn has_ordinals(lang: &str) -> bool {
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    primary.is_empty() || WITH_ORDINALS.contains(&format!(" {} ", primary.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_initials_end_no_sentence_and_words_do() {
        for word in [
            "Dr", "St", "Gen", "J", "vs", "Mme", "TP", "проф", "د", "डॉ", "Ltd", "Nr", "świ",
        ] {
            assert_eq!(is_abbreviation(word), word != "świ", "{word}");
        }
        for word in [
            "talks",
            "UN",
            "Iran",
            "2024",
            "was",
            "в2",
            "москва",
            "مدرسة",
        ] {
            assert!(!is_abbreviation(word), "{word}");
        }
    }

    #[test]
    fn sentences_are_cut_where_readers_of_twenty_languages_do() {
        for (lang, sentences) in [
            (
                "en",
                &[
                    "He met Dr. Quill at 3 p.m. in the U.S. Senate. ",
                    "It rained.",
                ][..],
            ),
            (
                "en",
                &["See https://a.example/who?x=1&y=2 for more. ", "Then go."],
            ),
            (
                "en",
                &[
                    "Yahoo!s fell. ",
                    "\"Stop!\" he cried at No. 5. ",
                    "Nobody did.",
                ],
            ),
            (
                "de",
                &["Am 9. März sprach sie. ", "Die 3. Stufe folgt z.B. im Mai."],
            ),
            (
                "fr",
                &["M. Dupont l’a dit. ", "« Non ! » répond-il. ", "Fin."],
            ),
            (
                "es",
                &["¿Quién fue? ", "El Sr. Paz no lo dice. ", "Nada más."],
            ),
            ("it", &["Il dott. Neri parla. ", "Poi tace."]),
            ("pt", &["O Dr. Melo veio. ", "Saiu cedo."]),
            ("nl", &["Het kost ca. 5 euro. ", "Dat is veel."]),
            ("pl", &["Urodził się 3. maja. ", "To było dawno."]),
            ("cs", &["Dne 5. května pršelo. ", "Pak ne."]),
            ("da", &["Den 4. juni kom han. ", "Han gik igen."]),
            ("fi", &["Se alkoi 2. Maaliskuuta. ", "Sitten loppui."]),
            ("hu", &["A 3. Fejezet rövid. ", "Vége."]),
            ("tr", &["Bu 2. Bölüm uzun. ", "Bitti."]),
            ("ru", &["В 2024 г. проф. Иванов уехал. ", "Потом вернулся."]),
            ("uk", &["На вул. Садовій тихо. ", "Ніч."]),
            ("el", &["Ποιος ήρθε; ", "Κανείς."]),
            ("vi", &["TP. Huế mưa to. ", "Nước dâng."]),
            ("ar", &["هل وصلوا؟ ", "نعم."]),
            ("hi", &["बारिश हुई। ", "फिर रुकी।"]),
            ("zh", &["他走了。", "“真的？”她问。", "没有人知道。"]),
            ("zh", &["他走了。", "（没有人知道。）", "雨下了。"]),
            ("ja", &["彼は「行きます。」と言った。", "雨だった。"]),
            ("ko", &["비가 왔다. ", "그쳤다."]),
        ] {
            let line = sentences.concat();
            let letters: Vec<char> = line.chars().collect();
            let cut: Vec<String> = sentence_bounds(&line, lang)
                .into_iter()
                .map(|range| letters.get(range).unwrap().iter().collect())
                .collect();
            assert_eq!(cut, sentences, "{lang}");
        }
    }

    #[test]
    fn no_shortened_word_is_longer_than_is_looked_for() {
        let longest = ABBREVIATIONS
            .split(' ')
            .map(|word| word.chars().count())
            .max();
        assert_eq!(longest, Some(LONGEST));
    }

    #[test]
    fn ordinals_are_short_figures_of_some_languages() {
        assert!(is_ordinal("9") && is_ordinal("31") && !is_ordinal("2026") && !is_ordinal("9a"));
        assert!(has_ordinals("de-AT") && has_ordinals("") && !has_ordinals("en"));
    }
}
