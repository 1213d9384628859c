//! What became of an entry: how far along the line it came, for whoever asks why nobody was told.

use url::Url;

use super::articles::{self, COLUMNS};
use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, count, indexed, json_ids, json_rows, opt_timestamp, opt_url, timestamp, url};
use crate::domain::{
    AlertId, Article, EntryId, FeedWords, HoldReason, ReportId, Timestamp, WatchName,
};

/// How far an entry came.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The entry.
    pub entry: EntryId,
    /// The address of its feed.
    pub feed_url: Url,
    /// The feed's own title.
    pub feed_title: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// Its link.
    pub link: Option<Url>,
    /// When it was found.
    pub found_at: Timestamp,
    /// When its feed was read for the first time.
    pub feed_read_at: Option<Timestamp>,
    /// Where it stands.
    pub stage: TraceStage,
    /// The report it belongs to.
    pub report: Option<ReportId>,
    /// Its article, as long as it is kept.
    pub article: Option<(Article, FeedWords)>,
    /// What was raised of its report: alert and watch.
    pub alerts: Vec<(AlertId, WatchName)>,
    /// What was held of it.
    pub held: Vec<(WatchName, HoldReason, Timestamp)>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceStage {
    /// Its page is to be fetched, not before this time, after so many failed tries.
    Unfetched {
        /// The earliest time of the next try.
        not_before: Timestamp,
        /// Tries that failed.
        tries: u32,
    },
    /// It has a text and is to be matched.
    Unmatched,
    /// It was matched.
    Matched,
    /// It only counts as seen, since it stood in its feed at the first poll.
    Seen,
}

impl Store {
    /// What became of the entries with one of these keys, or this number, in any feed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn traces(
        &self,
        keys: Vec<String>,
        number: Option<i64>,
    ) -> Result<Vec<Trace>, StoreError> {
        self.read(move |tx| {
            let mut ids: Vec<i64> = number.into_iter().collect();
            let rows: Vec<_> = keys
                .iter()
                .map(|key| serde_json::json!([indexed(key)]))
                .collect();
            for sql in [
                // Feeds are few, and each is asked by its keys.
                "SELECT k.entry_id FROM feeds f JOIN {each $1} AS e ON true
                     JOIN entry_keys k ON k.feed_id = f.id AND k.key = e.value ->> 0 ORDER BY k.entry_id",
                "SELECT n.id FROM {each $1} AS e JOIN report_keys r ON r.key = e.value ->> 0
                     JOIN entries n ON n.report_id = r.report_id ORDER BY n.id",
            ] {
                for mut row in tx.rows(sql, &[json_rows(rows.clone())])? {
                    ids.push(row.next_int()?);
                }
            }
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(20);
            ids.into_iter()
                .filter_map(|id| trace(tx, id).transpose())
                .collect()
        })
        .await
    }

    /// The entry that an alert or a held match was made of.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn entry_of_alert(&self, id: &str) -> Result<Option<EntryId>, StoreError> {
        let id = id.to_owned();
        self.read(move |tx| {
            let found = match id.strip_prefix("held_").and_then(|rest| rest.parse().ok()) {
                Some(number) => tx.first(
                    "SELECT entry_id FROM held WHERE seq = $1",
                    &[Val::Int(number)],
                )?,
                None => tx.first(
                    "SELECT entry_id FROM alerts WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 1",
                    &[id.as_str().into(), super::behind(&id).into()],
                )?,
            };
            found.map(|mut row| row.next_int().map(EntryId)).transpose()
        })
        .await
    }
}

fn trace(tx: &mut dyn Tx, id: i64) -> Result<Option<Trace>, StoreError> {
    let found = tx.first(
        "SELECT f.url, f.title, e.title, e.link, e.found_at, p.first_success_at, e.state, e.not_before, e.scrapes,
             e.report_id
         FROM entries e JOIN feeds f ON f.id = e.feed_id LEFT JOIN polls p ON p.feed_id = f.id WHERE e.id = $1",
        &[id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let mut trace = entry(&mut row, id)?;
    let sql = format!("SELECT {COLUMNS} FROM articles a WHERE a.entry_id = $1");
    if let Some(mut row) = tx.first(&sql, &[id.into()])? {
        trace.article = Some((
            articles::article(&mut row)?,
            articles::feed_words(&mut row)?,
        ));
    }
    if let Some(report) = trace.report {
        for mut row in tx.rows(
            "SELECT id, watch FROM alerts WHERE report_id = $1 ORDER BY seq",
            &[report.0.into()],
        )? {
            let alert = AlertId(row.next_text()?);
            trace.alerts.push((alert, WatchName(row.next_text()?)));
        }
    }
    for mut row in tx.rows(
        "SELECT watch, detail, held_at FROM held
         WHERE entry_id IN (SELECT CAST(value AS BIGINT) FROM {each $1}) ORDER BY seq",
        &[json_ids([id])],
    )? {
        let watch = WatchName(row.next_text()?);
        let detail = row.next_text()?;
        let reason = serde_json::from_str(&detail).map_err(|_| row.lacks("a reason"))?;
        trace.held.push((watch, reason, timestamp(&mut row)?));
    }
    Ok(Some(trace))
}

fn entry(row: &mut Row, id: i64) -> Result<Trace, StoreError> {
    let feed_url = url(row)?;
    let feed_title = row.next_opt_text()?;
    let title = row.next_opt_text()?;
    let link = opt_url(row)?;
    let found_at = timestamp(row)?;
    let feed_read_at = opt_timestamp(row)?;
    let state = row.next_int()?;
    let not_before = timestamp(row)?;
    let tries = count(row)?;
    Ok(Trace {
        entry: EntryId(id),
        feed_url,
        feed_title,
        title,
        link,
        found_at,
        feed_read_at,
        stage: match state {
            0 | 4 => TraceStage::Unfetched { not_before, tries },
            1 => TraceStage::Unmatched,
            2 => TraceStage::Matched,
            _ => TraceStage::Seen,
        },
        report: row.next_opt_int()?.map(ReportId),
        article: None,
        alerts: Vec::new(),
        held: Vec::new(),
    })
}
