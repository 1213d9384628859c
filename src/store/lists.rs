//! Lists for people: what was raised, what was held, and what became of it.

use super::tx::{Row, StoreError, Tx, Val};
use super::versions::{self, VersionLine};
use super::{
    Store, behind, count, filled, json_rows, list, ms, object, opt_local_timestamp, opt_timestamp,
    opt_url, timestamp, url,
};
use crate::domain::{
    Alert, AlertId, ChannelName, DeliveryId, DeliveryState, Destination, EntryId, HoldReason,
    Match, Priority, Quote, Reading, ReportId, Timestamp, Wait, WatchName, shown_url,
};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// How many there are, as far as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many were counted.
    pub number: u64,
    /// Whether that is all of them.
    pub is_all: bool,
}

impl Counted {
    fn all(number: i64) -> Self {
        Self {
            number: u64::try_from(number).unwrap_or_default(),
            is_all: true,
        }
    }

    /// What was counted with an end.
    fn one_by_one(number: i64) -> Self {
        Self {
            is_all: number <= MAX_COUNTED,
            ..Self::all(number.min(MAX_COUNTED))
        }
    }
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

/// Which of them are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Alerts and held matches.
    All,
    /// Alerts alone.
    Raised,
    /// Held matches alone.
    Held,
}

/// The place of a line in the list: its time, and its number among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPlace {
    /// Of an alert.
    Raised(Timestamp, i64),
    /// Of a held match.
    Held(Timestamp, i64),
}

/// Where a page of the list ended; the next one holds what is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCursor {
    raised: (i64, i64),
    held: (i64, i64),
}

impl ListCursor {
    /// Before the newest.
    pub const TOP: Self = Self {
        raised: (i64::MAX, i64::MAX),
        held: (i64::MAX, i64::MAX),
    };

    /// Before the newest of those that are older than this time.
    #[must_use]
    pub fn before(until: Timestamp) -> Self {
        let place = (ms(until), i64::MIN);
        Self {
            raised: place,
            held: place,
        }
    }

    /// Behind this line.
    #[must_use]
    pub fn past(self, place: ListPlace) -> Self {
        match place {
            ListPlace::Raised(at, seq) => Self {
                raised: (ms(at), seq),
                ..self
            },
            ListPlace::Held(at, seq) => Self {
                held: (ms(at), seq),
                ..self
            },
        }
    }
}

/// The four numbers, as they stand in an address: `1795000000000.7_1795000000000.3`.
impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (raised, held) = (self.raised, self.held);
        write!(f, "{}.{}_{}.{}", raised.0, raised.1, held.0, held.1)
    }
}

impl FromStr for ListCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let pair = |text: &str| {
            let (at, seq) = text.split_once('.')?;
            Some((at.parse().ok()?, seq.parse().ok()?))
        };
        let (raised, held) = text.split_once('_').ok_or(())?;
        Ok(Self {
            raised: pair(raised).ok_or(())?,
            held: pair(held).ok_or(())?,
        })
    }
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
        /// Its number among the held matches.
        number: i64,
        /// The watch.
        watch: WatchName,
        /// The address of the article.
        url: Option<url::Url>,
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
    /// What it waits for, before it is gathered.
    pub waits: Option<Wait>,
    /// Why it is held and goes nowhere.
    pub held: Option<HoldReason>,
}

impl DeliveryLine {
    /// Who is told by it.
    #[must_use]
    pub fn destination(&self) -> Destination {
        Destination {
            channel: self.channel.clone(),
            recipient: self.recipient.clone(),
        }
    }
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
    /// What its article said, and each time it said something else.
    pub versions: Vec<VersionLine>,
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
    /// What the receiver said when it accepted.
    pub answer: Option<String>,
}

