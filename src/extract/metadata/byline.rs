//! The authors: names only.
//!
//! Order of trust: linked data, `meta` tags, elements made for a byline near the headline, and last lines
//! that begin with "by" in some language. A page whose only author is its publisher has that one.

use std::ops::RangeInclusive;

use super::names::{looks_like_name, split};
use super::{Place, Sources};
use crate::extract::hints::Hints;
use crate::extract::lines;
use crate::extract::linked_data::AuthoredBy;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{NodeRef, Part, Table, attribute, spaced_text_of};
use crate::extract::tag::Tag;
use crate::extract::text::{clean, ends_sentence, folded, is_dense_script};

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
    "autorin",
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
    let known = Publisher::of(sources);
    let persons = |found: Sourced<Vec<String>>| {
        let persons = found.map(|names| -> Vec<String> {
            let names = names.into_iter();
            names.filter(|name| known.is_other(name)).collect()
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
    let elements = from_elements(sources.table, &place);
    let is_full = |found: &Sourced<Vec<String>>| found.value.iter().all(|name| is_of_person(name));
    // A publisher that is its own author is one where the page names people.
    let people = (sources.linked.authored_by == AuthoredBy::Organisations)
        .then(|| from_page(elements.clone(), Origin::Element).filter(is_full))
        .flatten();
    let of_head = people
        .or_else(|| persons(linked.clone()))
        .or_else(|| from_head.clone().and_then(persons));
    if let Some(guest) = guest(sources.table, body)
        && !is_among(of_head.as_ref(), &guest)
    {
        return Some(Sourced::new(guest, Origin::Line));
    }
    // The name of an account is written together; the page shows it as people do.
    if let Some(found) = &of_head
        && let [account] = found.value.as_slice()
        && let [shown] = elements.as_slice()
        && is_account_of(account, shown)
    {
        return Some(Sourced::new(shown.clone(), Origin::Element));
    }
    of_head
        .or_else(|| from_page(elements.clone(), Origin::Element))
        .or_else(|| from_page(from_lines(sources.table, &place), Origin::Line))
        .or_else(|| from_page(from_pictures(sources.table, &place), Origin::Element))
        .or_else(|| from_page(from_dated_line(sources.table, &place), Origin::Line))
        .or_else(|| from_page(from_signature(sources.table, body), Origin::Line))
        .or_else(|| from_page(from_microdata(sources.table), Origin::Microdata("author")))
        .or_else(|| Some(linked).filter(|names| !names.value.is_empty()))
        .or(from_head)
        .or_else(|| {
            Some(Sourced::new(elements, Origin::Element)).filter(|names| !names.value.is_empty())
        })
        .map(|found| found.map(|names| names.join(", ")))
}

/// Whether somebody is one of those that were found.
fn is_among(found: Option<&Sourced<Vec<String>>>, name: &str) -> bool {
    let mut names = found.into_iter().flat_map(|found| &found.value);
    names.any(|known| folded(known) == folded(name))
}

/// Who publishes the page: nobody of that name has written it.
struct Publisher {
    site: String,
    host: String,
    name: String,
}

impl Publisher {
    fn of(sources: &Sources<'_>) -> Self {
        let canonical = super::canonical(sources).map(|found| found.value);
        let url = sources.url.or(canonical.as_ref());
        let host = url.and_then(|url| url.host_str());
        let name = sources.linked.publisher.as_deref();
        Self {
            site: folded(&super::site_name(sources)),
            host: host.map(folded).unwrap_or_default(),
            name: name.map(folded).unwrap_or_default(),
        }
    }

    /// Whether a name is another's.
    fn is_other(&self, written: &str) -> bool {
        let name = folded(written);
        if is_named_after(&name, &self.site) || is_named_after(&name, &self.name) {
            return false;
        }
        let is_of_host = !written.contains(' ')
            && !self.host.is_empty()
            && (self.host.contains(&name) || self.host.contains(&name.replace(' ', "")));
        name != self.site && !ACCOUNTS.contains(&name.as_str()) && !is_of_host
    }
}

/// Tells whether a folded name is the site's, or a word of it with a letter: an account of the newsroom.
fn is_named_after(name: &str, site: &str) -> bool {
    let is_of_site = |word: &str| site.split(' ').any(|of_site| of_site == word);
    let is_letter = |word: &str| word.chars().count() == 1;
    let words = || name.split(' ').filter(|word| !is_letter(word));
    let has_letter = name.split(' ').any(is_letter);
    !site.is_empty()
        && (name == site || has_letter && words().count() > 0 && words().all(is_of_site))
}

/// Tells whether an account is named after a person: `officialadalark` after Ada Lark.
fn is_account_of(account: &str, person: &str) -> bool {
    let joined = folded(person).replace(' ', "");
    !account.trim().contains(' ')
        && person.contains(' ')
        && folded(account).replace(' ', "").contains(&joined)
}

/// Tells whether a line is the full name of one person and nothing else.
fn is_full_name(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let is_written_together = line.chars().all(is_dense_script) && !line.chars().any(is_hiragana);
    if is_written_together {
        return (2..=LONGEST_DENSE_NAME).contains(&line.chars().count());
    }
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            || matches!(
                word,
                "de" | "da"
                    | "di"
                    | "van"
                    | "von"
                    | "der"
                    | "den"
                    | "al"
                    | "bin"
                    | "le"
                    | "la"
                    | "dos"
            )
    };
    (2..=4).contains(&words) && line.split_whitespace().all(is_word) && split(line) == [line]
}

fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309F}')
}

