//! When the article was published and changed.
//!
//! Order of trust: linked data, `meta` tags, microdata, a `time` element near the headline, a date line near
//! the headline, the address, and last what only says when the page was changed. A date elsewhere on the
//! page (today's, a related article's) is never taken.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Place, Sources};
use crate::domain::LocalTimestamp;
use crate::extract::dates::{Found, Reader};
use crate::extract::hints::Hints;
use crate::extract::origin::{Origin, Sourced};
use crate::extract::table::{Part, Table, Tag, attribute};

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

/// Blocks before the headline in which an element made for dates can stand.
const BLOCKS_BEFORE: usize = 15;

/// Blocks before the headline in which a plain date line can stand: higher up is today's date.
const LINES_BEFORE: usize = 6;

/// Blocks after the text in which the date can stand.
const BLOCKS_BELOW: usize = 12;

/// When the article was published. `body` is the range of blocks that its text takes up.
pub(in crate::extract) fn published(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: Option<(usize, usize)>,
) -> Option<Sourced<LocalTimestamp>> {
    let dates = sources.dates();
    let linked = sources
        .linked
        .published
        .as_deref()
        .and_then(|value| dates.parse(value));
    let place = Place::new(sources.table, title, body);
    let visible = place.shown(sources.table, dates);
    let meta = from_meta(sources, PUBLISHED, dates);
    let declared = linked
        .map(|found| Sourced::new(found, Origin::LinkedData("datePublished")))
        .or_else(|| meta.clone())
        .or_else(|| from_microdata(sources.table, "datePublished", dates));
    if let Some(declared) = declared {
        let shown = visible.map(|found| found.value);
        let witnesses = [linked, meta.map(|found| found.value), shown];
        return Some(declared.map(|found| as_written(found, &witnesses)));
    }
    visible
        .or_else(|| Some(Sourced::new(from_url(sources, dates)?, Origin::Address)))
        .or_else(|| changed(sources, dates))
        .or_else(|| place.below(sources.table, dates))
        .map(|found| found.map(|found| found.when))
}

/// The same point in time with the offset that the newsroom uses: many pages tell machines UTC and people
/// their own time. Nothing is changed unless both are the same point in time.
fn as_written(declared: Found, witnesses: &[Option<Found>]) -> LocalTimestamp {
    if !declared.has_time || declared.when.offset != Offset::UTC {
        return declared.when;
    }
    let local = |found: &Found| found.when.offset.to_datetime(found.when.at);
    witnesses
        .iter()
        .flatten()
        .filter(|witness| witness.has_time)
        .find_map(|witness| {
            let apart = minutes_between(declared.when.at, witness.when.at);
            if witness.has_zone && witness.when.offset != Offset::UTC {
                // A time without an offset is local where the same clock time has one.
                let same = if declared.has_zone {
                    apart == 0
                } else {
                    local(&declared).date() == local(witness).date()
                        && local(&declared).hour() == local(witness).hour()
                        && local(&declared).minute() == local(witness).minute()
                };
                return same.then_some(LocalTimestamp {
                    at: if declared.has_zone {
                        declared.when.at
                    } else {
                        witness.when.at
                    },
                    offset: witness.when.offset,
                });
            }
            let is_zone = declared.has_zone
                && !witness.has_zone
                && apart != 0
                && apart % 30 == 0
                && apart.abs() <= 14 * 60;
            let offset = is_zone.then(|| i32::try_from(apart * 60).ok()).flatten()?;
            Some(LocalTimestamp {
                at: declared.when.at,
                offset: Offset::from_seconds(offset).ok()?,
            })
        })
        .unwrap_or(declared.when)
}

/// Whole minutes from one point in time to another, seconds dropped: people are shown none.
fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().div_euclid(60) - from.as_second().div_euclid(60)
}

/// When the article was last changed.
pub(in crate::extract) fn modified(sources: &Sources<'_>) -> Option<Sourced<LocalTimestamp>> {
    changed(sources, sources.dates()).map(|found| found.map(|found| found.when))
}

fn changed(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    let linked = sources.linked.modified.as_deref();
    linked
        .and_then(|value| dates.parse(value))
        .map(|found| Sourced::new(found, Origin::LinkedData("dateModified")))
        .or_else(|| from_meta(sources, MODIFIED, dates))
        .or_else(|| from_microdata(sources.table, "dateModified", dates))
}

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

