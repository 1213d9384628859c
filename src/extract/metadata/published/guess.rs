//! The last resort: what the whole page makes likely, where nothing says when the article was published.
//!
//! Dates beside other articles, comments and quoted posts are left alone. Of what readers are shown, the
//! nearest to a headline is taken; then what the page keeps for programs; then the day that most of its
//! addresses and attributes hold. The feed's own date is better than any of these, and is preferred.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::{Place, Sources};
use super::address::in_path;
use super::declared::of_part;
use super::shown::{Trust, says_changed, says_published};
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Block, Table, Tag};

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

/// Places of one key that are looked at.
const MAX_PLACES: usize = 40;

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
        headlines: headlines(table),
    };
    whole
        .under_labels_that(says_published)
        .or_else(|| whole.in_elements())
        .or_else(|| whole.in_lines_that(says_published))
        .or_else(|| in_keys(page, KEYS_OF_PUBLICATION, title, dates))
        .or_else(|| whole.in_short_lines())
        .or_else(|| whole.under_labels_that(says_changed))
        .or_else(|| whole.in_lines_that(says_changed))
        .or_else(|| in_keys(page, KEYS_OF_CREATION, title, dates))
        .or_else(|| of_picture(table, dates))
        .or_else(|| in_titles(page, dates))
        .or_else(|| most_frequent(page, dates))
        .map(|found| Sourced::new(found, Origin::Guess))
}

/// The blocks that are headlines of the first rank, or whatever the page has.
fn headlines(table: &Table<'_>) -> Vec<usize> {
    let blocks = table.blocks.iter().enumerate();
    blocks
        .filter(|(_, block)| block.tag == Tag::Heading(1))
        .map(|(index, _)| index)
        .take(20)
        .collect()
}

