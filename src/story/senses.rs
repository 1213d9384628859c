//! Senses: what the letters of an abbreviation stand for in an article, where it says so.
//!
//! Writers define an abbreviation once, `Long Form (LF)`, `LF (Long Form)` or `Long Form, or LF,`. The letters are looked
//! for among the words before, after Schwartz and Hearst ("A Simple Algorithm for Identifying Abbreviation Definitions in
//! Biomedical Text", 2003), and most of them must begin a word: news has more brackets than definitions.

use std::collections::BTreeSet;

use crate::matching::Keys;

/// A definition: the abbreviation as it is written, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Definition {
    /// The letters.
    pub short: String,
    /// The words.
    pub long: String,
}

/// Letters of an abbreviation.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=10;
/// The share of an abbreviation's letters that must begin a word, in percent.
const INITIALS: usize = 60;

/// Small words between the words that count, in the languages whose papers define abbreviations in brackets.
const SMALL_WORDS: &str = " a al an and at by da das de degli dei del della delle dem den der des di die do dos du e el en \
et for för für i im in la las le les los na o och och of og on or para per pour sur the to und van vom von voor y zur à и \
по на в для of du ve dan untuk och av ja ";

/// The definitions in a text, in order of appearance, each once.
#[must_use]
pub fn definitions(text: &str) -> Vec<Definition> {
    let mut found: Vec<Definition> = Vec::new();
    for line in text.lines() {
        let words = words_of(line);
        let bracketed = bracketed(line, &words);
        for definition in bracketed.into_iter().chain(in_apposition(line, &words)) {
            if !found.contains(&definition) {
                found.push(definition);
            }
        }
    }
    found
}

/// What an abbreviation stands for: by the definitions of the article, or else by those of its story. None where nothing
/// or more than one thing is said.
#[must_use]
pub fn sense<'d>(
    short: &str,
    own: &'d [Definition],
    of_story: &'d [Definition],
) -> Option<&'d str> {
    only(short, own).or_else(|| {
        let is_defined = own.iter().any(|one| is_same(&one.short, short));
        if is_defined {
            None
        } else {
            only(short, of_story)
        }
    })
}

/// True if a sense that was found is the one that is meant: one may say more than the other.
#[must_use]
pub fn means(found: &str, meant: &str) -> bool {
    let (found, meant) = (plain(found), plain(meant));
    !meant.is_empty() && (found.starts_with(&meant) || meant.starts_with(&found))
}

/// What an abbreviation among the terms that a watch met stands for, where the article says that it is not what the watch
/// looks for. Where nothing is said, or another term says what is meant, there is none.
#[must_use]
pub fn other_sense<'d>(
    terms: &[String],
    definitions: &'d [Definition],
    senses: &[String],
    other_senses: &[String],
) -> Option<&'d Definition> {
    let bare = |term: &str| term.trim_matches(['=', '"', '\'']).to_owned();
    let is_meant = |text: &str| senses.iter().any(|sense| means(text, sense));
    if terms.iter().any(|term| is_meant(&bare(term))) {
        return None;
    }
    terms.iter().find_map(|term| {
        let found = only(&bare(term), definitions)?;
        let is_other = other_senses.iter().any(|sense| means(found, sense));
        let is_held = is_other || (!senses.is_empty() && !is_meant(found));
        let mut own = definitions.iter();
        own.find(|one| is_held && one.long == found)
    })
}

fn only<'d>(short: &str, definitions: &'d [Definition]) -> Option<&'d str> {
    let mut own = definitions.iter().filter(|one| is_same(&one.short, short));
    let first = own.next()?;
    own.all(|other| means(&other.long, &first.long))
        .then_some(first.long.as_str())
}

/// True for two spellings of one abbreviation: `NGOs` is `NGO`, `U.N.` is `UN`.
fn is_same(one: &str, other: &str) -> bool {
    singular(&without_dots(one)) == singular(&without_dots(other))
}

fn without_dots(short: &str) -> String {
    short.chars().filter(|c| *c != '.').collect()
}

/// An abbreviation without the small s of its plural.
fn singular(short: &str) -> &str {
    match short.strip_suffix('s') {
        Some(stem) if stem.chars().count() >= 2 && !stem.chars().any(char::is_lowercase) => stem,
        _ => short,
    }
}

