//! From the element that holds the text to the text: drops what stands before, between and after the paragraphs.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::measure::{LINKED_SHARE, is_paragraph, is_reference, parent};
use super::survey::Survey;
use super::{Found, Known, island, names};
use crate::extract::hints::Hints;
use crate::extract::likeness::says_title;
use crate::extract::lines;
use crate::extract::table::{Block, Table};
use crate::extract::tag::Tag;
use crate::extract::text::{ends_sentence, folded};
use crate::extract::verdict::{Dropped, Kept, Verdict};

/// Weight from which a line that comes a second time is a copy.
const REPEATED_WEIGHT: usize = 60;

/// Tenths of the text after which a heading like "Comments" ends it.
const LATE_TENTHS: usize = 6;

/// Decides about every block of the element that is not left out for the part it stands in.
pub(super) fn trim(survey: &Survey<'_>, root: usize, known: &Known<'_>, found: &mut Found) {
    let table = survey.table;
    let inside = survey.blocks_of(root);
    let in_body = table
        .elements
        .get(root)
        .is_some_and(|part| part.hints.any(Hints::BODY));
    let block = |index: usize| table.blocks.get(index);
    let blocks = inside.iter().filter_map(|&index| block(index));
    let total: usize = blocks.map(|block| block.weight).sum();
    let is_text = |index: &usize| block(*index).is_some_and(is_paragraph);
    let first = inside.iter().position(is_text).unwrap_or(0);
    let last = inside.iter().rposition(is_text).unwrap_or(inside.len());
    let title = known.title.map(folded).unwrap_or_default();
    let text_parent = parent_of_text(survey, &inside, &title);
    let goes_on = |position: usize| {
        let rest = inside.iter().skip(position + 1);
        rest.filter_map(|&index| block(index)).any(|block| {
            is_paragraph(block) && block.links == 0 && text_parent == parent(table, block)
        })
    };
    let names = names::names(survey, &inside, text_parent);
    let mut asides = island::islands(survey, root, text_parent, &inside, &title);
    let mut walk = Walk {
        table,
        text_parent,
        total,
        passed: 0,
        is_over: false,
        in_insert: false,
        behind_link: false,
        seen: HashSet::new(),
    };
    for (position, &index) in inside.iter().enumerate() {
        let Some(block) = block(index) else {
            continue;
        };
        let is_name = names.contains(&index);
        if walk.step(block, position > last, is_name, || goes_on(position)) {
            asides.extend(box_of(survey, root, text_parent, index));
        }
        let hints = hints_of(table, block);
        let is_aside = asides.iter().any(|aside| aside.contains(&index));
        let verdict = if walk.is_over || walk.behind_link {
            Verdict::Dropped(Dropped::AfterText)
        } else if is_about_the_article(block, hints, &title, position <= first) {
            Verdict::Dropped(Dropped::AboutTheArticle)
        } else if is_aside || walk.in_insert || !is_name && lines::is_boilerplate(block) {
            Verdict::Dropped(Dropped::LineBetween)
        } else if position < first && !is_name && !opens_text(block, hints, in_body) {
            Verdict::Dropped(Dropped::BeforeText)
        } else if block.weight >= REPEATED_WEIGHT && !walk.seen.insert(&block.text) {
            // Pages for several screens hold some paragraphs twice.
            Verdict::Dropped(Dropped::Repeated)
        } else {
            Verdict::Kept(Kept::Text)
        };
        found.set(index, verdict);
    }
}

fn hints_of(table: &Table<'_>, block: &Block) -> Hints {
    let part = table.elements.get(block.part);
    part.map_or(Hints::NONE, |part| part.hints)
}

/// What is known of the text on the way from its first block to its last.
struct Walk<'a> {
    table: &'a Table<'a>,
    /// The element in which the paragraphs stand.
    text_parent: Option<usize>,
    /// The weight of all blocks.
    total: usize,
    /// The weight of those that were passed.
    passed: usize,
    /// Whether the article has ended.
    is_over: bool,
    /// Whether this is a box in the middle of it.
    in_insert: bool,
    /// Whether this is what follows a link to another article.
    behind_link: bool,
    seen: HashSet<&'a str>,
}

