//! What became of an article after it was alerted: read again, compared with what was read first.
//!
//! Sentences are compared by what they say, so that other quotation marks, spaces, another order and the age of the page
//! ("3 minutes ago") are no change. A page that could not be read says nothing about its article.

use std::collections::BTreeSet;

use super::text::{Sentence, Text, Token};
use crate::extract;

/// A way in which an article differs from what was read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// Its headline says something else.
    Headline,
    /// A sentence that matched says something else.
    MatchedSentence,
    /// A sentence that matched is gone.
    MatchedRemoved,
    /// A sentence that matches is new.
    MatchedAdded,
    /// The paper says that it has corrected the article.
    Correction,
    /// Another sentence differs, is gone or is new.
    Text,
    /// The page is gone.
    Vanished,
    /// The page is there, and what can be read of it is not the article.
    Unreadable,
}

impl Edit {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::MatchedSentence => "matched_sentence",
            Self::MatchedRemoved => "matched_removed",
            Self::MatchedAdded => "matched_added",
            Self::Correction => "correction",
            Self::Text => "text",
            Self::Vanished => "vanished",
            Self::Unreadable => "unreadable",
        }
    }

    /// Tells whether the readers of the alert are told: of all else they are not.
    #[must_use]
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::Text | Self::Unreadable)
    }
}

/// What was read of an article.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// The headline.
    pub title: &'a str,
    /// The text, a paragraph a line.
    pub text: &'a str,
}

/// What was answered when its page was asked for again.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// The status of the answer.
    pub status: u16,
    /// What the page holds, where one was served.
    pub version: Option<Version<'a>>,
}

/// A sentence that is new, and the one that it stands for, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In which way it differs.
    pub edit: Edit,
    /// What stood there; empty for a sentence that is new.
    pub before: String,
    /// What stands there now; empty for a sentence that is gone.
    pub after: String,
}

/// The edits of an article, each kind once, and the sentences that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    /// The kinds, in the order of [`Edit`].
    pub edits: BTreeSet<Edit>,
    /// The sentences.
    pub changes: Vec<Change>,
}

impl Revision {
    fn only(edit: Edit) -> Self {
        Self {
            edits: BTreeSet::from([edit]),
            changes: Vec::new(),
        }
    }
}

/// Compares what an article was with what its page says now. `terms` are the words that were found in it.
///
/// A page that vanished is told here each time; that it was gone twice, an hour apart, is for the caller to know.
#[must_use]
pub fn revise(old: Version<'_>, visit: Visit<'_>, terms: &[String]) -> Revision {
    match visit.status {
        404 | 410 => return Revision::only(Edit::Vanished),
        200..=299 => {}
        _ => return Revision::default(),
    }
    let Some(new) = visit.version else {
        return Revision::only(Edit::Unreadable);
    };
    let before = Text::read(old.title, old.text);
    let after = Text::read(new.title, new.text);
    if let Some(edit) = not_the_article(&before, &after, new) {
        return Revision::only(edit);
    }
    let mut revision = sentences(old, new, &before, &after, &words_of(terms));
    if says_otherwise(&before.title, &after.title) {
        revision.edits.insert(Edit::Headline);
    }
    revision
}

/// Tells whether something else stands where the article was.
fn not_the_article(before: &Text, after: &Text, new: Version<'_>) -> Option<Edit> {
    let known: BTreeSet<u64> = after.sentences.iter().map(|one| one.hash).collect();
    let total: usize = before.sentences.iter().map(Sentence::len).sum();
    let kept: usize = before
        .sentences
        .iter()
        .filter(|one| known.contains(&one.hash))
        .map(Sentence::len)
        .sum();
    if total == 0 {
        return None;
    }
    if kept == 0 && extract::says_it_is_gone(new.title, new.text) {
        return Some(Edit::Vanished);
    }
    let is_lost = kept * 100 < total * KEPT_PERCENT;
    let is_empty = after.sentences.is_empty();
    (is_empty || is_lost && extract::calls_to_pay(new.text)).then_some(Edit::Unreadable)
}

