//! How newswatch itself is: what is looked at, what was said of it, and messages that bring no alerts.

use std::time::Duration;

use super::deliveries::channel_state;
use super::notices::insert_notice;
use super::tx::{Row, StoreError, Tx};
use super::{Store, count, facts, json_names, json_rows, ms, object, opt_timestamp, timestamp};
use crate::domain::{
    ChannelName, Destination, KnownTrouble, Observed, Occasion, Timestamp, TroubledChannel,
    TroubledFeed, Verdict,
};

/// The feeds that one round looks at: those that may be in trouble, not all.
const MOST_FEEDS: i64 = 500;

/// What marks the round itself among what is remembered.
const ROUND: &str = "round";

/// How well the news was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Articles read in full.
    pub in_full: u64,
    /// Articles of which only headline and summary were read.
    pub summary_only: u64,
    /// Alerts raised.
    pub raised: u64,
    /// Feeds that have had nothing new for longer than they are used to.
    pub silent: u64,
}

/// What the configuration has the stages do, as far as it decides what of their work is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The channels that are sent to.
    pub channels: Vec<ChannelName>,
    /// How long articles are kept.
    pub keep_articles: Duration,
}

impl Store {
    /// Looks at how everything is, and stores what `judge` makes of it: messages, and what is remembered.
    ///
    /// # Errors
    /// When the database refuses; then nothing was said.
    pub async fn health_round(
        &self,
        expected: Expected,
        judge: impl Fn(&Observed) -> Verdict + Send + 'static,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        self.write(move |tx| {
            let observed = observe(tx, &expected, now)?;
            let verdict = judge(&observed);
            remember(tx, &verdict, now)?;
            for (destination, occasion) in &verdict.messages {
                let name = format!("health:{}", ms(now));
                insert_notice(tx, destination, occasion, &name, now)?;
            }
            Ok(verdict)
        })
        .await
    }

    /// Stores a message of a set time, such as a sign of life or a digest with nothing in it, where the receiver has not
    /// had that of this time; tells whether it had not.
    ///
    /// `name` says which kind of message it is. The first time only begins the count.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell_at(
        &self,
        (name, destination): (&'static str, Destination),
        occasion: impl Fn() -> Occasion + Send + 'static,
        set_time: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let recipient = destination.recipient.as_deref().unwrap_or_default();
            let key = format!("{name}:{}:{recipient}", destination.channel);
            let last = tx.first(
                "SELECT seen_at FROM troubles WHERE key = $1",
                &[key.as_str().into()],
            )?;
            let last = last.map(|mut row| timestamp(&mut row)).transpose()?;
            if last.is_some_and(|last| last >= set_time) {
                return Ok(false);
            }
            tx.exec(
                "INSERT INTO troubles (key, event, seen_at, ends) VALUES ($1, '', $2, 0)
                 ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at",
                &[key.as_str().into(), ms(set_time).into()],
            )?;
            if last.is_none() {
                return Ok(false);
            }
            let id = format!("{name}:{}", ms(set_time));
            let mut occasion = occasion();
            facts::add(tx, &destination, &[], &mut occasion, now)?;
            insert_notice(tx, &destination, &occasion, &id, now)?;
            Ok(true)
        })
        .await
    }

    /// How the articles were read since a time: in full, and by headline and summary only; the alerts raised since then;
    /// and the feeds that are silent now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn coverage(&self, since: Timestamp) -> Result<Coverage, StoreError> {
        self.read(move |tx| {
            let since = ms(since);
            let count = |number: i64| u64::try_from(number).unwrap_or_default();
            let all = count(tx.number(
                "SELECT COUNT(*) FROM articles WHERE scraped_at > $1",
                &[since.into()],
            )?);
            let in_full = count(tx.number(
                "SELECT COUNT(*) FROM articles WHERE scraped_at > $1 AND from_page = 1 AND page_problem IS NULL",
                &[since.into()],
            )?);
            Ok(Coverage {
                in_full,
                summary_only: all.saturating_sub(in_full),
                raised: count(tx.number(
                    "SELECT COUNT(*) FROM alerts WHERE raised_at > $1",
                    &[since.into()],
                )?),
                silent: count(tx.number(
                    "SELECT COUNT(*) FROM troubles WHERE key >= 'silent:' AND key < 'silent;'",
                    &[],
                )?),
            })
        })
        .await
    }

    /// Whether alerts have been gathered for a receiver since a time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_had_digest(
        &self,
        destination: Destination,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT 1 FROM deliveries WHERE channel = $1 AND recipient = $2 AND created_at >= $3
                     AND occasion LIKE '{\"kind\":\"digest\"%' LIMIT 1",
                &[
                    destination.channel.0.as_str().into(),
                    destination.recipient.as_deref().unwrap_or_default().into(),
                    ms(since).into(),
                ],
            )?;
            Ok(found.is_some())
        })
        .await
    }
}

