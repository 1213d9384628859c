//! What pages show beside the lists: an alert with its article, entries of a feed, what waits, and when anything changes.

use std::collections::HashMap;

use super::articles;
use super::journal::Opinion;
use super::lists::{COLUMNS, detail, lines_of, read, reason};
use super::tx::{Row, StoreError, Tx, Val};
use super::{
    AlertDetail, DeliveryLine, Store, behind, count, filled, json_rows, limit_of, ms,
    opt_timestamp, opt_url, timestamp,
};
use crate::domain::{
    Alert, AlertId, Article, ChannelName, DeliveryId, FeedId, FeedWords, HoldReason, Priority,
    Timestamp, WatchName,
};

/// Which alerts a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownFilter {
    /// Those of this watch.
    pub watch: Option<WatchName>,
    /// Those of articles of these feeds.
    pub feeds: Option<Vec<FeedId>>,
    /// Those of articles in this language, as `en`, with whatever region; letters and hyphens alone.
    pub lang: Option<String>,
    /// Those of this priority.
    pub priority: Option<Priority>,
    /// Those raised at this time or later.
    pub since: Option<Timestamp>,
    /// Those that stand before this one, which was shown last.
    pub after: Option<AlertId>,
    /// At most this many, the newest.
    pub limit: usize,
}

/// An alert as a page shows it in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownAlert {
    /// The alert.
    pub alert: Alert,
    /// Where its copies stand.
    pub deliveries: Vec<DeliveryLine>,
    /// The language of the article.
    pub lang: Option<String>,
    /// Why the page did not give the whole text.
    pub page_problem: Option<String>,
    /// What somebody thinks of it, and who.
    pub mark: Option<(Opinion, String)>,
}

/// An alert with all that a page of its own shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownAlertDetail {
    /// The alert, its deliveries and their tries.
    pub detail: AlertDetail,
    /// The article, as long as it is kept.
    pub article: Option<(Article, FeedWords)>,
    /// When its entry was found.
    pub found_at: Timestamp,
    /// When its text came in.
    pub scraped_at: Option<Timestamp>,
    /// What somebody thinks of it, and who.
    pub mark: Option<(Opinion, String)>,
    /// What matched and was held for the same report.
    pub held: Vec<HeldLine>,
}

/// A match that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldLine {
    /// When.
    pub at: Timestamp,
    /// The watch.
    pub watch: WatchName,
    /// The headline.
    pub title: String,
    /// What people call the feed.
    pub outlet: Option<String>,
    /// The link of the entry.
    pub url: Option<url::Url>,
    /// Why nobody was told.
    pub reason: HoldReason,
}

/// An entry of a feed and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryLine {
    /// The headline.
    pub title: Option<String>,
    /// The link.
    pub url: Option<url::Url>,
    /// When it was published, as the feed says.
    pub published_at: Option<Timestamp>,
    /// When it was found.
    pub found_at: Timestamp,
    /// 0 to be scraped, 1 to be flagged, 2 done, 3 seen at the first poll.
    pub state: i64,
    /// Why its page did not give the whole text.
    pub page_problem: Option<String>,
    /// The first alert that it raised.
    pub alert: Option<AlertId>,
    /// Matches of it that were held.
    pub held: u32,
}

/// A delivery that has not been accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// Whether it was given up.
    pub is_abandoned: bool,
    /// When it is tried next, or was given up.
    pub at: Timestamp,
    /// Tries that count against the schedule.
    pub tries: u32,
    /// Why the last try failed.
    pub reason: Option<String>,
    /// The first of its alerts, with the headline.
    pub alert: Option<(AlertId, String)>,
    /// How many alerts it holds.
    pub alerts: u32,
}

/// What changes when something happens that a page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    /// The number of the newest alert.
    pub alerts: i64,
    /// The number of the newest try.
    pub deliveries: i64,
    /// Feeds whose last poll failed.
    pub feeds: i64,
}

