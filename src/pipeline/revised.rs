//! What a visit to the page of an alerted article changes: its versions, who is told, and when the next visit is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::{
    Alert, Article, ChangeFacts, DeliveryState, Priority, RevisionFacts, TextBasis, Timestamp,
    UpdateFacts, Validators, WatchName,
};
use crate::schedule;
use crate::store::{ArticleVersion, DeliveryLine, DueVisit, NewUpdate, NewVersion, Visited};
use crate::story::{self, Edit, Revision, Version, Visit};

/// How far two visits lie apart that find a page gone, and how long a try that failed in passing is put off.
const APART: Duration = Duration::from_hours(1);

/// Tries in a row that fail in passing, before the page waits for its next visit.
const MOST_TRIES: u32 = 3;

/// The most sentences that a message quotes.
const MOST_CHANGES: usize = 5;

/// What was found where the page was.
#[derive(Debug)]
pub(super) enum Seen {
    /// It is as it was.
    Unchanged,
    /// The article, as it is now.
    Page(Box<SeenPage>),
    /// It is gone.
    Gone,
    /// Something else than the article, which says nothing of it.
    Unreadable,
    /// Nothing: the server fails or refuses.
    Silent {
        /// Whether another try may bring it.
        may_pass: bool,
    },
}

/// An article as its page has it now.
#[derive(Debug)]
pub(super) struct SeenPage {
    pub(super) article: Article,
    pub(super) validators: Validators,
    /// The words that each watch finds in it.
    pub(super) found: BTreeMap<WatchName, Vec<String>>,
}

/// What holds for all visits: how long after an alert a watch has its page looked at again, and when a receiver is told.
pub(super) struct Terms<'a> {
    pub(super) waits: &'a dyn Fn(&WatchName) -> &'a [Duration],
    /// None where a silence keeps it from people.
    pub(super) told_at: &'a dyn Fn(&Alert, &DeliveryLine) -> Option<Timestamp>,
    pub(super) now: Timestamp,
}

/// Says what a visit changes.
pub(super) fn visited(visit: &DueVisit, seen: &Seen, terms: &Terms<'_>) -> Visited {
    let now = terms.now;
    let waits = visit.alerts.iter().map(|(alert, _)| {
        let waits = (terms.waits)(&alert.found.watch);
        (alert.raised_at, waits)
    });
    let mut visited = Visited {
        next: schedule::next_visit(waits, now),
        validators: visit.validators.clone(),
        is_gone_told: visit.is_gone_told,
        ..Visited::default()
    };
    match seen {
        Seen::Unchanged => visited.is_gone_told = false,
        Seen::Unreadable => {}
        Seen::Silent { may_pass } => {
            visited.gone_since = visit.gone_since;
            visited.tries = visit.tries + 1;
            if *may_pass && visited.tries < MOST_TRIES {
                no_later(&mut visited, schedule::after(now, APART));
            }
        }
        Seen::Gone => gone(visit, &mut visited, terms),
        Seen::Page(page) => {
            visited.validators = page.validators.clone();
            visited.is_gone_told = false;
            read(visit, page, &mut visited, terms);
        }
    }
    visited
}

fn no_later(visited: &mut Visited, at: Timestamp) {
    visited.next = Some(visited.next.map_or(at, |next| next.min(at)));
}

/// A page that is gone is told of once it was gone at two visits that lie apart.
fn gone(visit: &DueVisit, visited: &mut Visited, terms: &Terms<'_>) {
    let since = visit.gone_since.unwrap_or(terms.now);
    visited.gone_since = Some(since);
    if visit.is_gone_told {
        return;
    }
    let again = schedule::after(since, APART);
    if again > terms.now {
        no_later(visited, again);
        return;
    }
    visited.is_gone_told = true;
    let title = visit.versions.last().map(|version| version.title.clone());
    let known = visit.page.as_ref().map(|page| page.article.title.clone());
    visited.version = Some(NewVersion {
        title: title.or(known).unwrap_or_default(),
        kinds: vec![Edit::Vanished.name().to_owned()],
        ..NewVersion::default()
    });
    let revision = Revision {
        edits: BTreeSet::from([Edit::Vanished]),
        changes: Vec::new(),
    };
    for told in &visit.alerts {
        visited
            .updates
            .extend(updates(told, &revision, None, terms));
    }
}

