//! The authors: names only.
//!
//! Order of trust: linked data, `meta` tags, elements made for a byline near the headline, and last lines
//! that begin with "by" in some language. A page whose only author is its publisher has that one.

use std::ops::RangeInclusive;

use super::names::{looks_like_name, split};
use super::{Place, Sources};
use crate::extract::hints::Hints;
use crate::extract::linked_data::AuthoredBy;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{NodeRef, Part, Table, Tag, attribute, spaced_text_of};
use crate::extract::text::{clean, ends_sentence, folded};

/// The most authors that are kept.
const MOST: usize = 12;

/// Blocks above the headline and below the text in which a byline can stand.
const BLOCKS_ABOVE: usize = 12;
const BLOCKS_BELOW: usize = 6;

/// Elements and lines in which a byline is looked for: a page of nothing else would be read for a second.
const MOST_PLACES: usize = 1_000;

/// Words that begin a line that is all byline.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    "by",
    "von",
    "par",
    "por",
    "di",
    "door",
    "av",
    "af",
    "oleh",
    "автор",
    "autor",
    "autora",
    "author",
    "auteur",
    "text",
    "texto",
    "tekst",
    "责编",
    "责任编辑",
    "作者",
    "记者",
    "posted",
    "verfasst",
    "geschrieben",
    "veröffentlicht",
    "erstellt",
    "published",
    "written",
];

/// Names that are an account, not a person.
#[rustfmt::skip]
const ACCOUNTS: &[&str] = &[
    "admin",
    "administrator",
    "wordpressadmin",
    "webmaster",
    "unknown",
    "root",
    "user",
    "guest",
    "editor",
    "redaktion",
    "redaction",
    "editorial team",
    "editorial staff",
    "staff",
    "none",
    "null",
    "author",
    "gast",
    "wpadmin",
    "siteadmin",
];

/// Finds the authors' names, joined by commas.
pub(in crate::extract) fn byline(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: &[usize],
) -> Option<Sourced<String>> {
    let site = folded(&super::site_name(sources));
    let canonical = super::canonical(sources).map(|found| found.value);
    let host = sources
        .url
        .or(canonical.as_ref())
        .and_then(|url| url.host_str())
        .map(folded)
        .unwrap_or_default();
    let is_person = |written: &str| {
        let name = folded(written);
        let is_of_host = !written.contains(' ')
            && !host.is_empty()
            && (host.contains(&name) || host.contains(&name.replace(' ', "")));
        name != site && !ACCOUNTS.contains(&name.as_str()) && !is_of_host
    };
    let persons = |found: Sourced<Vec<String>>| {
        let persons = found.map(|names| -> Vec<String> {
            names.into_iter().filter(|name| is_person(name)).collect()
        });
        (!persons.value.is_empty()).then_some(persons)
    };
    let linked = Sourced::new(
        distinct(&sources.linked.authors),
        Origin::LinkedData("author"),
    );
    let from_head = from_meta(sources.table).map(|found| found.map(|values| distinct(&values)));
    let range = body.first().copied().zip(body.last().copied());
    let place = Place::new(sources.table, title, range);
    let from_page = |names: Vec<String>, origin| persons(Sourced::new(names, origin));
    let from_parts = || from_page(from_elements(sources.table, &place), Origin::Element);
    let is_full = |found: &Sourced<Vec<String>>| found.value.iter().all(|name| is_of_person(name));
    // A publisher that is its own author is one where the page names people.
    let people = (sources.linked.authored_by == AuthoredBy::Organisations)
        .then(|| from_parts().filter(is_full))
        .flatten();
    people
        .or_else(|| persons(linked.clone()))
        .or_else(|| from_head.clone().and_then(persons))
        .or_else(from_parts)
        .or_else(|| from_page(from_lines(sources.table, &place), Origin::Line))
        .or_else(|| from_page(from_microdata(sources.table), Origin::Microdata("author")))
        .or_else(|| Some(linked).filter(|names| !names.value.is_empty()))
        .or(from_head)
        .map(|found| found.map(|names| names.join(", ")))
}

/// The names in a line that is known to be a byline.
pub(in crate::extract) fn names_in_line(line: &str) -> Option<String> {
    let names = distinct(&[line.to_owned()]);
    (!names.is_empty()).then(|| names.join(", "))
}

/// Splits values into names, each once.
fn distinct(values: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in values.iter().flat_map(|value| split(value)) {
        let known = names.iter().any(|known| folded(known) == folded(&name));
        if !known && names.len() < MOST {
            names.push(name);
        }
    }
    names
}

