//! The parts of a page that their names or their shape give away: menus, other articles, comments, captions.

use std::collections::{HashMap, HashSet};

use super::survey::Sums;
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table, Tag};
use crate::extract::verdict::{Dropped, PartName};

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

/// Share of the page's plain text from which a part is not left out for its name.
const TOO_MUCH_TO_BE_JUNK: f64 = 0.4;

/// The same for parts with other articles, and for hidden ones: some are a second copy of the whole text.
const TOO_MUCH_TO_BE_ASIDE: f64 = 0.6;

/// Share of the page's plain text from which a part that is named the text keeps what is around it.
const SHARE_OF_BODY: f64 = 0.05;

/// Weight of the plain text of the shortest article.
const SHORT_ARTICLE: f64 = 150.0;

/// Marks the parts that their names give away, and all within them.
///
/// A part that holds the headline and text is the article, whatever it is called: an opinion is a comment as well.
pub(super) fn junk_parts(
    table: &Table<'_>,
    plain: &Sums,
    headline: Option<usize>,
    names: Hints,
) -> Vec<Option<Dropped>> {
    let much = SHORT_ARTICLE.max(plain.total() * SHARE_OF_BODY);
    let holds_body = parts_that_hold(table, |part| {
        part.hints.any(Hints::BODY) && plain.of(part) >= much
    });
    let cards = cards(table, plain);
    let mut junk: Vec<Option<Dropped>> = Vec::with_capacity(table.elements.len());
    let mut in_body: Vec<bool> = Vec::with_capacity(table.elements.len());
    for (index, part) in table.elements.iter().enumerate() {
        let inherited = (part.parent < index)
            .then(|| junk.get(part.parent).copied().flatten())
            .flatten();
        if !table.budget.lasts(1) {
            break;
        }
        // A post quoted from a network carries that network's name.
        let telling = match part.tag {
            Tag::Quote => names.without(Hints::SHARE),
            _ => names,
        };
        let holds_headline = headline.is_some_and(|at| (part.first..part.end).contains(&at))
            && plain.of(part) >= SHORT_ARTICLE
            && !part.hints.any(Hints::HIDDEN);
        let found = part.hints.any(telling)
            && !holds_headline
            && !holds_body.get(index).copied().unwrap_or(false);
        let inside = part.parent < index && in_body.get(part.parent).copied().unwrap_or(false);
        in_body.push(inside || part.hints.any(Hints::BODY));
        let is_left_out = found
            && is_left_out_for(part.hints, plain.of(part), plain.total())
            && !(inside && is_box_of_text(table, part, telling))
            && !is_folded_away(table, part, plain);
        junk.push(inherited.or_else(|| {
            if is_left_out {
                Some(Dropped::Part(PartName::of(part.hints, telling)))
            } else {
                cards.contains(&index).then_some(Dropped::Card)
            }
        }));
    }
    junk
}

/// Tells whether a part inside the text that is named after other articles leads to none: authors' tools call any box a
/// card.
fn is_box_of_text(table: &Table<'_>, part: &Part, telling: Hints) -> bool {
    let only_card = !part.hints.any(telling.without(Hints::RELATED));
    let blocks = table.blocks.iter().take(part.end).skip(part.first);
    only_card
        && table.budget.lasts(1 + part.end - part.first)
        && blocks.clone().all(|block| block.links == 0)
        && blocks.count() > 0
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

/// Tells whether a hidden part is the rest of a text that the page begins to show: readers open it with a click.
fn is_folded_away(table: &Table<'_>, part: &Part, plain: &Sums) -> bool {
    let hidden = plain.of(part);
    let around = table.elements.get(part.parent);
    part.hints.any(Hints::HIDDEN)
        && !part.hints.any(JUNK.without(Hints::HIDDEN))
        && hidden >= plain.total() * LEAST_FOLDED_AWAY
        && plain.total() - hidden <= LONGEST_BEGINNING
        && around.is_some_and(|around| {
            around.tag != Tag::Body
                && plain.between(around.first, part.first) >= SHORT_ARTICLE / 2.0
        })
}

/// Weight of the plain text that a page shows, at most, before readers have to click.
const LONGEST_BEGINNING: f64 = 1_500.0;

/// Share of the page's plain text from which a hidden part can be the rest of a text.
const LEAST_FOLDED_AWAY: f64 = 0.35;

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

/// Those of them that may be a paragraph long.
const WHOLE_PARAGRAPHS: Hints = Hints::CAPTION
    .or(Hints::HIDDEN)
    .or(Hints::COMMENTS)
    .or(Hints::CONSENT);

/// The longest line that is left out for what a part of it is named, in weight: `<span class="more">` may hold a paragraph.
const LONGEST_NAMED_LINE: usize = 200;

/// The longest heading that is nothing but a date, in weight: posts of running reports are headed by time and headline.
const LONGEST_DATE_HEADING: usize = 25;

/// Tells whether a line is all one part, and is left out for its name.
fn is_whole_line(part: &Part, block: &Block) -> bool {
    let is_whole = part.inline_bytes * 10 >= block.text.len() * 7;
    let is_headed = matches!(block.tag, Tag::Heading(_)) && block.weight > LONGEST_DATE_HEADING;
    let telling = if is_headed {
        WHOLE_LINES.without(Hints::DATE)
    } else {
        WHOLE_LINES
    };
    let may_be_long = part.hints.any(WHOLE_PARAGRAPHS);
    // What editors colour in a program is named after its grammar: a comment, a title.
    let is_code = block.tag == Tag::Pre;
    is_whole
        && !is_code
        && part.hints.any(telling)
        && (block.weight <= LONGEST_NAMED_LINE || may_be_long)
}

/// Marks the blocks that are left out: those in such parts, captions, and lines that are all one such part.
pub(super) fn junk_blocks(table: &Table<'_>, junk: &[Option<Dropped>]) -> Vec<Option<Dropped>> {
    let mut left_out: Vec<Option<Dropped>> = table
        .blocks
        .iter()
        .map(|block| {
            let part = junk.get(block.part).copied().flatten();
            part.or(block.in_caption.then_some(Dropped::Caption))
        })
        .collect();
    for part in &table.elements {
        if part.tag.is_inline() && part.hints.any(WHOLE_LINES) {
            let is_such_a_line = table
                .blocks
                .get(part.first)
                .is_some_and(|block| is_whole_line(part, block));
            if let Some(slot) = left_out.get_mut(part.first).filter(|_| is_such_a_line) {
                *slot = Some(Dropped::Part(PartName::of(part.hints, WHOLE_LINES)));
            }
        } else if part.hints.any(Hints::CAPTION) && part.end - part.first <= 3 {
            for slot in left_out.iter_mut().take(part.end).skip(part.first) {
                *slot = Some(Dropped::Caption);
            }
        }
    }
    left_out
}
