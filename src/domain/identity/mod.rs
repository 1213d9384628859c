//! Whether an entry is one that its feed has shown before: the rules, as one table.
//!
//! A feed is searched by keys for what the entry may be; each entry that is found so is a [`Suspect`], and [`verdict`]
//! compares what both say of themselves. Publishers change guids, addresses, dates and headlines without writing
//! anything new, and write new things under old guids, addresses and headlines, so no single one of them decides:
//!
//! | guid | link | is the same where |
//! |---|---|---|
//! | same | same or none | always; without a link, where headline and date are not both new |
//! | same | another | headline or date is the same; not the headline alone where date and text are both new |
//! | another edition's | same | headline or date is the same, or the headlines are alike |
//! | another | same | headline and date are the same; or the headline, where the date or the text is not new |
//! | none | same | headline is the same and the text is not new with its date; or the date and not the headline |
//! | any | another | headline and date are the same, and the text is not another: the site has moved |
//! | none | another query or host | without dates: headline, path and text are the same |
//! | none | none | headline and date are the same |
//!
//! A guid that repeats the address is none where each document held that one entry: such a page tells what is so now,
//! and an undated new headline with a new text is news there, as a warning that is missed costs more than an edited
//! article that is told. Two dates are the same within a minute, as generators cut seconds; a date without a time of day
//! is not another than a time on that day.
//!
//! What stands beside the entry in the same document is another one unless nothing tells them apart. A key that two
//! different entries of the feed have had is evidence no more.

use serde::{Deserialize, Serialize};

/// What an entry says of itself, in the form in which it is compared; kept by the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryFacts {
    /// Its guid, where it can tell entries apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Its guid without what counts editions, where it counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition_of: Option<String>,
    /// Its address in canonical form, where it is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its headline, folded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its date, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<i64>,
    /// A hash of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it was all that its document held.
    #[serde(skip_serializing_if = "is_false")]
    pub alone: bool,
}

impl EntryFacts {
    /// Tells whether the entry says something else later: another headline, another date or another text.
    #[must_use]
    pub fn says_otherwise(&self, later: &Self) -> bool {
        fn differ<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> bool {
            after.is_some() && before != after
        }
        *self != Self::default()
            && (differ(self.title.as_ref(), later.title.as_ref())
                || differ(self.date.as_ref(), later.date.as_ref())
                || differ(self.text.as_ref(), later.text.as_ref()))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A known entry that a new one may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect<'a> {
    /// What it said of itself when it was seen last.
    pub facts: &'a EntryFacts,
    /// Where it stands.
    pub place: Place,
    /// Which of its keys still prove something.
    pub trust: Trust,
}

/// Where a known entry stands, as seen from the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In an earlier document, and no other entry of this one is it.
    Before,
    /// In the same document, or another entry of it is the known one already.
    Beside,
}

/// Which keys have never been those of two different entries of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each key is trusted or not, whatever the others are"
)]
pub struct Trust {
    /// The guid.
    pub guid: bool,
    /// The address.
    pub link: bool,
    /// The address together with the headline.
    pub headline: bool,
    /// The headline together with the date.
    pub dated: bool,
}

impl Trust {
    /// Nothing has been shared yet.
    pub const FULL: Self = Self {
        guid: true,
        link: true,
        headline: true,
        dated: true,
    };
}

/// By what an entry is one that is known; the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// By headline and date, all else being new.
    Moved,
    /// By its address, or the lack of one.
    Address,
    /// By its guid.
    Guid,
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    Same,
    Differ,
    /// One of them is absent.
    Unknown,
}
use Compared::{Differ, Same, Unknown};

/// All comparisons of two entries.
struct Evidence {
    guid: Compared,
    is_other_edition: bool,
    link: Compared,
    title: Compared,
    /// Whether two headlines that differ share most of their words.
    alike: bool,
    /// Dates without a time of day are the same only in `day`.
    date: Compared,
    day: Compared,
    text: Compared,
    /// The paths of the addresses; unknown where guids say that they are of two entries.
    path: Compared,
    /// Whether both were all that their documents held: each took the place of the one before.
    alone: bool,
}

