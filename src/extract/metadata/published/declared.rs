//! What `meta` tags, microdata and linked data declare to machines.

use jiff::tz::Offset;

use super::super::Sources;
use super::days_apart;
use super::labels::{date_in, says_published as says_published_in_words};
use super::written::as_written;
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Part, Table, attribute, spaced_text_of};

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

/// The date that linked data gives.
pub(super) fn linked(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    let written = sources.linked.published.as_deref()?;
    let found = dates.parse(written)?;
    Some(Sourced::new(found, Origin::LinkedData("datePublished")))
}

/// The date that a `meta` tag of a known name gives.
pub(super) fn meta(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    from_meta(sources, PUBLISHED, dates)
}

/// The earliest date that a `meta` tag gives whose name speaks of publication: `page-published-date`.
pub(super) fn likely_meta(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    from_named_like(sources, says_published, dates)
}

/// The earliest date that a `meta` tag of a less telling name gives: `site:uploaded`, `page-date`.
pub(super) fn other_meta(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    from_named_like(sources, says_made, dates)
}

/// When the page says it was changed.
pub(super) fn changed(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    let linked = sources.linked.modified.as_deref();
    linked
        .and_then(|value| dates.parse(value))
        .map(|found| Sourced::new(found, Origin::LinkedData("dateModified")))
        .or_else(|| from_meta(sources, MODIFIED, dates))
        .or_else(|| from_microdata(sources.table, "dateModified", dates))
}

fn says_published(name: &str) -> bool {
    [
        "published",
        "publish-",
        "publish_",
        "publishdate",
        "publishtime",
        "pubdate",
        "publication",
    ]
    .iter()
    .any(|word| name.contains(word))
        && !says_other(name)
}

fn says_made(name: &str) -> bool {
    ["date", "created", "uploaded", "posted", "issued"]
        .iter()
        .any(|word| name.contains(word))
        && !says_other(name)
}

/// Tells names of dates on which something else happens to a page: it is changed, or taken down.
fn says_other(name: &str) -> bool {
    [
        "modif",
        "updat",
        "expir",
        "unpublish",
        "valid",
        "event",
        "start",
        "end",
        "birth",
        "last",
        "crawl",
        "build",
    ]
    .iter()
    .any(|word| name.contains(word))
}

fn from_named_like(
    sources: &Sources<'_>,
    says: fn(&str) -> bool,
    dates: Reader,
) -> Option<Sourced<Found>> {
    let (name, found) = sources
        .table
        .metas
        .iter()
        .filter(|(name, content)| says(name) && content.len() <= LONGEST_DATE)
        .filter_map(|(name, content)| Some((name, dates.parse(content)?)))
        .min_by_key(|(_, found)| found.when.at)?;
    Some(Sourced::new(found, Origin::Meta(name.clone())))
}

/// Bytes of the longest date written out: a content that is longer is a text with a date in it.
const LONGEST_DATE: usize = 60;

fn from_meta(sources: &Sources<'_>, names: &[&str], dates: Reader) -> Option<Sourced<Found>> {
    names.iter().find_map(|name| {
        let found = sources
            .table
            .metas
            .iter()
            .filter(|(known, _)| known == name)
            .find_map(|(_, content)| dates.parse(content))?;
        Some(Sourced::new(found, Origin::Meta((*name).to_owned())))
    })
}

pub(super) fn from_microdata(
    table: &Table<'_>,
    itemprop: &'static str,
    dates: Reader,
) -> Option<Sourced<Found>> {
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
        .find_map(|part| of_part(table, part, dates))
        .map(|found| Sourced::new(found, Origin::Microdata(itemprop)))
}

pub(super) fn of_part(table: &Table<'_>, part: &Part, dates: Reader) -> Option<Found> {
    let element = table.element(part)?;
    let text = table.text_of(part);
    let shown = || date_in(&text, dates).or_else(|| in_boxes(table, part, dates));
    let declared = DATE_ATTRIBUTES
        .iter()
        .find_map(|name| dates.parse(attribute(element, name)?))
        .map(|declared| on_the_clock_of(declared, || date_in(&text, dates)));
    match declared {
        // Templates write the time of the last change there, and the words say which date it is.
        Some(declared) if says_published_in_words(&text) => Some(
            shown()
                .filter(|shown| days_apart(*shown, declared) > 1)
                .unwrap_or(declared),
        ),
        Some(declared) => Some(declared),
        None => shown().or_else(|| dates.parse(attribute(element, "title")?)),
    }
}

/// The date whose day, month and year stand in boxes of their own, with no space between: a leaf of a calendar.
fn in_boxes(table: &Table<'_>, part: &Part, dates: Reader) -> Option<Found> {
    if part.end > part.first + 1 {
        return None;
    }
    let text = spaced_text_of(table.node(part)?);
    date_in(&text, dates)
}

/// A time told to machines in UTC, by the clock that the same element shows readers.
fn on_the_clock_of(declared: Found, shown: impl FnOnce() -> Option<Found>) -> Found {
    if !declared.has_time || !declared.has_zone || declared.when.offset != Offset::UTC {
        return declared;
    }
    let shown = [shown()];
    Found {
        when: as_written(declared, &shown, &shown),
        ..declared
    }
}

/// Attributes that tell machines what an element tells readers.
pub(in crate::extract) const DATE_ATTRIBUTES: &[&str] = &[
    "datetime",
    "content",
    "data-datetime",
    "data-timestamp",
    "data-date",
    "data-time",
    "data-published",
    "data-utime",
    "unixtime",
];