/// Characters of the longest name that is written without a space.
const LONGEST_DENSE_NAME: usize = 5;

/// The full name in the first line of the text, where it says "by" and nothing else but degrees.
fn guest(table: &Table<'_>, body: &[usize]) -> Option<String> {
    let block = table.blocks.get(*body.first()?)?;
    let (start, rest) = block.text.split_once(' ')?;
    let is_start = STARTS.contains(&start.trim_end_matches(':').to_lowercase().as_str());
    if block.weight > LONGEST_SIGNATURE || !is_start {
        return None;
    }
    let mut parts = rest.split(',').map(str::trim);
    let name = parts.next().filter(|name| is_full_name(name))?;
    let is_degree =
        |part: &str| part.chars().count() <= LONGEST_DEGREE && part.chars().any(char::is_uppercase);
    parts.all(is_degree).then(|| name.to_owned())
}

/// Characters of the longest degree behind a name, and the weight of the longest line that is a signature.
const LONGEST_DEGREE: usize = 6;
const LONGEST_SIGNATURE: usize = 60;

/// The name that is written beside a picture of the same name, near the headline.
fn from_pictures(table: &Table<'_>, place: &Place) -> Vec<String> {
    let near = place.blocks(BLOCKS_ABOVE, 1);
    let named = table
        .pictures
        .iter()
        .filter(|picture| near.contains(&picture.block));
    let name = named.filter_map(|picture| {
        let mut behind = table.blocks.iter().skip(picture.block).take(2);
        let alt = folded(picture.alt);
        behind.find(|block| is_full_name(&block.text) && block.folded() == alt)
    });
    name.map(|block| block.text.clone()).take(1).collect()
}

/// The name that a line with a date begins with, right at the headline: "Ada Lark | Reporter | 3 May 2024".
fn from_dated_line(table: &Table<'_>, place: &Place) -> Vec<String> {
    const BARS: [&str; 9] = [" | ", " · ", " • ", " - ", " – ", " — ", " / ", "｜", ", "];
    let near = place.blocks(2, 0);
    let mut lines: Vec<(usize, &str)> = table
        .blocks
        .iter()
        .enumerate()
        .filter(|(index, block)| {
            near.contains(index)
                && place.distance(*index) <= BLOCKS_TO_DATED_LINE
                && block.weight <= 2 * LONGEST_SIGNATURE
        })
        .map(|(index, block)| (index, block.text.as_str()))
        .collect();
    lines.sort_by_key(|(index, _)| place.distance(*index));
    let name = lines.into_iter().find_map(|(_, line)| {
        let bar = BARS
            .iter()
            .filter_map(|bar| Some((line.find(bar)?, *bar)))
            .min()?;
        let (name, rest) = line.split_once(bar.1)?;
        (is_full_name(name.trim()) && lines::has_date(rest)).then(|| name.trim().to_owned())
    });
    name.into_iter().collect()
}

/// Blocks from the headline in which a line with a name and a date stands.
const BLOCKS_TO_DATED_LINE: usize = 4;

/// The name that the first or the last line of the text is.
fn from_signature(table: &Table<'_>, body: &[usize]) -> Vec<String> {
    if body.len() < 3 {
        return Vec::new();
    }
    let name = body
        .last()
        .into_iter()
        .chain(body.first())
        .find_map(|&index| {
            let block = table.blocks.get(index)?;
            let is_line = !matches!(block.tag, Tag::Heading(_) | Tag::Item | Tag::Cell);
            (is_line && block.weight <= LONGEST_SIGNATURE && is_full_name(&block.text))
                .then(|| block.text.clone())
        });
    name.into_iter().collect()
}

/// The names in a line that is known to be a byline.
pub(in crate::extract) fn names_in_line(line: &str) -> Option<String> {
    let names = distinct(&[line.to_owned()]);
    (!names.is_empty()).then(|| names.join(", "))
}

