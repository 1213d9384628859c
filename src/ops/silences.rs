//! Silences as people see them, and what one would have held.

use std::time::Duration;

use serde::Serialize;
use url::Url;

use super::in_view;
use crate::alerting::{Subject, means};
use crate::domain::{Feed, ReportId, Silence, Timestamp};
use crate::parse;
use crate::store::{Silenceable, Store, StoreError};

/// The days that a preview looks back.
const DAYS: u64 = 7;

/// Alerts that a preview looks at, at most: the newest.
const MOST: u64 = 20_000;

/// Alerts that are read at a time.
const AT_ONCE: usize = 500;

/// Alerts that a preview names.
const NAMED: usize = 10;

/// Silences that have ended and are shown.
const ENDED: usize = 200;

/// The longest headline, in characters.
const MAX_TITLE_CHARS: usize = 300;

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilenceView {
    /// Its number.
    pub id: i64,
    /// Alerts of this watch.
    pub watch: Option<String>,
    /// From this feed.
    pub feed: Option<String>,
    /// Of the story of this report.
    pub story: Option<i64>,
    /// With this in the headline or the text.
    pub text: Option<String>,
    /// Who wants it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Whether it holds alerts now.
    pub active: bool,
    /// Deliveries that it has held.
    pub held: u64,
}

/// What a silence would have held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilencePreview {
    /// The days that were looked back.
    pub days: u64,
    /// Alerts that were raised in them.
    pub alerts: u64,
    /// Those of them that it would have muted.
    pub muted: u64,
    /// Whether all of them were looked at, and not the newest alone.
    pub is_whole: bool,
    /// The newest of those that it would have muted.
    pub newest: Vec<MutedAlert>,
}

/// An alert that a silence would have muted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MutedAlert {
    /// Its id.
    pub alert: String,
    /// Its watch.
    pub watch: String,
    /// The headline.
    pub title: String,
    /// When it was raised.
    pub at: Timestamp,
}

impl SilenceView {
    /// A silence as it is at a time.
    #[must_use]
    pub fn of(silence: &Silence, now: Timestamp) -> Self {
        Self {
            id: silence.id,
            watch: silence.watch.as_ref().map(|watch| watch.0.clone()),
            feed: silence.feed.clone(),
            story: silence.story.map(|story| story.0),
            text: silence.text.clone(),
            author: silence.author.clone(),
            reason: silence.reason.clone(),
            start: silence.from,
            end: silence.until,
            active: silence.from <= now && now < silence.until,
            held: silence.held,
        }
    }
}

/// Silences by where they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Silences {
    /// Those that hold alerts now.
    pub running: Vec<Silence>,
    /// Those that have not begun.
    pub coming: Vec<Silence>,
    /// Those that have ended, the last first; of many the newest.
    pub ended: Vec<Silence>,
}

impl Silences {
    /// Those that stand where a word says: `running`, `coming`, `ended`. There are none that stand anywhere else.
    #[must_use]
    pub fn of(self, word: &str) -> Vec<Silence> {
        match word {
            "running" => self.running,
            "coming" => self.coming,
            "ended" => self.ended,
            _ => Vec::new(),
        }
    }
}

/// All silences that are kept.
///
/// # Errors
/// When the store fails.
pub async fn kept(store: &Store, now: Timestamp) -> Result<Silences, StoreError> {
    let mut kept = Silences::default();
    for silence in store.silences(Timestamp::UNIX_EPOCH).await? {
        if silence.until <= now {
            kept.ended.push(silence);
        } else if silence.from <= now {
            kept.running.push(silence);
        } else {
            kept.coming.push(silence);
        }
    }
    kept.ended.sort_by_key(|one| std::cmp::Reverse(one.until));
    kept.ended.truncate(ENDED);
    Ok(kept)
}

/// The report of an alert, by the id or the address of that; none where there is no such alert.
///
/// # Errors
/// When the store fails.
pub async fn report_of(store: &Store, alert: &str) -> Result<Option<ReportId>, StoreError> {
    // An address without what does not matter in it.
    let address = Url::parse(alert).map(|url| parse::report_address(&url));
    store
        .report_named(address.as_deref().unwrap_or(alert))
        .await
}

/// Says what a silence would have held of the alerts of the last days, by the feeds as they are configured now.
///
/// # Errors
/// When the store fails.
pub async fn preview(
    store: &Store,
    feeds: &[Feed],
    mut silence: Silence,
    now: Timestamp,
) -> Result<SilencePreview, StoreError> {
    if let Some(report) = silence.story {
        silence.story_id = store.story_of_report(report).await?;
    }
    let since = now - Duration::from_hours(24 * DAYS);
    let mut preview = SilencePreview {
        days: DAYS,
        alerts: 0,
        muted: 0,
        is_whole: false,
        newest: Vec::new(),
    };
    let mut below = None;
    while preview.alerts < MOST {
        let wanted = silence.text.is_some();
        let alerts = store.silenceable(wanted, since, below, AT_ONCE).await?;
        for alert in &alerts {
            preview.alerts += 1;
            if is_muted(&silence, feeds, alert) {
                preview.muted += 1;
                if preview.newest.len() < NAMED {
                    preview.newest.push(named(alert));
                }
            }
        }
        if alerts.len() < AT_ONCE {
            preview.is_whole = true;
            break;
        }
        below = alerts.last().map(|last| (last.raised_at, last.seq));
    }
    Ok(preview)
}

fn is_muted(silence: &Silence, feeds: &[Feed], alert: &Silenceable) -> bool {
    let subject = Subject {
        watch: &alert.watch,
        feed: feeds.iter().find(|feed| feed.url == alert.feed_url),
        feed_title: alert.feed_title.as_deref(),
        report: alert.report,
        story: alert.story,
        title: &alert.title,
        text: &alert.text,
    };
    means(silence, &subject)
}

fn named(alert: &Silenceable) -> MutedAlert {
    MutedAlert {
        alert: alert.alert.0.clone(),
        watch: alert.watch.0.clone(),
        title: in_view(&alert.title, MAX_TITLE_CHARS),
        at: alert.raised_at,
    }
}