/// The whole page, and where its headlines are.
struct Whole<'a> {
    place: &'a Place,
    table: &'a Table<'a>,
    dates: Reader,
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
        self.lines(Trust::Names)
            .filter(|(_, block)| block.weight <= LONGEST_LINE && says(&block.text))
            .filter_map(|(index, block)| {
                Some((self.distance(index), self.dates.find(&block.text)?))
            })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, found)| found)
    }

    /// The date in the line after a label that says what it is. A box of such labels may stand at the side.
    fn under_labels_that(&self, says: fn(&str) -> bool) -> Option<Found> {
        self.lines(Trust::Labels)
            .filter(|(_, label)| label.weight <= LONGEST_LABEL && says(&label.text))
            .filter_map(|(index, _)| Some((index, self.table.blocks.get(index + 1)?)))
            .filter(|(_, value)| value.weight <= 2 * LONGEST_LABEL)
            .filter_map(|(index, value)| {
                Some((self.distance(index), self.dates.find(&value.text)?))
            })
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, found)| found)
    }

    fn is_beside(&self, block: &Block, trust: Trust) -> bool {
        block.tag == Tag::Quote || self.place.is_of_another(self.table, block.part, trust)
    }

    /// A line that is little more than a date, or a paragraph that begins with one.
    fn in_short_lines(&self) -> Option<Found> {
        self.lines(Trust::Names)
            .filter_map(|(index, block)| Some((index, block, self.dates.find(&block.text)?)))
            .filter(|(_, block, found)| {
                found.at == 0 || (found.of_tokens <= 16 && block.weight <= 200)
            })
            .map(|(index, _, found)| (self.distance(index), found))
            .filter(|(distance, _)| *distance < FAR)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, found)| found)
    }

    /// The lines that are not those of other articles, from both ends of the page.
    fn lines(&self, trust: Trust) -> impl Iterator<Item = (usize, &Block)> {
        let blocks = &self.table.blocks;
        let from_end = blocks.len().saturating_sub(MAX_LINES);
        blocks
            .iter()
            .enumerate()
            .filter(move |(index, _)| *index < MAX_LINES || *index >= from_end)
            .filter(move |(_, block)| !self.is_beside(block, trust))
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

/// Keys under which programs keep when an article was published, most telling first.
const KEYS_OF_PUBLICATION: &[&str] = &[
    "datePublished",
    "date_published",
    "publishedDate",
    "published_date",
    "publishDate",
    "publish_date",
    "publishedAt",
    "published_at",
    "publishedTime",
    "published_time",
    "publicationDate",
    "publication_date",
    "publication_time",
    "firstPublished",
    "first_published",
    "pubDate",
    "datePosted",
    "displayDate",
    "display_date",
];

/// Keys under which programs keep when something was made.
const KEYS_OF_CREATION: &[&str] = &[
    "createdAt",
    "created_at",
    "dateCreated",
    "date_created",
    "createDate",
    "createdDate",
    "created_date",
    "creationDate",
    "uploadDate",
];

/// The value of the first of these keys that has a date, the one nearest to the headline where there are several.
fn in_keys(page: &str, keys: &[&str], title: Option<&str>, dates: Reader) -> Option<Found> {
    let headline: String = title.unwrap_or_default().chars().take(24).collect();
    let headlines: Vec<usize> = if headline.is_empty() {
        Vec::new()
    } else {
        let places = page.match_indices(headline.as_str());
        places.map(|(at, _)| at).take(MAX_PLACES).collect()
    };
    keys.iter().find_map(|key| {
        page.match_indices(key)
            .take(MAX_PLACES)
            .filter_map(|(at, key)| Some((at, value_at(page, at + key.len(), dates)?)))
            .min_by_key(|(at, _)| headlines.iter().map(|place| place.abs_diff(*at)).min())
            .map(|(_, found)| found)
    })
}

/// The date that is the value of a key which ends here: `":"2024-05-06`, `&quot;: &quot;2024-05-06`, ` = '2024-05-06`.
fn value_at(page: &str, at: usize, dates: Reader) -> Option<Found> {
    let rest = page.get(at..)?;
    let rest = rest.get(..rest.floor_char_boundary(80)).unwrap_or(rest);
    let value = rest
        .trim_start_matches("&quot;")
        .trim_start_matches(['\\', '"', '\'', ' '])
        .strip_prefix([':', '='])?
        .trim_start()
        .trim_start_matches("&quot;")
        .trim_start_matches(['\\', '"', '\'', ' ']);
    let is_number = value.starts_with(|c: char| c.is_ascii_digit());
    let end = value
        .find(['"', '\'', '\\', '&', '<', '}', ']', ';'])
        .unwrap_or(value.len());
    let value = value.get(..end)?;
    let value = match value.split_once(',') {
        Some((number, _)) if is_number => number,
        _ => value,
    };
    dates.parse(value).filter(|found| found.at <= 2)
}

/// The date in the address of the picture that stands for the article.
fn of_picture(table: &Table<'_>, dates: Reader) -> Option<Found> {
    in_path(table.meta(&["og:image", "twitter:image"])?, dates)
}

/// The first time of day and date that a tooltip gives: `title="Friday, 6 October 2017, 04:00"`.
fn in_titles(page: &str, dates: Reader) -> Option<Found> {
    page.match_indices(" title=\"")
        .take(2_000)
        .filter_map(|(at, mark)| page.get(at + mark.len()..)?.split_once('"'))
        .map(|(title, _)| title)
        .filter(|title| (8..=60).contains(&title.len()))
        .filter_map(|title| dates.find(title))
        .find(|found| found.has_time)
}

/// The day that at least half of the dates in the page's addresses and attributes are of, else the latest: what
/// stands beside an article is no newer than the page, and seldom older than the article.
fn most_frequent(page: &str, dates: Reader) -> Option<Found> {
    let mut days: BTreeMap<Date, (usize, Found)> = BTreeMap::new();
    let mut all = 0_usize;
    let marks = page.match_indices(['/', '"', '\'', '=']);
    let found = marks
        .filter_map(|(at, _)| page.get(at + 1..at + 1 + 10))
        .filter(|text| is_day(text.as_bytes()))
        .filter_map(|text| dates.find(&text.replace('/', "-")));
    for found in found.take(2_000) {
        all += 1;
        days.entry(found.day()).or_insert((0, found)).0 += 1;
    }
    let most = days.values().max_by_key(|(count, _)| *count)?;
    let latest = days.values().next_back()?;
    let is_agreed = most.0 * 2 >= all;
    Some(if is_agreed { most.1 } else { latest.1 })
}

/// Tells `2020-02-19`, `2020/02/19`, `2020-02/19` and `19.02.2020`.
fn is_day(text: &[u8]) -> bool {
    let is_shape = |marks: [usize; 2], allowed: &[u8]| {
        text.len() == 10
            && text.iter().enumerate().all(|(index, byte)| {
                if marks.contains(&index) {
                    allowed.contains(byte)
                } else {
                    byte.is_ascii_digit()
                }
            })
    };
    is_shape([4, 7], b"-/") || is_shape([2, 5], b".")
}
