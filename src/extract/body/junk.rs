//! The parts of a page that their names or their shape give away: menus, other articles, comments, captions.

use std::collections::HashSet;

use super::cards::cards;
use super::measure::{LINKED_SHARE, SHORT_ARTICLE, Sums, is_paragraph};
use crate::extract::hints::Hints;
use crate::extract::table::{Block, Part, Table};
use crate::extract::tag::Tag;
use crate::extract::text::{ends_sentence, folded};
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
    let offers = if names.any(Hints::SIGNUP) {
        offers(table, plain, headline)
    } else {
        HashSet::new()
    };
    let is_made_of_boxes = beside_together(table, plain) > plain.total() * TOO_MUCH_TO_BE_ASIDE;
    let mut junk: Vec<Option<Dropped>> = Vec::with_capacity(table.elements.len());
    // The last part that was kept for what it reads like, and its blocks.
    let mut kept: Option<(usize, usize)> = None;
    let mut regions: Vec<Region> = Vec::with_capacity(table.elements.len());
    for (index, part) in table.elements.iter().enumerate() {
        let inherited = of_parent(&junk, part, index).flatten();
        if !table.budget.lasts(1) {
            break;
        }
        let telling = telling(part, names, is_made_of_boxes);
        let has_headline = headline.is_some_and(|at| (part.first..part.end).contains(&at));
        let holds_headline =
            has_headline && plain.of(part) >= SHORT_ARTICLE && !part.hints.any(Hints::HIDDEN);
        // What is hidden may well be a text with its own name: that of another article, or a copy.
        let holds_body = holds_body.get(index).copied().unwrap_or(false)
            && !part.hints.any(Hints::HIDDEN.or(Hints::DIALOG));
        let found = part.hints.any(telling) && !holds_headline && !holds_body;
        let region = of_parent(&regions, part, index).unwrap_or(Region::Page);
        regions.push(region.inside(part, has_headline));
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
            } else if offers.contains(&index) && !holds_body {
                Some(Dropped::Part(PartName::of(Hints::SIGNUP, Hints::SIGNUP)))
            } else {
                cards.contains(&index).then_some(Dropped::Card)
            }
        }));
    }
    junk
}

/// Boxes that offer something, by what they hold: a form with what it is for, and what is named after a paywall and
/// holds no text.
fn offers(table: &Table<'_>, plain: &Sums, headline: Option<usize>) -> HashSet<usize> {
    let holds_form = parts_that_hold(table, |part| part.tag == Tag::Form);
    let is_offer = |index: usize, part: &Part| {
        let own = plain.of(part);
        let blocks = part.end.saturating_sub(part.first);
        let is_of_form = holds_form.get(index).copied().unwrap_or(false)
            && (1..=MOST_BLOCKS_OF_FORM).contains(&blocks)
            && own <= LONGEST_FORM
            && own <= plain.total() * TOO_MUCH_TO_BE_JUNK;
        let is_wall = part.hints.any(Hints::PAYWALL)
            && matches!(part.tag, Tag::Div | Tag::Section | Tag::Aside)
            && own < SHORT_ARTICLE
            && plain.total() - own >= SHORT_ARTICLE;
        let has_headline = headline.is_some_and(|at| (part.first..part.end).contains(&at));
        (is_of_form || is_wall) && !has_headline
    };
    let parts = table.elements.iter().enumerate();
    parts
        .filter(|(index, part)| is_offer(*index, part))
        .map(|(index, _)| index)
        .collect()
}

/// The plain text of all boxes that are named after what stands beside an article and stand in no other: a page can be
/// built of them.
fn beside_together(table: &Table<'_>, plain: &Sums) -> f64 {
    let mut until = 0;
    let mut together = 0.0;
    for part in &table.elements {
        let is_beside = part.hints.any(JUNK) && part.tag != Tag::Body;
        if part.first < until || !is_beside || part.first >= part.end {
            continue;
        }
        until = part.end;
        if part.tag == Tag::Div && !part.hints.any(JUNK.without(Hints::SIDE)) {
            together += plain.of(part);
        }
    }
    together
}

/// The most blocks and the weight of the plain text of a box around a form: what it is for.
const MOST_BLOCKS_OF_FORM: usize = 4;
const LONGEST_FORM: f64 = 250.0;

/// The names that tell that this part is not the article.
fn telling(part: &Part, names: Hints, is_made_of_boxes: bool) -> Hints {
    match part.tag {
        // A post quoted from a network carries that network's name.
        Tag::Quote => names.without(Hints::SHARE),
        Tag::Div if is_made_of_boxes => names.without(Hints::SIDE),
        _ => names,
    }
}

/// What an element knows from the one around it, where that was seen before.
fn of_parent<T: Copy>(known: &[T], part: &Part, index: usize) -> Option<T> {
    known
        .get(part.parent)
        .copied()
        .filter(|_| part.parent < index)
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
    /// Where what is inside a part stands that stands here itself.
    fn inside(self, part: &Part, has_headline: bool) -> Self {
        let is_around = has_headline && matches!(part.tag, Tag::Article | Tag::Main);
        if part.hints.any(Hints::BODY) {
            Self::Body
        } else if is_around && self == Self::Page {
            Self::Article
        } else {
            self
        }
    }

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
    if is_heavy || is_told(table, index, part, telling) {
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

/// Tells whether an entry among others of its kind tells at length what other pages would only tease: entries of a list
/// in the text are named cards as well.
fn is_told(table: &Table<'_>, index: usize, part: &Part, telling: Hints) -> bool {
    let mut blocks = table.blocks.iter().take(part.end).skip(part.first);
    !part.hints.any(telling.without(Hints::RELATED))
        && part.end - part.first <= MOST_BLOCKS_OF_ENTRY
        && blocks.any(|block| block.weight >= LONG_ENTRY && block.links == 0)
        && has_siblings_of_text(table, index, part, true)
}

/// Weight of the paragraph from which an entry is no teaser, and the most lines of an entry.
const LONG_ENTRY: usize = 300;
const MOST_BLOCKS_OF_ENTRY: usize = 12;

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
    for index in told_pictures(table) {
        if let Some(slot) = left_out.get_mut(index) {
            slot.get_or_insert(Dropped::Caption);
        }
    }
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

/// The lines right behind a picture that say what it is said to show, with or without a credit.
fn told_pictures(table: &Table<'_>) -> Vec<usize> {
    let is_told = |alt: &str, block: &Block| {
        let is_near = block.text.len() <= alt.len() + LONGEST_CREDIT_BEHIND
            && !matches!(block.tag, Tag::Heading(_));
        let opening = alt
            .get(..alt.floor_char_boundary(LEAST_TOLD))
            .unwrap_or(alt);
        is_near && block.text.starts_with(opening) && block.folded().starts_with(&folded(alt))
    };
    let mut told = Vec::new();
    for picture in &table.pictures {
        let alt = picture.alt.trim();
        if alt.len() < LEAST_TOLD || !table.budget.lasts(1) {
            continue;
        }
        let behind = table.blocks.iter().enumerate().skip(picture.block).take(2);
        told.extend(
            behind
                .filter(|(_, block)| is_told(alt, block))
                .map(|(index, _)| index),
        );
    }
    told
}

/// Bytes of the shortest text of a picture that a line is known by, and of the longest credit behind it.
const LEAST_TOLD: usize = 25;
const LONGEST_CREDIT_BEHIND: usize = 60;
