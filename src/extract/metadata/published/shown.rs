//! What readers are shown: dates in elements and lines around the headline and the text.

use super::super::Place;
use super::declared::of_part;
use super::labels::{Said, date_in, is_sentence, said_last, says_published};
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Block, Part, Table, attribute};
use crate::extract::tag::Tag;

/// Blocks before the headline in which an element made for dates can stand.
const BLOCKS_BEFORE: usize = 15;

/// Blocks before the headline in which a plain date line can stand: higher up is today's date.
const LINES_BEFORE: usize = 6;

/// Blocks after the text in which the date can stand.
const BLOCKS_BELOW: usize = 12;

/// What a date of change counts farther than one that may be that of publication, in blocks.
const CHANGE_IS_FARTHER: usize = 8;

fn later(is_change: bool) -> usize {
    if is_change { CHANGE_IS_FARTHER } else { 0 }
}

/// Tells whether an element's name or words say that its date is that of a change. `updated` is no such name:
/// templates give it to the date of publication.
fn is_of_change(table: &Table<'_>, part: &Part) -> bool {
    let names = |name| {
        let element = table.element(part)?;
        attribute(element, name)
    };
    let is_named = |word| {
        ["class", "itemprop"]
            .into_iter()
            .filter_map(names)
            .any(|names| names.contains(word))
    };
    if is_named("ublish") {
        return false;
    }
    let text = table.text_of(part);
    let said = said_last(&text).or_else(|| said_beside(table, part, &text));
    is_named("odified") || said == Some(Said::Changed)
}

/// The longest label that stands in a block of its own, in weight.
const LONGEST_LABEL: usize = 40;

/// What the words before an element say of its date: those of its line, else the line before it.
fn said_beside(table: &Table<'_>, part: &Part, text: &str) -> Option<Said> {
    let line = &table.blocks.get(part.first)?.text;
    let place = line.find(text).filter(|_| !text.is_empty());
    let before = place.and_then(|at| line.get(..at)).unwrap_or_default();
    if !before.is_empty() || line.len() > text.len() {
        return said_last(before);
    }
    let above = table.blocks.get(part.first.checked_sub(1)?)?;
    let is_label = above.weight <= LONGEST_LABEL && !above.text.contains(|c: char| c.is_numeric());
    is_label.then(|| said_last(&above.text)).flatten()
}

/// Tells whether an element stands in a sentence that tells of another day, not in a line about the article.
pub(super) fn is_in_sentence(table: &Table<'_>, part: &Part, dates: Reader) -> bool {
    let line = table.blocks.get(part.first);
    line.is_some_and(|line| {
        part.end <= part.first + 1
            && line.tag != Tag::Item
            && line.weight > 2 * part.inline_bytes
            && is_sentence(&line.text, dates)
    })
}

/// Tells whether a date stands in a heading that is a link: that of another story.
fn is_in_linked_heading(table: &Table<'_>, part: &Part) -> bool {
    table.blocks.get(part.first).is_some_and(is_linked_heading)
}

fn is_linked_heading(block: &Block) -> bool {
    matches!(block.tag, Tag::Heading(2..)) && block.link_share() > LINKED_HEADING
}

/// Share of a heading inside links from which it is one.
const LINKED_HEADING: f64 = 0.8;

/// A date that readers are shown.
#[derive(Debug)]
pub(super) struct Shown {
    /// The date, and where it was found.
    pub(super) found: Sourced<Found>,
    /// Whether it stands right at the headline, and in nothing that is named as another article's.
    pub(super) is_at_headline: bool,
    /// Whether an element or words that are made for it say that it is the date of publication.
    pub(super) is_said: bool,
}

/// The element, unless a line stands right at the headline and the element does not.
fn nearer(element: Option<Shown>, line: impl FnOnce() -> Option<Shown>) -> Option<Shown> {
    match element {
        Some(element) if element.is_at_headline => Some(element),
        Some(element) => line().filter(|line| line.is_at_headline).or(Some(element)),
        None => line(),
    }
}

/// Blocks around the headline that are right at it: a lead and a line with the author may come between.
const BLOCKS_AT_HEADLINE: usize = 4;

/// What tells that a date is that of another article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The names of the elements around it.
    Names,
    /// Where it stands.
    Place,
    /// The names of the elements around it, but not that they are at the side: its label says what it is.
    Labels,
}

/// What stands beside an article.
const BESIDE: Hints = Hints::RELATED.or(Hints::COMMENTS).or(Hints::NAV);

impl Place {
    /// The date that readers are shown near the headline.
    pub(super) fn shown(&self, table: &Table<'_>, dates: Reader) -> Option<Shown> {
        let is_at_headline =
            |trust, distance| trust == Trust::Names && distance <= BLOCKS_AT_HEADLINE;
        let element = |trust| {
            let (distance, found) = self.in_elements(table, dates, trust)?;
            Some(Shown {
                found: Sourced::new(found, Origin::Element),
                is_at_headline: is_at_headline(trust, distance),
                is_said: true,
            })
        };
        let line = |trust| {
            let (distance, found, is_said) = self.in_lines(table, dates, trust)?;
            Some(Shown {
                found: Sourced::new(found, Origin::Line),
                is_at_headline: is_at_headline(trust, distance),
                is_said,
            })
        };
        nearer(element(Trust::Names), || line(Trust::Names))
            .or_else(|| element(Trust::Place))
            .or_else(|| line(Trust::Place))
            .or_else(|| {
                let found = self.in_dateline(table, dates)?;
                Some(Shown {
                    found: Sourced::new(found, Origin::Dateline),
                    is_at_headline: false,
                    is_said: false,
                })
            })
    }

