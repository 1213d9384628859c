//! What is counted of alerts: by watch, by mark, by language and by day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::journal::Opinion;
use super::tx::StoreError;
use super::{Store, count, limit_of, ms};
use crate::domain::{Timestamp, WatchName};

/// The milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// How many alerts a watch raised on a day, and how many matches were held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The watch.
    pub watch: WatchName,
    /// The day, counted from 1970 in the zone that was asked for.
    pub day: i64,
    /// Alerts.
    pub told: u64,
    /// Held matches.
    pub held: u64,
}

impl Store {
    /// How many alerts each watch raised since a time, by its name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts_by_watch(
        &self,
        since: Timestamp,
    ) -> Result<HashMap<String, u64>, StoreError> {
        self.read(move |tx| {
            let sql = "SELECT watch, COUNT(*) FROM alerts WHERE raised_at >= $1 GROUP BY watch";
            let mut counts = HashMap::new();
            for mut row in tx.rows(sql, &[ms(since).into()])? {
                counts.insert(row.next_text()?, u64::from(count(&mut row)?));
            }
            Ok(counts)
        })
        .await
    }

    /// How many alerts of each watch, raised since a time, somebody has marked, and how many of them as useful, by its name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn marks_by_watch(
        &self,
        since: Timestamp,
    ) -> Result<BTreeMap<String, (u64, u64)>, StoreError> {
        self.read(move |tx| {
            // Of the marks since then, as no alert is marked before it is raised: few alerts are marked.
            let sql = "SELECT a.watch || '', m.mark, COUNT(*)
                 FROM alert_marks m JOIN alerts a ON a.id = m.alert_id
                 WHERE m.at >= $1 AND a.raised_at >= $1 GROUP BY 1, 2";
            let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
            for mut row in tx.rows(sql, &[ms(since).into()])? {
                let (watch, mark) = (row.next_text()?, row.next_text()?);
                let number = u64::from(count(&mut row)?);
                let (marked, useful) = counts.entry(watch).or_default();
                *marked += number;
                if mark == Opinion::Useful.as_str() {
                    *useful += number;
                }
            }
            Ok(counts)
        })
        .await
    }

    /// The languages of the newest alerts since a time, at most so many of these.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn told_languages(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<BTreeSet<String>, StoreError> {
        self.read(move |tx| {
            let sql =
                "SELECT (SELECT r.lang FROM articles r WHERE r.entry_id = a.entry_id) FROM alerts a
                 WHERE a.raised_at >= $1 ORDER BY a.raised_at DESC, a.seq DESC LIMIT $2";
            let mut languages = BTreeSet::new();
            for mut row in tx.rows(sql, &[ms(since).into(), limit_of(limit)])? {
                languages.extend(row.next_opt_text()?);
            }
            Ok(languages)
        })
        .await
    }

    /// How many alerts and held matches each watch had each day since a time; days begin `offset_ms` before those of UTC.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn days(
        &self,
        since: Timestamp,
        offset_ms: i64,
    ) -> Result<Vec<DayCount>, StoreError> {
        self.read(move |tx| {
            let mut days: HashMap<(String, i64), (u64, u64)> = HashMap::new();
            for (is_held, sql) in [
                (
                    false,
                    "SELECT watch, (raised_at + $1) / $2, COUNT(*) FROM alerts WHERE raised_at >= $3
                     GROUP BY watch, (raised_at + $1) / $2",
                ),
                (
                    true,
                    "SELECT watch, (held_at + $1) / $2, COUNT(*) FROM held WHERE held_at >= $3
                     GROUP BY watch, (held_at + $1) / $2",
                ),
            ] {
                for mut row in tx.rows(sql, &[offset_ms.into(), DAY_MS.into(), ms(since).into()])? {
                    let key = (row.next_text()?, row.next_int()?);
                    let number = u64::from(count(&mut row)?);
                    let (told, held) = days.entry(key).or_default();
                    *(if is_held { held } else { told }) += number;
                }
            }
            let days = days
                .into_iter()
                .map(|((watch, day), (told, held))| DayCount {
                    watch: WatchName(watch),
                    day,
                    told,
                    held,
                });
            Ok(days.collect())
        })
        .await
    }
}
