//! The lead: paragraphs between headline and text, which often stand outside of the element that holds the rest.

use super::survey::{LINKED_SHARE, Survey};
use super::{Found, Known};
use crate::extract::hints::Hints;
use crate::extract::lines;
use crate::extract::table::{Block, Part, Table, Tag};
use crate::extract::text::{ends_sentence, folded};
use crate::extract::verdict::{Kept, Verdict};

/// Adds the lead to the text that was found.
pub(super) fn add(survey: &Survey<'_>, known: &Known<'_>, found: &mut Found) {
    let table = survey.table;
    let Some(first) = found.kept().next() else {
        return;
    };
    let title = known.title.map(folded).unwrap_or_default();
    let is_headline = |block: &Block| block.weight < 400 && block.folded() == title;
    let headline = table.blocks.iter().take(first).rposition(is_headline);
    let mut lead: Vec<usize> = headline
        .filter(|headline| first - headline <= MOST_BLOCKS_TO_TEXT)
        .map(|headline| under_headline(table, headline, first))
        .unwrap_or_default();
    if lead.is_empty() {
        lead.extend(named_lead(table, survey, first, known));
    }
    for index in lead {
        found.set(index, Verdict::Kept(Kept::Lead));
    }
}

/// Blocks between a headline and the text, at most: pictures, dates and buttons stand there as well.
const MOST_BLOCKS_TO_TEXT: usize = 20;

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
fn under_headline(table: &Table<'_>, headline: usize, first: usize) -> Vec<usize> {
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
        let is_sentence = ends_sentence(&block.text);
        let is_named = own_hints(table, block).any(Hints::LEAD);
        let is_subhead = matches!(block.tag, Tag::Heading(2 | 3)) && index <= headline + 2;
        (block.weight >= SHORTEST_LEAD || is_named && block.weight >= SHORTEST_NAMED_LEAD)
            && (is_sentence || is_subhead || block.weight >= 2 * SHORTEST_LEAD)
            && block.links == 0
            && !block.in_caption
            && !named_otherwise
            && !lines::is_boilerplate(block)
            && !(block.weight < 2 * SHORTEST_LEAD && lines::has_date(&block.text))
    };
    (headline + 1..first)
        .filter(|&index| is_lead(index))
        .take(3)
        .collect()
}

fn own_hints(table: &Table<'_>, block: &Block) -> Hints {
    let part = table.elements.get(block.part);
    part.map_or(Hints::NONE, |part| part.hints)
}

/// The nearest paragraph above the text that is named a lead, or is the page's description.
fn named_lead(
    table: &Table<'_>,
    survey: &Survey<'_>,
    first: usize,
    known: &Known<'_>,
) -> Option<usize> {
    let description = known.description.map(folded).unwrap_or_default();
    let title = known.title.map(folded);
    (0..first).rev().find(|&index| {
        table.blocks.get(index).is_some_and(|block| {
            let own = table.elements.get(block.part);
            let parent = table.ancestors(block.part).next().map(|(_, part)| part);
            let named = own
                .into_iter()
                .chain(parent)
                .any(|part| part.hints.any(Hints::LEAD));
            let text = block.folded();
            let is_long_enough = block.weight >= SHORTEST_LEAD
                || named && block.weight >= SHORTEST_NAMED_LEAD && ends_sentence(&block.text);
            is_long_enough
                && !survey.is_left_out(index)
                && block.link_share() < LINKED_SHARE
                && (named || same_beginning(text, &description))
                && Some(text) != title.as_deref()
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
