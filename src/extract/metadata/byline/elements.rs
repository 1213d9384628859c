//! Names in elements that are made for a byline.

use std::ops::RangeInclusive;

use super::persons::{MOST, distinct, is_full_name};
use super::{BLOCKS_ABOVE, BLOCKS_BELOW, MOST_PLACES};
use crate::extract::hints::Hints;
use crate::extract::lines;
use crate::extract::metadata::Place;
use crate::extract::metadata::names::{looks_like_name, split};
use crate::extract::table::{NodeRef, Part, Table, attribute, spaced_text_of};
use crate::extract::tag::Tag;
use crate::extract::text::{clean, folded};

/// Names in the elements that are made for them, nearest to the headline.
pub(super) fn from_elements(table: &Table<'_>, place: &Place) -> Vec<String> {
    let blocks = place.blocks(BLOCKS_ABOVE, BLOCKS_BELOW);
    let found: Vec<(&Part, Vec<String>)> = table
        .elements
        .iter()
        .enumerate()
        .filter(|(index, part)| is_byline_part(table, *index, part, &blocks))
        .take(MOST_PLACES)
        .map(|(_, part)| {
            // "Subscribe" beside a name is a button.
            let mut names = names_in(table, part);
            names.retain(|name| !lines::begins_as_between(name, &folded(name)));
            (part, names)
        })
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
pub(super) fn is_role(
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
pub(super) fn from_microdata(table: &Table<'_>) -> Vec<String> {
    let parts = table.elements.iter().enumerate();
    let named = parts.filter(|(index, part)| {
        part.hints.any(Hints::BYLINE)
            && !is_beside_article(table, *index, part)
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
pub(super) const LONGEST_MICRODATA: usize = 80;

/// What stands beside an article.
pub(super) const ELSEWHERE: Hints = Hints::COMMENTS
    .or(Hints::RELATED)
    .or(Hints::NAV)
    .or(Hints::CAPTION);

pub(super) fn is_elsewhere(table: &Table<'_>, index: usize, part: &Part) -> bool {
    part.hints.any(ELSEWHERE)
        || table
            .ancestors(index)
            .any(|(_, around)| around.hints.any(ELSEWHERE) || around.tag == Tag::Caption)
}

/// The same, but what holds all that is the page's own stands beside nothing, even where a theme calls it a card.
fn is_beside_article(table: &Table<'_>, index: usize, part: &Part) -> bool {
    let is_named = |around: &Part| around.hints.any(ELSEWHERE) && around.tag != Tag::Main;
    let mut around = table.ancestors(index);
    is_named(part) || around.any(|(_, around)| is_named(around) || around.tag == Tag::Caption)
}

pub(super) fn is_byline_part(
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
pub(super) const PAGES_OF_PEOPLE: &[&str] = &[
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
pub(super) fn names_in(table: &Table<'_>, part: &Part) -> Vec<String> {
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
pub(super) fn is_address_of(href: &str, name: &str) -> bool {
    let name = folded(name);
    name.contains(' ')
        && ["-", "_", "+", ""]
            .iter()
            .any(|joint| href.contains(&name.replace(' ', joint)))
}

/// The names of a byline in which each has its own box; none where any box holds something else.
pub(super) fn boxed_names(node: NodeRef<'_>) -> Vec<String> {
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
pub(super) fn without_parts(names: Vec<String>) -> Vec<String> {
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