impl Store {
    /// The alerts that a page shows, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn shown_alerts(&self, filter: ShownFilter) -> Result<Vec<ShownAlert>, StoreError> {
        self.read(move |tx| {
            let (sql, values) = asked(tx, &filter)?;
            let alerts = read(tx, &sql, &values)?;
            let mut lines = lines_of(tx, &alerts)?;
            let mut extras = extras_of(tx, &alerts)?;
            let shown = alerts.into_iter().map(|alert| {
                let deliveries = lines.remove(&alert.id).unwrap_or_default();
                let (lang, page_problem, mark) = extras.remove(&alert.id).unwrap_or_default();
                ShownAlert {
                    alert,
                    deliveries,
                    lang,
                    page_problem,
                    mark,
                }
            });
            Ok(shown.collect())
        })
        .await
    }

    /// An alert with all that a page of its own shows, by its id or a beginning that no other has.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn shown_alert(&self, id: String) -> Result<Option<ShownAlertDetail>, StoreError> {
        self.read(move |tx| {
            let sql = format!(
                "SELECT {COLUMNS} FROM alerts a WHERE a.id >= $1 AND a.id < $2 ORDER BY a.id LIMIT 2"
            );
            let mut alerts = read(tx, &sql, &[id.as_str().into(), behind(&id).into()])?;
            if alerts.len() > 1 {
                alerts.retain(|alert| alert.id.0 == id);
            }
            let Some(alert) = alerts.pop() else {
                return Ok(None);
            };
            shown_detail(tx, alert).map(Some)
        })
        .await
    }

    /// The newest entries of a feed and what became of them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn entries_of(
        &self,
        feed: FeedId,
        limit: usize,
    ) -> Result<Vec<EntryLine>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT COALESCE(ar.title, e.title), e.link, e.published_at, e.found_at, e.state, ar.page_problem,
                     (SELECT MIN(a.id) FROM alerts a WHERE a.report_id = e.report_id AND a.entry_id = e.id),
                     (SELECT COUNT(*) FROM held h WHERE h.entry_id = e.id)
                 FROM entries e LEFT JOIN articles ar ON ar.entry_id = e.id
                 WHERE e.feed_id = $1 ORDER BY e.id DESC LIMIT $2",
                &[feed.0.into(), limit_of(limit)],
            )?
            .iter_mut()
            .map(entry_line)
            .collect()
        })
        .await
    }

    /// When the newest entries of a feed were found, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn found_times(
        &self,
        feed: FeedId,
        limit: usize,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT found_at FROM entries WHERE feed_id = $1 AND state < 3 ORDER BY id DESC LIMIT $2",
                &[feed.0.into(), limit_of(limit)],
            )?
            .iter_mut()
            .map(timestamp)
            .collect()
        })
        .await
    }

    /// The deliveries that wait or were given up, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_deliveries(&self, limit: usize) -> Result<Vec<OpenDelivery>, StoreError> {
        self.read(move |tx| {
            let mut open = tx
                .rows(
                    "SELECT id, channel, recipient, state, COALESCE(ended_at, not_before), tries, reason
                     FROM deliveries WHERE state <> 1 ORDER BY seq DESC LIMIT $1",
                    &[limit_of(limit)],
                )?
                .iter_mut()
                .map(open_delivery)
                .collect::<Result<Vec<_>, _>>()?;
            add_alerts(tx, &mut open)?;
            Ok(open)
        })
        .await
    }

    /// When the newest alert was raised.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn last_alert_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let row = tx.first(
                "SELECT raised_at FROM alerts WHERE raised_at >= $1 ORDER BY raised_at DESC, seq DESC LIMIT 1",
                &[i64::MIN.into()],
            )?;
            row.map(|mut row| timestamp(&mut row)).transpose()
        })
        .await
    }

    /// What changes when something happens that a page shows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pulse(&self) -> Result<Pulse, StoreError> {
        self.read(|tx| {
            Ok(Pulse {
                alerts: tx.number("SELECT COALESCE(MAX(seq), 0) FROM alerts", &[])?,
                deliveries: tx.number("SELECT COALESCE(MAX(seq), 0) FROM attempts", &[])?,
                feeds: tx.number(
                    "SELECT COUNT(*) FROM polls WHERE failures > 0 AND active = 1",
                    &[],
                )?,
            })
        })
        .await
    }

    /// The alerts above a number, the oldest first, each with its number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts_above(
        &self,
        seq: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Alert)>, StoreError> {
        self.read(move |tx| {
            let mut numbers = Vec::new();
            for mut row in tx.rows(
                "SELECT seq FROM alerts WHERE seq > $1 ORDER BY seq LIMIT $2",
                &[seq.into(), limit_of(limit)],
            )? {
                numbers.push(row.next_int()?);
            }
            let sql = format!(
                "SELECT {COLUMNS} FROM alerts a
                 WHERE a.seq IN (SELECT CAST(value AS BIGINT) FROM {{each $1}}) ORDER BY a.seq"
            );
            let alerts = read(tx, &sql, &[super::json_ids(numbers.iter().copied())])?;
            Ok(numbers.into_iter().zip(alerts).collect())
        })
        .await
    }
}

