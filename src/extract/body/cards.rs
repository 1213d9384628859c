//! Parts that lead to other articles by their shape: a linked headline, a picture that is linked, a line of text.

use std::collections::{BTreeMap, HashSet};

use super::measure::{SHORT_ARTICLE, Sums, is_paragraph};
use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::ends_sentence;

/// Rows of small parts that each have a linked headline and a line of text: other articles, whatever they are
/// called. Where they are most of the page it is a list, and they are its text.
pub(super) fn cards(table: &Table<'_>, plain: &Sums, headline: Option<usize>) -> HashSet<usize> {
    let pictured = parts_with_linked_pictures(table);
    let own_article = own_article(table, plain, headline);
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, part) in table.elements.iter().enumerate() {
        let is_aside = headline.is_some_and(|at| part.end <= at)
            || part.tag == Tag::Article && own_article.is_some_and(|end| part.first >= end);
        let is_pictured = pictured.get(index).copied().unwrap_or(false);
        if is_card(table, part, plain, is_aside) || is_pictured && is_picture_card(table, part) {
            rows.entry(part.parent).or_default().push(index);
        }
    }
    let weight = |row: &[usize]| -> f64 {
        let parts = row.iter().filter_map(|&index| table.elements.get(index));
        parts.map(|part| short_weight(table, part)).sum()
    };
    let mut cards = HashSet::new();
    let (mut text, mut short) = (0.0, 0.0);
    for (parent, row) in rows {
        if row.len() < FEWEST_CARDS || is_between_paragraphs(table, parent, &row) {
            continue;
        }
        let parts = row.iter().filter_map(|&index| table.elements.get(index));
        // What stands above the headline is no list that the page is for.
        text += parts
            .filter(|part| headline.is_none_or(|at| part.first > at))
            .map(|part| plain.of(part))
            .sum::<f64>();
        short += weight(&row);
        cards.extend(row);
    }
    let most = plain.total() * MOST_TEXT_IN_CARDS;
    if text > most || short > most {
        return HashSet::new();
    }
    cards.extend(lone_cards(table, plain, headline, &pictured));
    cards
}

/// Single parts among the paragraphs that lead to another article: a linked headline with a picture that is linked as
/// well, or with nothing but a name and a date.
fn lone_cards(
    table: &Table<'_>,
    plain: &Sums,
    headline: Option<usize>,
    pictured: &[bool],
) -> Vec<usize> {
    let Some(headline) = headline else {
        return Vec::new();
    };
    let is_lone = |index: usize, part: &Part| {
        let is_pictured = pictured.get(index).copied().unwrap_or(false);
        part.first > headline
            && plain.of(part) <= LONGEST_CARD
            && is_lone_card(table, part, is_pictured)
    };
    let parts = table.elements.iter().enumerate();
    let found: Vec<usize> = parts
        .filter(|(index, part)| table.budget.lasts(1) && is_lone(*index, part))
        .map(|(index, _)| index)
        .collect();
    let outermost = found
        .iter()
        .filter_map(|&index| table.elements.get(index))
        .filter(|part| !found.contains(&part.parent));
    let text: f64 = outermost.map(|part| plain.of(part)).sum();
    // Where many parts are made so, they are what the page is about.
    if text > plain.total() * MOST_TEXT_IN_LONE_CARDS {
        return Vec::new();
    }
    found
}

/// Tells whether a part is nothing but a linked headline with what belongs to it.
fn is_lone_card(table: &Table<'_>, part: &Part, is_pictured: bool) -> bool {
    let blocks = || table.blocks.iter().take(part.end).skip(part.first);
    let leads_away =
        |block: &&Block| block.link_share() > 0.8 && block.weight >= SHORTEST_LONE_HEADLINE;
    let is_box = matches!(
        part.tag,
        Tag::Div | Tag::Section | Tag::Aside | Tag::Article
    );
    let Some(headline) = blocks().find(leads_away) else {
        return false;
    };
    if !is_box || !(2..=MOST_BLOCKS_OF_CARD).contains(&(part.end - part.first)) {
        return false;
    }
    if is_pictured {
        let mut text = blocks().filter(|block| is_paragraph(block));
        let is_short = |line: &Block| line.weight <= LONGEST_LONE_LINE;
        return text.next().is_none_or(is_short) && text.next().is_none();
    }
    let is_name = |block: &Block| block.weight < LONGEST_NAME && !ends_sentence(&block.text);
    matches!(headline.tag, Tag::Heading(_))
        && blocks().all(|block| block.link_share() > 0.8 || is_name(block))
}

/// The longest line of text in such a card, and the longest line with a name or a date.
const LONGEST_LONE_LINE: usize = 200;
const LONGEST_NAME: usize = 50;

/// The shortest linked headline of a card that stands alone, and the share of the page's plain text in such cards from
/// which they are the text.
const SHORTEST_LONE_HEADLINE: usize = 25;
const MOST_TEXT_IN_LONE_CARDS: f64 = 0.1;

