//! What a page holds of dates without showing them: values that it keeps for programs, tooltips, addresses.
//!
//! The bytes of the page are searched, not its tree: scripts and attributes are not in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use jiff::civil::Date;

use crate::extract::dates::{Found, Reader};

/// Values of keys, and places of the headline, that are looked at.
const MAX_PLACES: usize = 40;

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

/// Finds all keys in one pass; those of publication come first. No key is the beginning of another.
static KEYS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(KEYS_OF_PUBLICATION.iter().chain(KEYS_OF_CREATION))
        .ok()
});

/// What the page keeps for programs.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Under the most telling key of publication.
    pub(super) published: Option<Found>,
    /// Under the most telling key of creation.
    pub(super) created: Option<Found>,
}

/// The values of the most telling keys that have a date, each the one nearest to the headline where there are
/// several.
pub(super) fn kept_in(page: &str, title: Option<&str>, dates: Reader) -> Kept {
    let Some(keys) = KEYS.as_ref() else {
        return Kept::default();
    };
    let headline: String = title.unwrap_or_default().chars().take(24).collect();
    let headlines: Vec<usize> = if headline.is_empty() {
        Vec::new()
    } else {
        let places = page.match_indices(headline.as_str());
        places.map(|(at, _)| at).take(MAX_PLACES).collect()
    };
    let found: Vec<(usize, Option<usize>, Found)> = keys
        .find_iter(page)
        .filter_map(|key| Some((key, value_at(page, key.end(), dates)?)))
        .take(MAX_PLACES * 4)
        .map(|(key, found)| {
            let away = headlines.iter().map(|at| at.abs_diff(key.start())).min();
            (key.pattern().as_usize(), away, found)
        })
        .collect();
    let best = |is_wanted: &dyn Fn(usize) -> bool| {
        let wanted = found.iter().filter(|(key, _, _)| is_wanted(*key));
        let best = wanted.min_by_key(|(key, away, _)| (*key, *away))?;
        Some(best.2)
    };
    Kept {
        published: best(&|key| key < KEYS_OF_PUBLICATION.len()),
        created: best(&|key| key >= KEYS_OF_PUBLICATION.len()),
    }
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

/// The first time of day and date that a tooltip gives: `title="Friday, 6 October 2017, 04:00"`.
pub(super) fn in_titles(page: &str, dates: Reader) -> Option<Found> {
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
pub(super) fn most_frequent(page: &str, dates: Reader) -> Option<Found> {
    let mut days: BTreeMap<Date, (usize, Found)> = BTreeMap::new();
    let mut all = 0_usize;
    // A mark, ten characters, and no eleventh digit.
    let found = page
        .as_bytes()
        .windows(12)
        .filter_map(|around| around.split_first_chunk::<1>())
        .filter(|([mark], _)| matches!(mark, b'/' | b'"' | b'\'' | b'='))
        .filter_map(|(_, rest)| rest.split_last())
        .filter(|(after, text)| is_day(text) && !after.is_ascii_digit())
        .filter_map(|(_, text)| std::str::from_utf8(text).ok())
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