/// The share of a text, in percent, below which what is left of it beside a call to subscribe is no article.
const KEPT_PERCENT: usize = 40;

fn sentences(
    old: Version<'_>,
    new: Version<'_>,
    before: &Text,
    after: &Text,
    terms: &[Vec<u32>],
) -> Revision {
    let known_before: BTreeSet<u64> = before.sentences.iter().map(|one| one.hash).collect();
    let known_after: BTreeSet<u64> = after.sentences.iter().map(|one| one.hash).collect();
    let written = |text: &'_ str, one: &Sentence| -> String {
        text.get(one.place.clone())
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let tells = |text: &str, one: &&Sentence| {
        one.len() > 0 && !extract::is_line_about_the_page(&written(text, one))
    };
    let gone: Vec<&Sentence> = before
        .sentences
        .iter()
        .filter(|one| !known_after.contains(&one.hash))
        .filter(|one| tells(old.text, one))
        .collect();
    let fresh: Vec<&Sentence> = after
        .sentences
        .iter()
        .filter(|one| !known_before.contains(&one.hash))
        .filter(|one| tells(new.text, one))
        .collect();
    let mut revision = Revision::default();
    let mut taken = vec![false; fresh.len()];
    for lost in gone {
        let matched = matches_any(before.words_of(lost), terms);
        let heir = heir(before.words_of(lost), after, &fresh, &taken);
        let now = heir.and_then(|place| fresh.get(place));
        if let Some(slot) = heir.and_then(|place| taken.get_mut(place)) {
            *slot = true;
        }
        let edit = match (matched, now) {
            (true, Some(_)) => Edit::MatchedSentence,
            (true, None) => Edit::MatchedRemoved,
            (false, Some(now)) if matches_any(after.words_of(now), terms) => Edit::MatchedAdded,
            (false, _) => Edit::Text,
        };
        revision.edits.insert(edit);
        revision.changes.push(Change {
            edit,
            before: written(old.text, lost),
            after: now.map(|now| written(new.text, now)).unwrap_or_default(),
        });
    }
    for (now, _) in fresh.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        let said = written(new.text, now);
        let matched = matches_any(after.words_of(now), terms);
        let edit = edit_of_new(&said, matched);
        revision.edits.insert(edit);
        revision.changes.push(Change {
            edit,
            before: String::new(),
            after: said,
        });
    }
    revision
}

/// The edit that a new sentence is.
fn edit_of_new(said: &str, is_matched: bool) -> Edit {
    if is_correction(said) {
        Edit::Correction
    } else if is_matched {
        Edit::MatchedAdded
    } else {
        Edit::Text
    }
}

/// The place of the new sentence that stands for one that is gone: the one that has most of its words.
fn heir(lost: &[Token], after: &Text, fresh: &[&Sentence], taken: &[bool]) -> Option<usize> {
    let own: BTreeSet<u32> = lost.iter().map(|word| word.key).collect();
    let likeness = |one: &Sentence| {
        let words: BTreeSet<u32> = after.words_of(one).iter().map(|word| word.key).collect();
        let shared = own.intersection(&words).count();
        (shared * 100)
            .checked_div(own.len().max(words.len()))
            .unwrap_or(0)
    };
    fresh
        .iter()
        .enumerate()
        .zip(taken)
        .filter(|(_, taken)| !**taken)
        .map(|((place, one), _)| (likeness(one), place))
        .filter(|(likeness, _)| *likeness >= LIKE_PERCENT)
        .max_by_key(|(likeness, place)| (*likeness, std::cmp::Reverse(*place)))
        .map(|(_, place)| place)
}

/// The share of words, in percent, from which a sentence is another one rewritten.
const LIKE_PERCENT: usize = 50;