impl Walk<'_> {
    /// Passes a block; tells whether it heads a box about others.
    fn step(
        &mut self,
        block: &Block,
        is_behind_text: bool,
        is_name: bool,
        goes_on: impl Fn() -> bool,
    ) -> bool {
        let is_of_text = self.text_parent == parent(self.table, block);
        let is_late = self.passed * 10 >= self.total * LATE_TENTHS;
        let heads_others = matches!(block.tag, Tag::Heading(_)) && lines::ends_article(block);
        self.is_over |= is_behind_text && lines::ends_article(block);
        if is_behind_text && is_reference(block) && !is_name {
            self.behind_link = true;
        } else if (block.links == 0 && ends_sentence(&block.text) || is_name) && is_of_text {
            // The last sentences of a story are often short, and stand behind a link to another.
            self.behind_link = false;
        }
        if is_late && heads_others {
            // "Read also" may stand above a box in the middle of the text, or above all that follows it.
            self.in_insert = lines::is_boilerplate(block) && goes_on();
            self.is_over |= !self.in_insert;
        } else if !heads_others && is_paragraph(block) && is_of_text {
            self.in_insert = false;
        }
        self.passed += block.weight;
        heads_others && !is_late
    }
}

/// The blocks of the box that a heading stands above, where it has one that holds no paragraph of the text.
fn box_of(
    survey: &Survey<'_>,
    root: usize,
    text_parent: Option<usize>,
    heading: usize,
) -> Option<Range<usize>> {
    let table = survey.table;
    let text = table.elements.get(text_parent?)?;
    let own = table.blocks.get(heading)?.part;
    let outer = table
        .ancestors(own)
        .take_while(|(index, part)| {
            let holds_text = part.first < text.end && part.end > text.first;
            *index > root && !holds_text
        })
        .map(|(_, part)| part)
        .last()?;
    (outer.end - outer.first > 1).then_some(outer.first..outer.end)
}

/// The element that holds most of the paragraphs: that around the element of each.
fn parent_of_text(survey: &Survey<'_>, inside: &[usize], title: &str) -> Option<usize> {
    let mut weights: BTreeMap<usize, (usize, Vec<&Block>)> = BTreeMap::new();
    for block in inside
        .iter()
        .filter_map(|&index| survey.table.blocks.get(index))
    {
        if let Some(parent) = parent(survey.table, block).filter(|_| is_paragraph(block)) {
            let (weight, blocks) = weights.entry(parent).or_default();
            *weight += block.weight;
            blocks.push(block);
        }
    }
    if weights.len() > 1 {
        // A lone paragraph that speaks to the reader about something else is no text.
        for (weight, blocks) in weights.values_mut() {
            if matches!(blocks.as_slice(), [only] if island::is_notice(only, title)) {
                *weight = 0;
            }
        }
    }
    let heaviest = weights.into_iter().max_by_key(|(_, (weight, _))| *weight)?;
    Some(heaviest.0)
}

/// Tells whether a block names the article or its date.
fn is_about_the_article(block: &Block, hints: Hints, title: &str, is_above_text: bool) -> bool {
    let is_heading = matches!(block.tag, Tag::Heading(_));
    let is_headline = matches!(block.tag, Tag::Heading(1..=3));
    if block.weight < 200 && !is_heading && hints.any(Hints::DATE.or(Hints::BYLINE).or(Hints::META))
    {
        return true;
    }
    if block.weight >= 300 {
        return false;
    }
    let text = block.folded();
    text.is_empty() || text == title || is_above_text && is_headline && says_title(text, title)
}

/// Tells whether a short block before the first paragraph belongs to the text.
fn opens_text(block: &Block, hints: Hints, in_body: bool) -> bool {
    !lines::has_date(&block.text)
        && block.link_share() < LINKED_SHARE
        && (in_body
            || hints.any(Hints::LEAD)
            || block.links == 0 && ends_sentence(&block.text)
            || matches!(
                block.tag,
                Tag::Paragraph | Tag::Heading(2..) | Tag::Item | Tag::Quote
            ))
}
