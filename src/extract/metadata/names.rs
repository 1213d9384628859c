//! Names of people in a line: freed of the words around them.

use super::{east_asian, plain};
use crate::extract::dates::words;

/// The longest name, in characters, and in words.
const LONGEST_NAME: usize = 60;
const MOST_WORDS: usize = 6;

/// Words before a name.
#[rustfmt::skip]
const BEFORE: &[&str] = &[
    "by",
    "von",
    "vom",
    "par",
    "por",
    "di",
    "de",
    "da",
    "door",
    "av",
    "af",
    "autor",
    "autora",
    "author",
    "authors",
    "written",
    "text",
    "texto",
    "story",
    "words",
    "przez",
    "od",
    "автор",
    "автор:",
    "текст",
    "yazan",
    "oleh",
    "bài",
    "tác",
    "giả",
    "auteur",
    "autore",
    "autoren",
    "from",
    "posted",
    "published",
    "reported",
    "reporting",
    "tekst",
    "teksti",
    "escrito",
    "skrevet",
    "veröffentlicht",
    "erstellt",
    "verfasst",
    "geschrieben",
    "publicado",
    "publié",
    "artikel",
    "article",
    "ein",
    "beitrag",
    "created",
    "review",
    "reviewed",
    "medically",
    "edited",
    "penulis",
    "reporter",
    "editor",
    "редакция",
    "autores",
    "auteurs",
    "autori",
    "kirjoittaja",
    "interview",
    "interview:",
    "аутор",
    "责编",
    "责任编辑",
    "作者",
    "记者",
    "編集",
    "文",
    "기자",
    "foto",
    "fotos",
    "photo",
    "写真",
    "كتب",
    "كتبت",
    "بقلم",
    "מאת",
    "โดย",
    "लेखक",
    "लेखिका",
    "autorka",
    "autorin",
    "נכתב",
];

/// Words behind a name that are none of it.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "on",
    "am",
    "at",
    "um",
    "le",
    "el",
    "il",
    "in",
    "im",
    "last",
    "updated",
    "published",
    "posted",
    "for",
    "für",
    "pour",
    "para",
    "min",
    "mins",
    "minutes",
    "min.",
    "read",
    "comment",
    "comments",
    "kommentare",
    "kommentar",
    "vor",
    "ago",
    "hinterlasse",
    "leave",
    "share",
    "shares",
    "view",
    "views",
    "is",
    "ist",
    "was",
    "has",
    "aus",
    "und",
    "and",
    "sponsored",
    "publiziert",
    "veröffentlicht",
    "letzte",
    "reading",
    "folgen",
    "follow",
    "stand",
];

/// Marks and words between names.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    ",", ";", "|", "/", "·", "•", " & ", " and ", " und ", " et ", " y ", " och ", " og ", " i ",
    " и ", " và ", " with ", " mit ", " con ", " avec ", "、", "＆", " + ", " – ", " — ", " - ",
    "\n",
];

/// Splits a byline into names.
pub(super) fn split(byline: &str) -> Vec<String> {
    let byline = plain(byline);
    if let Some(names) = east_asian::names(&byline) {
        return names;
    }
    let mut text = format!(" {} ", without_brackets(&byline));
    for mark in BETWEEN {
        text = text.replace(mark, "\n");
    }
    let mut names = Vec::new();
    for part in text.split('\n') {
        // "in News", "on Monday": what follows is none of the names.
        if !names.is_empty() && ends_name(&part.split_whitespace().take(2).collect::<Vec<_>>()) {
            break;
        }
        names.extend(name(part));
    }
    names
}

/// Cuts out what stands in brackets: initials, agencies, titles.
fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    // A line that is all in brackets keeps what is in them.
    if out.trim().is_empty() {
        return text.replace(['(', ')', '[', ']', '（', '）'], " ");
    }
    out
}

