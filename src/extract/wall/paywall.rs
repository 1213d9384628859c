//! Paywalls: whether the text that was found is the beginning of an article for subscribers.

use super::words::{PAY_TO_READ, SUBSCRIBERS};
use super::{ARTICLE_WEIGHT, Signs, contains_any, is_aside};
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, attribute};
use crate::extract::text::{ends_sentence, weight};

/// Blocks that are counted in one step of a budget.
const BLOCKS_A_STEP: usize = 16;

/// Weight up to which the text before a paywall is a teaser.
const TEASER_WEIGHT: usize = 2_500;

/// Blocks behind the text among which a call to pay stands: buttons, prices and offers come with it.
const BLOCKS_TO_CALL: usize = 15;

/// The longest call, in weight.
const LONGEST_CALL: usize = 400;

/// Tells whether a paywall stands behind the text.
pub(super) fn stands(signs: &Signs<'_>) -> bool {
    let found = weight(signs.text);
    if found >= TEASER_WEIGHT || signs.is_from_elsewhere && found >= ARTICLE_WEIGHT / 2 {
        return false;
    }
    let is_declared = signs.is_free == Some(false);
    let is_cut = breaks_off(signs.text);
    let called = call(signs, PAY_TO_READ);
    if is_declared && (is_served(signs) || is_all_that_is_quoted(signs)) && !called && !is_cut {
        return false;
    }
    if called {
        return is_declared || is_cut || found < ARTICLE_WEIGHT || has_wall(signs);
    }
    if is_declared {
        return found < ARTICLE_WEIGHT || is_cut;
    }
    (is_cut || has_wall(signs)) && found < ARTICLE_WEIGHT && call(signs, SUBSCRIBERS)
}

/// The longest call among the paragraphs of a text: a longer one is a paragraph that speaks of calls.
const LONGEST_CALL_IN_TEXT: usize = 120;

/// Tells whether a text breaks off in the middle of a sentence.
fn breaks_off(text: &str) -> bool {
    let Some(last) = text.lines().rev().find(|line| weight(line) >= 60) else {
        return false;
    };
    let last = last.trim_end();
    last.ends_with('…') || last.ends_with("...") || last.ends_with("[…]") || {
        // Scripts without a mark at the end of a sentence tell nothing.
        last.is_ascii() && !ends_sentence(last) && !last.ends_with(':')
    }
}

/// The block at which the beginning that a paywall shows ends: the first that calls to pay.
pub(super) fn end_of_beginning(signs: &Signs<'_>) -> Option<usize> {
    let pay = first_call(signs, PAY_TO_READ);
    let log_in = first_call(signs, SUBSCRIBERS);
    pay.into_iter().chain(log_in).min()
}

/// Tells whether one of these stands among the text or right behind it.
fn call(signs: &Signs<'_>, sayings: &[&str]) -> bool {
    first_call(signs, sayings).is_some()
}

/// The first block among the text or right behind it that says one of these.
fn first_call(signs: &Signs<'_>, sayings: &[&str]) -> Option<usize> {
    let blocks = &signs.table.blocks;
    let (first, last) = signs.range.unwrap_or((0, blocks.len()));
    let near = blocks
        .iter()
        .enumerate()
        .take(last.saturating_add(BLOCKS_TO_CALL))
        .skip(first);
    near.take_while(|_| signs.table.budget.lasts(1))
        .filter(|(index, block)| {
            let longest = if *index <= last && signs.range.is_some() {
                LONGEST_CALL_IN_TEXT
            } else {
                LONGEST_CALL
            };
            block.weight <= longest && !is_another_story(block) && !is_aside(signs.table, block)
        })
        .find(|(_, block)| is_call(block.folded(), sayings))
        .map(|(index, _)| index)
}

/// Tells whether a folded line calls to pay.
fn is_call(text: &str, sayings: &[&str]) -> bool {
    // "Scroll to continue reading" stands above advertisements.
    contains_any(text, sayings) && !text.contains("scroll")
        // The characters that are left of an article.
        || text.contains("残り") && text.contains("文字")
}

/// Tells whether a block is the linked headline of another article.
fn is_another_story(block: &Block) -> bool {
    block.link_share() > 0.8 && block.weight > 80
}

/// Tells whether a part named after a paywall stands behind the beginning of the text.
fn has_wall(signs: &Signs<'_>) -> bool {
    let (first, _) = signs.range.unwrap_or((0, 0));
    let is_wall =
        |part: &Part| part.hints.any(Hints::PAYWALL) && part.end > part.first && part.end > first;
    signs.table.elements.iter().any(is_wall)
}

/// Tells whether the page shows all of the text that its linked data quotes.
fn is_all_that_is_quoted(signs: &Signs<'_>) -> bool {
    let quoted = signs.linked.body.as_deref().map_or(0, weight);
    let found = weight(signs.text);
    quoted > 0 && found * 10 >= quoted * 9 && !signs.linked.body.as_deref().is_some_and(breaks_off)
}

/// Tells whether the part that linked data calls not free is on the page, and holds most of the text.
fn is_served(signs: &Signs<'_>) -> bool {
    let Some((first, last)) = signs.range else {
        return false;
    };
    let names = &signs.linked.locked;
    let is_named = |part: &&Part| {
        let Some(element) = signs.table.element(part) else {
            return false;
        };
        let classes = attribute(element, "class").unwrap_or_default();
        let id = attribute(element, "id").unwrap_or_default();
        names.iter().any(|name| match name.strip_prefix('#') {
            Some(name) => id == name,
            None => classes
                .split_ascii_whitespace()
                .any(|class| Some(class) == name.strip_prefix('.')),
        })
    };
    let text_in = |first: usize, end: usize| -> usize {
        // Elements inside one another hold the same blocks again and again.
        let length = end.saturating_sub(first);
        if !signs.table.budget.lasts(1 + length / BLOCKS_A_STEP) {
            return 0;
        }
        let blocks = signs.table.blocks.iter().take(end).skip(first);
        blocks.map(|block| block.weight).sum()
    };
    let all = text_in(first, last + 1);
    let locked: usize = signs
        .table
        .elements
        .iter()
        .filter(is_named)
        .map(|part| text_in(part.first.max(first), part.end.min(last + 1)))
        .sum();
    locked * 2 > all && locked >= 300
}