fn from_meta(table: &Table<'_>) -> Option<Sourced<Vec<String>>> {
    const NAMES: &[&str] = &[
        "author",
        "article:author",
        "parsely-author",
        "dc.creator",
        "dcterms.creator",
        "sailthru.author",
        "byl",
        "articleauthor",
        "article_author",
        "article.author",
        "author_name",
        "byline",
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
            let values = table
                .metas
                .iter()
                .filter(|(known, content)| {
                    known == name
                        && !content.contains("://")
                        && !content.contains('@')
                        && (*name != "twitter:data1" || is_written_by(table))
                })
                .map(|(_, content)| (*content).to_owned())
                .collect::<Vec<_>>();
            Sourced::new(values, Origin::Meta((*name).to_owned()))
        })
        .find(|found| found.value.iter().any(|value| !split(value).is_empty()))
}

/// Tells whether the first pair of Twitter's labels names the author.
fn is_written_by(table: &Table<'_>) -> bool {
    const LABELS: &[&str] = &[
        "written by",
        "author",
        "verfasst von",
        "escrito por",
        "écrit par",
        "scritto da",
        "geschreven door",
        "autor",
    ];
    table
        .meta(&["twitter:label1"])
        .is_some_and(|label| LABELS.contains(&folded(label).as_str()))
}

/// Names in the elements that are made for them, nearest to the headline.
fn from_elements(table: &Table<'_>, place: &Place) -> Vec<String> {
    let blocks = place.blocks(BLOCKS_ABOVE, BLOCKS_BELOW);
    let found: Vec<(usize, Vec<String>)> = table
        .elements
        .iter()
        .enumerate()
        .filter(|(index, part)| is_byline_part(table, *index, part, &blocks))
        .take(MOST_PLACES)
        .map(|(_, part)| (part.first, names_in(table, part)))
        .filter(|(_, names)| !names.is_empty() && names.len() <= MOST)
        .collect();
    let Some(&(nearest, _)) = found.iter().min_by_key(|(block, _)| place.distance(*block)) else {
        return Vec::new();
    };
    let together: Vec<String> = found
        .into_iter()
        .filter(|(block, _)| block.abs_diff(nearest) <= 2)
        .flat_map(|(_, names)| names)
        .collect();
    without_parts(distinct(&together))
}

/// What microdata calls the author, wherever it stands and whatever it looks like: initials, an agency.
fn from_microdata(table: &Table<'_>) -> Vec<String> {
    let parts = table.elements.iter().enumerate();
    let named = parts.filter(|(index, part)| {
        part.hints.any(Hints::BYLINE)
            && !is_elsewhere(table, *index, part)
            && table
                .element(part)
                .and_then(|element| attribute(element, "itemprop"))
                .is_some_and(|names| names.split_ascii_whitespace().any(|name| name == "author"))
    });
    let texts: Vec<String> = named
        .filter_map(|(_, part)| Some(spaced_text_of(table.node(part)?)))
        .filter(|text| text.chars().count() <= LONGEST_MICRODATA)
        .take(MOST)
        .collect();
    distinct(&texts)
}

/// Characters of a text that microdata calls the author.
const LONGEST_MICRODATA: usize = 80;

/// What stands beside an article.
const ELSEWHERE: Hints = Hints::COMMENTS
    .or(Hints::RELATED)
    .or(Hints::NAV)
    .or(Hints::CAPTION);

fn is_elsewhere(table: &Table<'_>, index: usize, part: &Part) -> bool {
    part.hints.any(ELSEWHERE)
        || table
            .ancestors(index)
            .any(|(_, around)| around.hints.any(ELSEWHERE) || around.tag == Tag::Caption)
}

fn is_byline_part(
    table: &Table<'_>,
    index: usize,
    part: &Part,
    blocks: &RangeInclusive<usize>,
) -> bool {
    part.hints.any(Hints::BYLINE)
        && blocks.contains(&part.first)
        && part.end <= part.first + 6
        && !is_elsewhere(table, index, part)
}