/// The least share of the words of the shorter headline that two alike ones have in common, in percent.
const ALIKE_PERCENT: usize = 60;

/// How far two dates may be apart that are the same: clocks of several servers, and generators that cut seconds.
const DATE_DRIFT_MS: i64 = 60_000;

/// A day in milliseconds: what is a multiple of it has no time of day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Decides whether an entry is the known one, and by what; `None` where it is another.
#[must_use]
pub fn verdict(entry: &EntryFacts, suspect: &Suspect<'_>) -> Option<Known> {
    let evidence = compare(entry, suspect);
    match suspect.place {
        Place::Before => before(&evidence, suspect.trust),
        Place::Beside => beside(&evidence),
    }
}

fn compare(entry: &EntryFacts, suspect: &Suspect<'_>) -> Evidence {
    let known = suspect.facts;
    let alone = entry.alone && known.alone;
    let guid = of(entry.guid.as_ref(), known.guid.as_ref());
    // A guid that is the address of a page that is always the same says no more than that address.
    let repeats_link = |facts: &EntryFacts| facts.guid.is_some() && facts.guid == facts.link;
    let guid = match guid {
        Same if !suspect.trust.guid => Unknown,
        _ if alone && repeats_link(entry) && repeats_link(known) => Unknown,
        other => other,
    };
    let editions = (
        entry.edition_of.as_ref().or(entry.guid.as_ref()),
        known.edition_of.as_ref().or(known.guid.as_ref()),
    );
    let counts = entry.edition_of.is_some() || known.edition_of.is_some();
    let title = of(entry.title.as_ref(), known.title.as_ref());
    Evidence {
        guid,
        is_other_edition: guid == Differ && counts && of(editions.0, editions.1) == Same,
        link: of(entry.link.as_ref(), known.link.as_ref()),
        title,
        alike: title == Same
            || are_alike(
                entry.title.as_deref().unwrap_or_default(),
                known.title.as_deref().unwrap_or_default(),
            ),
        date: dates(entry.date, known.date, true),
        day: dates(entry.date, known.date, false),
        text: of(entry.text.as_ref(), known.text.as_ref()),
        path: if guid != Differ || repeats_link(entry) && repeats_link(known) {
            of(path(entry), path(known))
        } else {
            Unknown
        },
        alone,
    }
}

/// The path of an entry's address, without its host and its query; nothing where that is a front page.
fn path(facts: &EntryFacts) -> Option<&str> {
    let link = facts.link.as_deref()?;
    let (link, _) = link.split_once('?').unwrap_or((link, ""));
    let (_, path) = link.trim_start_matches('/').split_once('/')?;
    (!path.is_empty()).then_some(path)
}

fn of<T: PartialEq>(one: Option<T>, other: Option<T>) -> Compared {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Same,
        (Some(_), Some(_)) => Differ,
        _ => Unknown,
    }
}

fn dates(one: Option<i64>, other: Option<i64>, to_the_minute: bool) -> Compared {
    match (one, other) {
        // One of them has lost its time of day.
        (Some(one), Some(other)) if is_a_day_of(one, other) || is_a_day_of(other, one) => {
            if to_the_minute {
                Unknown
            } else {
                Same
            }
        }
        (Some(one), Some(other)) if one == other && one % DAY_MS == 0 && to_the_minute => Unknown,
        (Some(one), Some(other)) if one.abs_diff(other) < DATE_DRIFT_MS.unsigned_abs() => Same,
        (Some(_), Some(_)) => Differ,
        _ => Unknown,
    }
}

/// Whether the first date is only the day of the second one, which has a time of day.
fn is_a_day_of(day: i64, date: i64) -> bool {
    day % DAY_MS == 0 && date % DAY_MS != 0 && date.div_euclid(DAY_MS) * DAY_MS == day
}

