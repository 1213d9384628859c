//! What each element and block is worth, and the element that is worth most.

use std::ops::Range;

use super::Known;
use super::junk::{junk_blocks, junk_parts};
use super::measure::{LINKED_SHARE, Sums, is_paragraph};
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::folded;
use crate::extract::verdict::Dropped;

/// The worth from which an article beside another is one that was loaded behind it.
const SECOND_ARTICLE_WORTH: f64 = 400.0;

/// What the name of an article's text is worth at most, in weight.
const NAMED_BODY_WORTH: f64 = 400.0;

/// What was found out about each element and block.
pub(super) struct Survey<'a> {
    pub(super) table: &'a Table<'a>,
    /// Why the element, or one around it, is left out, if it is.
    junk: Vec<Option<Dropped>>,
    /// Why the block is left out, if it is.
    pub(super) left_out: Vec<Option<Dropped>>,
    worth: Sums,
}

impl<'a> Survey<'a> {
    /// Surveys the blocks of the page's own article, or all where it has no other.
    pub(super) fn new(
        table: &'a Table<'a>,
        plain: &Sums,
        names: Hints,
        headline: Option<usize>,
        own: Option<&Range<usize>>,
    ) -> Self {
        let junk = junk_parts(table, plain, headline, names);
        let mut left_out = junk_blocks(table, &junk);
        for (index, slot) in left_out.iter_mut().enumerate() {
            if own.is_some_and(|own| !own.contains(&index)) {
                *slot = Some(Dropped::OtherArticle);
            }
        }
        let worth = Sums::new(worths(table, &left_out).into_iter());
        Self {
            table,
            junk,
            left_out,
            worth,
        }
    }

    fn is_junk(&self, part: usize) -> bool {
        self.junk.get(part).is_some_and(Option::is_some)
    }

    pub(super) fn is_left_out(&self, block: usize) -> bool {
        self.left_out.get(block).is_none_or(Option::is_some)
    }

    /// The smallest element that keeps nearly all of the best worth.
    pub(super) fn best_element(&self) -> Option<usize> {
        let elements = &self.table.elements;
        let best_of = |fits: fn(Tag) -> bool| {
            elements
                .iter()
                .enumerate()
                .filter(|(index, part)| fits(part.tag) && !self.is_junk(*index))
                .map(|(index, part)| (index, self.worth_with_name(part)))
                .filter(|(_, worth)| *worth > 0.0)
                .max_by(|a, b| a.1.total_cmp(&b.1))
        };
        let (mut best, _) = best_of(Tag::holds_articles).or_else(|| best_of(|_| true))?;
        loop {
            if !self.table.budget.lasts(elements.len() - best) {
                return Some(best);
            }
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
                .map(Block::folded)
        };
        let headlines: Vec<Option<&str>> =
            articles.iter().map(|(_, part)| headline_of(part)).collect();
        if articles.len() < 2 || headlines.iter().any(Option::is_none) {
            return None;
        }
        let own = headlines
            .iter()
            .position(|headline| *headline == Some(title.as_str()))?;
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

/// The most that links in a row count against what is around them: a list of sources inside an article must not weigh
/// more than its paragraphs.
const MOST_FOR_LINKS: f64 = 250.0;

/// What each block is worth.
fn worths(table: &Table<'_>, left_out: &[Option<Dropped>]) -> Vec<f64> {
    let mut left_for_links = MOST_FOR_LINKS;
    let blocks = table.blocks.iter().zip(left_out);
    blocks
        .map(|(block, left_out)| {
            if left_out.is_some() {
                return 0.0;
            }
            if block.link_share() < LINKED_SHARE {
                left_for_links = MOST_FOR_LINKS;
                return worth(block);
            }
            let worth = worth(block).max(-left_for_links);
            left_for_links += worth;
            worth
        })
        .collect()
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