/// The words of each term.
fn words_of(terms: &[String]) -> Vec<Vec<u32>> {
    terms
        .iter()
        .map(|term| {
            let read = Text::read(term, "");
            read.title.iter().map(|word| word.key).collect()
        })
        .filter(|words: &Vec<u32>| !words.is_empty())
        .collect()
}

/// Tells whether the words of one of the terms stand side by side.
fn matches_any(words: &[Token], terms: &[Vec<u32>]) -> bool {
    terms.iter().any(|term| {
        let mut runs = words.windows(term.len());
        runs.any(|run| run.iter().map(|word| word.key).eq(term.iter().copied()))
    })
}

/// Tells whether two headlines say different things: labels such as "Live" and "Update" aside.
fn says_otherwise(before: &[Token], after: &[Token]) -> bool {
    let words = |title: &[Token]| -> Vec<u32> { title.iter().map(|word| word.key).collect() };
    let (before, after) = (words(before), words(after));
    if after.is_empty() || before == after {
        return false;
    }
    let labels = words_of(&LABELS.map(str::to_owned));
    let without = |title: &[u32]| -> Vec<u32> {
        let mut rest = title;
        while let Some(label) = labels.iter().find(|label| rest.starts_with(label)) {
            rest = rest.get(label.len()..).unwrap_or_default();
        }
        while let Some(label) = labels.iter().find(|label| rest.ends_with(label)) {
            rest = rest.get(..rest.len() - label.len()).unwrap_or_default();
        }
        rest.to_vec()
    };
    without(&before) != without(&after)
}

/// What papers set before a headline or behind it while a story runs.
const LABELS: [&str; 24] = [
    "live",
    "live updates",
    "update",
    "updates",
    "updated",
    "breaking",
    "breaking news",
    "exclusive",
    "video",
    "watch",
    "liveblog",
    "live blog",
    "ticker",
    "liveticker",
    "eilmeldung",
    "direct",
    "en direct",
    "directo",
    "en directo",
    "en vivo",
    "última hora",
    "diretta",
    "ao vivo",
    "速報",
];

/// Tells whether a sentence says that the article was corrected.
fn is_correction(sentence: &str) -> bool {
    let said = sentence.to_lowercase();
    let said = said.trim_start_matches(|c: char| !c.is_alphanumeric());
    CORRECTIONS.iter().any(|start| said.starts_with(start))
        || EARLIER_VERSIONS.iter().any(|words| said.contains(words))
}

/// How corrections begin, in small letters.
#[rustfmt::skip]
const CORRECTIONS: &[&str] = &[
    "correction", "corrections", "corrected", "clarification", "editor's note", "editor’s note", "editors' note", "editors’ note", "erratum", "retraction", "this article has been corrected",
    "this story has been corrected", "this article was corrected", "this story was corrected", "this article has been amended", "this article was amended", "this article was amended", "this story has been updated to correct",
    "korrektur", "berichtigung", "richtigstellung", "anmerkung der redaktion", "korrigiert", "correctif", "rectificatif", "rectification", "mise au point", "note de la rédaction",
    "corrección", "fe de errores", "fe de erratas", "rectificación", "aclaración", "nota de la redacción", "rettifica", "errata corrige", "precisazione", "nota della redazione", "correção", "errata", "retificação",
    "correctie", "rectificatie", "rättelse", "rettelse", "retting", "korjaus", "oikaisu", "sprostowanie", "korekta", "oprava", "helyreigazítás", "rectificare", "erată", "исправление", "поправка", "уточнение", "виправлення", "уточнення", "корекция",
    "ispravka", "ispravak", "διόρθωση", "düzeltme", "đính chính", "ralat", "koreksi", "訂正", "お詫びと訂正", "更正", "勘误", "정정", "바로잡습니다", "تصحيح", "اصلاحیه", "תיקון", "शुद्धिपत्र", "भूल सुधार", "แก้ไขข้อผิดพลาด",
];

