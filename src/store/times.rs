//! Times that cannot be true: a clock that was set back, or a state that was written by one that was ahead.
//!
//! What was set later than now is not believed: polls and sends would rest until the clock is there again.

use super::claims::Lease;
use super::tx::{StoreError, Tx, Val};
use super::{Store, ms};
use crate::domain::Timestamp;

/// The longest lease that a claim takes, with room to spare; one that ends later was given by a clock that was ahead.
const LONGEST_LEASE: std::time::Duration = std::time::Duration::from_mins(15);

impl Store {
    /// Brings every wait that was set later than `now` to begin now, and opens leases that no clock of today gave; returns
    /// how many there were.
    ///
    /// To be called at the start and whenever the clock was set back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn disbelieve_after(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.write(move |tx| disbelieve(tx, now)).await
    }
}

fn disbelieve(tx: &mut dyn Tx, now: Timestamp) -> Result<usize, StoreError> {
    let at = Val::Int(ms(now));
    let latest = Val::Int(
        Lease {
            claimant: "",
            now,
            length: LONGEST_LEASE,
        }
        .until(),
    );
    let mut found = 0;
    // A wait keeps its length: the server, or the schedule, asked for it.
    found += tx.exec(
        "UPDATE polls SET due_at = $1 + due_at - polled_at, polled_at = $1 WHERE polled_at > $1",
        std::slice::from_ref(&at),
    )?;
    found += tx.exec(
        "UPDATE deliveries SET not_before = $1, set_at = $1 WHERE state = 0 AND set_at > $1",
        std::slice::from_ref(&at),
    )?;
    found += tx.exec(
        "UPDATE channels SET not_before = $1 + not_before - set_at, new_from = $1 + new_from - set_at, set_at = $1
         WHERE set_at > $1",
        std::slice::from_ref(&at),
    )?;
    found += tx.exec(
        "UPDATE legs SET not_before = $1 + not_before - made_at, made_at = $1 WHERE state = 0 AND made_at > $1",
        std::slice::from_ref(&at),
    )?;
    found += tx.exec(
        "UPDATE visits SET due_at = $1 + due_at - set_at, set_at = $1 WHERE set_at > $1",
        std::slice::from_ref(&at),
    )?;
    tx.exec(
        "UPDATE receivers SET storm_until = 0 WHERE storm_since > $1",
        std::slice::from_ref(&at),
    )?;
    tx.exec(
        "UPDATE troubles SET seen_at = $1 WHERE seen_at > $1",
        std::slice::from_ref(&at),
    )?;
    // The wait for a page is a minute or so.
    found += tx.exec(
        "UPDATE entries SET not_before = $1 WHERE state < 2 AND not_before > $2",
        &[at, latest.clone()],
    )?;
    for table in ["polls", "entries", "deliveries", "visits"] {
        found += tx.exec(
            &format!(
                "UPDATE {table} SET lease_until = 0 WHERE lease_until > 0 AND lease_until > $1"
            ),
            std::slice::from_ref(&latest),
        )?;
    }
    Ok(found)
}
