//! Finds the blocks that are the article.
//!
//! Each block has a worth: long plain text counts for, short or linked text against. The worth of an element
//! is the sum over its blocks; the article is the smallest element that keeps nearly all of the best sum.
//! Parts that their names give away (menus, related articles, comments) are left out first, unless they hold
//! so much of the page's text that the name must mean something else.

mod survey;

use std::collections::HashSet;

use survey::{JUNK, LINKED_SHARE, SURE_JUNK, Sums, Survey, is_paragraph, plain_weight};

use super::hints::Hints;
use super::lines;
use super::rule::Applied;
use super::table::{Block, Part, Table, Tag};
use super::text::{ends_sentence, folded};

/// What is known before the search.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The headline.
    pub(super) title: Option<&'a str>,
    /// The names of the authors.
    pub(super) byline: Option<&'a str>,
    /// What the page gives as its description.
    pub(super) description: Option<&'a str>,
}

/// The article's blocks, as indices in document order: those that the site rule names, else those found.
pub(super) fn find(table: &Table<'_>, known: &Known<'_>, rule: &Applied) -> Vec<usize> {
    if !rule.body.is_empty() {
        return named_by_rule(table, rule);
    }
    let plain = Sums::new(table.blocks.iter().map(plain_weight));
    let mut best = (Vec::new(), 0);
    for names in [JUNK, SURE_JUNK, Hints::COMMENTS] {
        let survey = Survey::new(table, &plain, names);
        let found = article(&survey, known);
        let weight = weight_of(table, &found);
        if weight > best.1 * TRUSTED_RATIO {
            best = (found, weight);
        }
        if best.1 >= ENOUGH_WEIGHT {
            break;
        }
    }
    best.0
}

/// The blocks of the article in a surveyed page.
fn article(survey: &Survey<'_>, known: &Known<'_>) -> Vec<usize> {
    let Some(root) = survey.best_element() else {
        return Vec::new();
    };
    let root = survey.own_article(root, known).unwrap_or(root);
    let chosen = trim(survey.table, survey, root, known);
    with_lead(survey.table, survey, chosen, known)
}

/// The same blocks without the lines that only name the authors, who are known by now.
pub(super) fn without_bylines(
    table: &Table<'_>,
    found: &[usize],
    known: &Known<'_>,
    rule: &Applied,
) -> Vec<usize> {
    let byline = known.byline.map(folded).unwrap_or_default();
    let is_byline = |index: &usize| {
        table.blocks.get(*index).is_some_and(|block| {
            block.weight < 300 && lines::is_byline(&folded(&block.text), &byline)
        })
    };
    found
        .iter()
        .filter(|index| !rule.body.is_empty() || !is_byline(index))
        .copied()
        .collect()
}

fn named_by_rule(table: &Table<'_>, rule: &Applied) -> Vec<usize> {
    let mut named = vec![false; table.blocks.len()];
    let parts = table
        .elements
        .iter()
        .filter(|part| rule.body.contains(&part.node));
    for part in parts {
        for slot in named.iter_mut().take(part.end).skip(part.first) {
            *slot = true;
        }
    }
    let indices = named.iter().enumerate().filter(|(_, named)| **named);
    indices.map(|(index, _)| index).collect()
}

fn weight_of(table: &Table<'_>, found: &[usize]) -> usize {
    found
        .iter()
        .filter_map(|&index| table.blocks.get(index))
        .map(|block| block.weight)
        .sum()
}

/// How many times the text must be that is found when fewer names count as junk, to be preferred: names lie
/// where a whole article is built of parts called cards or widgets.
const TRUSTED_RATIO: usize = 4;

/// Weight of a text that is long enough not to look for a longer one.
const ENOUGH_WEIGHT: usize = 4_000;

/// Weight from which a line that comes a second time is a copy.
const REPEATED_WEIGHT: usize = 60;

/// Tenths of the text after which a heading like "Comments" ends it.
const LATE_TENTHS: usize = 6;

/// Drops what stands before, between and after the paragraphs without being part of the text.
fn trim(table: &Table<'_>, survey: &Survey<'_>, root: usize, known: &Known<'_>) -> Vec<usize> {
    let chosen = survey.blocks_of(root);
    let in_body = table
        .elements
        .get(root)
        .is_some_and(|part| part.hints.any(Hints::BODY));
    let total = weight_of(table, &chosen);
    let mut passed = 0;
    let block = |index: usize| table.blocks.get(index);
    let is_text = |index: &usize| block(*index).is_some_and(is_paragraph);
    let first = chosen.iter().position(is_text).unwrap_or(0);
    let last = chosen.iter().rposition(is_text).unwrap_or(chosen.len());
    let title = known.title.map(folded).unwrap_or_default();
    let byline = known.byline.map(folded).unwrap_or_default();
    let mut kept = Vec::with_capacity(chosen.len());
    let mut seen: HashSet<&str> = HashSet::new();
    for (position, &index) in chosen.iter().enumerate() {
        let Some(block) = block(index) else {
            continue;
        };
        let hints = survey
            .table
            .elements
            .get(block.part)
            .map_or(Hints::NONE, |p| p.hints);
        let is_heading = matches!(block.tag, Tag::Heading(_));
        let is_late = passed * 10 >= total * LATE_TENTHS;
        if position > last && ends_text(block)
            || is_late && is_heading && lines::ends_article(block)
        {
            break;
        }
        passed += block.weight;
        if is_about_the_article(block, hints, &title, &byline) || lines::is_boilerplate(block) {
            continue;
        }
        if position < first && !opens_text(block, hints, in_body) {
            continue;
        }
        // Pages for several screens hold some paragraphs twice.
        if block.weight < REPEATED_WEIGHT || seen.insert(&block.text) {
            kept.push(index);
        }
    }
    kept
}

