//! Claims: work that is due is taken with a lease, by as many workers as there are, and each piece by one of them.

use std::time::Duration;

use super::ms;
use super::tx::{Dialect, Row, StoreError, Tx, Val};
use crate::domain::Timestamp;

/// The most that one claim takes: it is one statement, and its rows come back at once.
const MAX_ROWS: usize = 256;

/// A piece of work that was claimed, and until when: an answer to it counts only while the lease is as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim<I> {
    /// What was claimed.
    pub id: I,
    /// When the lease ends, as stored.
    pub(crate) until: i64,
}

/// What a claim looks for.
pub(super) struct Due<'a> {
    /// The table that the work stands in.
    pub(super) table: &'a str,
    /// Its key.
    pub(super) key: &'a str,
    /// The condition of the index that holds what is due, in literals: an index of some rows is used only where its
    /// condition stands in the statement. `$3` is the time now; further values follow it.
    pub(super) condition: &'a str,
    /// In which order it is taken.
    pub(super) order: &'a str,
    /// The values from `$4` on.
    pub(super) values: Vec<Val>,
}

/// Who claims, and for how long.
pub(super) struct Lease<'a> {
    pub(super) claimant: &'a str,
    pub(super) now: Timestamp,
    pub(super) length: Duration,
}

impl Lease<'_> {
    /// When a claim made now is open again.
    pub(super) fn until(&self) -> i64 {
        ms(self.now).saturating_add(i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Claims up to `limit` pieces of work; returns their keys, in no order.
///
/// The lease is looked at twice: where another worker takes the row between the two, it is not taken again.
pub(super) fn take(
    tx: &mut dyn Tx,
    due: &Due<'_>,
    lease: &Lease<'_>,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let Some(limit) = rounded(limit) else {
        return Ok(Vec::new());
    };
    let Due {
        table,
        key,
        condition,
        order,
        ..
    } = due;
    // PostgreSQL reads the whole table for `IN (SELECT ... LIMIT n)` once it plans for any value.
    let (open, close) = match tx.dialect() {
        Dialect::Sqlite => ("IN (", ")"),
        Dialect::Postgres => ("= ANY(ARRAY(", " FOR UPDATE SKIP LOCKED))"),
    };
    let sql = format!(
        "UPDATE {table} SET lease_until = $1, claimed_by = $2
         WHERE {key} {open}SELECT {key} FROM {table} WHERE lease_until <= $3 AND {condition}
             ORDER BY {order} LIMIT {limit}{close} AND lease_until <= $3 RETURNING {key}"
    );
    let mut values = vec![
        lease.until().into(),
        lease.claimant.into(),
        ms(lease.now).into(),
    ];
    values.extend(due.values.iter().cloned());
    tx.rows(&sql, &values)?
        .iter_mut()
        .map(Row::next_int)
        .collect()
}

/// A number of rows that stands in the statement itself, so that its plan is made once: a power of two, at most `limit`.
fn rounded(limit: usize) -> Option<usize> {
    let limit = limit.min(MAX_ROWS);
    (limit > 0).then(|| 1 << limit.ilog2())
}

/// The tables whose rows are claimed.
const CLAIMED: [&str; 4] = ["polls", "entries", "deliveries", "visits"];

/// Opens the claims that a process of this name left when it died.
pub(super) fn release(tx: &mut dyn Tx, claimant: &str) -> Result<(), StoreError> {
    for table in CLAIMED {
        tx.exec(
            &format!(
                "UPDATE {table} SET lease_until = 0 WHERE lease_until > 0 AND claimed_by = $1"
            ),
            &[claimant.into()],
        )?;
    }
    Ok(())
}

/// Gives claims back that could not be answered, as far as they still stand.
pub(super) fn put_back(
    tx: &mut dyn Tx,
    table: &str,
    key: &str,
    claims: &[(i64, i64)],
) -> Result<(), StoreError> {
    let rows = claims
        .iter()
        .map(|(id, until)| serde_json::json!([id, until]));
    tx.each(
        &format!(
            "UPDATE {table} SET lease_until = 0
             {{ROWS}} WHERE {table}.{key} = {{0 BIGINT}} AND {table}.lease_until = {{1 BIGINT}}"
        ),
        &[],
        rows.collect(),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn a_claim_takes_a_power_of_two_of_rows_and_never_more_than_asked_for() {
        let asked = [0, 1, 3, 64, 127, 256, 10_000];
        let taken = asked.map(rounded);
        let expected = [
            None,
            Some(1),
            Some(2),
            Some(64),
            Some(64),
            Some(256),
            Some(256),
        ];
        assert_eq!(taken, expected);
    }
}