/// One name without the words before it and what follows it.
fn name(part: &str) -> Option<String> {
    let words: Vec<&str> = part
        .split_whitespace()
        .filter(|word| !word.contains('@') && !word.contains("://"))
        .collect();
    let start = words
        .iter()
        .position(|word| {
            let lower = word.trim_end_matches([':', '.', '：']).to_lowercase();
            !(word.ends_with([':', '：']) || BEFORE.contains(&lower.as_str()))
        })
        .unwrap_or(words.len());
    let rest = words.get(start..).unwrap_or_default();
    let end = (0..rest.len())
        .find(|&at| ends_name(rest.get(at..).unwrap_or_default()))
        .unwrap_or(rest.len());
    let kept = rest.get(..end).unwrap_or_default();
    let text = kept.join(" ");
    let text = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.')
        .trim();
    let length = text.chars().count();
    let fits = (2..=LONGEST_NAME).contains(&length)
        && kept.len() <= MOST_WORDS
        && text.chars().any(char::is_alphabetic);
    fits.then(|| text.to_owned())
}

/// Tells whether words begin with one that no name goes on with: a date, a count, "updated".
fn ends_name(words: &[&str]) -> bool {
    let [word, behind @ ..] = words else {
        return false;
    };
    let lower = word
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    // People are called April, Marta and Juli; before a number it is a month.
    let is_dated = || {
        behind
            .first()
            .is_some_and(|next| next.contains(|c: char| c.is_ascii_digit()))
    };
    lower.chars().filter(char::is_ascii_digit).count() * 2 > lower.len()
        || (words::month(&lower).is_some() && is_dated())
        || BEHIND.contains(&lower.as_str()) && !is_particle(word, &lower)
        || words::is_weekday(&lower)
        || is_vietnamese_weekday(&lower, behind)
}

/// Tells whether words begin with a day of the week as Vietnamese writes it, in two words.
fn is_vietnamese_weekday(lower: &str, behind: &[&str]) -> bool {
    const NUMBERS: &[&str] = &["hai", "ba", "tư", "năm", "sáu", "bảy", "bẩy", "nhật"];
    let next = behind.first().map(|word| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
    });
    matches!(lower, "thứ" | "chủ") && next.is_some_and(|next| NUMBERS.contains(&next.as_str()))
}

/// Tells whether a word that may stand behind a name is a part of this one: Anne Le Gall, Jean El Khoury.
fn is_particle(word: &str, lower: &str) -> bool {
    const PARTICLES: &[&str] = &["le", "el", "il", "am", "im", "in", "um"];
    PARTICLES.contains(&lower)
        && word.starts_with(char::is_uppercase)
        && word.contains(char::is_lowercase)
}

/// Tells whether the words of a name begin with a capital, in scripts that have them.
pub(super) fn looks_like_name(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first_fits = words.next().is_some_and(|word| {
        word.chars().next().is_some_and(|c| !c.is_lowercase()) || !name.contains(' ')
    });
    first_fits
        && words.all(|word| {
            word.chars().next().is_some_and(|c| !c.is_lowercase()) || word.chars().count() <= 3
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_freed_of_what_stands_around_them() {
        for (line, expected) in [
            ("By Ada Lark", "Ada Lark"),
            ("Von Ada Lark und Bo Finch", "Ada Lark|Bo Finch"),
            ("Ada Lark (al), Bo Finch (bf)", "Ada Lark|Bo Finch"),
            ("Veröffentlicht von Ada Lark am 3. Mai", "Ada Lark"),
            ("Ada Lark September 12, 2024", "Ada Lark"),
            ("Text: Ada Lark", "Ada Lark"),
            ("Marta Lark and April Finch", "Marta Lark|April Finch"),
            (
                "Par Anne Le Gall avec Jean El Khoury",
                "Anne Le Gall|Jean El Khoury",
            ),
            ("Ada Lark 3 mai 2024", "Ada Lark"),
            ("ada@example.org", ""),
            ("Posted on", ""),
            ("Thứ Bảy, 14/3/2026", ""),
            ("كتبت: رباب الشنفرى", "رباب الشنفرى"),
            ("מאת אביגיל נחשונוביץ", "אביגיל נחשונוביץ"),
        ] {
            let names = split(line).join("|");
            assert_eq!(names, expected, "{line}");
        }
    }

    #[test]
    fn a_sentence_is_no_name() {
        assert!(!looks_like_name("Ask about the topics"));
        assert!(looks_like_name("Ludwig van der Meer"));
    }
}