/// The statement of a filter, and its values.
fn asked(tx: &mut dyn Tx, filter: &ShownFilter) -> Result<(String, Vec<Val>), StoreError> {
    let (at, seq) = match &filter.after {
        Some(id) => place_of(tx, id)?,
        None => (i64::MAX, i64::MAX),
    };
    let since = filter.since.map_or(i64::MIN, ms);
    let mut values = vec![at.into(), seq.into(), since.into()];
    let mut clauses = String::new();
    // Parameters are numbered in the order in which they appear.
    let mut narrow = |clause: &str, value: Val| {
        values.push(value);
        clauses.push_str(&clause.replace('?', &format!("${}", values.len())));
    };
    if let Some(watch) = &filter.watch {
        narrow(" AND a.watch = ?", watch.0.as_str().into());
    }
    if let Some(priority) = filter.priority {
        narrow(" AND a.priority = ?", priority.as_str().into());
    }
    if let Some(feeds) = &filter.feeds {
        let rows = feeds.iter().map(|feed| serde_json::json!([feed.0]));
        narrow(
            " AND (SELECT e.feed_id FROM entries e WHERE e.id = a.entry_id) IN
                 (SELECT CAST(v.value ->> 0 AS BIGINT) FROM {each ?} AS v)",
            json_rows(rows.collect()),
        );
    }
    if let Some(lang) = &filter.lang {
        narrow(
            " AND (SELECT r.lang || '-' FROM articles r WHERE r.entry_id = a.entry_id) LIKE ?",
            format!("{lang}-%").as_str().into(),
        );
    }
    narrow(
        " ORDER BY a.raised_at DESC, a.seq DESC LIMIT ?",
        limit_of(filter.limit),
    );
    let sql = format!(
        "SELECT {COLUMNS} FROM alerts a WHERE (a.raised_at, a.seq) < ($1, $2) AND a.raised_at >= $3{clauses}"
    );
    Ok((sql, values))
}

/// The place of an alert among the others; behind all where it is not known.
fn place_of(tx: &mut dyn Tx, id: &AlertId) -> Result<(i64, i64), StoreError> {
    let row = tx.first(
        "SELECT raised_at, seq FROM alerts WHERE id = $1",
        &[id.0.as_str().into()],
    )?;
    match row {
        Some(mut row) => Ok((row.next_int()?, row.next_int()?)),
        None => Ok((i64::MIN, i64::MIN)),
    }
}

/// The language, what was wrong with the page, and the mark.
type Extras = (Option<String>, Option<String>, Option<(Opinion, String)>);

fn extras_of(tx: &mut dyn Tx, alerts: &[Alert]) -> Result<HashMap<AlertId, Extras>, StoreError> {
    let mut extras = HashMap::new();
    if alerts.is_empty() {
        return Ok(extras);
    }
    let ids = alerts.iter().map(|alert| serde_json::json!([alert.id.0]));
    for mut row in tx.rows(
        "SELECT a.id, ar.lang, ar.page_problem, m.mark, m.who
         FROM alerts a LEFT JOIN articles ar ON ar.entry_id = a.entry_id LEFT JOIN alert_marks m ON m.alert_id = a.id
         WHERE a.id IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
        &[json_rows(ids.collect())],
    )? {
        let id = AlertId(row.next_text()?);
        let (lang, problem) = (row.next_opt_text()?, row.next_opt_text()?);
        extras.insert(id, (lang, problem, mark(&mut row)?));
    }
    Ok(extras)
}

fn mark(row: &mut Row) -> Result<Option<(Opinion, String)>, StoreError> {
    let word = row.next_opt_text()?;
    let who = row.next_opt_text()?.unwrap_or_default();
    Ok(word
        .and_then(|word| Opinion::named(&word))
        .map(|mark| (mark, who)))
}

