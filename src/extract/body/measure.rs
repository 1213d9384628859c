//! What a block is and what blocks weigh together: the measures that everything else here is decided by.

use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::{ends_sentence, sentence_marks};

/// Weight from which a block can be a paragraph without further signs.
const PARAGRAPH_WEIGHT: usize = 80;

/// Share of a block inside links from which it is a reference, not a sentence.
pub(super) const LINKED_SHARE: f64 = 0.5;

/// Weight of the plain text of the shortest article.
pub(super) const SHORT_ARTICLE: f64 = 150.0;

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

    pub(super) fn of(&self, part: &Part) -> f64 {
        self.between(part.first, part.end)
    }

    pub(super) fn between(&self, first: usize, end: usize) -> f64 {
        let at = |index: usize| self.0.get(index).or(self.0.last()).copied().unwrap_or(0.0);
        at(end) - at(first)
    }

    pub(super) fn total(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
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
    let is_heading = matches!(block.tag, Tag::Heading(_));
    block.link_share() < LINKED_SHARE
        && (!is_heading || block.weight >= LONG_HEADING && ends_sentence(&block.text))
        && (block.weight >= PARAGRAPH_WEIGHT
            || block.weight * 2 >= PARAGRAPH_WEIGHT
                && ends_sentence(&block.text)
                && sentence_marks(&block.text) > 0)
}

/// Weight from which a heading that ends as a sentence does is a paragraph in large letters.
const LONG_HEADING: usize = 120;

/// Tells whether a block is a link to something else.
pub(super) fn is_reference(block: &Block) -> bool {
    block.link_share() >= LINKED_SHARE && block.weight > 15
}

/// The element around that of a block.
pub(super) fn parent(table: &Table<'_>, block: &Block) -> Option<usize> {
    Some(table.elements.get(block.part)?.parent)
}
