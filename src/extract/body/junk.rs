//! The parts of a page that their names or their shape give away: menus, other articles, comments, captions.

use std::collections::{BTreeMap, HashSet};

use super::measure::{LINKED_SHARE, Sums, is_paragraph};
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::ends_sentence;
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
    let cards = cards(table, plain, headline);
    let mut junk: Vec<Option<Dropped>> = Vec::with_capacity(table.elements.len());
    // The last part that was kept for what it reads like, and its blocks.
    let mut kept: Option<(usize, usize)> = None;
    let mut regions: Vec<Region> = Vec::with_capacity(table.elements.len());
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
        let has_headline = headline.is_some_and(|at| (part.first..part.end).contains(&at));
        let holds_headline =
            has_headline && plain.of(part) >= SHORT_ARTICLE && !part.hints.any(Hints::HIDDEN);
        // What is hidden may well be a text with its own name: that of another article, or a copy.
        let holds_body = holds_body.get(index).copied().unwrap_or(false)
            && !part.hints.any(Hints::HIDDEN.or(Hints::DIALOG));
        let found = part.hints.any(telling) && !holds_headline && !holds_body;
        let region = (part.parent < index)
            .then(|| regions.get(part.parent).copied())
            .flatten()
            .unwrap_or(Region::Page);
        let is_around = has_headline && matches!(part.tag, Tag::Article | Tag::Main);
        regions.push(if part.hints.any(Hints::BODY) {
            Region::Body
        } else if is_around && region == Region::Page {
            Region::Article
        } else {
            region
        });
        let is_left_out_for_name = found
            && (is_left_out_for(part.hints, plain.of(part), plain.total())
                || is_concealed_beside(part, plain, headline));
        let is_text = is_left_out_for_name
            && (kept == Some((part.first, part.end))
                || is_part_of_text(table, index, region, telling, plain));
        if is_text {
            kept = Some((part.first, part.end));
        }
        let is_left_out = is_left_out_for_name && !is_text && !is_folded_away(table, part, plain);
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

/// Where on the page a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    /// Anywhere.
    Page,
    /// In the element that is an article with the headline of the page.
    Article,
    /// In one whose name says that it is the text.
    Body,
}

impl Region {
    /// Names that parts of a text have as well: tools of authors call any box a card, what unfolds the rest of a text
    /// is named after its button, and a slot for advertising that is not closed has the rest of the page in it.
    fn weak_names(self) -> Hints {
        match self {
            Self::Page => Hints::NONE,
            Self::Article => Hints::AD.or(Hints::PAYWALL),
            Self::Body => Self::Article.weak_names() | Hints::RELATED | Hints::HIDDEN,
        }
    }
}

/// Tells whether a part inside the text reads as the text around it does, whatever its name is.
fn is_part_of_text(
    table: &Table<'_>,
    index: usize,
    region: Region,
    telling: Hints,
    plain: &Sums,
) -> bool {
    let Some(part) = table.elements.get(index) else {
        return false;
    };
    if !table.budget.lasts(1 + part.end.saturating_sub(part.first)) {
        return false;
    }
    let own = part.hints;
    let mut weak = region.weak_names();
    if own.any(Hints::PAYWALL) && weak != Hints::NONE {
        weak = weak | Hints::SIGNUP;
    }
    if own.any(telling.without(weak)) || own.any(Hints::CONCEALED) || part.first >= part.end {
        return false;
    }
    let blocks = || table.blocks.iter().take(part.end).skip(part.first);
    let links: usize = blocks().map(|block| block.links).sum();
    let is_unlinked = links == 0;
    if is_unlinked && !own.any(telling.without(Hints::RELATED)) {
        return true;
    }
    let paragraphs = blocks().filter(|block| is_paragraph(block)).count();
    let is_linked = blocks().any(|block| block.link_share() >= LINKED_SHARE && block.weight > 15);
    let is_heavy = plain.of(part) >= HEAVY_PART
        && paragraphs >= MANY_PARAGRAPHS
        && links < 3 * paragraphs
        && own.any(Hints::AD);
    if is_heavy {
        return true;
    }
    if is_linked || holds_form(table, index, part) {
        return false;
    }
    let is_long = paragraphs >= 2 && links < paragraphs && plain.of(part) >= LONG_PART;
    let is_headed = blocks().any(|block| matches!(block.tag, Tag::Heading(_) | Tag::Cell));
    let is_section = || is_unlinked && part.tag == Tag::Section && is_headed && paragraphs > 0;
    let is_seen = own.any(Hints::SILENT) && part.tag == Tag::Paragraph && paragraphs > 0;
    is_long
        || is_seen
        || is_section() && has_siblings_of_text(table, index, part, false)
        || !own.any(telling.without(Hints::RELATED))
            && !is_headed
            && blocks().all(|block| ends_sentence(&block.text))
            && has_siblings_of_text(table, index, part, true)
}

