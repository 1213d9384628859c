//! The schema, as numbered steps that only go forward.

use super::tx::{Dialect, StoreError, Tx, Val};

/// Every step, in order. A released step never changes; a new one is added at the end.
const STEPS: [&str; 1] = [include_str!("schema/0001_first.sql")];

/// What only PostgreSQL has to be told: rows that are rewritten all the time need room on their page and are cleaned
/// up at once, or the tables grow threefold within minutes.
const FOR_POSTGRES: &str = "
    ALTER TABLE polls SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
    ALTER TABLE entries SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
    ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
";

/// The key of the lock under which PostgreSQL's schema is changed: the letters "newswatc".
const MIGRATION_LOCK: i64 = 0x6e65_7773_7761_7463;

/// Brings the database up to the newest schema.
pub(super) fn migrate(tx: &mut dyn Tx) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Postgres {
        // Of several workers that start together, `CREATE TABLE IF NOT EXISTS` lets all but one fail.
        tx.rows("SELECT pg_advisory_xact_lock($1)", &[MIGRATION_LOCK.into()])?;
    }
    tx.exec(
        "CREATE TABLE IF NOT EXISTS schema_steps (number {BIGINT} PRIMARY KEY) {STRICT}",
        &[],
    )?;
    let found = known_step(tx)?;
    for (number, step) in (1..).zip(STEPS) {
        if number > found {
            for statement in statements(step) {
                tx.exec(&statement, &[])?;
            }
            tx.exec(
                "INSERT INTO schema_steps (number) VALUES ($1)",
                &[Val::Int(number)],
            )?;
        }
    }
    if found == 0 && tx.dialect() == Dialect::Postgres {
        for statement in statements(FOR_POSTGRES) {
            tx.exec(&statement, &[])?;
        }
    }
    Ok(())
}

/// Refuses a database that this newswatch does not know.
pub(super) fn check(tx: &mut dyn Tx) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Postgres {
        let found = tx.number("SELECT COUNT(to_regclass('schema_steps'))", &[])?;
        if found == 0 {
            return Err(StoreError::NoDatabase {
                path: "the PostgreSQL database".to_owned(),
            });
        }
    }
    known_step(tx).map(drop)
}

fn known_step(tx: &mut dyn Tx) -> Result<i64, StoreError> {
    let found = tx.number("SELECT COALESCE(MAX(number), 0) FROM schema_steps", &[])?;
    let known = newest();
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(found)
}

/// The newest schema that this newswatch knows.
pub(super) fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Splits a step into statements; comments run from `--` to the end of the line.
fn statements(step: &str) -> Vec<String> {
    let bare: String = step
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    bare.split(';')
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .map(str::to_owned)
        .collect()
}