/// Compares what the page says now with what each alert was raised on, or what was found since.
fn read(visit: &DueVisit, page: &SeenPage, visited: &mut Visited, terms: &Terms<'_>) {
    let article = &page.article;
    let is_whole = article.basis == TextBasis::Page;
    let mut edits = BTreeSet::new();
    let mut changes = Vec::new();
    let mut is_first_reading = false;
    for told in &visit.alerts {
        let Some(before) = before(visit, &told.0) else {
            is_first_reading = true;
            continue;
        };
        // A wall that came down, or went up, is no edit of the article.
        if before.is_whole != is_whole {
            is_first_reading |= is_whole;
            continue;
        }
        let revision = compared(&before, page, &told.0);
        if changes.is_empty() {
            changes = facts_of(&revision, |_| true);
        }
        let headline = ChangeFacts {
            kind: Edit::Headline.name().to_owned(),
            before: before.title.to_owned(),
            after: article.title.clone(),
        };
        visited
            .updates
            .extend(updates(told, &revision, Some(headline), terms));
        edits.extend(revision.edits);
    }
    // What cannot be read says nothing.
    if edits.remove(&Edit::Unreadable) && edits.is_empty() {
        visited.validators = visit.validators.clone();
        return;
    }
    if !edits.is_empty() || is_first_reading {
        visited.version = Some(NewVersion {
            title: article.title.clone(),
            text: Some(article.text.clone()),
            is_whole,
            kinds: edits.iter().map(|edit| edit.name().to_owned()).collect(),
            changes,
        });
    }
}

/// What an article said before.
struct Before<'a> {
    title: &'a str,
    text: &'a str,
    is_whole: bool,
}

/// What an alert was raised on, or what a visit has found since.
fn before<'a>(visit: &'a DueVisit, alert: &Alert) -> Option<Before<'a>> {
    let has_text = |version: &&ArticleVersion| version.text.is_some();
    let counts = |version: &&ArticleVersion| version.was_visited || version.at <= alert.raised_at;
    let texts = || visit.versions.iter().filter(has_text);
    let version = texts().rfind(counts).or_else(|| texts().next());
    let of_version = version.and_then(|version| {
        Some(Before {
            title: &version.title,
            text: version.text.as_deref()?,
            is_whole: version.is_whole,
        })
    });
    let page = visit.page.as_ref().filter(|page| page.is_read());
    of_version.or_else(|| {
        page.map(|page| Before {
            title: &page.article.title,
            text: &page.article.text,
            is_whole: page.article.basis == TextBasis::Page,
        })
    })
}

fn compared(before: &Before<'_>, page: &SeenPage, alert: &Alert) -> Revision {
    let found = &alert.found;
    let quoted = found.quote.found.iter().map(|words| &words.text);
    let now = page.found.get(&found.watch).into_iter().flatten();
    let words: BTreeSet<&String> = quoted.chain(now).collect();
    let words: Vec<String> = words.into_iter().cloned().collect();
    let old = Version {
        title: before.title,
        text: before.text,
    };
    let new = Version {
        title: &page.article.title,
        text: &page.article.text,
    };
    let visit = Visit {
        status: 200,
        version: Some(new),
    };
    story::revise(old, visit, &words)
}

fn facts_of(revision: &Revision, is_wanted: impl Fn(Edit) -> bool) -> Vec<ChangeFacts> {
    let changes = revision.changes.iter();
    changes
        .filter(|change| is_wanted(change.edit))
        .map(|change| ChangeFacts {
            kind: change.edit.name().to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
        })
        .collect()
}

/// The messages for those who were told of an alert, where they are told of what has changed.
fn updates(
    (alert, lines): &(Alert, Vec<DeliveryLine>),
    revision: &Revision,
    headline: Option<ChangeFacts>,
    terms: &Terms<'_>,
) -> Vec<NewUpdate> {
    let told = revision.edits.iter().filter(|edit| edit.is_told());
    let kinds: Vec<String> = told.map(|edit| edit.name().to_owned()).collect();
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut changes = facts_of(revision, Edit::is_told);
    changes.truncate(MOST_CHANGES);
    let revision = RevisionFacts {
        version: 0,
        seen_at: Some(terms.now),
        kinds,
        headline: headline.filter(|_| revision.edits.contains(&Edit::Headline)),
        changes,
    };
    let update = |line: &DeliveryLine| {
        // Who has not been sent anything, and never will be, is told nothing of what changes in it.
        let first_delivery = line.id.clone()?;
        let told_at = match line.state {
            DeliveryState::Sent { at } => Some(at),
            DeliveryState::Waiting { .. } => None,
            DeliveryState::Abandoned { .. } => return None,
        };
        Some(NewUpdate {
            alert: alert.id.clone(),
            destination: line.destination(),
            is_urgent: alert.priority == Priority::High,
            not_before: (terms.told_at)(alert, line)?,
            facts: UpdateFacts {
                first_alert: Some(alert.id.clone()),
                first_delivery: told_at.map(|_| first_delivery),
                told_at,
                story: alert.reading.story,
                revision: Some(revision.clone()),
                ..UpdateFacts::default()
            },
        })
    };
    lines.iter().filter_map(update).collect()
}
