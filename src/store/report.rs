//! What people ask the store: how feeds and channels are, what was raised, what became of it.

use super::deliveries::like_literal;
use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, alerts, count, list, ms, opt_timestamp, timestamp, url};
use crate::domain::{Alert, ChannelName, DeliveryId, DeliveryState, Timestamp, WatchName};

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

/// How a feed is.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLine {
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
}

/// How a channel is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelLine {
    /// Its name.
    pub name: ChannelName,
    /// `ok`, `failing`, `paused`, `misconfigured` or `gone`.
    pub state: String,
    /// Until when nothing is sent.
    pub not_before: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it last accepted a delivery.
    pub last_success_at: Option<Timestamp>,
    /// Deliveries that wait.
    pub waiting: u32,
    /// Deliveries that were sent.
    pub sent: u32,
    /// Deliveries that were given up.
    pub abandoned: u32,
}

impl ChannelLine {
    /// A channel that nothing has been sent to.
    #[must_use]
    pub fn unused(name: ChannelName) -> Self {
        Self {
            name,
            state: "ok".into(),
            not_before: None,
            error: None,
            failing_since: None,
            last_success_at: None,
            waiting: 0,
            sent: 0,
            abandoned: 0,
        }
    }
}

/// Counts over everything; `matches` is the sum of `delivered`, `waiting` and `dead`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries taken in.
    pub entries: u32,
    /// Entries that wait for their text or to be matched.
    pub entries_waiting: u32,
    /// Matches that raised an alert.
    pub matches: u32,
    /// Alerts that every destination accepted.
    pub delivered: u32,
    /// Alerts of which a destination still waits.
    pub waiting: u32,
    /// Alerts that a destination will not get, or that have none.
    pub dead: u32,
    /// Matches that raised no alert, for a reason that is kept.
    pub held: u32,
}

/// Which alerts are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFilter {
    /// Those of this watch.
    pub watch: Option<WatchName>,
    /// Those raised at this time or later.
    pub since: Option<Timestamp>,
    /// At most this many, the newest.
    pub limit: u32,
}

/// One raised alert, or one match that was held.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertLine {
    /// An alert and its deliveries.
    Raised {
        /// The alert.
        alert: Box<Alert>,
        /// Where its copies stand.
        deliveries: Vec<DeliveryLine>,
    },
    /// A match that raised none.
    Held {
        /// The watch.
        watch: WatchName,
        /// The headline.
        title: String,
        /// The sentence that matched.
        sentence: String,
        /// Why nobody was told.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// Where one copy of an alert stands.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryLine {
    /// Its id.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries that count against the schedule.
    pub tries: u32,
    /// Why the last try failed.
    pub reason: Option<String>,
}

/// An alert with every try to deliver it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertDetail {
    /// The alert.
    pub alert: Alert,
    /// Why the page could not be used, where the text is the feed's own for that reason.
    pub page_problem: Option<String>,
    /// Its deliveries, each with its tries.
    pub deliveries: Vec<(DeliveryLine, Vec<AttemptLine>)>,
}

/// One try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptLine {
    /// When.
    pub at: Timestamp,
    /// `accepted`, `failed`, `paused`, `misconfigured`, `refused` or `gone`.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
}

impl Store {
    /// Tells how everything is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn report(&self) -> Result<Report, StoreError> {
        self.tx(|tx| {
            Ok(Report {
                feeds: feed_lines(tx)?,
                channels: channel_lines(tx)?,
                counts: counts(tx)?,
            })
        })
        .await
    }

    /// Lists alerts and held matches, the newest last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        self.tx(move |tx| {
            let values = [
                filter.watch.map(|watch| watch.0).into(),
                filter.since.map_or(i64::MIN, ms).into(),
                i64::from(filter.limit).into(),
            ];
            let mut lines = raised_lines(tx, &values)?;
            lines.extend(held_lines(tx, &values)?);
            lines.sort_by_key(|(at, _)| *at);
            let surplus = lines.len().saturating_sub(filter.limit as usize);
            Ok(lines
                .into_iter()
                .skip(surplus)
                .map(|(_, line)| line)
                .collect())
        })
        .await
    }

    /// Finds alerts by the beginning of their id, or of the id of one of their deliveries.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alert(&self, id: &str) -> Result<Vec<AlertDetail>, StoreError> {
        let prefix = format!("{}%", like_literal(id));
        self.tx(move |tx| {
            let sql = format!(
                "SELECT {} FROM alerts a WHERE a.id LIKE $1 ESCAPE '!' OR a.id IN (
                     SELECT alert_id FROM delivery_alerts WHERE delivery_id LIKE $1 ESCAPE '!')
                 ORDER BY a.seq LIMIT 10",
                alerts::COLUMNS
            );
            let rows = tx.rows(&sql, &[prefix.into()])?;
            rows.iter().map(|row| detail(tx, row)).collect()
        })
        .await
    }
}

