//! What sites ask robots not to read: their robots.txt, kept for a day and a while longer for when it cannot be had.

use super::tx::{StoreError, Tx};
use super::{Store, ms, timestamp};
use crate::domain::Timestamp;

/// Files are forgotten that were not asked for again in so many milliseconds: a week.
const KEEP_MS: i64 = 7 * 24 * 3_600_000;

/// Files that are forgotten at a time, when another one is kept.
const FORGOTTEN_AT_ONCE: u32 = 16;

/// The rules of a site, as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRobots {
    /// The lines that hold for us.
    pub rules: String,
    /// When they were read.
    pub read_at: Timestamp,
}

impl Store {
    /// The rules that are kept of a site, by its origin.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn robots(&self, origin: String) -> Result<Option<KnownRobots>, StoreError> {
        self.read(move |tx| {
            let row = tx.first(
                "SELECT rules, read_at FROM robots WHERE origin = $1",
                &[super::indexed(&origin).into()],
            )?;
            row.map(|mut row| {
                Ok(KnownRobots {
                    rules: row.next_text()?,
                    read_at: timestamp(&mut row)?,
                })
            })
            .transpose()
        })
        .await
    }

    /// Keeps the rules of a site, and forgets some that nobody needed for a week.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_robots(
        &self,
        origin: String,
        rules: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_lightly(move |tx| keep(tx, &origin, &rules, now))
            .await
    }
}

fn keep(tx: &mut dyn Tx, origin: &str, rules: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO robots (origin, rules, read_at) VALUES ($1, $2, $3)
         ON CONFLICT (origin) DO UPDATE SET rules = excluded.rules, read_at = excluded.read_at",
        &[super::indexed(origin).into(), rules.into(), ms(now).into()],
    )?;
    let sql = format!(
        "DELETE FROM robots WHERE origin IN (
             SELECT origin FROM robots WHERE read_at < $1 ORDER BY read_at LIMIT {FORGOTTEN_AT_ONCE})"
    );
    tx.exec(&sql, &[ms(now).saturating_sub(KEEP_MS).into()])?;
    Ok(())
}
