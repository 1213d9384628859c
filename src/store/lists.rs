//! Lists for people: what was raised, what was held, and what became of it.

use super::deliveries::behind;
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    Store, count, filled, json_rows, list, ms, opt_local_timestamp, opt_timestamp, opt_url,
    timestamp, url,
};
use crate::domain::{
    Alert, AlertId, ChannelName, DeliveryId, DeliveryState, EntryId, HoldReason, Match, Priority,
    ReportId, Timestamp, WatchName, shown_url,
};
use std::collections::HashMap;

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
        reason: HoldReason,
        /// When.
        at: Timestamp,
    },
}

/// Where one copy of an alert stands.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryLine {
    /// The delivery's id; absent while the alert waits to be gathered with others.
    pub id: Option<DeliveryId>,
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
    /// Lists alerts and held matches, the newest last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        self.read(move |tx| {
            let values = [
                filter.watch.as_ref().map(|watch| watch.0.clone()).into(),
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
        let range = [Val::from(id), behind(id).into()];
        self.read(move |tx| {
            let named = tx
                .rows(
                    "SELECT id FROM alerts WHERE id >= $1 AND id < $2
                     UNION SELECT alert_id FROM legs WHERE delivery_id >= $1 AND delivery_id < $2
                     ORDER BY id LIMIT 10",
                    &range,
                )?
                .iter_mut()
                .map(|row| Ok(serde_json::json!([row.next_text()?])))
                .collect::<Result<Vec<_>, StoreError>>()?;
            let sql = format!(
                "SELECT {COLUMNS} FROM alerts a WHERE a.id IN (SELECT e.value ->> 0 FROM {{each $1}} AS e)
                 ORDER BY a.seq"
            );
            let alerts = read(tx, &sql, &[json_rows(named)])?;
            let mut lines = lines_of(tx, &alerts)?;
            alerts
                .into_iter()
                .map(|alert| {
                    let deliveries = lines.remove(&alert.id).unwrap_or_default();
                    detail(tx, alert, deliveries)
                })
                .collect()
        })
        .await
    }
}

/// The alerts that a delivery brings, the oldest first.
pub(super) fn alerts_of(tx: &mut dyn Tx, delivery: &DeliveryId) -> Result<Vec<Alert>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alerts a JOIN legs l ON l.alert_id = a.id
         WHERE l.delivery_id = $1 ORDER BY a.seq"
    );
    read(tx, &sql, &[delivery.0.as_str().into()])
}

/// The columns that [`read`] reads, of a table named `a`.
const COLUMNS: &str = "a.id, a.watch, a.score, a.terms, a.sentence, a.priority, a.report_id, \
     a.entry_id, a.title, a.url, a.source, a.published_at, a.published_offset_s, a.summary_only, \
     a.raised_at";

/// Reads alerts from a statement over [`COLUMNS`], each with the feeds that have announced its report so far.
fn read(tx: &mut dyn Tx, sql: &str, values: &[Val]) -> Result<Vec<Alert>, StoreError> {
    let mut alerts = tx
        .rows(sql, values)?
        .iter_mut()
        .map(alert)
        .collect::<Result<Vec<_>, _>>()?;
    let feeds = feeds_of(tx, &alerts)?;
    for alert in &mut alerts {
        alert.feeds = feeds.get(&alert.report).cloned().unwrap_or_default();
    }
    Ok(alerts)
}

fn alert(row: &mut Row) -> Result<Alert, StoreError> {
    Ok(Alert {
        id: AlertId(row.next_text()?),
        found: Match {
            watch: WatchName(row.next_text()?),
            score: row.next_real()?,
            terms: list(row)?,
            sentence: row.next_text()?,
        },
        priority: priority(row)?,
        report: ReportId(row.next_int()?),
        entry: EntryId(row.next_int()?),
        feeds: Vec::new(),
        title: row.next_text()?,
        url: opt_url(row)?,
        source: row.next_opt_text()?,
        published: opt_local_timestamp(row)?,
        summary_only: row.next_flag()?,
        raised_at: timestamp(row)?,
    })
}

fn priority(row: &mut Row) -> Result<Priority, StoreError> {
    let word = row.next_text()?;
    [Priority::Low, Priority::Normal, Priority::High]
        .into_iter()
        .find(|priority| priority.as_str() == word)
        .ok_or_else(|| row.lacks("a priority"))
}

/// The feeds that have announced each report, by name.
fn feeds_of(
    tx: &mut dyn Tx,
    alerts: &[Alert],
) -> Result<HashMap<ReportId, Vec<String>>, StoreError> {
    let mut feeds: HashMap<ReportId, Vec<String>> = HashMap::new();
    if alerts.is_empty() {
        return Ok(feeds);
    }
    let reports = alerts.iter().map(|alert| alert.report.0);
    for mut row in tx.rows(
        "SELECT e.report_id, COALESCE(f.name, f.title), f.url FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.report_id IN (SELECT CAST(value AS BIGINT) FROM {each $1}) ORDER BY e.id",
        &[super::json_ids(reports)],
    )? {
        let of = feeds.entry(ReportId(row.next_int()?)).or_default();
        let (name, address) = (row.next_opt_text()?, url(&mut row)?);
        let feed = name.unwrap_or_else(|| shown_url(&address));
        if !of.contains(&feed) {
            of.push(feed);
        }
    }
    Ok(feeds)
}