impl Store {
    /// Lists alerts and held matches, the newest last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        let page = self
            .alerts_below(filter, Listed::All, ListCursor::TOP)
            .await?;
        Ok(page.into_iter().rev().map(|(_, line)| line).collect())
    }

    /// Lists alerts, held matches or both from a place on, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts_below(
        &self,
        filter: AlertFilter,
        listed: Listed,
        cursor: ListCursor,
    ) -> Result<Vec<(ListPlace, AlertLine)>, StoreError> {
        self.read(move |tx| {
            let mut lines = Vec::new();
            if listed != Listed::Held {
                lines.extend(raised_lines(tx, &filter, cursor.raised)?);
            }
            if listed != Listed::Raised {
                lines.extend(held_lines(tx, &filter, cursor.held)?);
            }
            // Stable: of one time, alerts come before what they hold.
            lines.sort_by_key(|(place, _)| {
                let (ListPlace::Raised(at, _) | ListPlace::Held(at, _)) = place;
                Reverse(*at)
            });
            lines.truncate(filter.limit as usize);
            Ok(lines)
        })
        .await
    }

    /// How many alerts and how many held matches a filter lets through, whatever its limit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_alerts(
        &self,
        filter: AlertFilter,
    ) -> Result<(Counted, Counted), StoreError> {
        self.read(move |tx| {
            let raised = counted_in(tx, ("alerts", "raised_at"), &filter)?;
            let held = counted_in(tx, ("held", "held_at"), &filter)?;
            Ok((raised, held))
        })
        .await
    }

    /// The held match of this number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held(&self, number: i64) -> Result<Option<AlertLine>, StoreError> {
        self.read(move |tx| {
            let sql = format!("{HELD} WHERE h.seq = $1");
            let found = tx.first(&sql, &[number.into()])?;
            Ok(found
                .map(|mut row| held_line(&mut row))
                .transpose()?
                .map(|(_, line)| line))
        })
        .await
    }

    /// Finds alerts by the beginning of their id, or of the id of one of their deliveries: some of them, and all that a
    /// delivery brings where its id is given whole.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alert(&self, id: &str) -> Result<Vec<AlertDetail>, StoreError> {
        let range = [Val::from(id), behind(id).into()];
        self.read(move |tx| {
            // Whoever names a whole delivery wants all that it brings: a joined message may bring thousands.
            let mut rows = tx.rows(
                "SELECT alert_id FROM legs WHERE delivery_id = $1 ORDER BY seq",
                &range[..1],
            )?;
            if rows.is_empty() {
                rows = tx.rows(
                    "SELECT id FROM alerts WHERE id >= $1 AND id < $2
                     UNION SELECT alert_id FROM legs WHERE delivery_id >= $1 AND delivery_id < $2
                     ORDER BY id LIMIT 10",
                    &range,
                )?;
            }
            let named = rows
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

/// The most that are counted one by one.
const MAX_COUNTED: i64 = 10_000;

/// Counts the rows of a table that a filter lets through, by its column of time; those of all times are counted as they
/// are written.
fn counted_in(
    tx: &mut dyn Tx,
    (table, time): (&str, &str),
    filter: &AlertFilter,
) -> Result<Counted, StoreError> {
    let since = filter.since.map_or(i64::MIN, ms);
    let (of_watch, values) = match (&filter.watch, filter.since) {
        (Some(watch), _) => (
            "watch = $1 AND",
            vec![watch.0.as_str().into(), since.into()],
        ),
        (None, Some(_)) => ("", vec![since.into()]),
        (None, None) => return Ok(Counted::all(super::tallied(tx, table)?)),
    };
    let (place, most) = (values.len(), MAX_COUNTED + 1);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {of_watch} {time} >= ${place}
             ORDER BY {time} LIMIT {most}) AS counted"
    );
    Ok(Counted::one_by_one(tx.number(&sql, &values)?))
}

/// Alerts that one message reads at most; it counts the rest.
const MOST_ALERTS: i64 = 500;

/// The alerts that a delivery brings, the oldest first: as many as a message can list.
pub(super) fn alerts_of(tx: &mut dyn Tx, delivery: &DeliveryId) -> Result<Vec<Alert>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alerts a JOIN legs l ON l.alert_id = a.id
         WHERE l.delivery_id = $1 ORDER BY l.seq LIMIT $2"
    );
    read(tx, &sql, &[delivery.0.as_str().into(), MOST_ALERTS.into()])
}

