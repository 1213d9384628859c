//! How everything is: feeds, channels, and counts that are kept rather than counted.

use serde::Serialize;

use super::deliveries::channel_state;
use super::tx::{StoreError, Tx};
use super::{Store, count, filled, limit_of, list, opt_timestamp, timestamp, url};
use crate::domain::{ChannelName, ChannelState, DeliveryId, FeedId, HealthEvent, Timestamp};

/// How everything is.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// A line for each feed of the configuration.
    pub feeds: Vec<FeedLine>,
    /// A line for each channel that has been used.
    pub channels: Vec<ChannelLine>,
    /// The counts.
    pub counts: Counts,
}

/// A feed that somebody has paused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Paused {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}

/// How a feed is.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLine {
    /// Its id.
    pub id: FeedId,
    /// While somebody has paused it.
    pub paused: Option<Paused>,
    /// The address in the configuration.
    pub url: url::Url,
    /// The address it is polled at.
    pub fetch_url: url::Url,
    /// Whether that address was found on the page at the configured one.
    pub is_found: bool,
    /// What people call it.
    pub name: Option<String>,
    /// Whether its server says that it is gone.
    pub gone: bool,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// Why the last poll failed.
    pub error: Option<String>,
    /// What kind of failure that was, in a word.
    pub trouble: Option<String>,
    /// When it was read last.
    pub last_success_at: Option<Timestamp>,
    /// When it is polled next.
    pub next_poll_at: Timestamp,
    /// Why the page of its newest article could not be used.
    pub page_problem: Option<String>,
    /// Since when its pages cannot be used.
    pub pages_failing_since: Option<Timestamp>,
    /// What had to be mended at the last good poll.
    pub repairs: Vec<String>,
    /// How many of its entries are known.
    pub entries: u32,
    /// Between which times entries may have been missed, the last time that any may.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// Since when it has had nothing new, where that is longer than it is used to.
    pub silent_since: Option<Timestamp>,
}

impl FeedLine {
    /// A feed that the store knows nothing of.
    #[must_use]
    pub fn unread(url: url::Url, name: Option<String>) -> Self {
        Self {
            id: FeedId(0),
            paused: None,
            fetch_url: url.clone(),
            url,
            is_found: false,
            name,
            gone: false,
            failures: 0,
            failing_since: None,
            error: None,
            trouble: None,
            last_success_at: None,
            next_poll_at: Timestamp::MIN,
            page_problem: None,
            pages_failing_since: None,
            repairs: Vec::new(),
            entries: 0,
            gap: None,
            silent_since: None,
        }
    }
}

/// How a channel is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelLine {
    /// Its name.
    pub name: ChannelName,
    /// How it is.
    pub state: ChannelState,
    /// Until when nothing is sent.
    pub not_before: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it last accepted a delivery.
    pub last_success_at: Option<Timestamp>,
    /// Legs that wait.
    pub waiting: u64,
    /// Legs that were delivered.
    pub delivered: u64,
    /// Legs that are held.
    pub held: u64,
    /// Legs that were given up.
    pub abandoned: u64,
    /// Why the last message had the built-in form in the place of a template's.
    pub template_error: Option<String>,
}

impl ChannelLine {
    /// A channel that nothing has been sent to.
    #[must_use]
    pub fn unused(name: ChannelName) -> Self {
        Self {
            name,
            state: ChannelState::Ok,
            not_before: None,
            error: None,
            failing_since: None,
            last_success_at: None,
            waiting: 0,
            delivered: 0,
            held: 0,
            abandoned: 0,
            template_error: None,
        }
    }
}

/// Counts over everything: `matches` is `alerts` and `held`; `legs` is `delivered`, `waiting`, `legs_held` and `abandoned`.
///
/// Counts of legs count ways to receivers; those of alerts count what people would call one: an alert that has reached
/// somebody does not wait, whatever became of its other ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Entries taken in.
    pub entries: u64,
    /// Entries that wait for their text or to be matched.
    pub entries_waiting: u64,
    /// Matches.
    pub matches: u64,
    /// Matches that raised an alert.
    pub alerts: u64,
    /// Alerts that have reached nobody yet.
    pub alerts_waiting: u64,
    /// Alerts that reached nobody and are not tried any more.
    pub alerts_lost: u64,
    /// Matches that raised no alert, for a reason that is kept.
    pub held: u64,
    /// Ways of alerts to receivers.
    pub legs: u64,
    /// Legs whose receiver has accepted the alert.
    pub delivered: u64,
    /// Legs that wait: for their time, or for their receiver.
    pub waiting: u64,
    /// Legs that are held, for a reason that is kept.
    pub legs_held: u64,
    /// Legs that were given up; they are kept and can be sent again by hand.
    pub abandoned: u64,
}

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// Its id.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// How everything is in a few numbers, none of which costs more as the store grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Feeds of the configuration whose last poll failed.
    pub feeds_failing: u64,
    /// Legs whose receiver has accepted the alert.
    pub delivered: u64,
    /// Legs that wait.
    pub waiting: u64,
    /// Legs that were given up.
    pub abandoned: u64,
}

