//! The days of watches: how many stories each found, and on which days they were far more than usual.

use super::notices::insert_notice_at;
use super::tx::{Row, StoreError, Tx};
use super::{Store, indexed, json_rows};
use crate::domain::{AlertId, Occasion, Spike, Timestamp, WatchDay, WatchName};

/// Days that are kept.
const KEPT: i64 = 400;
/// Days that a spike is judged by, and some for those on which newswatch did not run.
const LOOKED_AT: i64 = 45;
/// Stories that a message about a spike shows.
const SHOWN: i64 = 3;

/// What is asked of whoever judges spikes.
pub(super) trait Spikes {
    /// Whether so many stories of a watch on one day may be a spike.
    fn may_be(&self, watch: &WatchName, stories: i64) -> bool;

    /// The spike that the last of these days of a watch is, and who is told.
    fn judge(&mut self, watch: &WatchName, days: &[WatchDay]) -> Option<Spike>;
}

/// Counts a story for each watch that found it, once a day, and tells of the spikes that it makes.
pub(super) fn count<'w>(
    tx: &mut dyn Tx,
    (day, story): (i64, i64),
    watches: impl Iterator<Item = &'w WatchName>,
    judge: &mut impl Spikes,
    now: Timestamp,
) -> Result<Vec<Spike>, StoreError> {
    let mut spikes = Vec::new();
    for watch in watches {
        let stories = add(tx, day, watch, story)?;
        if stories.is_none_or(|stories| !judge.may_be(watch, stories)) {
            continue;
        }
        let days = days(tx, watch, day - LOOKED_AT, day)?;
        let Some(mut spike) = judge.judge(watch, &days) else {
            continue;
        };
        spike.facts.alerts = biggest(tx, day, watch)?;
        tell(tx, day, watch, &spike, now)?;
        spikes.push(spike);
    }
    Ok(spikes)
}

/// Adds a story to the day of a watch; tells how many they are now, if it is a new one.
fn add(
    tx: &mut dyn Tx,
    day: i64,
    watch: &WatchName,
    story: i64,
) -> Result<Option<i64>, StoreError> {
    let added = tx.exec(
        "INSERT INTO watch_stories (day, watch, story) VALUES ($1, $2, $3) ON CONFLICT (day, watch, story) DO NOTHING",
        &[day.into(), watch.0.as_str().into(), story.into()],
    )?;
    if added == 0 {
        return Ok(None);
    }
    let stories = tx.number(
        "INSERT INTO watch_days (day, watch, stories) VALUES ($1, $2, 1)
         ON CONFLICT (day, watch) DO UPDATE SET stories = watch_days.stories + 1 RETURNING stories",
        &[day.into(), watch.0.as_str().into()],
    )?;
    Ok(Some(stories))
}

/// The days of a watch on which newswatch ran, the oldest first.
fn days(
    tx: &mut dyn Tx,
    watch: &WatchName,
    from: i64,
    until: i64,
) -> Result<Vec<WatchDay>, StoreError> {
    tx.rows(
        "SELECT r.day, COALESCE(w.stories, 0), COALESCE(w.spike, 0)
         FROM run_days r LEFT JOIN watch_days w ON w.day = r.day AND w.watch = $1
         WHERE r.day BETWEEN $2 AND $3
             AND r.day >= COALESCE((SELECT since_day FROM watch_lives WHERE watch = $1), $3)
         ORDER BY r.day",
        &[watch.0.as_str().into(), from.into(), until.into()],
    )?
    .iter_mut()
    .map(|row: &mut Row| {
        Ok(WatchDay {
            day: row.next_int()?,
            stories: u32::try_from(row.next_int()?).unwrap_or(u32::MAX),
            is_spike: row.next_flag()?,
        })
    })
    .collect()
}

/// The alerts of those stories of a day that most reports tell of.
fn biggest(tx: &mut dyn Tx, day: i64, watch: &WatchName) -> Result<Vec<AlertId>, StoreError> {
    tx.rows(
        "SELECT t.alert_id FROM watch_stories w JOIN stories s ON s.id = w.story
             JOIN story_told t ON t.story_id = w.story AND t.watch = w.watch
         WHERE w.day = $1 AND w.watch = $2 ORDER BY s.reports DESC, s.id DESC LIMIT $3",
        &[day.into(), watch.0.as_str().into(), SHOWN.into()],
    )?
    .iter_mut()
    .map(|row| row.next_text().map(AlertId))
    .collect()
}

/// Marks the day, and stores the messages.
fn tell(
    tx: &mut dyn Tx,
    day: i64,
    watch: &WatchName,
    spike: &Spike,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE watch_days SET spike = 1 WHERE day = $1 AND watch = $2",
        &[day.into(), watch.0.as_str().into()],
    )?;
    let name = format!("spike:{watch}:{day}");
    let occasion = Occasion::Spike(spike.facts.clone());
    for notice in &spike.notices {
        insert_notice_at(tx, notice, &occasion, &name, spike.is_urgent, now)?;
    }
    Ok(())
}

/// Notes that newswatch runs on a day, and forgets what lies far behind.
pub(super) fn note_day(tx: &mut dyn Tx, day: i64) -> Result<(), StoreError> {
    let is_new = tx.exec(
        "INSERT INTO run_days (day) VALUES ($1) ON CONFLICT (day) DO NOTHING",
        &[day.into()],
    )?;
    if is_new == 0 {
        return Ok(());
    }
    // Somebody else's clock may be a little behind: it may be yesterday there.
    tx.exec(
        "DELETE FROM watch_stories WHERE day < $1",
        &[(day - 1).into()],
    )?;
    tx.exec(
        "DELETE FROM watch_days WHERE day < $1",
        &[(day - KEPT).into()],
    )?;
    tx.exec(
        "DELETE FROM run_days WHERE day < $1",
        &[(day - KEPT).into()],
    )?;
    Ok(())
}

impl Store {
    /// Makes the watches those of the configuration, each with what it looks for: the days of one that looks for something
    /// else than before are counted from now on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sync_watches(
        &self,
        watches: Vec<(WatchName, String)>,
        day: i64,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            note_day(tx, day)?;
            let rows = watches
                .iter()
                .map(|(watch, asks)| serde_json::json!([watch.0, indexed(asks)]));
            let rows: Vec<_> = rows.collect();
            tx.exec(
                "DELETE FROM watch_lives WHERE watch NOT IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
                &[json_rows(rows.clone())],
            )?;
            tx.each(
                "INSERT INTO watch_lives (watch, asks, since_day)
                 {VALUES} {0}, {1}, CAST($1 AS BIGINT) {END}
                 ON CONFLICT (watch) DO UPDATE SET since_day = CASE WHEN watch_lives.asks = excluded.asks
                     THEN watch_lives.since_day ELSE excluded.since_day END, asks = excluded.asks",
                &[day.into()],
                rows,
            )?;
            Ok(())
        })
        .await
    }

    /// The days of a watch on which newswatch ran, the oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn watch_days(
        &self,
        watch: WatchName,
        from: i64,
        until: i64,
    ) -> Result<Vec<WatchDay>, StoreError> {
        self.read(move |tx| days(tx, &watch, from, until)).await
    }

    /// Notes that newswatch runs on a day.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_day(&self, day: i64) -> Result<(), StoreError> {
        self.write(move |tx| note_day(tx, day)).await
    }
}