fn observe(tx: &mut dyn Tx, expected: &Expected, now: Timestamp) -> Result<Observed, StoreError> {
    let looked_at = tx
        .first(
            "SELECT seen_at FROM troubles WHERE key = $1",
            &[ROUND.into()],
        )?
        .map(|mut row| timestamp(&mut row))
        .transpose()?;
    Ok(Observed {
        channels: channels(tx, looked_at.unwrap_or(now))?,
        feeds: feeds(tx, now)?,
        waiting: waiting(tx, expected, now)?,
        known: known(tx)?,
        looked_at,
    })
}

fn channels(tx: &mut dyn Tx, since: Timestamp) -> Result<Vec<TroubledChannel>, StoreError> {
    let mut troubled = tx
        .rows(
            "SELECT name, state, failing_since, error, not_before, waiting FROM channels ORDER BY name",
            &[],
        )?
        .iter_mut()
        .map(|row| {
            Ok(TroubledChannel {
                name: ChannelName(row.next_text()?),
                state: channel_state(row)?,
                failing_since: opt_timestamp(row)?,
                error: row.next_opt_text()?,
                next_try: Some(timestamp(row)?),
                waiting: u64::try_from(row.next_int()?).unwrap_or_default(),
                given_up: (0, None),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    for mut row in tx.rows(
        "SELECT channel, COUNT(*), MAX(reason) FROM deliveries
         WHERE state <> 1 AND state = 2 AND ended_at > $1 GROUP BY channel",
        &[ms(since).into()],
    )? {
        let name = ChannelName(row.next_text()?);
        let number = u64::try_from(row.next_int()?).unwrap_or_default();
        let reason = row.next_opt_text()?;
        if let Some(channel) = troubled.iter_mut().find(|channel| channel.name == name) {
            channel.given_up = (number, reason);
        }
    }
    Ok(troubled)
}

fn feeds(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<TroubledFeed>, StoreError> {
    let day = Duration::from_hours(24);
    let yesterday = now.checked_sub(day).unwrap_or(Timestamp::MIN);
    tx.rows(
        "SELECT f.url, COALESCE(f.name, f.title, f.url), p.gone, p.failures, p.failing_since, p.error,
             p.last_success_at, p.due_at, p.first_success_at, f.news, f.last_new_at, f.gaps, f.longest_gap,
             f.page_problem, f.pages_failing_since
         FROM feeds f JOIN polls p ON p.feed_id = f.id
         WHERE p.active = 1 AND (p.failures > 0 OR p.gone = 1 OR f.pages_failing_since IS NOT NULL
             OR f.last_new_at < $1) ORDER BY f.id LIMIT $2",
        &[ms(yesterday).into(), MOST_FEEDS.into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(TroubledFeed {
            url: row.next_text()?,
            name: row.next_text()?,
            is_gone: row.next_flag()?,
            failures: count(row)?,
            failing_since: opt_timestamp(row)?,
            error: row.next_opt_text()?,
            last_success_at: opt_timestamp(row)?,
            next_poll_at: timestamp(row)?,
            first_success_at: opt_timestamp(row)?,
            news: count(row)?,
            last_new_at: opt_timestamp(row)?,
            gaps: count(row)?,
            longest_gap: Duration::from_millis(u64::try_from(row.next_int()?).unwrap_or_default()),
            page_problem: row.next_opt_text()?,
            pages_failing_since: opt_timestamp(row)?,
        })
    })
    .collect()
}

/// Since when the oldest work of each stage waits.
fn waiting(
    tx: &mut dyn Tx,
    expected: &Expected,
    now: Timestamp,
) -> Result<Vec<(&'static str, Timestamp)>, StoreError> {
    let kept_until = now.checked_sub(expected.keep_articles);
    let outdated = ms(kept_until.unwrap_or(Timestamp::MIN));
    let mut waiting = Vec::new();
    for (stage, sql, values) in [
        ("poll", POLLS_WAIT, vec![ms(now).into()]),
        ("scrape", PAGES_WAIT, vec![ms(now).into()]),
        ("flag", ARTICLES_WAIT, vec![ms(now).into()]),
        ("gather", LEGS_WAIT, vec![ms(now).into()]),
        (
            "notify",
            DELIVERIES_WAIT,
            vec![ms(now).into(), json_names(&expected.channels)],
        ),
        (
            "retain",
            OUTDATED_WAIT,
            vec![(ms(now) - outdated).into(), outdated.into()],
        ),
    ] {
        let first = tx.first(sql, &values)?;
        let since = first.map(|mut row| opt_timestamp(&mut row)).transpose()?;
        if let Some(since) = since.flatten() {
            waiting.push((stage, since));
        }
    }
    Ok(waiting)
}

/// Since when the oldest work of a stage could be claimed; no row, or null, where none can.
const POLLS_WAIT: &str = "SELECT due_at FROM polls
    WHERE active = 1 AND gone = 0 AND paused = 0 AND due_at <= $1 AND lease_until <= $1
    ORDER BY due_at, feed_id LIMIT 1";

const PAGES_WAIT: &str =
    "SELECT CASE WHEN not_before > found_at THEN not_before ELSE found_at END FROM entries
    WHERE state = 0 AND state < 2 AND not_before <= $1 AND lease_until <= $1 ORDER BY id LIMIT 1";

const ARTICLES_WAIT: &str =
    "SELECT a.scraped_at FROM entries e JOIN articles a ON a.entry_id = e.id
    WHERE e.state = 1 AND e.state < 2 AND a.scraped_at <= $1 ORDER BY e.id LIMIT 1";

const LEGS_WAIT: &str = "SELECT not_before FROM legs WHERE state = 0 AND not_before <= $1 ORDER BY not_before, seq LIMIT 1";

/// Of a channel that works, what it would be sent; of one that does not, the probe.
const DELIVERIES_WAIT: &str = "SELECT MIN(w.due) FROM (
        SELECT (SELECT CASE WHEN d.not_before > c.not_before THEN d.not_before ELSE c.not_before END
            FROM deliveries d
            WHERE d.channel = c.name AND d.state = 0 AND d.not_before <= $1 AND d.lease_until <= $1
            ORDER BY d.urgency, d.seq LIMIT 1) AS due
        FROM {each $2} AS n JOIN channels c ON c.name = n.value ->> 0
        WHERE c.not_before <= $1 AND c.state <> 'gone') AS w";

const OUTDATED_WAIT: &str =
    "SELECT a.scraped_at + $1 FROM articles a JOIN entries e ON e.id = a.entry_id
    WHERE a.scraped_at < $2 AND e.state = 2 ORDER BY a.scraped_at, a.entry_id LIMIT 1";

fn known(tx: &mut dyn Tx) -> Result<Vec<KnownTrouble>, StoreError> {
    tx.rows(
        "SELECT key, event, seen_at, ends FROM troubles WHERE event > '' ORDER BY key",
        &[],
    )?
    .iter_mut()
    .map(|row: &mut Row| {
        Ok(KnownTrouble {
            key: row.next_text()?,
            event: object(row)?,
            seen_at: timestamp(row)?,
            ends: row.next_flag()?,
        })
    })
    .collect()
}

fn remember(tx: &mut dyn Tx, verdict: &Verdict, now: Timestamp) -> Result<(), StoreError> {
    let mut rows: Vec<serde_json::Value> = verdict
        .found
        .iter()
        .map(|known| {
            serde_json::json!([
                known.key,
                super::json_object(&known.event),
                ms(known.seen_at),
                i64::from(known.ends),
            ])
        })
        .collect();
    rows.push(serde_json::json!([ROUND, "", ms(now), 0]));
    tx.each(
        "INSERT INTO troubles (key, event, seen_at, ends)
         {VALUES} {0}, {1}, {2 BIGINT}, {3 BIGINT} {END}
         ON CONFLICT (key) DO UPDATE SET event = excluded.event, seen_at = excluded.seen_at, ends = excluded.ends",
        &[],
        rows,
    )?;
    let over = verdict.over.iter().map(|key| serde_json::json!([key]));
    tx.exec(
        "DELETE FROM troubles WHERE key IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
        &[json_rows(over.collect())],
    )?;
    Ok(())
}
