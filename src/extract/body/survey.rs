//! What each element and block is worth, and the element that is worth most.

use std::collections::{HashMap, HashSet};

use super::Known;
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table, Tag};
use crate::extract::text::{ends_sentence, folded, sentence_marks};

/// Names of parts that are not the article.
pub(super) const JUNK: Hints = Hints::RELATED
    .or(Hints::SHARE)
    .or(Hints::NAV)
    .or(Hints::COMMENTS)
    .or(Hints::FOOT)
    .or(Hints::AD)
    .or(Hints::CONSENT)
    .or(Hints::SIGNUP)
    .or(Hints::TAGS)
    .or(Hints::SIDE)
    .or(Hints::BIO)
    .or(Hints::HIDDEN);

/// Those of them that are hardly ever given to a part of the article.
pub(super) const SURE_JUNK: Hints = Hints::NAV
    .or(Hints::COMMENTS)
    .or(Hints::FOOT)
    .or(Hints::CONSENT)
    .or(Hints::SHARE);

/// Weight from which a block can be a paragraph without further signs.
const PARAGRAPH_WEIGHT: usize = 80;

/// Share of a block inside links from which it is a reference, not a sentence.
pub(super) const LINKED_SHARE: f64 = 0.5;

/// Share of the page's plain text from which a part is not left out for its name.
const TOO_MUCH_TO_BE_JUNK: f64 = 0.4;

/// The worth from which an article beside another is one that was loaded behind it.
const SECOND_ARTICLE_WORTH: f64 = 400.0;

/// The same for parts with other articles, and for hidden ones: some are a second copy of the whole text.
const TOO_MUCH_TO_BE_ASIDE: f64 = 0.6;

/// Weight of the plain text of the shortest article.
const SHORT_ARTICLE: f64 = 150.0;

/// What the name of an article's text is worth at most, in weight.
const NAMED_BODY_WORTH: f64 = 400.0;

/// A sum over the first `n` blocks, for every `n`.
pub(super) struct Sums(Vec<f64>);

impl Sums {
    pub(super) fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut sums = vec![0.0];
        let mut total = 0.0;
        for value in values {
            total += value;
            sums.push(total);
        }
        Self(sums)
    }

    fn of(&self, part: &Part) -> f64 {
        let at = |index: usize| self.0.get(index).or(self.0.last()).copied().unwrap_or(0.0);
        at(part.end) - at(part.first)
    }

    fn total(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
    }
}

/// What was found out about each element and block.
pub(super) struct Survey<'a> {
    pub(super) table: &'a Table<'a>,
    /// Whether the element, or one around it, is left out.
    junk: Vec<bool>,
    /// Whether the block is left out.
    left_out: Vec<bool>,
    worth: Sums,
}

impl<'a> Survey<'a> {
    pub(super) fn new(table: &'a Table<'a>, plain: &Sums, names: Hints) -> Self {
        let junk = junk_parts(table, plain, names);
        let left_out = junk_blocks(table, &junk);
        let worth = Sums::new(
            table
                .blocks
                .iter()
                .zip(&left_out)
                .map(|(block, left_out)| if *left_out { 0.0 } else { worth(block) }),
        );
        Self {
            table,
            junk,
            left_out,
            worth,
        }
    }

    fn is_junk(&self, part: usize) -> bool {
        self.junk.get(part).copied().unwrap_or(false)
    }

    pub(super) fn is_left_out(&self, block: usize) -> bool {
        self.left_out.get(block).copied().unwrap_or(true)
    }

    /// The smallest element that keeps nearly all of the best worth.
    pub(super) fn best_element(&self) -> Option<usize> {
        let elements = &self.table.elements;
        let (mut best, _) = elements
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.is_junk(*index))
            .map(|(index, part)| (index, self.worth_with_name(part)))
            .filter(|(_, worth)| *worth > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        loop {
            let outer = elements.get(best)?;
            let outer_worth = self.worth.of(outer);
            let inner = elements
                .iter()
                .enumerate()
                .skip(best + 1)
                .take_while(|(_, part)| part.first < outer.end || part.first == outer.first)
                .filter(|(index, part)| {
                    part.end <= outer.end && part.tag.holds_articles() && !self.is_junk(*index)
                })
                .map(|(index, part)| (index, self.worth.of(part), kept_share(part)))
                .filter(|(_, worth, share)| *worth >= outer_worth * share)
                .max_by(|a, b| a.1.total_cmp(&b.1));
            match inner {
                Some((index, ..)) => best = index,
                None => return Some(best),
            }
        }
    }