fn shown_detail(tx: &mut dyn Tx, alert: Alert) -> Result<ShownAlertDetail, StoreError> {
    let entry = alert.entry.0;
    let sql = format!(
        "SELECT a.scraped_at, {} FROM articles a WHERE a.entry_id = $1",
        articles::COLUMNS
    );
    let kept = tx.first(&sql, &[entry.into()])?;
    let kept = kept
        .map(|mut row| {
            let at = timestamp(&mut row)?;
            Ok((
                at,
                articles::article(&mut row)?,
                articles::feed_words(&mut row)?,
            ))
        })
        .transpose()?;
    let found = tx.first(
        "SELECT found_at FROM entries WHERE id = $1",
        &[entry.into()],
    )?;
    let found = found.map(|mut row| timestamp(&mut row)).transpose()?;
    let mark = tx.first(
        "SELECT mark, who FROM alert_marks WHERE alert_id = $1",
        &[alert.id.0.as_str().into()],
    )?;
    let mark = mark.map(|mut row| mark_of(&mut row)).transpose()?;
    let held = held_of(tx, alert.report.0)?;
    let lines = lines_of(tx, std::slice::from_ref(&alert))?.remove(&alert.id);
    Ok(ShownAlertDetail {
        found_at: found.unwrap_or(alert.raised_at),
        scraped_at: kept.as_ref().map(|(at, ..)| *at),
        article: kept.map(|(_, article, words)| (article, words)),
        mark: mark.flatten(),
        held,
        detail: detail(tx, alert, lines.unwrap_or_default())?,
    })
}

fn mark_of(row: &mut Row) -> Result<Option<(Opinion, String)>, StoreError> {
    mark(row)
}

fn held_of(tx: &mut dyn Tx, report: i64) -> Result<Vec<HeldLine>, StoreError> {
    tx.rows(
        "SELECT h.held_at, h.watch, COALESCE(ar.title, e.title, ''), COALESCE(f.name, f.title), e.link, h.detail
         FROM entries e JOIN held h ON h.entry_id = e.id JOIN feeds f ON f.id = e.feed_id
             LEFT JOIN articles ar ON ar.entry_id = e.id
         WHERE e.report_id = $1 ORDER BY h.seq LIMIT 100",
        &[report.into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(HeldLine {
            at: timestamp(row)?,
            watch: WatchName(row.next_text()?),
            title: row.next_text()?,
            outlet: row.next_opt_text()?,
            url: opt_url(row)?,
            reason: reason(row)?,
        })
    })
    .collect()
}

fn entry_line(row: &mut Row) -> Result<EntryLine, StoreError> {
    Ok(EntryLine {
        title: row.next_opt_text()?,
        url: opt_url(row)?,
        published_at: opt_timestamp(row)?,
        found_at: timestamp(row)?,
        state: row.next_int()?,
        page_problem: row.next_opt_text()?,
        alert: row.next_opt_text()?.map(AlertId),
        held: count(row)?,
    })
}

fn open_delivery(row: &mut Row) -> Result<OpenDelivery, StoreError> {
    Ok(OpenDelivery {
        id: DeliveryId(row.next_text()?),
        channel: ChannelName(row.next_text()?),
        recipient: filled(row.next_text()?),
        is_abandoned: row.next_int()? == 2,
        at: timestamp(row)?,
        tries: count(row)?,
        reason: row.next_opt_text()?,
        alert: None,
        alerts: 0,
    })
}

/// Adds the alerts that each delivery holds.
fn add_alerts(tx: &mut dyn Tx, open: &mut [OpenDelivery]) -> Result<(), StoreError> {
    if open.is_empty() {
        return Ok(());
    }
    let ids = open.iter().map(|one| serde_json::json!([one.id.0]));
    let mut held: HashMap<String, Vec<(AlertId, String)>> = HashMap::new();
    for mut row in tx.rows(
        "SELECT l.delivery_id, a.id, a.title FROM legs l JOIN alerts a ON a.id = l.alert_id
         WHERE l.delivery_id IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY l.seq",
        &[json_rows(ids.collect())],
    )? {
        let delivery = row.next_text()?;
        let alert = (AlertId(row.next_text()?), row.next_text()?);
        held.entry(delivery).or_default().push(alert);
    }
    for one in open {
        let alerts = held.remove(&one.id.0).unwrap_or_default();
        one.alerts = u32::try_from(alerts.len()).unwrap_or(u32::MAX);
        one.alert = alerts.into_iter().next();
    }
    Ok(())
}
