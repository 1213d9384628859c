//! When the article was published and changed.
//!
//! Order of trust: linked data, `meta` tags, microdata, a `time` element near the headline, a date line near
//! the headline, the address, then what only says when the page was changed, and last a guess over the whole
//! page. Several that disagree are weighed ([`weighed`]) against each other and against the feed's date.

mod address;
mod declared;
mod guess;
mod kept;
mod labels;
mod shown;
mod weighed;
mod written;

use jiff::civil::Date;

use super::{Place, Sources};
use crate::domain::LocalTimestamp;
use crate::extract::dates::Found;
use crate::extract::origin::{Origin, Sourced};

use address::address;
pub(in crate::extract) use declared::DATE_ATTRIBUTES;
use declared::{changed, from_microdata, likely_meta, linked, meta, other_meta};
use guess::guess;
pub(in crate::extract) use labels::says_when;
use labels::{says_changed, says_published};
use weighed::{Beside, most_credible, turned_right};
use written::as_written;

/// When the article was published. `body` is the range of blocks that its text takes up.
pub(in crate::extract) fn published(
    sources: &Sources<'_>,
    title: Option<&str>,
    body: Option<(usize, usize)>,
) -> Option<Sourced<LocalTimestamp>> {
    let dates = sources.dates();
    let table = sources.table;
    let place = Place::new(table, title, body);
    let changed = changed(sources, dates);
    let changed_at = changed.as_ref().map(|found| found.value);
    let shown = place.shown(table, dates);
    let at_headline = shown
        .as_ref()
        .filter(|shown| shown.is_at_headline)
        .map(|shown| shown.found.value);
    let shown_is_said = shown.as_ref().is_none_or(|shown| shown.is_said);
    let mut said: Vec<Sourced<Found>> = [
        linked(sources, dates),
        meta(sources, dates),
        from_microdata(table, "datePublished", dates),
        shown.map(|shown| shown.found),
        address(sources, dates),
    ]
    .into_iter()
    .flatten()
    .collect();
    let beside = Beside {
        changed: changed_at,
        at_headline,
        feed: sources.prior.published,
    };
    turned_right(&mut said, &beside);
    if let Some(found) = most_credible(&said, &beside) {
        // Nothing says what a date in plain text is: the feed is exact.
        if is_plain(&found.origin) && !shown_is_said && sources.prior.published.is_some() {
            return None;
        }
        let when = in_local_time(found, &said, at_headline);
        return Some(Sourced::new(when, found.origin.clone()));
    }
    let said_elsewhere = likely_meta(sources, dates)
        .or_else(|| other_meta(sources, dates))
        .or_else(|| place.below(table, says_published, dates));
    // The feed knows better than the date of the last change, or a guess, can tell.
    let is_last_resort_wanted = sources.prior.published.is_none();
    said_elsewhere
        .or_else(|| {
            let last_resort = || {
                changed
                    .or_else(|| place.below(table, says_changed, dates))
                    .or_else(|| guess(sources, &place, title, dates))
            };
            is_last_resort_wanted.then(last_resort).flatten()
        })
        .map(|found| found.map(|found| found.when))
}

/// A date by the newsroom's clock, for which what else the page says is witness.
fn in_local_time(
    found: &Sourced<Found>,
    said: &[Sourced<Found>],
    at_headline: Option<Found>,
) -> LocalTimestamp {
    let of = |is: fn(&Origin) -> bool| {
        let found = said.iter().find(|other| is(&other.origin));
        found.map(|found| found.value)
    };
    if is_shown(&found.origin) || found.origin == Origin::Address {
        return found.value.when;
    }
    let linked = of(|origin| matches!(origin, Origin::LinkedData(_)));
    let meta = of(|origin| matches!(origin, Origin::Meta(_)));
    let shown = of(is_shown);
    as_written(found.value, &[linked, meta, shown], &[at_headline])
}

/// Tells the dates that stand in plain text from those that an element is made for.
fn is_plain(origin: &Origin) -> bool {
    matches!(origin, Origin::Line | Origin::Dateline)
}

/// Tells the dates that readers see from those meant for machines.
fn is_shown(origin: &Origin) -> bool {
    matches!(origin, Origin::Element | Origin::Line | Origin::Dateline)
}

/// Whole days between the calendar days of two dates, as written.
fn days_apart(one: Found, other: Found) -> u32 {
    days_between(one.day(), other.day())
}

fn days_between(one: Date, other: Date) -> u32 {
    one.until(other)
        .map_or(u32::MAX, |span| span.get_days().unsigned_abs())
}

/// Seconds by which a change may precede publication: clocks and time zones.
const TOLERATED_S: i64 = 24 * 3600;

/// When the article was last changed; what precedes its publication is no change of it.
pub(in crate::extract) fn modified(
    sources: &Sources<'_>,
    published: Option<&Sourced<LocalTimestamp>>,
) -> Option<Sourced<LocalTimestamp>> {
    let earliest = published.map_or(i64::MIN, |published| {
        published.value.at.as_second().saturating_sub(TOLERATED_S)
    });
    changed(sources, sources.dates())
        .map(|found| found.map(|found| found.when))
        .filter(|found| found.value.at.as_second() >= earliest)
}

#[cfg(test)]
mod tests;
