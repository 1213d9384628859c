//! The authors: names only.

use super::{Sources, plain};
use crate::extract::hints::Hints;
use crate::extract::table::Table;
use crate::extract::text::folded;

/// The most authors that are kept.
const MOST: usize = 12;

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// Words before a name.
const BEFORE: &[&str] = &[
    "by",
    "von",
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
    "текст",
    "yazan",
    "oleh",
    "bài",
    "ảnh",
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
    "opinion",
    "foto",
    "photo",
    "photos",
    "tekst",
    "teksti",
    "escrito",
    "redactor",
    "skrevet",
];

/// Marks and words between names.
const BETWEEN: &[&str] = &[
    ",", ";", "|", "/", "·", "•", " & ", " and ", " und ", " et ", " y ", " e ", " och ", " og ",
    " en ", " i ", " и ", " và ", " with ", " mit ", "、", "＆", " + ",
];

/// Finds the authors' names, joined by commas.
pub(in crate::extract) fn byline(sources: &Sources<'_>, body: &[usize]) -> Option<String> {
    let site = folded(&super::site(sources).unwrap_or_default());
    let listed = |values: Vec<String>| {
        let mut names: Vec<String> = Vec::new();
        for name in values.iter().flat_map(|value| split(value)) {
            if folded(&name) != site
                && !names.iter().any(|known| folded(known) == folded(&name))
                && names.len() < MOST
            {
                names.push(name);
            }
        }
        (!names.is_empty()).then(|| names.join(", "))
    };
    listed(sources.linked.authors.clone())
        .or_else(|| listed(from_meta(sources.table)))
        .or_else(|| listed(from_elements(sources.table)))
        .or_else(|| listed(from_lines(sources.table, body)))
}

fn from_meta(table: &Table<'_>) -> Vec<String> {
    const NAMES: &[&str] = &[
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "dcterms.creator",
        "sailthru.author",
        "byl",
        "article:author_name",
        "citation_author",
        "authors",
        "creator",
        "dc.contributor",
        "rbauthors",
        "cxenseparse:author",
        "twitter:data1",
    ];
    NAMES
        .iter()
        .map(|name| {
            table
                .metas
                .iter()
                .filter(|(known, content)| {
                    known == name
                        && !content.contains("://")
                        && !content.contains('@')
                        && (*name != "twitter:data1" || is_written_by(table))
                })
                .map(|(_, content)| (*content).to_owned())
                .collect::<Vec<_>>()
        })
        .find(|found| found.iter().any(|value| !split(value).is_empty()))
        .unwrap_or_default()
}

fn is_written_by(table: &Table<'_>) -> bool {
    table.meta(&["twitter:label1"]).is_some_and(|label| {
        let label = folded(label);
        [
            "written by",
            "author",
            "verfasst von",
            "escrito por",
            "écrit par",
            "scritto da",
            "geschreven door",
            "autor",
        ]
        .contains(&label.as_str())
    })
}

/// Names in elements that are made for them.
fn from_elements(table: &Table<'_>) -> Vec<String> {
    let bylines = || {
        table
            .elements
            .iter()
            .filter(|part| {
                part.hints.any(Hints::BYLINE) && !part.hints.any(Hints::COMMENTS.or(Hints::RELATED))
            })
            .filter(|part| part.end <= part.first + 4)
            .filter(|part| {
                !table.ancestors(part_index(table, part)).any(|(_, around)| {
                    around
                        .hints
                        .any(Hints::COMMENTS.or(Hints::RELATED).or(Hints::SIDE))
                })
            })
    };
    for part in bylines() {
        let names = split(&table.text_of(part));
        if !names.is_empty() && names.len() <= 5 {
            return names;
        }
    }
    Vec::new()
}

fn part_index(table: &Table<'_>, part: &crate::extract::table::Part) -> usize {
    table
        .elements
        .iter()
        .position(|known| known.node == part.node)
        .unwrap_or(0)
}

/// Lines like "By Ada Lark" at the edges of the text.
fn from_lines(table: &Table<'_>, body: &[usize]) -> Vec<String> {
    let (Some(&first), Some(&last)) = (body.first(), body.last()) else {
        return Vec::new();
    };
    let near = (first.saturating_sub(8)..first + 3).chain(last.saturating_sub(2)..last + 3);
    for index in near {
        let Some(block) = table.blocks.get(index) else {
            continue;
        };
        if block.weight > 100 {
            continue;
        }
        let mut words = block.text.split_whitespace();
        let Some(first_word) = words.next() else {
            continue;
        };
        let lower = first_word.trim_end_matches(':').to_lowercase();
        if matches!(
            lower.as_str(),
            "by" | "von" | "par" | "por" | "di" | "door" | "av" | "af" | "oleh" | "автор"
        ) {
            let names = split(&block.text);
            if !names.is_empty() && names.iter().all(|name| looks_like_name(name)) {
                return names;
            }
        }
    }
    Vec::new()
}

/// Splits a byline into names.
fn split(byline: &str) -> Vec<String> {
    let mut text = format!(" {} ", plain(byline));
    for mark in BETWEEN {
        text = text.replace(mark, "\n");
    }
    text.split('\n').filter_map(name).collect()
}

/// One name without the words before and the address behind it.
fn name(part: &str) -> Option<String> {
    let mut words: Vec<&str> = part
        .split_whitespace()
        .filter(|word| !word.contains('@') && !word.contains("://"))
        .collect();
    while let Some(first) = words.first() {
        let lower = first.trim_end_matches([':', '.']).to_lowercase();
        if words.len() > 1 && BEFORE.contains(&lower.as_str()) || first.ends_with(':') {
            words.remove(0);
        } else {
            break;
        }
    }
    let text = words.join(" ");
    let text = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')')
        .trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let length = text.chars().count();
    (length >= 2
        && length <= LONGEST_NAME
        && digits <= 2
        && text.chars().any(char::is_alphabetic)
        && words.len() <= 6)
        .then(|| text.to_owned())
}

/// Tells whether every word of a name begins with a capital, in scripts that have them.
fn looks_like_name(name: &str) -> bool {
    name.split_whitespace().all(|word| {
        word.chars().next().is_some_and(|c| !c.is_lowercase()) || word.chars().count() <= 3
    })
}