impl Store {
    /// Tells how everything is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn report(&self) -> Result<Report, StoreError> {
        self.read(|tx| {
            let channels = channel_lines(tx)?;
            Ok(Report {
                feeds: feed_lines(tx, i64::MIN, i64::MAX)?,
                counts: counts(tx, &channels)?,
                channels,
            })
        })
        .await
    }

    /// Counts over everything.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.read(|tx| {
            let channels = channel_lines(tx)?;
            counts(tx, &channels)
        })
        .await
    }

    /// The deliveries that were given up, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn given_up(&self, limit: usize) -> Result<Vec<GivenUp>, StoreError> {
        self.read(move |tx| {
            // "<> 1" names the index over what is not delivered.
            tx.rows(
                "SELECT id, channel, recipient, COALESCE(ended_at, set_at), reason FROM deliveries
                 WHERE state <> 1 AND state = 2 ORDER BY seq DESC LIMIT $1",
                &[limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(GivenUp {
                    id: DeliveryId(row.next_text()?),
                    channel: ChannelName(row.next_text()?),
                    recipient: filled(row.next_text()?),
                    at: timestamp(row)?,
                    reason: row.next_opt_text()?.unwrap_or_default(),
                })
            })
            .collect()
        })
        .await
    }

    /// One feed of the configuration; nothing where there is none of this number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn feed_line(&self, id: FeedId) -> Result<Option<FeedLine>, StoreError> {
        self.read(move |tx| Ok(feed_lines(tx, id.0, id.0)?.pop()))
            .await
    }

    /// The channels that something was sent to, by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn channel_lines(&self) -> Result<Vec<ChannelLine>, StoreError> {
        self.read(channel_lines).await
    }

    /// Tells how everything is, in a few numbers.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn summary(&self) -> Result<Summary, StoreError> {
        self.read(|tx| {
            let failing = tx.number(
                "SELECT COUNT(*) FROM polls WHERE failures > 0 AND active = 1",
                &[],
            )?;
            let channels = channel_lines(tx)?;
            let sum = |of: fn(&ChannelLine) -> u64| channels.iter().map(of).sum();
            Ok(Summary {
                feeds_failing: u64::try_from(failing).unwrap_or_default(),
                delivered: sum(|channel| channel.delivered),
                waiting: sum(|channel| channel.waiting),
                abandoned: sum(|channel| channel.abandoned),
            })
        })
        .await
    }
}

/// The feeds of the configuration whose numbers are in a range.
fn feed_lines(tx: &mut dyn Tx, first: i64, last: i64) -> Result<Vec<FeedLine>, StoreError> {
    tx.rows(
        "SELECT f.id, f.paused_at, f.paused_by, f.paused_why, f.url,
             CASE WHEN p.found >= 2 THEN f.url ELSE p.fetch_url END, p.found, COALESCE(f.name, f.title),
             p.gone, p.failures, p.failing_since, p.error,
             CASE WHEN p.error IS NULL THEN NULL ELSE p.trouble END, p.last_success_at, p.due_at, f.page_problem,
             f.pages_failing_since, f.repairs, f.entries, p.gap_from, p.gap_until, t.event
         FROM feeds f JOIN polls p ON p.feed_id = f.id LEFT JOIN troubles t ON t.key = 'silent:' || f.url
         WHERE p.active = 1 AND f.id BETWEEN $1 AND $2 ORDER BY f.id",
        &[first.into(), last.into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(FeedLine {
            id: FeedId(row.next_int()?),
            paused: paused(row)?,
            url: url(row)?,
            fetch_url: url(row)?,
            is_found: row.next_int()? == 1,
            name: row.next_opt_text()?,
            gone: row.next_flag()?,
            failures: count(row)?,
            failing_since: opt_timestamp(row)?,
            error: row.next_opt_text()?,
            trouble: row.next_opt_text()?,
            last_success_at: opt_timestamp(row)?,
            next_poll_at: timestamp(row)?,
            page_problem: row.next_opt_text()?,
            pages_failing_since: opt_timestamp(row)?,
            repairs: list(row)?,
            entries: count(row)?,
            gap: opt_timestamp(row)?.zip(opt_timestamp(row)?),
            silent_since: row.next_opt_text()?.and_then(|event| since_of(&event)),
        })
    })
    .collect()
}

