//! What a page says about its article: headline, authors, dates, language, site, address.
//!
//! Each of these is said in several places that disagree; each has its own file with the order of trust.

mod byline;
mod east_asian;
mod names;
mod published;
mod site;
mod title;

pub(super) use byline::{byline, names_in_line};
pub(super) use published::{DATE_ATTRIBUTES, modified, published, says_when};
pub(super) use site::{canonical, is_free, lang, section, site};
pub(super) use title::title;

use site::{declared_lang, site_name};

use std::ops::RangeInclusive;

use url::Url;

use super::Prior;
use super::dates::{Habits, Order, Reader};
use super::likeness::says_title;
use super::linked_data::LinkedArticle;
use super::table::{Block, Table};
use super::tag::Tag;
use super::text::{clean, folded};
use crate::domain::Budget;

/// Everything the readers of metadata look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The page.
    pub(super) table: &'a Table<'a>,
    /// Its linked data.
    pub(super) linked: &'a LinkedArticle,
    /// The page as it came: what is not shown may still tell its date.
    pub(super) page: &'a str,
    /// Where it came from.
    pub(super) url: Option<&'a Url>,
    /// What the caller knows.
    pub(super) prior: Prior,
}

/// Seconds that a date of publication may lie ahead: clocks are wrong, and a day begins elsewhere first.
const TOLERATED_FUTURE_S: i64 = 2 * 24 * 3600;

impl Sources<'_> {
    /// How this page's dates are to be read.
    pub(super) fn dates(&self) -> Reader {
        let lang = declared_lang(self)
            .map(|found| found.value.to_ascii_lowercase())
            .unwrap_or_default();
        Reader {
            habits: Habits::of(&lang, self.date_order(&lang)),
            latest: self
                .prior
                .now
                .map(|now| now.as_second().saturating_add(TOLERATED_FUTURE_S)),
        }
    }

    /// How dates of numbers alone are to be read.
    fn date_order(&self, lang: &str) -> Order {
        let american = lang == "en-us" || (lang == "en" && !self.has_foreign_host());
        if american {
            Order::MonthFirst
        } else {
            Order::DayFirst
        }
    }

    /// English pages under a country's own domain write the day first.
    fn has_foreign_host(&self) -> bool {
        let host = self.url.and_then(Url::host_str).unwrap_or_default();
        host.rsplit('.')
            .next()
            .is_some_and(|last| last.len() == 2 && last != "us")
    }
}

/// Where on the page the lines about the article can stand: around the headline and the text.
pub(super) struct Place {
    /// The first block that is the headline, else the first of the text.
    top: usize,
    /// The last headline above the text, else the first block of the text.
    anchor: usize,
    /// The range of the text.
    body: Option<(usize, usize)>,
    /// How much farther a block is that stands above the anchor.
    above: usize,
}

/// What a block above the headline counts: today's date and other authors stand there.
const ABOVE_HEADLINE: usize = 4;

/// Blocks below the headline that are looked at where no text was found.
const BLOCKS_AFTER: usize = 25;

impl Place {
    fn new(table: &Table<'_>, title: Option<&str>, body: Option<(usize, usize)>) -> Self {
        let start = body.map_or(0, |(start, _)| start);
        let found = headlines(table, title, start);
        let (top, anchor) = found.unwrap_or((start, start));
        // Where the headline is not on the page, the lines right above the text are the article's.
        let above = found.map_or(1, |_| ABOVE_HEADLINE);
        Self {
            top,
            anchor,
            body,
            above,
        }
    }

    /// The blocks from some above the headline to some below the text.
    fn blocks(&self, above: usize, below: usize) -> RangeInclusive<usize> {
        let after = self.anchor + BLOCKS_AFTER;
        let to = self.body.map_or(after, |(_, end)| after.max(end + below));
        self.top.saturating_sub(above)..=to
    }

    /// Below the headline is where such lines stand; above it stand today's date and other authors.
    fn distance(&self, block: usize) -> usize {
        if block >= self.anchor {
            block - self.anchor
        } else {
            (self.anchor - block) * self.above
        }
    }
}

/// The first block that is the headline, and the last before the text.
fn headlines(table: &Table<'_>, title: Option<&str>, start: usize) -> Option<(usize, usize)> {
    let title = folded(title?);
    let is_headline = |block: &Block| block.weight <= 400 && block.folded() == title;
    let with_kicker = |block: &Block| {
        let is_heading = matches!(block.tag, Tag::Heading(_)) && block.weight <= 400;
        is_heading && says_title(block.folded(), &title)
    };
    let blocks = || table.blocks.iter();
    let whole = blocks().position(is_headline);
    // Below the text the headline ends a path.
    let first = whole
        .filter(|at| *at <= start)
        .or_else(|| blocks().position(with_kicker))
        .or(whole)?;
    let before = table.blocks.len().min(start.saturating_add(1));
    let mut above = table.blocks.iter().take(before);
    let last = above.rposition(|block| is_headline(block) || with_kicker(block));
    Some((first, last.unwrap_or(first)))
}

/// Bytes of one value that are read: no headline and no list of authors is longer.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// Decodes the entities of a value that was encoded twice, and drops tags in it.
pub(super) fn plain(value: &str) -> String {
    let value = value
        .get(..value.floor_char_boundary(MAX_VALUE_BYTES))
        .unwrap_or(value);
    if value.contains('&') || value.contains('<') {
        // So short a value needs no budget.
        let budget = Budget::new(&|| true);
        return clean(&super::fragment_text(value, &budget).replace('\n', " "));
    }
    clean(value)
}