    /// The first of several articles that a page loads one after the other as the reader scrolls: each has its
    /// own headline of level one.
    pub(super) fn own_article(&self, root: usize, known: &Known<'_>) -> Option<usize> {
        let outer = self.table.elements.get(root)?;
        let title = folded(known.title?);
        let mut articles: Vec<(usize, &Part)> = Vec::new();
        for (index, part) in self.table.elements.iter().enumerate().skip(root) {
            let is_inside = part.first >= outer.first && part.end <= outer.end;
            let is_nested = articles
                .last()
                .is_some_and(|(_, last)| part.first < last.end);
            if part.tag == Tag::Article
                && is_inside
                && !is_nested
                && self.worth.of(part) > SECOND_ARTICLE_WORTH
            {
                articles.push((index, part));
            }
        }
        let headline_of = |part: &Part| {
            let mut blocks = self.table.blocks.iter().take(part.end).skip(part.first);
            blocks
                .find(|block| block.tag == Tag::Heading(1))
                .map(|block| folded(&block.text))
        };
        let headlines: Vec<Option<String>> =
            articles.iter().map(|(_, part)| headline_of(part)).collect();
        if articles.len() < 2 || headlines.iter().any(Option::is_none) {
            return None;
        }
        let own = headlines
            .iter()
            .position(|headline| headline.as_deref() == Some(title.as_str()))?;
        articles.get(own).map(|(index, _)| *index)
    }

    /// The worth of an element, and more where its name says that it is the article: a short article is still
    /// worth more than the notices around it.
    fn worth_with_name(&self, part: &Part) -> f64 {
        let worth = self.worth.of(part);
        if worth > 0.0 && part.hints.any(Hints::BODY) {
            worth + worth.min(NAMED_BODY_WORTH)
        } else {
            worth
        }
    }

    pub(super) fn blocks_of(&self, root: usize) -> Vec<usize> {
        let Some(part) = self.table.elements.get(root) else {
            return Vec::new();
        };
        (part.first..part.end)
            .filter(|&index| !self.is_left_out(index))
            .collect()
    }
}

/// The share of the worth around it that an element must keep to be preferred.
fn kept_share(part: &Part) -> f64 {
    if part.hints.any(Hints::BODY) {
        0.7
    } else if part.tag == Tag::Article || part.tag == Tag::Main {
        0.8
    } else {
        0.9
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of texts are far below 2^52"
)]
pub(super) fn plain_weight(block: &Block) -> f64 {
    if is_paragraph(block) {
        block.weight as f64
    } else {
        0.0
    }
}

/// Tells whether a block reads as a paragraph of running text.
pub(super) fn is_paragraph(block: &Block) -> bool {
    block.link_share() < LINKED_SHARE
        && !matches!(block.tag, Tag::Heading(_))
        && (block.weight >= PARAGRAPH_WEIGHT
            || block.weight * 2 >= PARAGRAPH_WEIGHT
                && ends_sentence(&block.text)
                && sentence_marks(&block.text) > 0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of texts are far below 2^52"
)]
fn worth(block: &Block) -> f64 {
    let weight = block.weight as f64;
    if block.link_share() >= LINKED_SHARE {
        return -weight.min(60.0) - 10.0;
    }
    if is_paragraph(block) {
        return weight * (1.0 - block.link_share());
    }
    match block.tag {
        Tag::Heading(_) => 0.0,
        Tag::Paragraph | Tag::Item | Tag::Cell | Tag::Pre | Tag::Quote => weight / 4.0,
        _ => -5.0,
    }
}

/// Marks the parts that their names give away, and all within them.
fn junk_parts(table: &Table<'_>, plain: &Sums, names: Hints) -> Vec<bool> {
    let holds_body = parts_that_hold(table, |part| {
        part.hints.any(Hints::BODY) && plain.of(part) > 0.0
    });
    let cards = cards(table, plain);
    let mut junk: Vec<bool> = Vec::with_capacity(table.elements.len());
    for (index, part) in table.elements.iter().enumerate() {
        let inherited = part.parent < index && junk.get(part.parent).copied().unwrap_or(false);
        // A post quoted from a network carries that network's name.
        let telling = match part.tag {
            Tag::Quote => names.without(Hints::SHARE),
            _ => names,
        };
        let found = part.hints.any(telling) && !holds_body.get(index).copied().unwrap_or(false);
        let own = found && is_left_out_for(part.hints, plain.of(part), plain.total())
            || cards.contains(&index);
        junk.push(inherited || own);
    }
    junk
}