/// The names in a byline: those of its links to authors' pages, else its text.
fn names_in(table: &Table<'_>, part: &Part) -> Vec<String> {
    const PAGES: &[&str] = &[
        "author",
        "autor",
        "auteur",
        "people",
        "profil",
        "redaktion",
        "journalist",
        "/by/",
        "staff",
        "writer",
        "/team",
        "person",
        "contributor",
        "reporter",
        "redac",
        "/user",
        "columnist",
        "firma",
    ];
    let Some(node) = table.node(part) else {
        return Vec::new();
    };
    let linked: Vec<String> = node
        .descendants()
        .take(200)
        .filter(|node| {
            node.value().as_element().is_some_and(|element| {
                element.name() == "a"
                    && attribute(element, "href").is_some_and(|href| {
                        PAGES
                            .iter()
                            .any(|page| href.to_ascii_lowercase().contains(page))
                    })
            })
        })
        .flat_map(|node| split(&spaced_text_of(node)))
        .filter(|name| looks_like_name(name))
        .collect();
    if !linked.is_empty() {
        return linked;
    }
    let boxed = boxed_names(node);
    if boxed.len() > 1 {
        // A name and a title stand in boxes below each other; names stand in one row.
        return if part.end > part.first + 1 {
            boxed.into_iter().take(1).collect()
        } else {
            boxed
        };
    }
    let text = spaced_text_of(node);
    if text.chars().count() > 200 {
        return Vec::new();
    }
    split(&text)
        .into_iter()
        .filter(|name| looks_like_name(name))
        .collect()
}

/// The names of a byline in which each has its own box; none where any box holds something else.
fn boxed_names(node: NodeRef<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for text in node
        .descendants()
        .take(100)
        .filter_map(|node| node.value().as_text())
    {
        let text = clean(text);
        if text.is_empty() {
            continue;
        }
        let is_full_name =
            (2..=4).contains(&text.split_whitespace().count()) && looks_like_name(&text);
        if !is_full_name || split(&text) != [text.as_str()] {
            return Vec::new();
        }
        names.push(text);
    }
    names
}

/// Drops names that are a part of another: "Ada" beside "Ada Lark".
fn without_parts(names: Vec<String>) -> Vec<String> {
    let all: Vec<String> = names
        .iter()
        .map(|name| format!(" {} ", folded(name)))
        .collect();
    names
        .into_iter()
        .zip(&all)
        .filter(|(_, own)| {
            !all.iter()
                .any(|other| other.len() > own.len() && other.contains(own.as_str()))
        })
        .map(|(name, _)| name)
        .collect()
}

/// Lines like "By Ada Lark" near the headline and at the edges of the text.
fn from_lines(table: &Table<'_>, place: &Place) -> Vec<String> {
    let mut blocks: Vec<usize> = place.blocks(BLOCKS_ABOVE, BLOCKS_BELOW).collect();
    blocks.sort_by_key(|block| place.distance(*block));
    for index in blocks.into_iter().take(MOST_PLACES) {
        let Some(block) = table.blocks.get(index) else {
            continue;
        };
        if block.weight > 160 {
            continue;
        }
        let hints = table
            .elements
            .get(block.part)
            .map_or(Hints::NONE, |part| part.hints);
        let line = block
            .text
            .trim_start_matches(['(', '（', '[', '–', '-'])
            .replace('：', ": ");
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_start =
            |word: &&str| STARTS.contains(&word.trim_end_matches(':').to_lowercase().as_str());
        let first = words.iter().position(is_start);
        let at = match first {
            Some(0) => 0,
            Some(at) if hints.any(Hints::META.or(Hints::DATE).or(Hints::BYLINE)) => at,
            _ => continue,
        };
        let rest = words.get(at..).unwrap_or_default().join(" ");
        let names: Vec<String> = split(&rest)
            .into_iter()
            .take_while(|name| looks_like_name(name))
            .collect();
        if is_in_sentence(&block.text, &names) {
            continue;
        }
        if !names.is_empty() && (block.weight <= 80 || at > 0 || names.len() == split(&rest).len())
        {
            return names;
        }
    }
    Vec::new()
}

/// Tells whether a line that begins as a byline is a sentence: `By law, nothing changes.`
fn is_in_sentence(line: &str, names: &[String]) -> bool {
    let is_full = |name: &String| {
        name.contains(' ')
            && !name
                .split(' ')
                .any(|word| word.len() > 3 && word.starts_with(char::is_lowercase))
    };
    let said: usize = names.iter().map(|name| name.split(' ').count()).sum();
    let all = line.split_whitespace().count();
    // A word before the names, and one between each two.
    let is_all = all <= said + names.len() + 1;
    let is_small = names
        .iter()
        .any(|name| name.starts_with(char::is_lowercase));
    is_small && !is_all
        || ends_sentence(line)
            && line.chars().any(char::is_lowercase)
            && !(names.iter().all(is_full) && is_all)
}

/// Tells whether a name is two to four words none of which is an abbreviation, as those of firms are.
fn is_of_person(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let is_abbreviation = |word: &&str| {
        word.len() > 1
            && (word.chars().all(char::is_uppercase)
                || word.len() < 4 && word.ends_with('.') && word.len() != 2)
    };
    (2..=4).contains(&words.len()) && !words.iter().any(is_abbreviation)
}