    fn in_elements(
        &self,
        table: &Table<'_>,
        dates: Reader,
        trust: Trust,
    ) -> Option<(usize, Found)> {
        let blocks = self.blocks(BLOCKS_BEFORE, 3);
        table
            .elements
            .iter()
            .enumerate()
            .filter(|(_, part)| part.hints.any(Hints::DATE) && part.tag != Tag::Body)
            .filter(|(_, part)| blocks.contains(&part.first) && part.end <= part.first + 4)
            .filter(|(index, _)| !self.is_of_another(table, *index, trust))
            .map(|(_, part)| part)
            .filter(|part| {
                !is_in_sentence(table, part, dates) && !is_in_linked_heading(table, part)
            })
            .filter_map(|part| {
                let found = of_part(table, part, dates)?;
                let later = later(is_of_change(table, part));
                Some((self.distance(part.first) + later, found))
            })
            .min_by_key(|(distance, found)| (*distance, !found.has_time))
    }

    fn in_lines(
        &self,
        table: &Table<'_>,
        dates: Reader,
        trust: Trust,
    ) -> Option<(usize, Found, bool)> {
        let from = self.top.saturating_sub(LINES_BEFORE);
        let blocks = table.blocks.iter().enumerate().skip(from);
        blocks
            .take((self.blocks(0, 3).end() + 1).saturating_sub(from))
            .filter(|(_, block)| {
                block.weight <= 200
                    && !is_linked_heading(block)
                    && !self.is_of_another(table, block.part, trust)
            })
            .filter_map(|(index, block)| {
                let found = date_in(&block.text, dates)?;
                let later = later(
                    said_last(&block.text) == Some(Said::Changed) && !says_published(&block.text),
                );
                Some((self.distance(index) + later, found, &block.text))
            })
            .filter(|(_, found, _)| found.of_tokens <= 16 || found.at <= 6)
            .filter(|(_, _, text)| !is_sentence(text, dates))
            .map(|(distance, found, text)| (distance, found, says_published(text)))
            .min_by_key(|(distance, _, _)| *distance)
    }

    /// Tells whether an element is part of what stands beside the article and its headline: other articles,
    /// comments, menus.
    pub(super) fn is_of_another(&self, table: &Table<'_>, part: usize, trust: Trust) -> bool {
        let holds_article = |around: &Part| {
            let holds = |block: usize| (around.first..around.end).contains(&block);
            holds(self.anchor) || self.body.is_some_and(|(start, _)| holds(start))
        };
        let is_below = table
            .elements
            .get(part)
            .is_some_and(|part| self.body.is_some_and(|(_, end)| part.first > end));
        let beside = match (is_below, trust) {
            (_, Trust::Labels) => BESIDE,
            (true, _) | (false, Trust::Names) => BESIDE.or(Hints::SIDE),
            // Names lie: above the end of the text a date may stand in a part called a card.
            (false, Trust::Place) => Hints::COMMENTS,
        };
        // `comment-header` holds the headline of an opinion: `comment-date` in it is the article's.
        let theme = table
            .ancestors(part)
            .map(|(_, around)| around)
            .find(|around| holds_article(around) && !is_below)
            .map_or(Hints::NONE, |around| around.hints);
        table
            .elements
            .get(part)
            .into_iter()
            .chain(table.ancestors(part).map(|(_, around)| around))
            .any(|around| {
                (around.hints.without(theme).any(beside)
                    || around.tag == Tag::Quote
                    || around.tag == Tag::Item && is_headline_of_another(table, around))
                    && !holds_article(around)
            })
    }

    /// The date that the text itself begins with: `Berlin, 1 February 2022 - The ministry ...`.
    fn in_dateline(&self, table: &Table<'_>, dates: Reader) -> Option<Found> {
        let (start, _) = self.body?;
        table
            .blocks
            .iter()
            .skip(start)
            .take(3)
            .filter(|block| !self.is_of_another(table, block.part, Trust::Names))
            .filter_map(|block| dates.find(&block.text))
            .find(|found| found.at <= 6 && found.is_set_off)
    }

    /// The date in a line below the text that says so.
    pub(super) fn below(
        &self,
        table: &Table<'_>,
        says: fn(&str) -> bool,
        dates: Reader,
    ) -> Option<Sourced<Found>> {
        let (_, end) = self.body?;
        table
            .blocks
            .iter()
            .skip(end + 1)
            .take(BLOCKS_BELOW)
            .filter(|block| block.weight <= 400)
            .filter(|block| says(&block.text))
            .find_map(|block| date_in(&block.text, dates))
            .map(|found| Sourced::new(found, Origin::LineBelow))
    }
}

/// The shortest linked headline, in weight: names of authors and sections are shorter.
const SHORTEST_HEADLINE: usize = 10;

/// Tells whether an entry of a list is mostly a link, as other articles are listed with their dates.
fn is_headline_of_another(table: &Table<'_>, entry: &Part) -> bool {
    let blocks = table.blocks.iter().take(entry.end).skip(entry.first);
    let (linked, all) = blocks.fold((0, 0), |(linked, all), block| {
        (linked + block.link_weight, all + block.weight)
    });
    linked >= SHORTEST_HEADLINE && linked * 2 >= all
}