/// Letters and figures in small letters without accents, words parted by a space.
fn plain(text: &str) -> String {
    let mut keys = Keys::default();
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let folded: Vec<String> = words
        .map(|word| {
            keys.set(word);
            keys.fold().to_owned()
        })
        .collect();
    folded.join(" ")
}

/// A word of a line: its bytes, and whether a sentence ends between it and the word before.
#[derive(Debug, Clone, Copy)]
struct Word<'l> {
    text: &'l str,
    start: usize,
    end: usize,
    is_after_break: bool,
}

/// The bytes of an article or a small word that is written together with the word it stands before: `l'`, `dell’`.
fn elided(word: &str) -> usize {
    const ELIDED: [&str; 18] = [
        "l", "d", "s", "n", "m", "t", "j", "c", "qu", "un", "dell", "all", "nell", "sull", "dall",
        "gl", "quest", "sant",
    ];
    let Some((before, _)) = word.split_once(['\'', '’']) else {
        return 0;
    };
    let lower = before.to_lowercase();
    if !ELIDED.contains(&lower.as_str()) {
        return 0;
    }
    let mark = word
        .get(before.len()..)
        .and_then(|rest| rest.chars().next());
    let length = before.len() + mark.map_or(0, char::len_utf8);
    let begins_word = word
        .get(length..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(char::is_alphabetic);
    if begins_word { length } else { 0 }
}

fn words_of(line: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut start = None;
    let ends = line
        .char_indices()
        .chain(std::iter::once((line.len(), ' ')));
    for (at, c) in ends {
        let is_part = c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '‑' | '&');
        match (start, is_part) {
            (None, true) if c.is_alphanumeric() => start = Some(at),
            (Some(from), false) => {
                let from = from + elided(line.get(from..at).unwrap_or_default());
                let before = words.last().map_or(0, |last: &Word<'_>| last.end);
                let gap = line.get(before..from).unwrap_or_default();
                let is_short = words
                    .last()
                    .is_some_and(|last| last.text.chars().count() < 2);
                words.push(Word {
                    text: line.get(from..at).unwrap_or_default(),
                    start: from,
                    end: at,
                    is_after_break: gap.contains(['!', '?', ';', ':', '(', ')'])
                        || (gap.contains('.') && !is_short)
                        || gap.contains('。'),
                });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Definitions with brackets.
fn bracketed(line: &str, words: &[Word<'_>]) -> Vec<Definition> {
    let mut found = Vec::new();
    let brackets = line.match_indices(['(', '（']);
    for (open, bracket) in brackets {
        let from = open + bracket.len();
        let rest = line.get(from..).unwrap_or_default();
        let Some(length) = rest.find([')', '）']) else {
            continue;
        };
        let inside = rest.get(..length).unwrap_or_default();
        // What stands beside the abbreviation in its brackets: "(PA, in Arabic ...)".
        let inside = inside.split([',', ';']).next().unwrap_or_default();
        let inside = inside
            .trim()
            .trim_matches(['“', '”', '"', '«', '»', '„', '\'']);
        let before = words.partition_point(|word| word.end <= open);
        let before = words.get(..before).unwrap_or_default();
        if is_abbreviation(inside) {
            found.extend(long_before(line, before, inside));
        } else if let Some(last) = before.last()
            && is_abbreviation(last.text)
            && line
                .get(last.end..open)
                .is_some_and(|gap| gap.trim().is_empty())
        {
            let inner: Vec<Word<'_>> = words_of(inside);
            let whole = fits(&inner, last.text).then(|| Definition {
                short: last.text.to_owned(),
                long: inside.to_owned(),
            });
            found.extend(whole);
        }
    }
    found
}

/// Definitions of the form `Long Form, or LF,`.
fn in_apposition(line: &str, words: &[Word<'_>]) -> Vec<Definition> {
    let mut found = Vec::new();
    for (place, pair) in words.windows(2).enumerate() {
        let [or, short] = pair else {
            continue;
        };
        let before = words.get(..place).unwrap_or_default();
        let comma = before
            .last()
            .and_then(|last| line.get(last.end..or.start))
            .is_some_and(|gap| gap.trim_start().starts_with(','));
        let ends = line
            .get(short.end..)
            .is_some_and(|rest| rest.starts_with([',', '.', ')', ';', '”']) || rest.is_empty());
        if comma
            && ends
            && matches!(or.text, "or" | "oder" | "ou" | "o" | "of" | "eller" | "или")
            && is_abbreviation(short.text)
        {
            found.extend(long_before(line, before, short.text));
        }
    }
    found
}

/// True for what may be an abbreviation: letters, most of them capitals, figures perhaps.
fn is_abbreviation(text: &str) -> bool {
    let plain = without_dots(text);
    let is_dotted = text.contains('.');
    let letters = plain.chars().count();
    let capitals = plain.chars().filter(|c| c.is_uppercase()).count();
    let figures = plain.chars().filter(char::is_ascii_digit).count();
    let small = plain.chars().filter(|c| c.is_lowercase()).count();
    LETTERS.contains(&letters)
        && plain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '&' | '/'))
        && plain.chars().next().is_some_and(char::is_uppercase)
        && (capitals >= 2 || (capitals == 1 && figures > 0))
        && capitals + figures > small
        // "R-Va.", "Dr.": a dot must follow every letter.
        && (!is_dotted || text.chars().filter(|c| *c == '.').count() + 1 >= letters)
}

/// The words before an abbreviation that it stands for: the fewest that fit.
fn long_before(line: &str, before: &[Word<'_>], short: &str) -> Option<Definition> {
    let letters = singular(&without_dots(short)).chars().count();
    let most = (letters + 5).min(letters * 2);
    let end = before.last()?.end;
    let mut content = 0;
    let mut from = before.len();
    while let Some(at) = from.checked_sub(1) {
        let word = before.get(at)?;
        from = at;
        content += usize::from(!is_small(word.text));
        if content > most {
            return None;
        }
        let long = before.get(from..)?;
        if fits(long, short) {
            // "of Legal Counsel" is the end of a name that begins with its own O.
            let first = starts_with_small(long)
                .then(|| before.get(from.checked_sub(1)?))
                .flatten()
                .filter(|_| !word.is_after_break)
                .unwrap_or(word);
            return Some(Definition {
                short: short.to_owned(),
                long: line.get(first.start..end)?.to_owned(),
            });
        }
        if word.is_after_break {
            return None;
        }
    }
    None
}

fn starts_with_small(words: &[Word<'_>]) -> bool {
    words.first().is_some_and(|word| is_small(word.text))
}

fn is_small(word: &str) -> bool {
    word.chars().all(char::is_lowercase) && SMALL_WORDS.contains(&format!(" {word} "))
}

/// True if words may be what an abbreviation stands for.
fn fits(words: &[Word<'_>], short: &str) -> bool {
    let bare = without_dots(short);
    let bare = plain(singular(&bare)).replace(' ', "");
    let letters: Vec<char> = bare.chars().filter(|c| c.is_alphabetic()).collect();
    let content: Vec<&Word<'_>> = words.iter().filter(|word| !is_small(word.text)).collect();
    let has_figures = letters.len() < bare.chars().count();
    if content.len() > bare.chars().count() + 1 || (has_figures && content.len() < 2) {
        return false;
    }
    let Some(initials) = initials(words, &letters) else {
        return false;
    };
    let capitals = content
        .iter()
        .filter(|word| word.text.chars().next().is_some_and(char::is_uppercase))
        .count();
    let repeats: BTreeSet<String> = content.iter().map(|word| plain(word.text)).collect();
    initials * 100 >= letters.len() * INITIALS
        && (capitals * 2 > content.len() || initials == letters.len())
        && !repeats.contains(&bare)
}

/// How many of the letters begin a word, if all are found in order and the first begins the first word.
fn initials(words: &[Word<'_>], letters: &[char]) -> Option<usize> {
    let mut spelled: Vec<(char, bool)> = Vec::new();
    for word in words {
        for part in word.text.split(['-', '‑']) {
            let folded = plain(part);
            let letters = folded.chars().filter(|c| c.is_alphanumeric());
            spelled.extend(letters.enumerate().map(|(at, c)| (c, at == 0)));
        }
    }
    if spelled.first()?.0 != *letters.first()? {
        return None;
    }
    // For each number of letters found, the most of them that begin a word.
    let mut best: Vec<Option<usize>> = vec![None; letters.len() + 1];
    for (at, (c, begins)) in spelled.iter().enumerate() {
        for found in (0..letters.len()).rev() {
            let before = match (found, at) {
                (0, 0) => Some(0),
                (0, _) => None,
                _ => best.get(found).copied().flatten(),
            };
            if let (Some(before), true) = (before, letters.get(found) == Some(c)) {
                let now = before + usize::from(*begins);
                if let Some(slot) = best.get_mut(found + 1) {
                    *slot = (*slot).max(Some(now));
                }
            }
        }
    }
    best.last().copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let found = definitions(text).into_iter();
        found.map(|one| (one.short, one.long)).collect()
    }

    fn pair(short: &str, long: &str) -> (String, String) {
        (short.to_owned(), long.to_owned())
    }

    #[test]
    fn a_definition_stands_in_brackets_or_after_or() {
        assert_eq!(
            found(
                "The Lake Transport Board (LTB) met the Union of Orrin Ferries, or UOF, on Friday."
            ),
            [
                pair("LTB", "Lake Transport Board"),
                pair("UOF", "Union of Orrin Ferries")
            ]
        );
        assert_eq!(
            found("The LTB (Lake Transport Board) has moved."),
            [pair("LTB", "Lake Transport Board")]
        );
    }

    #[test]
    fn small_words_and_other_languages_are_read() {
        assert_eq!(
            found("Das Amt für Fähren in der Bucht (AFB) schloss."),
            [pair("AFB", "Amt für Fähren in der Bucht")]
        );
        assert_eq!(
            found("L'Organisation mondiale des lacs (OML) a parlé."),
            [pair("OML", "Organisation mondiale des lacs")]
        );
        assert_eq!(
            found("A note of the Office of Lake Affairs (OLA) says so."),
            [pair("OLA", "Office of Lake Affairs")]
        );
        assert_eq!(
            found("Deep-water unions (DWUs) protest."),
            [pair("DWUs", "Deep-water unions")]
        );
    }

    #[test]
    fn brackets_that_define_nothing_are_left_alone() {
        for text in [
            "Senator Ada Vane (D-Me.) spoke.",
            "Shares (LSE: ORR) fell.",
            "A report (2019) of the panel.",
            "The captain, Robert (Bob) Vane, left.",
            "They met the mayor (PHOTO) at noon.",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn the_article_is_asked_first_and_two_senses_are_none() {
        let lake = definitions("The Lake Transport Board (LTB) met.");
        let bank = definitions("The Loan and Trust Bank (LTB) failed.");
        assert_eq!(sense("LTB", &lake, &bank), Some("Lake Transport Board"));
        assert_eq!(sense("LTB", &[], &bank), Some("Loan and Trust Bank"));
        let both: Vec<Definition> = lake.iter().chain(&bank).cloned().collect();
        assert_eq!(sense("LTB", &both, &bank), None);
        assert_eq!(sense("LTB", &[], &[]), None);
    }

    #[test]
    fn only_a_stated_other_sense_stands_in_the_way() {
        let bank = definitions("The Loan and Trust Bank (LTB) failed.");
        let list = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let (terms, lake) = (list(&["=LTB"]), list(&["Lake Transport Board"]));
        assert_eq!(other_sense(&terms, &bank, &lake, &[]), bank.first());
        assert_eq!(other_sense(&terms, &bank, &[], &lake), None);
        assert_eq!(
            other_sense(&terms, &bank, &[], &list(&["loan and trust bank"])),
            bank.first()
        );
        assert_eq!(other_sense(&terms, &[], &lake, &[]), None);
        let both = list(&["=LTB", "\"lake transport board\""]);
        assert_eq!(other_sense(&both, &bank, &lake, &[]), None);
    }

    #[test]
    fn a_sense_may_be_said_in_more_or_fewer_words() {
        assert!(means("Code of Conduct at sea", "code of conduct"));
        assert!(!means("Chamber of Commerce", "Code of Conduct"));
    }
}