fn feed_lines(tx: &mut dyn Tx) -> Result<Vec<FeedLine>, StoreError> {
    tx.rows(
        "SELECT f.url, f.fetch_url, COALESCE(f.name, f.title), f.gone, f.failures, f.failing_since,
             f.error, f.last_success_at, f.next_poll_at, f.repairs,
             (SELECT COUNT(*) FROM entries e WHERE e.feed_id = f.id), f.page_problem,
             f.pages_failing_since, f.found
         FROM feeds f WHERE f.active = 1 ORDER BY f.id",
        &[],
    )?
    .iter()
    .map(|row| {
        Ok(FeedLine {
            url: url(row, 0)?,
            fetch_url: url(row, if row.int(13)? == 2 { 0 } else { 1 })?,
            is_found: row.int(13)? == 1,
            name: row.opt_text(2)?,
            gone: row.int(3)? != 0,
            failures: count(row, 4)?,
            failing_since: opt_timestamp(row, 5)?,
            error: row.opt_text(6)?,
            last_success_at: opt_timestamp(row, 7)?,
            next_poll_at: timestamp(row, 8)?,
            repairs: list(row, 9)?,
            entries: count(row, 10)?,
            page_problem: row.opt_text(11)?,
            pages_failing_since: opt_timestamp(row, 12)?,
        })
    })
    .collect()
}

fn channel_lines(tx: &mut dyn Tx) -> Result<Vec<ChannelLine>, StoreError> {
    tx.rows(
        "SELECT n.name, COALESCE(c.state, 'ok'), COALESCE(c.not_before, 0), c.error, c.failing_since,
             c.last_success_at,
             (SELECT COUNT(*) FROM deliveries d WHERE d.channel = n.name AND d.state = 0),
             (SELECT COUNT(*) FROM deliveries d WHERE d.channel = n.name AND d.state = 1),
             (SELECT COUNT(*) FROM deliveries d WHERE d.channel = n.name AND d.state = 2)
         FROM (SELECT name FROM channels UNION SELECT channel FROM deliveries) n
             LEFT JOIN channels c ON c.name = n.name
         ORDER BY n.name",
        &[],
    )?
    .iter()
    .map(|row| {
        Ok(ChannelLine {
            name: ChannelName(row.text(0)?),
            state: row.text(1)?,
            not_before: match row.int(2)? {
                0 => None,
                _ => Some(timestamp(row, 2)?),
            },
            error: row.opt_text(3)?,
            failing_since: opt_timestamp(row, 4)?,
            last_success_at: opt_timestamp(row, 5)?,
            waiting: count(row, 6)?,
            sent: count(row, 7)?,
            abandoned: count(row, 8)?,
        })
    })
    .collect()
}

fn counts(tx: &mut dyn Tx) -> Result<Counts, StoreError> {
    let mut counts = Counts {
        entries: number(tx, "SELECT COUNT(*) FROM entries")?,
        entries_waiting: number(tx, "SELECT COUNT(*) FROM entries WHERE state < 2")?,
        held: number(tx, "SELECT COUNT(*) FROM held")?,
        ..Counts::default()
    };
    // 0: a copy waits; 1: all copies were sent; 2: a copy was given up, or there is none.
    let by_state = tx.rows(
        "SELECT s.state, COUNT(*) FROM (
             SELECT a.id, CASE WHEN SUM(CASE WHEN d.state = 0 THEN 1 ELSE 0 END) > 0 THEN 0
                 WHEN SUM(CASE WHEN d.state = 2 THEN 1 ELSE 0 END) > 0 THEN 2
                 WHEN COUNT(d.seq) = 0 THEN 2 ELSE 1 END AS state
             FROM alerts a LEFT JOIN delivery_alerts l ON l.alert_id = a.id
                 LEFT JOIN deliveries d ON d.id = l.delivery_id
             GROUP BY a.id) s
         GROUP BY s.state",
        &[],
    )?;
    for row in by_state {
        let alerts = count(&row, 1)?;
        match row.int(0)? {
            0 => counts.waiting = alerts,
            1 => counts.delivered = alerts,
            _ => counts.dead = alerts,
        }
    }
    counts.matches = counts.delivered + counts.waiting + counts.dead;
    Ok(counts)
}

