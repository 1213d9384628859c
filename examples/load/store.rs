//! What is done to a store from outside: it is filled, locked, written to and looked through for damage. The only
//! place that knows the schema.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::world::{Size, WATCHES};

/// How full a store is to be.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Fill {
    /// How many entries there are in all feeds together.
    #[arg(
        id = "kept-entries",
        long = "kept-entries",
        default_value_t = 1_000_000
    )]
    pub(crate) entries: u32,
    /// How many of them, the newest, have their article still.
    #[arg(
        id = "kept-articles",
        long = "kept-articles",
        default_value_t = 100_000
    )]
    pub(crate) articles: u32,
    /// How many alerts were raised, each delivered.
    #[arg(id = "kept-alerts", long = "kept-alerts", default_value_t = 100_000)]
    pub(crate) alerts: u32,
}

/// The rows, each statement with the numbers 1 feeds, 2 entries, 3 articles, 4 alerts, 5 watches, 6 now (ms).
const ROWS: [&str; 10] = [
    // As if each had been polled within the last hour, and is due in two to fourteen.
    "UPDATE polls SET due_at = ?6 + 7200000 + feed_id * 9973 % 43200000, polled_at = ?6 - feed_id * 7919 % 3600000,
        first_success_at = ?6 - 8640000000, last_success_at = ?6 - feed_id * 7919 % 3600000,
        etag = '\"' || feed_id || '\"', failures = feed_id % 50 = 0, error = CASE WHEN feed_id % 50 = 0 THEN 'the server answered 503' END,
        failing_since = CASE WHEN feed_id % 50 = 0 THEN ?6 - 3600000 END",
    "UPDATE feeds SET title = 'Paper ' || id, entries = ?2 / ?1",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?4)
        INSERT INTO reports (id, made_at) SELECT i, ?6 - i * 60000 FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
        INSERT INTO entries (id, feed_id, state, slot, key, title, link, published_at, summary, found_at, report_id)
        SELECT i, 1 + i % ?1, CASE WHEN i % 3 = 0 THEN 3 ELSE 2 END, i % 256, 'guid:story-' || i, 'The number of the day is ' || i,
            'http://127.10.0.1/story/' || i, ?6 - (?2 - i) * 7000,
            'They could see the water from the line, and this time they went home before the day was over. Number ' || i,
            ?6 - (?2 - i) * 7000, CASE WHEN i > ?2 - ?4 THEN i - (?2 - ?4) END FROM n",
    "INSERT INTO entry_keys (feed_id, key, entry_id) SELECT feed_id, key, id FROM entries ORDER BY feed_id, key",
    "INSERT INTO report_keys (key, report_id) SELECT 'link:' || link, report_id FROM entries WHERE report_id IS NOT NULL ORDER BY link",
    "INSERT INTO articles (entry_id, url, title, lang, text, from_page, scraped_at)
        SELECT id, link, title, 'en', replace(hex(zeroblob(20)), '0', summary || ' '), 1, found_at FROM entries
        WHERE id > ?2 - ?3 ORDER BY id",
    "INSERT INTO alerts (seq, id, watch, report_id, episode, entry_id, priority, score, terms, sentence, title, url, source, summary_only, raised_at, told_at)
        SELECT report_id, printf('%032x', id), 'watch ' || (id % ?5), report_id, 1, id, 'normal', 1.0, '[\"number\"]', summary, title, link,
            '127.10.0.1', 0, found_at + 1000, found_at + 1000 FROM entries WHERE report_id IS NOT NULL ORDER BY id",
    "INSERT INTO deliveries (seq, id, channel, recipient, state, urgency, not_before, set_at, tries, first_tried_at, ended_at, created_at)
        SELECT seq, 'd' || id, 'hook', '', 1, 1, raised_at, raised_at, 0, raised_at, raised_at + 500, raised_at FROM alerts ORDER BY seq",
    "INSERT INTO legs (seq, alert_id, channel, recipient, state, bundle, not_before, delivery_id, made_at)
        SELECT seq, id, 'hook', '', 1, '', raised_at, 'd' || id, raised_at FROM alerts ORDER BY seq",
];