/// Tells whether a block names the article, its authors or its date.
fn is_about_the_article(block: &Block, hints: Hints, title: &str, byline: &str) -> bool {
    if block.weight < 200 && hints.any(Hints::DATE.or(Hints::BYLINE).or(Hints::META)) {
        return true;
    }
    if block.weight >= 300 {
        return false;
    }
    let text = folded(&block.text);
    text.is_empty() || text == title || lines::is_byline(&text, byline)
}

/// Tells whether a short block before the first paragraph belongs to the text.
fn opens_text(block: &Block, hints: Hints, in_body: bool) -> bool {
    !lines::has_date(&block.text)
        && block.link_share() < LINKED_SHARE
        && (in_body
            || hints.any(Hints::LEAD)
            || matches!(
                block.tag,
                Tag::Paragraph | Tag::Heading(2..) | Tag::Item | Tag::Quote
            ))
}

/// Tells whether a short block after the last paragraph shows that the text is over.
fn ends_text(block: &Block) -> bool {
    block.link_share() >= LINKED_SHARE && block.weight > 15 || lines::ends_article(block)
}

/// Adds the paragraphs between headline and text, which often stand outside of the element that holds the rest.
fn with_lead(
    table: &Table<'_>,
    survey: &Survey<'_>,
    chosen: Vec<usize>,
    known: &Known<'_>,
) -> Vec<usize> {
    let Some(&first) = chosen.first() else {
        return chosen;
    };
    let title = known.title.map(folded).unwrap_or_default();
    let is_headline = |block: &Block| block.weight < 400 && folded(&block.text) == title;
    let headline = table.blocks.iter().take(first).rposition(is_headline);
    let mut lead: Vec<usize> = headline
        .filter(|headline| first - headline <= MOST_BLOCKS_TO_TEXT)
        .map(|headline| under_headline(table, headline, first, known))
        .unwrap_or_default();
    if lead.is_empty() {
        lead.extend(named_lead(table, survey, first, known));
    }
    lead.into_iter().chain(chosen).collect()
}

/// Blocks between a headline and the text, at most: pictures, dates and buttons stand there as well.
const MOST_BLOCKS_TO_TEXT: usize = 20;

/// Weight of the shortest lead.
const SHORTEST_LEAD: usize = 40;

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
    table: &Table<'_>,
    headline: usize,
    first: usize,
    known: &Known<'_>,
) -> Vec<usize> {
    let byline = known.byline.map(folded).unwrap_or_default();
    let is_lead = |index: usize| {
        let Some(block) = table.blocks.get(index) else {
            return false;
        };
        let holds_headline = |part: &Part| (part.first..part.end).contains(&headline);
        let own = table.elements.get(block.part).into_iter();
        let around = table.ancestors(block.part).map(|(_, part)| part);
        let named_otherwise = own
            .chain(around)
            .take_while(|part| !holds_headline(part))
            .any(|part| part.hints.any(NO_LEAD) || matches!(part.tag, Tag::Figure | Tag::List));
        block.weight >= SHORTEST_LEAD
            && (ends_sentence(&block.text) || block.weight >= 2 * SHORTEST_LEAD)
            && block.links == 0
            && !block.in_caption
            && !named_otherwise
            && !lines::is_boilerplate(block)
            && !lines::is_byline(&folded(&block.text), &byline)
            && !(block.weight < 2 * SHORTEST_LEAD && lines::has_date(&block.text))
    };
    (headline + 1..first)
        .filter(|&index| is_lead(index))
        .take(3)
        .collect()
}

/// The nearest paragraph above the text that is named a lead, or is the page's description.
fn named_lead(
    table: &Table<'_>,
    survey: &Survey<'_>,
    first: usize,
    known: &Known<'_>,
) -> Option<usize> {
    let description = known.description.map(folded).unwrap_or_default();
    (0..first).rev().find(|&index| {
        table.blocks.get(index).is_some_and(|block| {
            let own = table.elements.get(block.part);
            let parent = table.ancestors(block.part).next().map(|(_, part)| part);
            let named = own
                .into_iter()
                .chain(parent)
                .any(|part| part.hints.any(Hints::LEAD));
            let text = folded(&block.text);
            block.weight >= SHORTEST_LEAD
                && !survey.is_left_out(index)
                && block.link_share() < LINKED_SHARE
                && (named || same_beginning(&text, &description))
                && Some(text) != known.title.map(folded)
        })
    })
}

/// Tells whether two folded texts begin alike: a description is often the lead, cut.
fn same_beginning(text: &str, description: &str) -> bool {
    let shared = text
        .chars()
        .zip(description.chars())
        .take_while(|(a, b)| a == b)
        .count();
    shared >= 60 || (shared >= 25 && shared + 1 >= text.chars().count())
}