/// The alerts that an entry has raised, the oldest first.
pub(super) fn alerts_of_entry(tx: &mut dyn Tx, entry: EntryId) -> Result<Vec<Alert>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM entries e JOIN alerts a ON a.report_id = e.report_id AND a.entry_id = e.id
         WHERE e.id = $1 ORDER BY a.seq"
    );
    read(tx, &sql, &[entry.0.into()])
}

/// Alerts by their ids, in this order.
pub(super) fn alerts_named(tx: &mut dyn Tx, ids: &[AlertId]) -> Result<Vec<Alert>, StoreError> {
    let rows = ids.iter().map(|id| serde_json::json!([id.0]));
    let sql = format!(
        "SELECT {COLUMNS} FROM alerts a WHERE a.id IN (SELECT e.value ->> 0 FROM {{each $1}} AS e)"
    );
    let mut alerts = read(tx, &sql, &[super::json_rows(rows.collect())])?;
    alerts.sort_by_key(|alert| ids.iter().position(|id| *id == alert.id));
    Ok(alerts)
}

/// The columns that [`read`] reads, of a table named `a`.
pub(super) const COLUMNS: &str = "a.id, a.watch, a.score, a.terms, a.sentence, a.priority, a.report_id, \
     a.entry_id, a.title, a.url, a.source, a.published_at, a.published_offset_s, a.summary_only, \
     a.raised_at, a.quote, a.reading, a.notes";

/// Reads alerts from a statement over [`COLUMNS`], each with the feeds that have announced its report so far.
pub(super) fn read(tx: &mut dyn Tx, sql: &str, values: &[Val]) -> Result<Vec<Alert>, StoreError> {
    let mut alerts = tx
        .rows(sql, values)?
        .iter_mut()
        .map(alert)
        .collect::<Result<Vec<_>, _>>()?;
    tell_feeds(tx, &mut alerts)?;
    Ok(alerts)
}

/// Gives each alert the feeds that have announced its report so far.
fn tell_feeds(tx: &mut dyn Tx, alerts: &mut [Alert]) -> Result<(), StoreError> {
    let feeds = feeds_of(tx, alerts)?;
    for alert in alerts {
        alert.feeds = feeds.get(&alert.report).cloned().unwrap_or_default();
    }
    Ok(())
}