/// The end of the article element that holds the headline and text of its own.
fn own_article(table: &Table<'_>, plain: &Sums, headline: Option<usize>) -> Option<usize> {
    let headline = headline?;
    let around = table
        .elements
        .iter()
        .rfind(|part| part.tag == Tag::Article && (part.first..part.end).contains(&headline))?;
    (plain.of(around) >= SHORT_ARTICLE).then_some(around.end)
}

/// The weight of what is too short in a part to be a paragraph and is no link: a list of other articles leads away.
#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of texts are far below 2^52"
)]
fn short_weight(table: &Table<'_>, part: &Part) -> f64 {
    let blocks = table.blocks.iter().take(part.end).skip(part.first);
    let short = blocks.filter(|block| !is_paragraph(block));
    short
        .map(|block| block.weight.saturating_sub(block.link_weight) as f64)
        .sum()
}

/// Tells whether the paragraphs of the text stand beside a row of cards, before and behind it: then it is a part of
/// the text that is made of items.
fn is_between_paragraphs(table: &Table<'_>, parent: usize, row: &[usize]) -> bool {
    let edge = |index: Option<&usize>| index.and_then(|&index| table.elements.get(index));
    let (Some(first), Some(last)) = (edge(row.first()), edge(row.last())) else {
        return false;
    };
    let Some(around) = table.elements.get(parent) else {
        return false;
    };
    let holds_text = |from: usize, to: usize| {
        let mut blocks = table.blocks.iter().take(to).skip(from);
        blocks.any(|block| {
            let own = table.elements.get(block.part);
            is_paragraph(block) && own.is_some_and(|own| own.parent == parent)
        })
    };
    let items = row.iter().filter_map(|&index| table.elements.get(index));
    let are_told = items
        .flat_map(|part| table.blocks.iter().take(part.end).skip(part.first))
        .filter(|block| is_paragraph(block))
        .count();
    are_told >= row.len()
        && holds_text(around.first, first.first)
        && holds_text(last.end, around.end)
}

fn is_card(table: &Table<'_>, part: &Part, plain: &Sums, is_aside: bool) -> bool {
    let blocks = part.end - part.first;
    let small = (2..=MOST_BLOCKS_OF_CARD).contains(&blocks) && plain.of(part) <= LONGEST_CARD;
    let shortest = if is_aside {
        SHORTEST_HEADLINE_ASIDE
    } else {
        SHORTEST_HEADLINE
    };
    let linked_headline = |block: &Block| {
        block.link_share() > 0.8 && block.weight >= shortest && matches!(block.tag, Tag::Heading(_))
    };
    small
        && !part.tag.is_inline()
        && table
            .blocks
            .iter()
            .take(part.end)
            .skip(part.first)
            .any(linked_headline)
}

/// Tells whether a part with a picture that is a link is a headline and a line about another article.
fn is_picture_card(table: &Table<'_>, part: &Part) -> bool {
    let blocks = part.end - part.first;
    let mut of_part = table.blocks.iter().take(part.end).skip(part.first);
    (1..=MOST_BLOCKS_OF_CARD).contains(&blocks)
        && !part.tag.is_inline()
        && part.tag != Tag::Figure
        && table
            .blocks
            .get(part.first)
            .is_some_and(|block| matches!(block.tag, Tag::Heading(_)))
        && of_part.all(|block| {
            !block.in_caption && block.weight <= LONGEST_LINE_OF_CARD && !ends_sentence(&block.text)
        })
}

/// Marks the parts in which a picture is a link to something else.
fn parts_with_linked_pictures(table: &Table<'_>) -> Vec<bool> {
    let mut own = vec![false; table.elements.len()];
    for picture in table.pictures.iter().filter(|picture| picture.is_linked) {
        if let Some(slot) = own.get_mut(picture.part) {
            *slot = true;
        }
    }
    for (index, part) in table.elements.iter().enumerate().rev() {
        if own.get(index).copied().unwrap_or(false)
            && let Some(around) = own.get_mut(part.parent)
        {
            *around = true;
        }
    }
    own
}

/// Cards beside each other from which they are a row.
const FEWEST_CARDS: usize = 3;

/// The most blocks, the longest text, and the shortest headline of a card.
const MOST_BLOCKS_OF_CARD: usize = 5;
const LONGEST_CARD: f64 = 400.0;
const SHORTEST_HEADLINE: usize = 15;

/// The shortest headline of a card that is an article of its own, or stands above the headline of the page.
const SHORTEST_HEADLINE_ASIDE: usize = 6;

/// The longest line under the headline of a card that leads away by its picture alone.
const LONGEST_LINE_OF_CARD: usize = 150;

/// Share of the page's plain text in cards from which the page is a list.
const MOST_TEXT_IN_CARDS: f64 = 0.7;