fn from_microdata(
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

fn of_part(table: &Table<'_>, part: &Part, dates: Reader) -> Option<Found> {
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

/// What tells that a date is that of another article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// The names of the elements around it.
    Names,
    /// Where it stands.
    Place,
}

/// What stands beside an article.
const BESIDE: Hints = Hints::RELATED.or(Hints::COMMENTS).or(Hints::NAV);

impl Place {
    /// The date that readers are shown near the headline.
    fn shown(&self, table: &Table<'_>, dates: Reader) -> Option<Sourced<Found>> {
        let element = |trust| {
            let found = self.in_elements(table, dates, trust)?;
            Some(Sourced::new(found, Origin::Element))
        };
        let line = |trust| {
            let found = self.in_lines(table, dates, trust)?;
            Some(Sourced::new(found, Origin::Line))
        };
        element(Trust::Names)
            .or_else(|| line(Trust::Names))
            .or_else(|| element(Trust::Place))
            .or_else(|| line(Trust::Place))
            .or_else(|| {
                let found = self.in_dateline(table, dates)?;
                Some(Sourced::new(found, Origin::Dateline))
            })
    }

    fn in_elements(&self, table: &Table<'_>, dates: Reader, trust: Trust) -> Option<Found> {
        let blocks = self.blocks(BLOCKS_BEFORE, 3);
        table
            .elements
            .iter()
            .enumerate()
            .filter(|(_, part)| part.hints.any(Hints::DATE) && part.tag != Tag::Body)
            .filter(|(_, part)| blocks.contains(&part.first) && part.end <= part.first + 4)
            .filter(|(index, _)| !self.is_of_another(table, *index, trust))
            .map(|(_, part)| part)
            .filter_map(|part| Some((self.distance(part.first), of_part(table, part, dates)?)))
            .min_by_key(|(distance, found)| (*distance, !found.has_time))
            .map(|(_, found)| found)
    }

    fn in_lines(&self, table: &Table<'_>, dates: Reader, trust: Trust) -> Option<Found> {
        let from = self.top.saturating_sub(LINES_BEFORE);
        let blocks = table.blocks.iter().enumerate().skip(from);
        blocks
            .take((self.blocks(0, 3).end() + 1).saturating_sub(from))
            .filter(|(_, block)| {
                block.weight <= 200 && !self.is_of_another(table, block.part, trust)
            })
            .filter_map(|(index, block)| Some((self.distance(index), dates.find(&block.text)?)))
            .filter(|(_, found)| found.of_tokens <= 16 || found.at <= 6)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, found)| found)
    }

    /// Tells whether an element is part of what stands beside the article and its headline: other articles,
    /// comments, menus.
    fn is_of_another(&self, table: &Table<'_>, part: usize, trust: Trust) -> bool {
        let holds_article = |around: &Part| {
            let holds = |block: usize| (around.first..around.end).contains(&block);
            holds(self.anchor) || self.body.is_some_and(|(start, _)| holds(start))
        };
        let is_below = table
            .elements
            .get(part)
            .is_some_and(|part| self.body.is_some_and(|(_, end)| part.first > end));
        let beside = match (is_below, trust) {
            (true, _) => BESIDE.or(Hints::SIDE),
            (false, Trust::Names) => BESIDE,
            // Names lie: above the end of the text a date may stand in a part called a card.
            (false, Trust::Place) => Hints::COMMENTS,
        };
        table
            .elements
            .get(part)
            .into_iter()
            .chain(table.ancestors(part).map(|(_, around)| around))
            .any(|around| {
                (around.hints.any(beside) || around.tag == Tag::Quote) && !holds_article(around)
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
            .find(|found| found.at <= 6)
    }

    /// The date in a line below the text that says so.
    fn below(&self, table: &Table<'_>, dates: Reader) -> Option<Sourced<Found>> {
        let (_, end) = self.body?;
        table
            .blocks
            .iter()
            .skip(end + 1)
            .take(BLOCKS_BELOW)
            .filter(|block| block.weight <= 400)
            .filter(|block| {
                let lower = block.text.to_lowercase();
                SAYS_PUBLISHED.iter().any(|word| lower.contains(word))
            })
            .find_map(|block| dates.find(&block.text))
            .map(|found| Sourced::new(found, Origin::LineBelow))
    }
}

/// Beginnings of words that say a date is that of publication.
const SAYS_PUBLISHED: &[&str] = &[
    "publish",
    "posted",
    "veröffentlicht",
    "wurde am",
    "erstellt",
    "publié",
    "publicad",
    "pubblicat",
    "gepubliceerd",
    "geplaatst",
    "opublikowan",
    "опубликован",
    "đăng",
    "julkaistu",
    "publicerad",
    "publisert",
    "stand:",
    "written on",
    "datum",
    "date:",
    "updated",
    "aktualisiert",
    "last modified",
    "änderung",
];

fn from_url(sources: &Sources<'_>, dates: Reader) -> Option<Found> {
    let canonical = super::canonical(sources).map(|found| found.value);
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
                dates.find(&format!("{year}-{month}-{day}"))
            }
            _ => None,
        })
        .or_else(|| {
            parts
                .windows(3)
                .find_map(|three| day_before_year(three, dates))
        })
        .or_else(|| {
            parts
                .iter()
                .filter(|part| part.len() == 8)
                .find_map(|part| dates.find(part))
        })
}

/// `29-10-2021` in an address, where the numbers tell the day from the month: addresses of both orders exist.
fn day_before_year(three: &[&str], dates: Reader) -> Option<Found> {
    let [first, second, year] = three else {
        return None;
    };
    let numbers: [u32; 2] = [first.parse().ok()?, second.parse().ok()?];
    let tells = first.len() == 2 && second.len() == 2 && year.len() == 4;
    (tells && numbers.iter().any(|number| *number > 12))
        .then(|| dates.find(&format!("{first}-{second}-{year}")))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates::Order;

    #[test]
    fn a_day_before_the_year_in_an_address_counts_where_the_numbers_tell_it_from_the_month() {
        let dates = Reader {
            order: Order::DayFirst,
            latest: None,
        };
        let day = |three: [&str; 3]| {
            day_before_year(&three, dates)
                .map(|found| found.when.to_string().chars().take(10).collect::<String>())
        };
        assert_eq!(day(["29", "10", "2021"]).as_deref(), Some("2021-10-29"));
        assert_eq!(day(["10", "29", "2021"]).as_deref(), Some("2021-10-29"));
        assert_eq!(day(["09", "10", "2021"]), None);
        assert_eq!(day(["29", "30", "2021"]), None);
    }
}
