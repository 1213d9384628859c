//! Texts that stand in several containers: what parts them is not in the text, and neither alone is the whole.

use super::island;
use super::measure::{LINKED_SHARE, is_paragraph};
use super::survey::Survey;
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, attribute};
use crate::extract::tag::Tag;
use crate::extract::text::ends_sentence;

/// Levels above the element that was found in which another of its kind is looked for.
const MOST_LEVELS: usize = 4;

/// Weight of the plain text from which a container beside the one that was found is a part of the text.
const LEAST_TEXT: usize = 80;

/// The element that was found, or one around it that holds others made like it, with text of the same article.
pub(super) fn widened(survey: &Survey<'_>, root: usize) -> usize {
    let table = survey.table;
    let mut found = root;
    let mut inner = root;
    let around: Vec<usize> = table.ancestors(root).map(|(index, _)| index).collect();
    for outer in around.into_iter().take(MOST_LEVELS) {
        if table
            .elements
            .get(outer)
            .is_none_or(|part| matches!(part.tag, Tag::Body | Tag::Html))
        {
            break;
        }
        if has_twin(survey, outer, inner) || has_paragraphs_beside(survey, outer, inner) {
            found = outer;
        }
        inner = outer;
    }
    found
}

/// Tells whether another element of the same name stands beside one, and holds a paragraph and no other article.
fn has_twin(survey: &Survey<'_>, outer: usize, inner: usize) -> bool {
    let elements = &survey.table.elements;
    let (Some(around), Some(one)) = (elements.get(outer), elements.get(inner)) else {
        return false;
    };
    let Some(name) = name(survey, one) else {
        return false;
    };
    let siblings = elements.iter().enumerate().skip(outer + 1);
    siblings
        .take_while(|(_, part)| part.first < around.end)
        .filter(|(index, part)| *index != inner && part.parent == outer && part.tag == one.tag)
        .any(|(_, part)| self::name(survey, part) == Some(name) && is_of_text(survey, part))
}

/// Tells whether paragraphs of the text stand beside the element that holds most of it: what is shown to everybody
/// before the part for subscribers, the last lines behind a box.
fn has_paragraphs_beside(survey: &Survey<'_>, outer: usize, inner: usize) -> bool {
    let table = survey.table;
    let (Some(around), Some(one)) = (table.elements.get(outer), table.elements.get(inner)) else {
        return false;
    };
    let inside =
        || (around.first..around.end).filter(|index| !(one.first..one.end).contains(index));
    let of_text = |block: &Block| {
        let own = table.elements.get(block.part);
        block.tag == Tag::Paragraph
            && block.links == 0
            && block.weight >= LEAST_TEXT
            && is_paragraph(block)
            && ends_sentence(&block.text)
            && own.is_some_and(|own| own.parent == outer && own.hints == Hints::NONE)
            && !island::speaks_to_reader(std::iter::once(block))
    };
    let blocks = || {
        inside()
            .filter(|&index| !survey.is_left_out(index))
            .filter_map(|index| table.blocks.get(index))
    };
    let beside: usize = blocks()
        .filter(|block| of_text(block))
        .map(|block| block.weight)
        .sum();
    let all: usize = blocks().map(|block| block.weight).sum();
    // Below a heading of its own stands another text.
    let is_headed = || {
        let mut behind = table.blocks.iter().take(around.end).skip(one.end);
        behind.any(|block| matches!(block.tag, Tag::Heading(_)))
    };
    table.budget.lasts(1 + around.end - around.first)
        && beside > 0
        && beside * 2 >= all
        && !is_headed()
}

/// What an element is named for its kind.
fn name<'a>(survey: &Survey<'a>, part: &Part) -> Option<&'a str> {
    let element = survey.table.element(part)?;
    ["data-testid", "data-component", "class"]
        .into_iter()
        .find_map(|key| attribute(element, key))
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Tells whether a part reads as running text under headings of its own: not as another article with its link.
fn is_of_text(survey: &Survey<'_>, part: &Part) -> bool {
    let inside: Vec<_> = (part.first..part.end)
        .filter(|&index| !survey.is_left_out(index))
        .filter_map(|index| survey.table.blocks.get(index))
        .collect();
    let text: usize = inside
        .iter()
        .filter(|block| is_paragraph(block) && ends_sentence(&block.text))
        .map(|block| block.weight)
        .sum();
    let all: usize = inside.iter().map(|block| block.weight).sum();
    let linked: usize = inside.iter().map(|block| block.link_weight).sum();
    let leads_away = inside.iter().any(|block| {
        let is_heading = matches!(block.tag, Tag::Heading(_));
        block.tag == Tag::Heading(1) || is_heading && block.link_share() >= LINKED_SHARE
    });
    text >= LEAST_TEXT
        && text * 2 >= all
        && linked * 6 <= all
        && !leads_away
        && !island::speaks_to_reader(inside.into_iter())
}
