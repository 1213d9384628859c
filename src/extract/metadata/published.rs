//! When the article was published and changed.
//!
//! Order of trust: linked data, `meta` tags, microdata, a `time` element near the headline, a date line near
//! the headline, the address, and last what only says when the page was changed. A date elsewhere on the
//! page (today's, a related article's) is never taken.

use super::Sources;
use crate::domain::LocalTimestamp;
use crate::extract::dates::{self, Found, Order};
use crate::extract::hints::Hints;
use crate::extract::table::{Table, Tag, attribute};

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "rnews:datepublished",
    "article:published",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "originalpublicationdate",
    "publish-date",
    "publish_date",
    "publishdate",
    "published",
    "published_date",
    "publication-date",
    "publication_date",
    "publicationdate",
    "pub_date",
    "pubdate",
    "article_date_original",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dc.issued",
    "dcterms.issued",
    "dc:date",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dc.created",
    "dcterms.created",
    "datecreated",
    "date.created",
    "displaydate",
    "date",
    "timestamp",
    "release_date",
    "article:post_date",
    "bt:pubdate",
    "shareaholic:article_published_time",
    "vr:published_time",
    "analyticsattributes.articledate",
    "last_published_date",
    "created",
    "pubyear",
];

const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dc.modified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "revision_date",
    "updated_time",
];

/// Blocks before the headline in which a date line can stand, and after it.
const BLOCKS_BEFORE: usize = 6;
const BLOCKS_AFTER: usize = 25;

/// When the article was published. `body` is the range of blocks that its text takes up.
pub(in crate::extract) fn published(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: Option<(usize, usize)>,
) -> Option<LocalTimestamp> {
    let order = sources.date_order();
    let linked = sources
        .linked
        .published
        .as_deref()
        .and_then(|value| dates::parse(value, order));
    linked
        .or_else(|| from_meta(sources, PUBLISHED, order))
        .or_else(|| from_microdata(sources.table, "datePublished", order))
        .or_else(|| near_headline(sources, title, body, order))
        .or_else(|| from_url(sources))
        .or_else(|| {
            sources
                .linked
                .modified
                .as_deref()
                .and_then(|value| dates::parse(value, order))
        })
        .or_else(|| from_meta(sources, MODIFIED, order))
        .or_else(|| from_microdata(sources.table, "dateModified", order))
        .map(|found| found.when)
}

/// When the article was last changed.
pub(in crate::extract) fn modified(sources: &Sources<'_>) -> Option<LocalTimestamp> {
    let order = sources.date_order();
    sources
        .linked
        .modified
        .as_deref()
        .and_then(|value| dates::parse(value, order))
        .or_else(|| from_meta(sources, MODIFIED, order))
        .or_else(|| from_microdata(sources.table, "dateModified", order))
        .map(|found| found.when)
}

fn from_meta(sources: &Sources<'_>, names: &[&str], order: Order) -> Option<Found> {
    names.iter().find_map(|name| {
        sources
            .table
            .metas
            .iter()
            .filter(|(known, _)| known == name)
            .find_map(|(_, content)| dates::parse(content, order))
    })
}

fn from_microdata(table: &Table<'_>, itemprop: &str, order: Order) -> Option<Found> {
    table
        .elements
        .iter()
        .filter(|part| part.hints.any(Hints::DATE))
        .filter(|part| {
            table
                .element(part)
                .and_then(|element| attribute(element, "itemprop"))
                .is_some_and(|names| names.contains(itemprop))
        })
        .find_map(|part| of_part(table, part, order))
}

fn of_part(table: &Table<'_>, part: &crate::extract::table::Part, order: Order) -> Option<Found> {
    let element = table.element(part)?;
    [
        "datetime",
        "content",
        "data-datetime",
        "data-timestamp",
        "data-date",
        "data-time",
    ]
    .iter()
    .find_map(|name| dates::parse(attribute(element, name)?, order))
    .or_else(|| dates::find(&table.text_of(part), order))
}

/// The date in a `time` element or a date line that stands near the headline.
fn near_headline(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: Option<(usize, usize)>,
    order: Order,
) -> Option<Found> {
    let table = sources.table;
    let headline = headline_block(table, title);
    let (from, to) = match (headline, body) {
        (Some(at), Some((_, end))) if at < end => (
            at.saturating_sub(BLOCKS_BEFORE),
            (at + BLOCKS_AFTER).max(end + 3),
        ),
        (Some(at), _) => (at.saturating_sub(BLOCKS_BEFORE), at + BLOCKS_AFTER),
        (None, Some((start, end))) => (start.saturating_sub(BLOCKS_AFTER), end + 3),
        (None, None) => (0, BLOCKS_AFTER),
    };
    let anchor = headline.or(body.map(|(start, _)| start)).unwrap_or(0);
    let nearness = |block: usize| {
        // Below the headline is where dates stand; above it today's date does.
        if block >= anchor {
            block - anchor
        } else {
            (anchor - block) * 4
        }
    };
    let hinted = table
        .elements
        .iter()
        .filter(|part| part.hints.any(Hints::DATE) && part.tag != Tag::Body)
        .filter(|part| (from..=to).contains(&part.first) && part.end <= part.first + 4)
        .filter(|part| !part.hints.any(Hints::RELATED.or(Hints::COMMENTS)))
        .filter_map(|part| Some((nearness(part.first), of_part(table, part, order)?)))
        .min_by_key(|(nearness, found)| (*nearness, !found.has_time));
    if let Some((_, found)) = hinted {
        return Some(found);
    }
    table
        .blocks
        .iter()
        .enumerate()
        .skip(from)
        .take((to + 1).saturating_sub(from))
        .filter(|(_, block)| block.weight <= 200)
        .filter_map(|(index, block)| Some((nearness(index), dates::find(&block.text, order)?)))
        .filter(|(_, found)| found.tokens * 4 >= found.of_tokens || found.of_tokens <= 14)
        .min_by_key(|(nearness, _)| *nearness)
        .map(|(_, found)| found)
}

fn headline_block(table: &Table<'_>, title: Option<&str>) -> Option<usize> {
    let title = crate::extract::text::folded(title?);
    table
        .blocks
        .iter()
        .position(|block| block.weight <= 400 && crate::extract::text::folded(&block.text) == title)
}

fn from_url(sources: &Sources<'_>) -> Option<Found> {
    let canonical = super::canonical(sources);
    let path = sources.url.or(canonical.as_ref())?.path().to_owned();
    let parts: Vec<&str> = path
        .split(['/', '-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    parts
        .windows(3)
        .find_map(|three| match three {
            [year, month, day]
                if year.len() == 4
                    && (1..=2).contains(&month.len())
                    && (1..=2).contains(&day.len()) =>
            {
                dates::find(&format!("{year}-{month}-{day}"), Order::DayFirst)
            }
            _ => None,
        })
        .or_else(|| {
            parts
                .iter()
                .filter(|part| part.len() == 8)
                .find_map(|part| dates::find(part, Order::DayFirst))
        })
}
