//! The lead: paragraphs between headline and text, which often stand outside of the element that holds the rest.

use std::collections::{BTreeMap, HashSet};

use super::measure::LINKED_SHARE;
use super::survey::Survey;
use super::{Found, Known};
use crate::extract::hints::Hints;
use crate::extract::likeness::says_title;
use crate::extract::lines;
use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::{ends_sentence, folded, reads_as_sentence};
use crate::extract::verdict::{Kept, Verdict};

/// Adds the lead to the text that was found.
pub(super) fn add(survey: &Survey<'_>, root: usize, known: &Known<'_>, found: &mut Found) {
    let table = survey.table;
    let Some(first) = found.kept().next() else {
        return;
    };
    let title = known.title.map(folded).unwrap_or_default();
    let is_headline = |block: &Block| block.weight < 400 && block.folded() == title;
    let with_kicker = |block: &Block| {
        let is_heading = matches!(block.tag, Tag::Heading(_)) && block.weight < 400;
        is_heading && says_title(block.folded(), &title)
    };
    let mut above = table.blocks.iter().take(first);
    let headline = above.rposition(|block| is_headline(block) || with_kicker(block));
    let near = headline.filter(|headline| first - headline <= MOST_BLOCKS_TO_TEXT);
    let mut lead: Vec<usize> = near
        .map(|headline| under_headline(survey, known, headline, first, found.weight(table)))
        .unwrap_or_default();
    if lead.is_empty() {
        lead.extend(named_lead(table, survey, first, known, headline));
    }
    if let Some(headline) = near {
        lead.extend(key_points(survey, root, headline, first));
    }
    // Pages for several screens show the lead twice, and the text may begin with it.
    let mut said: HashSet<&str> = found
        .kept()
        .filter_map(|index| Some(table.blocks.get(index)?.folded()))
        .collect();
    for index in lead {
        if let Some(block) = table.blocks.get(index)
            && said.insert(block.folded())
        {
            found.set(index, Verdict::Kept(Kept::Lead));
        }
    }
}

/// The points of a list between headline and text: what the article says in short.
fn key_points(survey: &Survey<'_>, root: usize, headline: usize, first: usize) -> Vec<usize> {
    let table = survey.table;
    let mut lists: BTreeMap<usize, Vec<(usize, &Block)>> = BTreeMap::new();
    for index in headline + 1..first {
        if let Some(block) = table.blocks.get(index)
            && block.tag == Tag::Item
            && let Some(item) = table.elements.get(block.part)
        {
            lists.entry(item.parent).or_default().push((index, block));
        }
    }
    let is_of_points = |list: usize, items: &[(usize, &Block)]| {
        let around = table
            .ancestors(list)
            .map(|(index, part)| (index, part.hints));
        let own = table.elements.get(list).map(|part| (list, part.hints));
        let weight: usize = items.iter().map(|(_, block)| block.weight).sum();
        let named_otherwise = own
            .into_iter()
            .chain(around)
            .take_while(|(index, _)| *index > root || !holds(table, *index, headline))
            .any(|(_, hints)| {
                hints.any(NO_LEAD.or(Hints::META).or(Hints::HIDDEN).or(Hints::RELATED))
            });
        items.len() >= FEWEST_POINTS
            && weight >= items.len() * SHORTEST_POINT
            && !named_otherwise
            && items.iter().all(|(_, block)| {
                block.links == 0
                    && block.weight >= SHORTEST_POINT / 2
                    && !lines::is_boilerplate(block)
                    && !(block.weight < SHORTEST_LEAD && lines::has_date(&block.text))
            })
    };
    lists
        .into_iter()
        .filter(|(list, items)| is_of_points(*list, items))
        .flat_map(|(_, items)| items)
        .map(|(index, _)| index)
        .collect()
}

/// The fewest points of an article in short, and the weight of each on the average.
const FEWEST_POINTS: usize = 2;
const SHORTEST_POINT: usize = 20;

fn holds(table: &Table<'_>, part: usize, block: usize) -> bool {
    let part = table.elements.get(part);
    part.is_some_and(|part| (part.first..part.end).contains(&block))
}

/// Blocks between a headline and the text, at most: pictures, dates and buttons stand there as well.
const MOST_BLOCKS_TO_TEXT: usize = 20;

/// Lines of the smallest box with a heading of its own: the heading, and more than a lead.
const LEAST_BOX: usize = 3;

/// Weight of the shortest lead.
const SHORTEST_LEAD: usize = 40;

/// Weight of the shortest sentence that is a lead because it is named one.
const SHORTEST_NAMED_LEAD: usize = 15;

/// What a lead is never part of. Many sites call it a teaser: the names of related articles do not count here.
const NO_LEAD: Hints = Hints::NAV
    .or(Hints::COMMENTS)
    .or(Hints::SHARE)
    .or(Hints::AD)
    .or(Hints::CONSENT)
    .or(Hints::SIGNUP)
    .or(Hints::TAGS)
    .or(Hints::FOOT)
    .or(Hints::BIO)
    .or(Hints::CAPTION)
    .or(Hints::MEDIA)
    .or(Hints::BYLINE)
    .or(Hints::DATE);