/// Weight of the plain text, in two paragraphs or more, from which a part inside a text is no box.
const LONG_PART: f64 = 200.0;

/// Weight of the plain text and number of the paragraphs from which a part is a chapter with a slot for advertising.
const HEAVY_PART: f64 = 500.0;
const MANY_PARAGRAPHS: usize = 4;

fn holds_form(table: &Table<'_>, index: usize, part: &Part) -> bool {
    let inside = table.elements.iter().skip(index);
    inside
        .take_while(|inner| inner.first < part.end)
        .any(|inner| inner.tag == Tag::Form)
}

/// Tells whether two elements of the same kind beside a part hold plain paragraphs; of the same names, where asked.
fn has_siblings_of_text(table: &Table<'_>, index: usize, part: &Part, of_same_name: bool) -> bool {
    let Some(around) = table.elements.get(part.parent) else {
        return false;
    };
    let siblings = table.elements.iter().enumerate().skip(part.parent + 1);
    siblings
        .take_while(|(_, other)| other.first <= around.end)
        .filter(|(at, other)| {
            *at != index
                && other.parent == part.parent
                && other.tag == part.tag
                && (!of_same_name || other.hints == part.hints)
                && table
                    .blocks
                    .iter()
                    .take(other.end)
                    .skip(other.first)
                    .any(|block| is_paragraph(block) && block.links == 0)
        })
        .nth(1)
        .is_some()
}

/// Rows of small parts that each have a linked headline and a line of text: other articles, whatever they are
/// called. Where they are most of the page it is a list, and they are its text.
fn cards(table: &Table<'_>, plain: &Sums, headline: Option<usize>) -> HashSet<usize> {
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
    cards
}

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

/// Tells whether a part with this much plain text, of this much on the page, is left out for its name.
fn is_left_out_for(hints: Hints, plain: f64, total: f64) -> bool {
    if hints.any(Hints::CONSENT.or(Hints::DIALOG)) {
        // Notices outgrow a short report; only where nothing else is on the page are they the text.
        total - plain >= SHORTEST_REPORT || plain <= total * TOO_MUCH_TO_BE_JUNK
    } else if hints.any(Hints::COMMENTS) {
        // Comments outgrow any article; only where nothing else is on the page are they the text.
        total - plain >= SHORT_ARTICLE || plain <= total * TOO_MUCH_TO_BE_JUNK
    } else if hints.any(Hints::RELATED.or(Hints::HIDDEN)) {
        plain <= total * TOO_MUCH_TO_BE_ASIDE
    } else {
        plain <= total * TOO_MUCH_TO_BE_JUNK
    }
}

/// Weight of the plain text of the shortest report that a notice stands before.
const SHORTEST_REPORT: f64 = 80.0;

/// Tells whether a part that is surely not shown stands before or behind the article: an overlay, a copy for programs.
fn is_concealed_beside(part: &Part, plain: &Sums, headline: Option<usize>) -> bool {
    let Some(headline) = headline.filter(|_| part.hints.any(Hints::CONCEALED)) else {
        return false;
    };
    let shown = if part.end <= headline {
        plain.between(headline, usize::MAX)
    } else if part.first > headline {
        plain.between(headline, part.first)
    } else {
        0.0
    };
    shown >= SHORT_ARTICLE
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
                && !is_copy(table, around, part)
        })
}

/// Tells whether a part says again what stands before it in the element around it.
fn is_copy(table: &Table<'_>, around: &Part, part: &Part) -> bool {
    let mut before = table.blocks.iter().take(part.first).skip(around.first);
    let Some(first) = before.find(|block| is_paragraph(block)) else {
        return false;
    };
    let opening: String = first.folded().chars().take(OPENING).collect();
    let mut inside = table.blocks.iter().take(part.end).skip(part.first);
    inside.any(|block| block.folded().contains(&opening))
}

/// Characters of a paragraph by which it is known again.
const OPENING: usize = 60;

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