fn number(tx: &mut dyn Tx, sql: &str) -> Result<u32, StoreError> {
    tx.rows(sql, &[])?
        .first()
        .map_or(Ok(0), |row| count(row, 0))
}

fn raised_lines(
    tx: &mut dyn Tx,
    values: &[Val],
) -> Result<Vec<(Timestamp, AlertLine)>, StoreError> {
    let sql = format!(
        "SELECT {} FROM alerts a WHERE (CAST($1 AS TEXT) IS NULL OR a.watch = $1) AND a.raised_at >= $2
         ORDER BY a.seq DESC LIMIT $3",
        alerts::COLUMNS
    );
    let mut lines = Vec::new();
    for row in tx.rows(&sql, values)?.iter().rev() {
        let alert = alerts::read(tx, row)?;
        let deliveries = delivery_lines(tx, &alert)?;
        lines.push((
            alert.raised_at,
            AlertLine::Raised {
                alert: Box::new(alert),
                deliveries,
            },
        ));
    }
    Ok(lines)
}

fn held_lines(tx: &mut dyn Tx, values: &[Val]) -> Result<Vec<(Timestamp, AlertLine)>, StoreError> {
    tx.rows(
        "SELECT h.watch, COALESCE(ar.title, e.title, ''), h.sentence, h.reason, h.held_at
         FROM held h JOIN entries e ON e.id = h.entry_id
             LEFT JOIN articles ar ON ar.entry_id = h.entry_id
         WHERE (CAST($1 AS TEXT) IS NULL OR h.watch = $1) AND h.held_at >= $2
         ORDER BY h.seq DESC LIMIT $3",
        values,
    )?
    .iter()
    .rev()
    .map(|row| {
        let at = timestamp(row, 4)?;
        Ok((
            at,
            AlertLine::Held {
                watch: WatchName(row.text(0)?),
                title: row.text(1)?,
                sentence: row.text(2)?,
                reason: row.text(3)?,
                at,
            },
        ))
    })
    .collect()
}

fn delivery_lines(tx: &mut dyn Tx, alert: &Alert) -> Result<Vec<DeliveryLine>, StoreError> {
    tx.rows(
        "SELECT d.id, d.channel, d.recipient, d.state, d.not_before, d.ended_at, d.tries, d.reason
         FROM deliveries d JOIN delivery_alerts l ON l.delivery_id = d.id
         WHERE l.alert_id = $1 ORDER BY d.seq",
        &[alert.id.0.as_str().into()],
    )?
    .iter()
    .map(delivery_line)
    .collect()
}

fn delivery_line(row: &Row) -> Result<DeliveryLine, StoreError> {
    let reason = row.opt_text(7)?;
    Ok(DeliveryLine {
        id: DeliveryId(row.text(0)?),
        channel: ChannelName(row.text(1)?),
        recipient: row.opt_text(2)?,
        state: match row.int(3)? {
            0 => DeliveryState::Waiting {
                not_before: timestamp(row, 4)?,
            },
            1 => DeliveryState::Sent {
                at: timestamp(row, 5)?,
            },
            _ => DeliveryState::Abandoned {
                at: timestamp(row, 5)?,
                reason: reason.clone().unwrap_or_default(),
            },
        },
        tries: count(row, 6)?,
        reason,
    })
}

fn detail(tx: &mut dyn Tx, row: &Row) -> Result<AlertDetail, StoreError> {
    let alert = alerts::read(tx, row)?;
    let mut deliveries = Vec::new();
    for line in delivery_lines(tx, &alert)? {
        let attempts = tx
            .rows(
                "SELECT at, outcome, reason FROM attempts WHERE delivery_id = $1 ORDER BY seq",
                &[line.id.0.as_str().into()],
            )?
            .iter()
            .map(|row| {
                Ok(AttemptLine {
                    at: timestamp(row, 0)?,
                    outcome: row.text(1)?,
                    reason: row.opt_text(2)?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        deliveries.push((line, attempts));
    }
    let problem = tx.rows(
        "SELECT page_problem FROM articles WHERE entry_id = $1",
        &[alert.entry.0.into()],
    )?;
    Ok(AlertDetail {
        page_problem: match problem.first() {
            Some(row) => row.opt_text(0)?,
            None => None,
        },
        alert,
        deliveries,
    })
}