/// Since when a trouble that was told of lasts.
fn since_of(event: &str) -> Option<Timestamp> {
    let event: HealthEvent = serde_json::from_str(event).ok()?;
    event.since
}

fn paused(row: &mut super::Row) -> Result<Option<Paused>, StoreError> {
    let at = opt_timestamp(row)?;
    let (by, why) = (row.next_opt_text()?, row.next_opt_text()?);
    Ok(at.map(|at| Paused {
        at,
        by: by.unwrap_or_default(),
        why: why.unwrap_or_default(),
    }))
}

fn channel_lines(tx: &mut dyn Tx) -> Result<Vec<ChannelLine>, StoreError> {
    tx.rows(
        "SELECT name, state, not_before, error, failing_since, last_success_at, waiting, delivered, held, abandoned,
           template_error
         FROM channels ORDER BY name",
        &[],
    )?
    .iter_mut()
    .map(|row| {
        Ok(ChannelLine {
            name: ChannelName(row.next_text()?),
            state: channel_state(row)?,
            not_before: Some(timestamp(row)?).filter(|at| *at != Timestamp::UNIX_EPOCH),
            error: row.next_opt_text()?,
            failing_since: opt_timestamp(row)?,
            last_success_at: opt_timestamp(row)?,
            waiting: number(row)?,
            delivered: number(row)?,
            held: number(row)?,
            abandoned: number(row)?,
            template_error: row.next_opt_text()?,
        })
    })
    .collect()
}

fn number(row: &mut super::Row) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.next_int()?).unwrap_or_default())
}

fn counts(tx: &mut dyn Tx, channels: &[ChannelLine]) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for (into, sql) in [
        (
            &mut counts.entries,
            "SELECT CAST(COALESCE(SUM(entries), 0) AS BIGINT) FROM feeds",
        ),
        (
            &mut counts.entries_waiting,
            "SELECT COUNT(*) FROM entries WHERE state < 2",
        ),
        (
            &mut counts.alerts_waiting,
            "SELECT COUNT(DISTINCT w.alert_id) FROM
                 (SELECT alert_id FROM legs WHERE state = 0 AND not_before >= 0
                  UNION ALL SELECT l.alert_id FROM legs l
                  WHERE l.delivery_id IN (SELECT d.id FROM deliveries d WHERE d.state <> 1 AND d.state = 0)) w
             WHERE NOT EXISTS (SELECT 1 FROM legs r JOIN deliveries t ON t.id = r.delivery_id
                 WHERE r.alert_id = w.alert_id AND t.state = 1)",
        ),
        (
            &mut counts.alerts_lost,
            "SELECT COUNT(*) FROM
                 (SELECT DISTINCT l.alert_id FROM legs l
                  WHERE l.delivery_id IN (SELECT d.id FROM deliveries d WHERE d.state <> 1 AND d.state = 2)) w
             WHERE NOT EXISTS (SELECT 1 FROM legs r LEFT JOIN deliveries t ON t.id = r.delivery_id
                 WHERE r.alert_id = w.alert_id AND (r.state = 0 OR t.state < 2))",
        ),
    ] {
        *into = u64::try_from(tx.number(sql, &[])?).unwrap_or_default();
    }
    for (into, name) in [(&mut counts.alerts, "alerts"), (&mut counts.held, "held")] {
        *into = u64::try_from(super::tallied(tx, name)?).unwrap_or_default();
    }
    for channel in channels {
        counts.delivered += channel.delivered;
        counts.waiting += channel.waiting;
        counts.legs_held += channel.held;
        counts.abandoned += channel.abandoned;
    }
    counts.matches = counts.alerts + counts.held;
    counts.legs = counts.delivered + counts.waiting + counts.legs_held + counts.abandoned;
    Ok(counts)
}
