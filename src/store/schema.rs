//! The schema, as numbered steps that only go forward.

use super::tx::{StoreError, Tx, Val};

/// Every step, in order. A released step never changes; a new one is added at the end.
const STEPS: [&str; 3] = [
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_articles_by_time.sql"),
    include_str!("schema/0003_lines_of_hosts.sql"),
];

/// Brings the database up to the newest schema.
pub(super) fn migrate(tx: &mut dyn Tx) -> Result<(), StoreError> {
    tx.exec(
        &for_sqlite(
            "CREATE TABLE IF NOT EXISTS schema_steps (number {BIGINT} PRIMARY KEY) {STRICT}",
        ),
        &[],
    )?;
    let found = tx
        .rows("SELECT COALESCE(MAX(number), 0) FROM schema_steps", &[])?
        .first()
        .map_or(Ok(0), |row| row.int(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (number, step) in (1..).zip(STEPS) {
        if number > found {
            for statement in statements(step) {
                tx.exec(&for_sqlite(&statement), &[])?;
            }
            tx.exec(
                "INSERT INTO schema_steps (number) VALUES ($1)",
                &[Val::Int(number)],
            )?;
        }
    }
    Ok(())
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

/// Puts SQLite's words in the places of the schema where engines differ.
fn for_sqlite(statement: &str) -> String {
    statement
        .replace("{PK}", "INTEGER PRIMARY KEY")
        .replace("{BIGINT}", "INTEGER")
        .replace("{STRICT}", "STRICT")
        // The rows lie in the order of their key, without a second tree for it: half the room, and read in one go.
        .replace("{BY_KEY}", "STRICT, WITHOUT ROWID")
        .replace("DOUBLE PRECISION", "REAL")
}
