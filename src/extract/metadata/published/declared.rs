//! What `meta` tags, microdata and linked data declare to machines.

use super::super::Sources;
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Part, Table, attribute};

pub(super) const PUBLISHED: &[&str] = &[
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

pub(super) const MODIFIED: &[&str] = &[
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


pub(super) fn from_meta(sources: &Sources<'_>, names: &[&str], dates: Reader) -> Option<Sourced<Found>> {
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
    [
        "datetime",
        "content",
        "data-datetime",
        "data-timestamp",
        "data-date",
        "data-time",
    ]
    .iter()
    .find_map(|name| dates.parse(attribute(element, name)?))
    .or_else(|| dates.find(&table.text_of(part)))
}