fn alert(row: &mut Row) -> Result<Alert, StoreError> {
    let mut alert = Alert {
        id: AlertId(row.next_text()?),
        found: Match {
            watch: WatchName(row.next_text()?),
            score: row.next_real()?,
            terms: list(row)?,
            sentence: row.next_text()?,
            quote: Quote::default(),
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
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: timestamp(row)?,
    };
    alert.found.quote = object(row)?;
    alert.reading = object(row)?;
    alert.notes = list(row)?;
    Ok(alert)
}

pub(super) fn priority(row: &mut Row) -> Result<Priority, StoreError> {
    let word = row.next_text()?;
    Priority::named(&word).ok_or_else(|| row.lacks("a priority"))
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

/// The values of a filter and a place, for the two statements below.
fn values_of(filter: &AlertFilter, below: (i64, i64)) -> [Val; 5] {
    [
        filter.watch.as_ref().map(|watch| watch.0.clone()).into(),
        filter.since.map_or(i64::MIN, ms).into(),
        below.0.into(),
        below.1.into(),
        i64::from(filter.limit).into(),
    ]
}

fn raised_lines(
    tx: &mut dyn Tx,
    filter: &AlertFilter,
    below: (i64, i64),
) -> Result<Vec<(ListPlace, AlertLine)>, StoreError> {
    let sql = format!(
        "SELECT a.seq, {COLUMNS} FROM alerts a WHERE (CAST($1 AS TEXT) IS NULL OR a.watch = $1) AND a.raised_at >= $2
         AND (a.raised_at, a.seq) < ($3, $4) ORDER BY a.raised_at DESC, a.seq DESC LIMIT $5"
    );
    let mut numbers = Vec::new();
    let mut alerts = Vec::new();
    for mut row in tx.rows(&sql, &values_of(filter, below))? {
        numbers.push(row.next_int()?);
        alerts.push(alert(&mut row)?);
    }
    tell_feeds(tx, &mut alerts)?;
    let mut deliveries = lines_of(tx, &alerts)?;
    let line = |(number, alert): (i64, Alert)| {
        let deliveries = deliveries.remove(&alert.id).unwrap_or_default();
        let place = ListPlace::Raised(alert.raised_at, number);
        let alert = Box::new(alert);
        (place, AlertLine::Raised { alert, deliveries })
    };
    Ok(numbers.into_iter().zip(alerts).map(line).collect())
}

/// The beginning of a statement whose rows [`held_line`] reads.
const HELD: &str = "SELECT h.held_at, h.seq, h.watch, COALESCE(ar.title, e.title, ''), \
     COALESCE(e.link, ar.url), h.sentence, h.detail
     FROM held h JOIN entries e ON e.id = h.entry_id LEFT JOIN articles ar ON ar.entry_id = h.entry_id";

fn held_lines(
    tx: &mut dyn Tx,
    filter: &AlertFilter,
    below: (i64, i64),
) -> Result<Vec<(ListPlace, AlertLine)>, StoreError> {
    let sql = format!(
        "{HELD} WHERE (CAST($1 AS TEXT) IS NULL OR h.watch = $1) AND h.held_at >= $2
         AND (h.held_at, h.seq) < ($3, $4) ORDER BY h.held_at DESC, h.seq DESC LIMIT $5"
    );
    let mut rows = tx.rows(&sql, &values_of(filter, below))?;
    rows.iter_mut().map(held_line).collect()
}

fn held_line(row: &mut Row) -> Result<(ListPlace, AlertLine), StoreError> {
    let at = timestamp(row)?;
    let number = row.next_int()?;
    let line = AlertLine::Held {
        number,
        watch: WatchName(row.next_text()?),
        title: row.next_text()?,
        url: opt_url(row)?,
        sentence: row.next_text()?,
        reason: reason(row)?,
        at,
    };
    Ok((ListPlace::Held(at, number), line))
}

pub(super) fn reason(row: &mut Row) -> Result<HoldReason, StoreError> {
    let text = row.next_text()?;
    serde_json::from_str(&text).map_err(|_| row.lacks("a reason"))
}

/// Where the copies of each alert stand.
pub(super) fn lines_of(
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
             d.ended_at, COALESCE(d.tries, 0), d.reason, l.state, l.detail
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
    let is_held = row.next_int()? == 2;
    let detail = row.next_opt_text()?;
    let (held, waits) = match detail.as_deref() {
        Some(detail) if is_held => (serde_json::from_str(detail).ok(), None),
        Some(detail) if id.is_none() => (None, serde_json::from_str(detail).ok()),
        _ => (None, None),
    };
    Ok(DeliveryLine {
        held,
        waits,
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

pub(super) fn detail(
    tx: &mut dyn Tx,
    alert: Alert,
    lines: Vec<DeliveryLine>,
) -> Result<AlertDetail, StoreError> {
    let told: Vec<Destination> = lines.iter().map(DeliveryLine::destination).collect();
    let versions = versions::lines_of(tx, &alert, &told)?;
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
        versions,
    })
}

fn attempts_of(tx: &mut dyn Tx, delivery: &DeliveryId) -> Result<Vec<AttemptLine>, StoreError> {
    tx.rows(
        "SELECT at, outcome, reason, answer FROM attempts WHERE delivery_id = $1 ORDER BY seq",
        &[delivery.0.as_str().into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(AttemptLine {
            at: timestamp(row)?,
            outcome: row.next_text()?,
            reason: row.next_opt_text()?,
            answer: row.next_opt_text()?,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_one_by_one_has_an_end_and_says_whether_it_came_to_it() {
        assert_eq!(Counted::one_by_one(10_000), Counted::all(10_000));
        let beyond = Counted::one_by_one(10_001);
        assert_eq!((beyond.number, beyond.is_all), (10_000, false));
    }
}