/// How papers speak of what stood in an article before, in small letters.
#[rustfmt::skip]
const EARLIER_VERSIONS: &[&str] = &[
    "an earlier version of this", "a previous version of this", "earlier versions of this", "an earlier version of the article", "an earlier version of the story", "this article originally", "this story originally",
    "in einer früheren version", "in einer früheren fassung", "in einer vorherigen version", "une version précédente de cet", "une première version de cet", "una versión anterior de est", "una versione precedente di quest", "uma versão anterior dest", "in een eerdere versie", "en tidigare version", "en tidligere versjon", "en tidligere version", "we wcześniejszej wersji", "в предыдущей версии", "в более ранней версии",
];

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Version<'_> = Version {
        title: "Slopes open early at Upper Tarn",
        text: "The ski club will open its slopes on Saturday.\nAbout 40 families had asked for cheaper passes.\nSnow has fallen for nine days, the president said.",
    };

    fn edits(title: &str, text: &str) -> Vec<&'static str> {
        kinds(200, Some(Version { title, text }))
    }

    fn kinds(status: u16, version: Option<Version<'_>>) -> Vec<&'static str> {
        let terms = ["ski club".to_owned()];
        let found = revise(OLD, Visit { status, version }, &terms);
        found.edits.into_iter().map(Edit::name).collect()
    }

    #[test]
    fn what_is_set_otherwise_is_no_edit() {
        let same = [
            OLD.text.to_owned(),
            OLD.text.replace('\n', "\n\n"),
            OLD.text.to_uppercase(),
            OLD.text.replace(' ', "\u{a0}"),
            format!("Updated 4 minutes ago\n{}", OLD.text),
            format!("{}\nPublished 12 May 2026, 09:30", OLD.text),
            OLD.text.lines().rev().collect::<Vec<_>>().join("\n"),
        ];
        for text in same {
            assert_eq!(edits(OLD.title, &text), [""; 0], "{text}");
        }
        assert_eq!(
            edits("LIVE: Slopes open early at Upper Tarn", OLD.text),
            [""; 0]
        );
        assert_eq!(
            edits("Slopes ‘open early’ at Upper Tarn", OLD.text),
            [""; 0]
        );
    }

    #[test]
    fn each_kind_of_edit_is_told() {
        let changed = |from: &str, to: &str| OLD.text.replace(from, to);
        for (text, expected) in [
            (changed("will open its", "will not open its"), "matched_sentence"),
            (changed("The ski club will open its slopes on Saturday.\n", ""), "matched_removed"),
            (changed("40 families", "400 families"), "text"),
            (format!("{}\nThe ski club was fined on Sunday by the valley.", OLD.text), "matched_added"),
            (format!("{}\nCorrection: An earlier text named another day.", OLD.text), "correction"),
            (format!("{}\nIn einer früheren Version stand ein anderer Tag.", OLD.text), "correction"),
            (format!("{}\nThe lifts were greased by an inspector.", OLD.text), "text"),
            ("Snow has fallen for nine days, the president said.\nSubscribe to continue reading.".to_owned(), "unreadable"),
            (String::new(), "unreadable"),
        ] {
            assert_eq!(edits(OLD.title, &text), [expected], "{text}");
        }
        assert_eq!(
            edits("Slopes stay shut at Upper Tarn", OLD.text),
            ["headline"]
        );
    }

    #[test]
    fn a_page_that_is_gone_is_told_from_one_that_cannot_be_read() {
        assert_eq!(kinds(410, None), ["vanished"]);
        assert_eq!(kinds(404, None), ["vanished"]);
        for status in [401, 403, 429, 500, 503] {
            assert_eq!(kinds(status, None), [""; 0], "{status}");
        }
        assert_eq!(
            edits(
                "Seite nicht gefunden",
                "Die gesuchte Seite existiert nicht."
            ),
            ["vanished"]
        );
        assert_eq!(
            edits("Page not found", "Sorry, this page does not exist."),
            ["vanished"]
        );
    }
}
