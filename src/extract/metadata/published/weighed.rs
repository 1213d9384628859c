//! Which of the dates that a page gives is believed, where they disagree.
//!
//! The feed's date is a prior: it settles the order of day and month, and it speaks against a date that lies
//! days away from it where another on the page agrees with it. Without it, two witnesses outweigh one.

use jiff::Timestamp;

use super::{days_apart, is_shown};
use crate::extract::dates::Found;
use crate::extract::origin::{Origin, Sourced};

/// Hours from the feed's date beyond which a date is doubted: feeds give days, and days in another zone.
const DOUBTED_HOURS: i64 = 36;

/// Hours from the feed's date within which a date agrees with it.
const AGREED_HOURS: i64 = 24;

/// Hours by which the linked data must differ from what two others say to be outvoted: less is a time zone.
const OUTVOTED_HOURS: i64 = 24;

/// Days before the declared publication from which a date at the headline is another one, not another zone's.
const EARLIER_DAYS: u32 = 2;

/// Days from the last change within which a publication is taken for one: a page is changed, then made anew.
const CHANGE_DAYS: u32 = 2;

/// What dates are weighed by, beside each other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    /// When the page says it was changed.
    pub(super) changed: Option<Found>,
    /// The date that readers are shown right at the headline.
    pub(super) at_headline: Option<Found>,
    /// The feed's date.
    pub(super) feed: Option<Timestamp>,
}

/// Turns the dates whose numbers do not tell the day from the month, where the feed or another date of the page
/// does.
pub(super) fn turned_right(said: &mut [Sourced<Found>], beside: &Beside) {
    let before: Vec<Found> = said.iter().map(|found| found.value).collect();
    for (index, found) in said.iter_mut().enumerate() {
        let Some(turned) = found.value.turned() else {
            continue;
        };
        let others = before
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, other)| *other)
            .filter(|other| other.other_way.is_none())
            .chain(beside.changed);
        let said_by_others = |date: Found| others.clone().any(|other| days_apart(other, date) <= 1);
        let is_turned = match beside.feed {
            Some(feed) if agrees(found.value, feed) => false,
            Some(feed) if agrees(turned, feed) => true,
            _ => !said_by_others(found.value) && said_by_others(turned),
        };
        if is_turned {
            found.value = turned;
        }
    }
}

/// The date that is believed, of those in order of trust.
pub(super) fn most_credible<'a>(
    said: &'a [Sourced<Found>],
    beside: &Beside,
) -> Option<&'a Sourced<Found>> {
    let first = said.first()?;
    if let Some(feed) = beside.feed {
        if hours_from(first.value, feed) <= DOUBTED_HOURS {
            return Some(first);
        }
        // A feed that announces an article anew gives the date of its change.
        let is_change = |found: Found| {
            let changed = beside.changed;
            changed.is_some_and(|changed| days_apart(found, changed) == 0)
        };
        let agreeing = said
            .iter()
            .find(|found| agrees(found.value, feed) && !is_change(found.value));
        return Some(agreeing.unwrap_or(first));
    }
    let other = outvoting(first, said).or_else(|| first_publication(first, said, beside));
    Some(other.unwrap_or(first))
}

/// The earlier date at the headline, where what is declared as publication is that of the last change: some
/// systems write the time at which a page was last made into both.
fn first_publication<'a>(
    first: &Sourced<Found>,
    said: &'a [Sourced<Found>],
    beside: &Beside,
) -> Option<&'a Sourced<Found>> {
    let (changed, shown) = (beside.changed?, beside.at_headline?);
    let is_earlier = shown.when.at < first.value.when.at
        && days_apart(shown, first.value) >= EARLIER_DAYS
        && shown.other_way.is_none();
    let is_of_change = !is_shown(&first.origin)
        && first.value.when.at >= changed.when.at
        && days_apart(first.value, changed) <= CHANGE_DAYS;
    (is_earlier && is_of_change)
        .then(|| said.iter().find(|found| is_shown(&found.origin)))
        .flatten()
}

/// The `meta` tag against the linked data, where readers are shown the day that it gives.
fn outvoting<'a>(first: &Sourced<Found>, said: &'a [Sourced<Found>]) -> Option<&'a Sourced<Found>> {
    let linked = matches!(first.origin, Origin::LinkedData(_)).then_some(first.value)?;
    let meta = said
        .iter()
        .find(|found| matches!(found.origin, Origin::Meta(_)))?;
    let shown = said.iter().find(|found| is_shown(&found.origin))?;
    let apart = linked.when.at.duration_since(meta.value.when.at).as_hours();
    (apart.abs() >= OUTVOTED_HOURS && days_apart(meta.value, shown.value) == 0).then_some(meta)
}