/// The plain paragraphs directly under the headline.
fn under_headline(
    survey: &Survey<'_>,
    known: &Known<'_>,
    headline: usize,
    first: usize,
    text: usize,
) -> Vec<usize> {
    let table = survey.table;
    let description = known.description.map(folded).unwrap_or_default();
    let is_lead = |index: usize| {
        let Some(block) = table.blocks.get(index) else {
            return false;
        };
        let holds_headline = |part: &Part| (part.first..part.end).contains(&headline);
        let around = || {
            let own = table.elements.get(block.part).into_iter();
            own.chain(table.ancestors(block.part).map(|(_, part)| part))
                .take_while(|part| !holds_headline(part))
        };
        let named_otherwise = around()
            .any(|part| part.hints.any(NO_LEAD) || matches!(part.tag, Tag::Figure | Tag::List));
        // A box with a heading of its own above several lines is about something else.
        let is_in_box = around().any(|part| {
            let blocks = table.blocks.iter().take(part.end).skip(part.first);
            part.end <= first
                && part.end - part.first >= LEAST_BOX
                && blocks
                    .take(1)
                    .any(|block| matches!(block.tag, Tag::Heading(_)))
        });
        let is_sentence = reads_as_sentence(&block.text);
        let is_named = own_hints(table, block).any(Hints::LEAD);
        let is_subhead = matches!(block.tag, Tag::Heading(2 | 3)) && index <= headline + 2;
        (block.weight >= SHORTEST_LEAD || is_named && block.weight >= SHORTEST_NAMED_LEAD)
            && (is_sentence || is_subhead || block.weight >= 2 * SHORTEST_LEAD)
            && block.links == 0
            && !block.in_caption
            && !named_otherwise
            && (!is_in_box || is_named)
            && !lines::is_boilerplate(block)
            && (is_named
                || text < ENOUGH_TEXT
                || same_beginning(block.folded(), &description)
                || !is_under_picture(table, block, index, headline))
            && !(block.weight < 2 * SHORTEST_LEAD && lines::has_date(&block.text))
    };
    (headline + 1..first)
        .filter(|&index| is_lead(index))
        .take(3)
        .collect()
}

/// Tells whether a line stands in a small element with a picture, or ends in a credit: it says what is seen.
fn is_under_picture(table: &Table<'_>, block: &Block, index: usize, headline: usize) -> bool {
    let boxes = table.ancestors(block.part).take_while(|(_, part)| {
        part.end - part.first <= MOST_BLOCKS_WITH_PICTURE
            && !(part.first..part.end).contains(&headline)
    });
    let outer = boxes.last();
    let has_picture = outer.is_some_and(|(_, part)| {
        let mut pictures = table.pictures.iter();
        (part.first..part.end).contains(&index)
            && pictures.any(|picture| {
                picture.block == index
                    && std::iter::once(picture.part)
                        .chain(table.ancestors(picture.part).map(|(index, _)| index))
                        .any(|around| Some(around) == outer.map(|(index, _)| index))
            })
    });
    has_picture || ends_in_credit(&block.text)
}

/// Weight of a text that a line under a picture is not needed for.
const ENOUGH_TEXT: usize = 300;

/// Blocks of an element with a picture and what is said about it: its number, a caption, a credit.
const MOST_BLOCKS_WITH_PICTURE: usize = 3;

/// Tells whether a line ends in brackets that name an agency or a photographer.
fn ends_in_credit(line: &str) -> bool {
    let inside = line
        .trim_end_matches(['.', ' '])
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once('('))
        .map(|(_, inside)| inside);
    inside.is_some_and(|inside| {
        inside.contains(['/', '©']) && inside.chars().count() <= LONGEST_CREDIT
    })
}

/// The longest credit in brackets, in characters.
const LONGEST_CREDIT: usize = 60;

fn own_hints(table: &Table<'_>, block: &Block) -> Hints {
    let part = table.elements.get(block.part);
    part.map_or(Hints::NONE, |part| part.hints)
}

/// The paragraphs above the text that are named a lead, or the nearest that is the page's description.
fn named_lead(
    table: &Table<'_>,
    survey: &Survey<'_>,
    first: usize,
    known: &Known<'_>,
    headline: Option<usize>,
) -> Vec<usize> {
    let description = known.description.map(folded).unwrap_or_default();
    let title = known.title.map(folded);
    let is_named = |block: &Block| {
        let own = table.elements.get(block.part);
        let parent = table.ancestors(block.part).next().map(|(_, part)| part);
        let mut around = own.into_iter().chain(parent);
        around.any(|part| part.hints.any(Hints::LEAD))
    };
    let is_lead = |index: usize| {
        table.blocks.get(index).is_some_and(|block| {
            let named = is_named(block);
            let text = block.folded();
            let is_long_enough = block.weight >= SHORTEST_LEAD
                || named && block.weight >= SHORTEST_NAMED_LEAD && ends_sentence(&block.text);
            is_long_enough
                && !survey.is_left_out(index)
                && block.link_share() < LINKED_SHARE
                && (named || same_beginning(text, &description))
                && Some(text) != title.as_deref()
        })
    };
    let Some(nearest) = (0..first).rev().find(|&index| is_lead(index)) else {
        return Vec::new();
    };
    // A running report has one under its headline, and one above its posts.
    let is_sentence = |index: usize| {
        let block = table.blocks.get(index);
        block.is_some_and(|block| is_named(block) && ends_sentence(&block.text))
    };
    let mut lead: Vec<usize> = headline
        .map(|headline| (headline + 1..nearest).filter(|&index| is_sentence(index)))
        .into_iter()
        .flatten()
        .filter(|&index| is_lead(index))
        .take(MOST_NAMED)
        .collect();
    lead.push(nearest);
    lead
}

/// Paragraphs between headline and text that are named a lead, at most, besides the nearest.
const MOST_NAMED: usize = 3;

/// Tells whether two folded texts begin alike: a description is often the lead, cut.
fn same_beginning(text: &str, description: &str) -> bool {
    let shared = text
        .chars()
        .zip(description.chars())
        .take_while(|(a, b)| a == b)
        .count();
    shared >= 60 || (shared >= 25 && shared + 1 >= text.chars().count())
}