fn raised_lines(
    tx: &mut dyn Tx,
    values: &[Val],
) -> Result<Vec<(Timestamp, AlertLine)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alerts a WHERE (CAST($1 AS TEXT) IS NULL OR a.watch = $1) AND a.raised_at >= $2
         ORDER BY a.raised_at DESC, a.seq DESC LIMIT $3"
    );
    let alerts = read(tx, &sql, values)?;
    let mut deliveries = lines_of(tx, &alerts)?;
    let line = |alert: Alert| {
        let deliveries = deliveries.remove(&alert.id).unwrap_or_default();
        let alert = Box::new(alert);
        (alert.raised_at, AlertLine::Raised { alert, deliveries })
    };
    Ok(alerts.into_iter().rev().map(line).collect())
}

fn held_lines(tx: &mut dyn Tx, values: &[Val]) -> Result<Vec<(Timestamp, AlertLine)>, StoreError> {
    tx.rows(
        "SELECT h.held_at, h.watch, COALESCE(ar.title, e.title, ''), h.sentence, h.detail
         FROM held h JOIN entries e ON e.id = h.entry_id
             LEFT JOIN articles ar ON ar.entry_id = h.entry_id
         WHERE (CAST($1 AS TEXT) IS NULL OR h.watch = $1) AND h.held_at >= $2
         ORDER BY h.held_at DESC, h.seq DESC LIMIT $3",
        values,
    )?
    .iter_mut()
    .rev()
    .map(|row| {
        let at = timestamp(row)?;
        let line = AlertLine::Held {
            watch: WatchName(row.next_text()?),
            title: row.next_text()?,
            sentence: row.next_text()?,
            reason: reason(row)?,
            at,
        };
        Ok((at, line))
    })
    .collect()
}

fn reason(row: &mut Row) -> Result<HoldReason, StoreError> {
    let text = row.next_text()?;
    serde_json::from_str(&text).map_err(|_| row.lacks("a reason"))
}

/// Where the copies of each alert stand.
fn lines_of(
    tx: &mut dyn Tx,
    alerts: &[Alert],
) -> Result<HashMap<AlertId, Vec<DeliveryLine>>, StoreError> {
    let mut lines: HashMap<AlertId, Vec<DeliveryLine>> = HashMap::new();
    if alerts.is_empty() {
        return Ok(lines);
    }
    let ids = alerts.iter().map(|alert| serde_json::json!([alert.id.0]));
    for mut row in tx.rows(
        "SELECT l.alert_id, d.id, l.channel, l.recipient, COALESCE(d.state, 0), COALESCE(d.not_before, l.not_before),
             d.ended_at, COALESCE(d.tries, 0), d.reason
         FROM legs l LEFT JOIN deliveries d ON d.id = l.delivery_id
         WHERE l.alert_id IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY l.seq",
        &[json_rows(ids.collect())],
    )? {
        let alert = AlertId(row.next_text()?);
        lines.entry(alert).or_default().push(delivery_line(&mut row)?);
    }
    Ok(lines)
}

fn delivery_line(row: &mut Row) -> Result<DeliveryLine, StoreError> {
    let id = row.next_opt_text()?.map(DeliveryId);
    let channel = ChannelName(row.next_text()?);
    let recipient = filled(row.next_text()?);
    let state = row.next_int()?;
    let not_before = timestamp(row)?;
    let ended_at = opt_timestamp(row)?.unwrap_or(not_before);
    let tries = count(row)?;
    let reason = row.next_opt_text()?;
    Ok(DeliveryLine {
        id,
        channel,
        recipient,
        state: match state {
            0 => DeliveryState::Waiting { not_before },
            1 => DeliveryState::Sent { at: ended_at },
            _ => DeliveryState::Abandoned {
                at: ended_at,
                reason: reason.clone().unwrap_or_default(),
            },
        },
        tries,
        reason,
    })
}

fn detail(
    tx: &mut dyn Tx,
    alert: Alert,
    lines: Vec<DeliveryLine>,
) -> Result<AlertDetail, StoreError> {
    let mut deliveries = Vec::new();
    for line in lines {
        let attempts = match &line.id {
            Some(delivery) => attempts_of(tx, delivery)?,
            None => Vec::new(),
        };
        deliveries.push((line, attempts));
    }
    let problem = tx.first(
        "SELECT page_problem FROM articles WHERE entry_id = $1",
        &[alert.entry.0.into()],
    )?;
    let problem = problem.map(|mut row| row.next_opt_text()).transpose()?;
    Ok(AlertDetail {
        page_problem: problem.flatten(),
        alert,
        deliveries,
    })
}

fn attempts_of(tx: &mut dyn Tx, delivery: &DeliveryId) -> Result<Vec<AttemptLine>, StoreError> {
    tx.rows(
        "SELECT at, outcome, reason FROM attempts WHERE delivery_id = $1 ORDER BY seq",
        &[delivery.0.as_str().into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(AttemptLine {
            at: timestamp(row)?,
            outcome: row.next_text()?,
            reason: row.next_opt_text()?,
        })
    })
    .collect()
}