/// Splits values into names, each once, without those of agencies that sell pictures.
fn distinct(values: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let all = values.iter().flat_map(|value| split(value));
    for name in all.filter(|name| !is_picture_agency(name)) {
        let known = names.iter().any(|known| folded(known) == folded(&name));
        if !known && names.len() < MOST {
            names.push(name);
        }
    }
    names
}

/// Tells whether a name is that of an agency that sells pictures.
fn is_picture_agency(name: &str) -> bool {
    const AGENCIES: &[&str] = &[
        "getty",
        "istock",
        "istockphoto",
        "shutterstock",
        "alamy",
        "depositphotos",
        "dreamstime",
        "unsplash",
        "pexels",
        "pixabay",
        "picture alliance",
        "imago images",
        "adobe stock",
        "stock adobe",
    ];
    let name = folded(name);
    AGENCIES.iter().any(|agency| {
        name.strip_prefix(agency)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
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
                        && !content.contains("www.")
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
    let found: Vec<(&Part, Vec<String>)> = table
        .elements
        .iter()
        .enumerate()
        .filter(|(index, part)| is_byline_part(table, *index, part, &blocks))
        .take(MOST_PLACES)
        .map(|(_, part)| (part, names_in(table, part)))
        .filter(|(_, names)| !names.is_empty() && names.len() <= MOST)
        .collect();
    let found: Vec<(usize, Vec<String>)> = found
        .iter()
        .filter(|(part, names)| !is_role(table, part, names, &found))
        .map(|(part, names)| (part.first, names.clone()))
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

/// Tells whether a part inside a byline says what the author is: not a name of the byline, nor made like one that is.
fn is_role(
    table: &Table<'_>,
    part: &Part,
    names: &[String],
    found: &[(&Part, Vec<String>)],
) -> bool {
    let is_inside = |inner: &Part, outer: &Part| {
        inner.node != outer.node && inner.first >= outer.first && inner.end <= outer.end
    };
    let class = |part: &Part| attribute(table.element(part)?, "class");
    let around = found
        .iter()
        .find(|(outer, _)| is_inside(part, outer) && outer.end > outer.first + 1);
    around.is_some_and(|(outer, known)| {
        let is_known = |names: &[String]| names.iter().all(|name| known.contains(name));
        let mut twins = found.iter().filter(|(twin, _)| is_inside(twin, outer));
        !is_known(names)
            && !twins.any(|(twin, names)| is_known(names) && class(twin) == class(part))
    })
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

/// What the addresses of pages about people hold.
const PAGES_OF_PEOPLE: &[&str] = &[
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

/// The names in a byline: those of its links to authors' pages, else its text.
fn names_in(table: &Table<'_>, part: &Part) -> Vec<String> {
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
                        let href = href.to_ascii_lowercase();
                        PAGES_OF_PEOPLE.iter().any(|page| href.contains(page))
                            || is_address_of(&href, &spaced_text_of(*node))
                    })
            })
        })
        .flat_map(|node| split(&spaced_text_of(node)))
        .filter(|name| looks_like_name(name))
        .collect();
    if !linked.is_empty() {
        return linked;
    }
    if part.end > part.first + 1 {
        // A label, a name, a role: each in a line of its own.
        let mut lines = table.blocks.iter().take(part.end).skip(part.first);
        if let Some(line) = lines.find(|block| is_full_name(&block.text)) {
            return vec![line.text.clone()];
        }
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
    let names: Vec<String> = split(&text)
        .into_iter()
        .filter(|name| looks_like_name(name))
        .collect();
    match names.as_slice() {
        // "By Ada Lark, Berlin": a place.
        [person, place] if person.contains(' ') && !place.contains(' ') && text.contains(", ") => {
            vec![person.clone()]
        }
        _ => names,
    }
}

/// Tells whether an address is made of a name: `/experts/ada-lark/`.
fn is_address_of(href: &str, name: &str) -> bool {
    let name = folded(name);
    name.contains(' ')
        && ["-", "_", "+", ""]
            .iter()
            .any(|joint| href.contains(&name.replace(' ', joint)))
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
        let is_start = |word: &&str| {
            let word = word.trim_end_matches(':').to_lowercase();
            // "Autorin/Autor": one label for both.
            let first = word.split('/').next().unwrap_or_default();
            STARTS.contains(&first)
        };
        let first = words.iter().position(is_start);
        let at = match first {
            Some(0) => 0,
            Some(at) if hints.any(Hints::META.or(Hints::DATE).or(Hints::BYLINE)) => at,
            _ => continue,
        };
        let is_double = words.get(at).is_some_and(|word| word.contains('/'));
        let from = at + usize::from(is_double);
        let rest = words.get(from..).unwrap_or_default().join(" ");
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