fn agrees(found: Found, prior: Timestamp) -> bool {
    hours_from(found, prior) <= AGREED_HOURS
}

/// Hours between a date and the feed's: of a date without a time, from the noon of its day.
fn hours_from(found: Found, prior: Timestamp) -> i64 {
    let hours = found.when.at.duration_since(prior).as_hours();
    if found.has_time {
        hours.abs()
    } else {
        (hours + 12).abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates::{Habits, Order, Reader};

    fn date(text: &str) -> Found {
        let dates = Reader {
            habits: Habits::of("", Order::DayFirst),
            latest: None,
        };
        dates.find(text).unwrap()
    }

    fn said(dates: &[(Origin, &str)]) -> Vec<Sourced<Found>> {
        dates
            .iter()
            .map(|(origin, text)| Sourced::new(date(text), origin.clone()))
            .collect()
    }

    fn feed(text: &str) -> Timestamp {
        date(text).when.at
    }

    const LINKED: Origin = Origin::LinkedData("datePublished");

    fn meta() -> Origin {
        Origin::Meta("date".to_owned())
    }

    fn believed(
        dates: &[(Origin, &str)],
        changed: Option<&str>,
        feed: Option<Timestamp>,
    ) -> String {
        let mut said = said(dates);
        let shown = said.iter().find(|found| is_shown(&found.origin));
        let beside = Beside {
            changed: changed.map(date),
            at_headline: shown.map(|found| found.value),
            feed,
        };
        turned_right(&mut said, &beside);
        let found = most_credible(&said, &beside).unwrap();
        found.value.day().to_string()
    }

    #[test]
    fn the_date_that_agrees_with_the_feed_is_believed_before_a_more_trusted_one() {
        let dates = [
            (LINKED, "2019-05-06T10:00:00Z"),
            (Origin::Element, "7 March 2024"),
        ];
        let feed = Some(feed("2024-03-07T09:12:00Z"));
        assert_eq!(believed(&dates, None, feed), "2024-03-07");
        assert_eq!(believed(&dates, None, None), "2019-05-06");
    }

    #[test]
    fn a_date_a_day_from_the_feeds_is_not_doubted() {
        let dates = [
            (LINKED, "2024-03-06T10:00:00Z"),
            (Origin::Element, "7 March 2024"),
        ];
        assert_eq!(
            believed(&dates, None, Some(feed("2024-03-07T09:12:00Z"))),
            "2024-03-06"
        );
    }

    #[test]
    fn an_article_announced_anew_keeps_the_date_of_its_first_publication() {
        let dates = [
            (LINKED, "2019-05-06T10:00:00Z"),
            (Origin::Element, "7 March 2024"),
        ];
        let changed = Some("2024-03-07T09:00:00Z");
        let feed = Some(feed("2024-03-07T09:12:00Z"));
        assert_eq!(believed(&dates, changed, feed), "2019-05-06");
    }

    #[test]
    fn the_feed_tells_the_day_from_the_month() {
        let dates = [(Origin::Line, "3/4/2024")];
        assert_eq!(
            believed(&dates, None, Some(feed("2024-03-04T08:00:00Z"))),
            "2024-03-04"
        );
        assert_eq!(
            believed(&dates, None, Some(feed("2024-04-03T08:00:00Z"))),
            "2024-04-03"
        );
        assert_eq!(believed(&dates, None, None), "2024-04-03");
    }

    #[test]
    fn another_date_of_the_page_tells_the_day_from_the_month() {
        let dates = [(meta(), "03-09-2026"), (Origin::Line, "March 9, 2026")];
        assert_eq!(believed(&dates, None, None), "2026-03-09");
        let changed = Some("2026-03-09T18:00:00Z");
        assert_eq!(
            believed(&[(Origin::Line, "03/09/2026")], changed, None),
            "2026-03-09"
        );
    }

    #[test]
    fn what_two_say_is_believed_before_the_linked_data() {
        let dates = [
            (LINKED, "2023-11-03T10:25:00Z"),
            (meta(), "2023-11-06T14:25:00Z"),
            (Origin::Element, "6 November 2023"),
        ];
        assert_eq!(believed(&dates, None, None), "2023-11-06");
    }
}
