//! Links that are the text: the names in a list, a table or a sentence, and reports that a sentence links to.
//!
//! A list of other articles is made of headlines. Names are short, and something above them says what they are.

use std::collections::{BTreeMap, HashSet};

use super::measure::{LINKED_SHARE, is_paragraph, is_reference, parent};
use super::survey::Survey;
use crate::extract::lines;
use crate::extract::table::Block;
use crate::extract::tag::Tag;
use crate::extract::text::ends_sentence;

/// The longest linked name on the average of a list, in weight; headlines are longer.
const LONGEST_NAME: usize = 34;

/// The fewest lines that are a list of names.
const FEWEST: usize = 3;

/// The blocks among those inside the text that are mostly links and belong to it all the same.
pub(super) fn names(
    survey: &Survey<'_>,
    inside: &[usize],
    text_parent: Option<usize>,
) -> HashSet<usize> {
    let blocks = &survey.table.blocks;
    let mut names = HashSet::new();
    for &index in inside {
        let Some(block) = blocks.get(index) else {
            continue;
        };
        let is_name = match block.tag {
            Tag::Cell if block.link_share() >= LINKED_SHARE => {
                is_in_row_of_others(survey, index, block)
            }
            _ => {
                is_reference(block)
                    && parent(survey.table, block) == text_parent
                    && is_linked_sentence(block)
            }
        };
        if is_name {
            names.insert(index);
        }
    }
    for run in runs(survey, inside, text_parent) {
        if is_list_of_names(survey, inside, &run, text_parent) {
            names.extend(run);
        }
    }
    names.extend(headings_of_items(survey, inside));
    names
}

/// Tells whether a cell that is a link stands in a row with others that are none: a table about what is named.
fn is_in_row_of_others(survey: &Survey<'_>, index: usize, block: &Block) -> bool {
    let table = survey.table;
    let Some(row) = table.row_of(block).and_then(|row| table.elements.get(row)) else {
        return false;
    };
    let mut cells = table
        .blocks
        .iter()
        .enumerate()
        .take(row.end)
        .skip(row.first);
    cells.any(|(at, cell)| at != index && cell.tag == Tag::Cell && cell.link_share() < LINKED_SHARE)
}

/// Tells whether a paragraph is a sentence although most of it is links: to earlier reports, or on every name.
fn is_linked_sentence(block: &Block) -> bool {
    let unlinked = block.weight.saturating_sub(block.link_weight);
    let is_told = unlinked >= 15 && !block.text.contains([':', '：']);
    let is_sentence = ends_sentence(&block.text) && is_told && block.link_share() <= 0.85;
    is_sentence && (block.links > 1 || block.link_share() < 0.65)
        || block.links >= FEWEST
            && unlinked > block.links
            && block.link_weight <= block.links * LONGEST_NAME
}

/// Lines behind each other that are all mostly links, or items of one list that has some.
fn runs(survey: &Survey<'_>, inside: &[usize], text_parent: Option<usize>) -> Vec<Vec<usize>> {
    let table = survey.table;
    let mut lists: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut lines: Vec<usize> = Vec::new();
    for &index in inside {
        let Some(block) = table.blocks.get(index) else {
            continue;
        };
        let around = parent(survey.table, block);
        if block.tag == Tag::Item {
            let list = around.and_then(|list| Some((list, table.elements.get(list)?)));
            if let Some((list, _)) = list.filter(|(_, part)| Some(part.parent) == text_parent) {
                lists.entry(list).or_default().push(index);
            }
        }
        if block.tag == Tag::Paragraph && around == text_parent && is_linked(block) {
            lines.push(index);
        } else {
            runs.push(std::mem::take(&mut lines));
        }
    }
    runs.push(lines);
    runs.extend(lists.into_values());
    runs.retain(|run| run.len() >= FEWEST);
    runs
}

/// Tells whether a run of lines is a list of names that the text gives: short ones, announced by what stands above.
fn is_list_of_names(
    survey: &Survey<'_>,
    inside: &[usize],
    run: &[usize],
    text_parent: Option<usize>,
) -> bool {
    let blocks = &survey.table.blocks;
    let linked = || run.iter().filter_map(|&index| blocks.get(index));
    let weight: usize = linked().map(|block| block.link_weight).sum();
    if !linked().any(is_linked) || weight > run.len() * LONGEST_NAME {
        return false;
    }
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return false;
    };
    let above = inside.iter().rev().find(|&index| index < first);
    let Some(above) = above.and_then(|&index| blocks.get(index)) else {
        return false;
    };
    if lines::is_boilerplate(above) || lines::ends_article(above) {
        return false;
    }
    let announces = above.text.trim_end().ends_with([':', '：'])
        && (matches!(above.tag, Tag::Heading(_)) || parent(survey.table, above) == text_parent);
    let goes_on = || {
        let behind = inside.iter().filter(|&index| index > last);
        behind.filter_map(|&index| blocks.get(index)).any(|block| {
            is_paragraph(block) && block.links == 0 && parent(survey.table, block) == text_parent
        })
    };
    // Topics are short as well, and stand in the middle of a text without a word about them.
    let can_be_topics = !linked().any(is_reference);
    announces
        || !can_be_topics && goes_on() && matches!(above.tag, Tag::Heading(_) | Tag::Paragraph)
}

/// Tells whether a line is mostly a link, be it as short as a name.
fn is_linked(block: &Block) -> bool {
    block.link_share() >= LINKED_SHARE
}

/// The linked headings of items, where paragraphs stand between them: the first stands before all of these.
fn headings_of_items(survey: &Survey<'_>, inside: &[usize]) -> Vec<usize> {
    let blocks = &survey.table.blocks;
    let headings: Vec<(usize, usize)> = inside
        .iter()
        .enumerate()
        .filter_map(|(position, &index)| Some((position, index, blocks.get(index)?)))
        .filter(|(.., block)| matches!(block.tag, Tag::Heading(2..)) && is_linked_name(block))
        .map(|(position, index, _)| (position, index))
        .collect();
    let is_told = |position: usize| {
        let next = inside
            .get(position + 1)
            .and_then(|&index| blocks.get(index));
        next.is_some_and(is_paragraph)
    };
    if headings.len() < FEWEST || !headings.iter().all(|(position, _)| is_told(*position)) {
        return Vec::new();
    }
    headings.into_iter().map(|(_, index)| index).collect()
}

fn is_linked_name(block: &Block) -> bool {
    block.link_share() >= LINKED_SHARE && block.weight <= 2 * LONGEST_NAME
}