/// Rows of small parts that each have a linked headline and a line of text: other articles, whatever they are
/// called. Where they are most of the page it is a list, and they are its text.
fn cards(table: &Table<'_>, plain: &Sums) -> HashSet<usize> {
    let mut rows: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, part) in table.elements.iter().enumerate() {
        if is_card(table, part, plain) {
            rows.entry(part.parent).or_default().push(index);
        }
    }
    let cards: HashSet<usize> = rows
        .into_values()
        .filter(|row| row.len() >= FEWEST_CARDS)
        .flatten()
        .collect();
    let text: f64 = cards
        .iter()
        .filter_map(|&index| table.elements.get(index))
        .map(|part| plain.of(part))
        .sum();
    if text > plain.total() * MOST_TEXT_IN_CARDS {
        return HashSet::new();
    }
    cards
}

fn is_card(table: &Table<'_>, part: &Part, plain: &Sums) -> bool {
    let blocks = part.end - part.first;
    let small = (2..=MOST_BLOCKS_OF_CARD).contains(&blocks) && plain.of(part) <= LONGEST_CARD;
    let linked_headline = |block: &Block| {
        block.link_share() > 0.8
            && block.weight >= SHORTEST_HEADLINE
            && matches!(block.tag, Tag::Heading(_))
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

/// Cards beside each other from which they are a row.
const FEWEST_CARDS: usize = 3;

/// The most blocks, the longest text, and the shortest headline of a card.
const MOST_BLOCKS_OF_CARD: usize = 5;
const LONGEST_CARD: f64 = 400.0;
const SHORTEST_HEADLINE: usize = 15;

/// Share of the page's plain text in cards from which the page is a list.
const MOST_TEXT_IN_CARDS: f64 = 0.7;

/// Tells whether a part with this much plain text, of this much on the page, is left out for its name.
fn is_left_out_for(hints: Hints, plain: f64, total: f64) -> bool {
    if hints.any(Hints::COMMENTS) {
        // Comments outgrow any article; only where nothing else is on the page are they the text.
        total - plain >= SHORT_ARTICLE || plain <= total * TOO_MUCH_TO_BE_JUNK
    } else if hints.any(Hints::RELATED.or(Hints::HIDDEN)) {
        plain <= total * TOO_MUCH_TO_BE_ASIDE
    } else {
        plain <= total * TOO_MUCH_TO_BE_JUNK
    }
}

/// Marks the parts that are, or have inside them, one that fits.
fn parts_that_hold(table: &Table<'_>, fits: impl Fn(&Part) -> bool) -> Vec<bool> {
    let mut holds: Vec<bool> = table.elements.iter().map(fits).collect();
    for (index, part) in table.elements.iter().enumerate().rev() {
        if holds.get(index).copied().unwrap_or(false)
            && let Some(around) = holds.get_mut(part.parent)
        {
            *around = true;
        }
    }
    holds
}

/// What a line is left out for when all of it is one part of this name.
const WHOLE_LINES: Hints = JUNK.or(Hints::CAPTION).or(Hints::DATE);

/// Marks the blocks that are left out: those in such parts, captions, and lines that are all one such part.
fn junk_blocks(table: &Table<'_>, junk: &[bool]) -> Vec<bool> {
    let mut left_out: Vec<bool> = table
        .blocks
        .iter()
        .map(|block| block.in_caption || junk.get(block.part).copied().unwrap_or(false))
        .collect();
    for part in &table.elements {
        if part.tag.is_inline() && part.hints.any(WHOLE_LINES) {
            let whole = table
                .blocks
                .get(part.first)
                .is_some_and(|block| part.inline_bytes * 10 >= block.text.len() * 7);
            if let Some(slot) = left_out.get_mut(part.first).filter(|_| whole) {
                *slot = true;
            }
        } else if part.hints.any(Hints::CAPTION) && part.end - part.first <= 3 {
            for slot in left_out.iter_mut().take(part.end).skip(part.first) {
                *slot = true;
            }
        }
    }
    left_out
}
