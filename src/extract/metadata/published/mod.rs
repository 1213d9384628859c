//! When the article was published and changed.
//!
//! Order of trust: linked data, `meta` tags, microdata, a `time` element near the headline, a date line near
//! the headline, the address, and last what only says when the page was changed. A date elsewhere on the
//! page (today's, a related article's) is never taken.


mod address;
mod declared;
mod shown;
mod written;

use super::{Place, Sources};
use crate::domain::LocalTimestamp;
use crate::extract::dates::{Found, Reader};
use crate::extract::origin::{Origin, Sourced};

use address::from_url;
use declared::{MODIFIED, PUBLISHED, from_meta, from_microdata};
use written::as_written;

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
