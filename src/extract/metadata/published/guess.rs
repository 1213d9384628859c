//! The last resort: what the whole page makes likely, where nothing says when the article was published.
//!
//! Dates beside other articles, comments and quoted posts are left alone. Of what readers are shown, the
//! nearest to a headline is taken; then what the page keeps for programs; then the day that most of its
//! addresses and attributes hold. The feed's own date is better than any of these, and is preferred.

use std::cell::LazyCell;

use super::super::{Place, Sources};
use super::address::in_path;
use super::declared::of_part;
use super::kept::{in_titles, kept_in, most_frequent};
use super::labels::{date_in, is_sentence, says_changed, says_published};
use super::shown::{Trust, is_in_sentence};
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Block, Table};
use crate::extract::tag::Tag;

/// Elements made for dates that are read.
const MAX_ELEMENTS: usize = 200;

/// Lines of text that are searched for a date, from the beginning and from the end of the page.
const MAX_LINES: usize = 800;

/// The longest line that says when the page was made or changed, in weight.
const LONGEST_LINE: usize = 400;

/// The longest label of a date, in weight.
const LONGEST_LABEL: usize = 40;

/// Bytes of the page that are searched for what is not shown.
const SEARCHED_BYTES: usize = 1_048_576;

/// Guesses the date of publication.
pub(super) fn guess(
    sources: &Sources<'_>,
    place: &Place,
    title: Option<&str>,
    dates: Reader,
) -> Option<Sourced<Found>> {
    let table = sources.table;
    let page = sources.page;
    let page = page
        .get(..page.floor_char_boundary(SEARCHED_BYTES))
        .unwrap_or(page);
    let whole = Whole {
        place,
        table,
        dates,
        dated: dated(table, dates),
        headlines: headlines(table),
    };
    let kept = LazyCell::new(|| kept_in(page, title, dates));
    whole
        .under_labels_that(says_published)
        .or_else(|| whole.in_elements())
        .or_else(|| whole.in_lines_that(says_published))
        .or_else(|| kept.published)
        .or_else(|| whole.in_short_lines())
        .or_else(|| whole.under_labels_that(says_changed))
        .or_else(|| whole.in_lines_that(says_changed))
        .or_else(|| kept.created)
        .or_else(|| of_picture(table, dates))
        .or_else(|| in_titles(page, dates))
        .or_else(|| most_frequent(page, dates))
        .map(|found| Sourced::new(found, Origin::Guess))
}

/// The blocks that are headlines of the first rank.
fn headlines(table: &Table<'_>) -> Vec<usize> {
    let blocks = table.blocks.iter().enumerate();
    blocks
        .filter(|(_, block)| block.tag == Tag::Heading(1))
        .map(|(index, _)| index)
        .take(20)
        .collect()
}

/// A line that holds a date.
struct Dated<'a> {
    index: usize,
    block: &'a Block,
    found: Found,
}

/// The lines that hold a date, from both ends of the page.
fn dated<'a>(table: &'a Table<'_>, dates: Reader) -> Vec<Dated<'a>> {
    let from_end = table.blocks.len().saturating_sub(MAX_LINES);
    table
        .blocks
        .iter()
        .enumerate()
        .filter(|(index, _)| *index < MAX_LINES || *index >= from_end)
        .filter_map(|(index, block)| {
            Some(Dated {
                index,
                block,
                found: date_in(&block.text, dates)?,
            })
        })
        .collect()
}

/// The whole page, and where its headlines are.
struct Whole<'a> {
    place: &'a Place,
    table: &'a Table<'a>,
    dates: Reader,
    dated: Vec<Dated<'a>>,
    headlines: Vec<usize>,
}

impl Whole<'_> {
    /// The element made for dates that is nearest to a headline.
    fn in_elements(&self) -> Option<Found> {
        let table = self.table;
        table
            .elements
            .iter()
            .enumerate()
            .filter(|(_, part)| part.hints.any(Hints::DATE) && part.tag != Tag::Body)
            .filter(|(_, part)| part.end <= part.first + 4)
            .filter(|(index, _)| !self.place.is_of_another(table, *index, Trust::Names))
            .filter(|(_, part)| !is_in_sentence(table, part, self.dates))
            .take(MAX_ELEMENTS)
            .filter_map(|(_, part)| {
                let found = of_part(table, part, self.dates)?;
                Some((self.distance(part.first), found))
            })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, found)| found)
    }

    /// A line that says what date it gives.
    fn in_lines_that(&self, says: fn(&str) -> bool) -> Option<Found> {
        self.nearest(&|line| {
            line.block.weight <= LONGEST_LINE
                && says(&line.block.text)
                && !self.is_beside(line.block, Trust::Names)
        })
    }

    /// The date in the line after a label that says what it is. A box of such labels may stand at the side.
    fn under_labels_that(&self, says: fn(&str) -> bool) -> Option<Found> {
        self.nearest(&|line| {
            let above = line.index.checked_sub(1);
            let label = above.and_then(|above| self.table.blocks.get(above));
            line.block.weight <= 2 * LONGEST_LABEL
                && label.is_some_and(|label| {
                    label.weight <= LONGEST_LABEL
                        && says(&label.text)
                        && !self.is_beside(label, Trust::Labels)
                })
        })
    }

    /// A line that is little more than a date, or a paragraph that begins with one.
    fn in_short_lines(&self) -> Option<Found> {
        self.nearest(&|line| {
            let is_short = line.found.of_tokens <= 16 && line.block.weight <= 200;
            (line.found.at == 0 || is_short && !is_sentence(&line.block.text, self.dates))
                && self.distance(line.index) < FAR
                && !self.is_beside(line.block, Trust::Names)
        })
    }

    fn nearest(&self, is_wanted: &dyn Fn(&Dated<'_>) -> bool) -> Option<Found> {
        let wanted = self.dated.iter().filter(|line| is_wanted(line));
        let nearest = wanted.min_by_key(|line| self.distance(line.index))?;
        Some(nearest.found)
    }

    fn is_beside(&self, block: &Block, trust: Trust) -> bool {
        block.tag == Tag::Quote || self.place.is_of_another(self.table, block.part, trust)
    }

    /// How far a block is from what dates stand at: below a headline or the text, or just above a headline. What
    /// stands high above all of them is farther.
    fn distance(&self, block: usize) -> usize {
        let anchor = self.place.anchor;
        let end = self.place.body.map(|(_, end)| end);
        let headlines = || {
            self.headlines
                .iter()
                .copied()
                .chain(std::iter::once(anchor))
        };
        let below = headlines()
            .chain(end)
            .filter_map(|above| block.checked_sub(above))
            .min();
        let above = headlines()
            .filter_map(|headline| headline.checked_sub(block))
            .filter(|distance| *distance <= NEAR)
            .min()
            .map(|distance| distance * 4);
        below.into_iter().chain(above).min().unwrap_or(ABOVE)
    }
}

/// Blocks from a headline beyond which a short line that only happens to hold a date tells nothing.
const FAR: usize = 150;

/// Blocks above a headline in which its date can stand; higher up is today's date.
const NEAR: usize = 6;

/// The distance of a place high above the headlines: more than that of any below them.
const ABOVE: usize = 1_000_000;

/// The date in the address of the picture that stands for the article.
fn of_picture(table: &Table<'_>, dates: Reader) -> Option<Found> {
    in_path(table.meta(&["og:image", "twitter:image"])?, dates)
}