/// Whether two headlines share most of their words.
fn are_alike(one: &str, other: &str) -> bool {
    let words = |title: &str| -> std::collections::HashSet<String> {
        title
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let fewest = one.len().min(other.len());
    fewest > 0 && one.intersection(&other).count() * 100 >= fewest * ALIKE_PERCENT
}

/// The table, for an entry of an earlier document.
fn before(evidence: &Evidence, trust: Trust) -> Option<Known> {
    let Evidence {
        guid,
        link,
        title,
        alone,
        ..
    } = *evidence;
    let all_new = title == Differ && evidence.day == Differ;
    let by_guid = (true, Known::Guid);
    let (is_same, known) = match (guid, link) {
        (Same, Same) => by_guid,
        (Same, Unknown) => (!all_new, Known::Guid),
        (Same, Differ) => (is_moved_guid(evidence), Known::Guid),
        (Differ, Same) if evidence.is_other_edition => (is_edition(evidence), Known::Guid),
        (Differ, Unknown) if evidence.is_other_edition => (title == Same, Known::Guid),
        (Differ, Same) => (is_published_again(evidence, trust), Known::Address),
        (Unknown, Same) => (is_same_page(evidence, trust, alone), Known::Address),
        (Unknown, Unknown) => (is_same_without_address(evidence), Known::Address),
        (Differ, Unknown | Differ) | (Unknown, Differ) => (is_moved(evidence, trust), Known::Moved),
    };
    is_same.then_some(known)
}

/// The table, for an entry of the same document.
fn beside(evidence: &Evidence) -> Option<Known> {
    let Evidence {
        guid,
        link,
        title,
        day,
        text,
        ..
    } = *evidence;
    let is_same = match (guid, link) {
        (Same, Same | Unknown) => title == Same || title == Unknown && text != Differ,
        (Differ, Same | Unknown) => {
            evidence.is_other_edition && (title == Same || link == Same && is_edition(evidence))
        }
        (Unknown, Same | Unknown) => title == Same && day != Differ && text != Differ,
        (_, Differ) => false,
    };
    is_same.then_some(Known::Guid)
}

/// A known guid at another address: the entry was moved, or its guid names a place in the list.
fn is_moved_guid(evidence: &Evidence) -> bool {
    let is_dated_anew_and_rewritten = evidence.day == Differ && evidence.text == Differ;
    evidence.title == Same && !is_dated_anew_and_rewritten || evidence.date == Same
}

fn is_edition(evidence: &Evidence) -> bool {
    evidence.alike || evidence.date == Same
}

/// A new guid under a known address: published again, or the next of a series.
fn is_published_again(evidence: &Evidence, trust: Trust) -> bool {
    match (evidence.title, evidence.date) {
        (Same, Same) => true,
        (Same, Differ) => trust.headline && evidence.text != Differ,
        (Same, Unknown) => evidence.text != Differ,
        (Differ | Unknown, Same) => evidence.text == Same || evidence.alike,
        (Differ | Unknown, Differ | Unknown) => false,
    }
}

/// A known address without guids to compare: edited, or a page that always tells the newest.
fn is_same_page(evidence: &Evidence, trust: Trust, alone: bool) -> bool {
    let text = evidence.text;
    match (evidence.title, evidence.date) {
        (Same | Unknown, Same) => true,
        (Same, Unknown) => text != Differ || !alone && trust.headline,
        (Same, Differ) => trust.headline && text != Differ,
        (Differ, Same) => trust.link,
        (Differ, Differ) => false,
        (Differ, Unknown) => trust.link && !alone && (evidence.alike || text != Differ),
        (Unknown, Unknown | Differ) => text != Differ,
    }
}

/// Neither guid nor address tell anything.
fn is_same_without_address(evidence: &Evidence) -> bool {
    match (evidence.title, evidence.day) {
        (Same, Same) => true,
        (Same, Unknown) => evidence.text != Differ,
        (Unknown, Same | Unknown) => evidence.text == Same,
        (_, Differ) | (Differ, _) => false,
    }
}

/// A site that has changed all its addresses and guids keeps headlines and dates; where it has no dates, what changes in
/// an address at each poll stands in its query or its host.
fn is_moved(evidence: &Evidence, trust: Trust) -> bool {
    trust.dated
        && evidence.title == Same
        && match evidence.date {
            Same => evidence.text != Differ,
            Unknown => {
                let has_day = evidence.day == Same;
                let is_undated = evidence.day == Unknown && evidence.path == Same;
                evidence.text == Same && (has_day || is_undated)
            }
            Differ => false,
        }
}

#[cfg(test)]
mod tests;