/// What is counted beside the rows.
const BOOKS: &str = "
    INSERT INTO attempts (delivery_id, at, outcome) SELECT id, ended_at, 'accepted' FROM deliveries ORDER BY seq;
    INSERT INTO channels (name, state, last_success_at, delivered)
        SELECT 'hook', 'ok', MAX(ended_at), COUNT(*) FROM deliveries WHERE true
        ON CONFLICT (name) DO UPDATE SET delivered = excluded.delivered, last_success_at = excluded.last_success_at;
    INSERT INTO tallies (name, number) SELECT 'alerts', COUNT(*) FROM alerts WHERE true
        ON CONFLICT (name) DO UPDATE SET number = excluded.number;
";

/// Fills a store that newswatch has made for the feeds of a size.
pub(crate) fn fill(database: &Path, size: Size, fill: Fill) -> anyhow::Result<()> {
    let mut connection = Connection::open(database).context("open the store")?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")?;
    let now = Timestamp::now().as_millisecond();
    let tx = connection.transaction()?;
    for statement in ROWS {
        let mut prepared = tx.prepare(statement)?;
        let all = params![
            u32::try_from(size.feeds)?,
            fill.entries,
            fill.articles,
            fill.alerts,
            u32::try_from(WATCHES)?,
            now
        ];
        let wanted = prepared.parameter_count();
        prepared
            .execute(rusqlite::params_from_iter(all.iter().take(wanted)))
            .with_context(|| statement.lines().next().unwrap_or_default().to_owned())?;
    }
    tx.execute_batch(BOOKS)?;
    tx.commit()?;
    connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// Does something while the store's write lock is held, as by a newswatch in the middle of a long transaction.
pub(crate) fn while_locked<T>(database: &Path, work: impl FnOnce() -> T) -> anyhow::Result<T> {
    let mut connection = Connection::open(database)?;
    let lock = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work();
    lock.rollback()?;
    Ok(done)
}

/// Writes to the store again and again while something is done, and tells how long the slowest write took.
pub(crate) fn slowest_write(
    database: &Path,
    work: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Duration> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| -> anyhow::Result<Duration> {
            let mut connection = Connection::open(database)?;
            connection.busy_timeout(Duration::from_mins(1))?;
            connection.execute_batch("PRAGMA synchronous = NORMAL")?;
            let mut slowest = Duration::ZERO;
            while !is_over.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                tx.execute("UPDATE installation SET id = id", [])?;
                tx.commit()?;
                slowest = slowest.max(begin.elapsed());
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(slowest)
        });
        let worked = work();
        is_over.store(true, Ordering::Relaxed);
        let slowest = writer.join().expect("the writer does not panic");
        worked.and(slowest)
    })
}

/// What SQLite finds wrong with the store.
pub(crate) fn damage(database: &Path) -> anyhow::Result<Option<String>> {
    let connection = Connection::open(database)?;
    let found: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

#[cfg(test)]
mod tests {
    use newswatch::store::Store;

    use super::*;

    #[tokio::test]
    async fn a_store_of_this_program_can_be_filled() {
        let folder = tempfile::tempdir().unwrap();
        let size = Size {
            feeds: 4,
            entries: 20,
            seed: 1,
            port: 8480,
        };
        let feeds = (0..size.feeds).map(|feed| (size.feed_url(feed).parse().unwrap(), None));
        let now = Timestamp::now();
        let store = Store::open(folder.path()).await.unwrap();
        store.sync_feeds(feeds.collect(), now).await.unwrap();
        let full = Fill {
            entries: 200,
            articles: 50,
            alerts: 20,
        };
        fill(&folder.path().join("newswatch.sqlite3"), size, full).unwrap();
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.entries, counts.entries_waiting), (200, 0));
        assert_eq!((counts.alerts, counts.delivered), (20, 20));
        assert_eq!(counts.alerts_lost + counts.alerts_waiting, 0);
    }
}
