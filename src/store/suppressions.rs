//! Suppressions: recipients who asked for no more messages, of a watch or at all.
//!
//! What was raised for them is kept and given up with that reason, so that it can be seen and sent again by hand.

use super::tx::{StoreError, Tx};
use super::{Store, filled, ms, timestamp};
use crate::domain::{Alert, Timestamp};

/// A recipient who asked for no more messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The mail address.
    pub recipient: String,
    /// The watch; absent where it is all of them.
    pub watch: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl Store {
    /// Notes that a recipient wants no more messages, of one watch or at all; tells whether that is new.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn suppress(
        &self,
        recipient: String,
        watch: Option<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let added = tx.exec(
                "INSERT INTO suppressions (recipient, watch, since) VALUES ($1, $2, $3)
                 ON CONFLICT (recipient, watch) DO NOTHING",
                &[
                    key(&recipient).into(),
                    watch.clone().unwrap_or_default().into(),
                    ms(now).into(),
                ],
            )?;
            Ok(added > 0)
        })
        .await
    }

    /// Takes back what a recipient asked for, of one watch or of all; returns how much that was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn allow(
        &self,
        recipient: String,
        watch: Option<String>,
    ) -> Result<usize, StoreError> {
        self.write(move |tx| {
            tx.exec(
                "DELETE FROM suppressions WHERE recipient = $1 AND (CAST($2 AS TEXT) IS NULL OR watch = $2)",
                &[key(&recipient).into(), watch.clone().into()],
            )
        })
        .await
    }

    /// Tells who asked for no more messages.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn suppressions(&self) -> Result<Vec<Suppression>, StoreError> {
        self.read(|tx| {
            tx.rows(
                "SELECT recipient, watch, since FROM suppressions ORDER BY recipient, watch",
                &[],
            )?
            .iter_mut()
            .map(|row| {
                Ok(Suppression {
                    recipient: row.next_text()?,
                    watch: filled(row.next_text()?),
                    since: timestamp(row)?,
                })
            })
            .collect()
        })
        .await
    }
}

/// Whether a recipient wants none of these alerts.
pub(super) fn wants_none(
    tx: &mut dyn Tx,
    recipient: &str,
    alerts: &[Alert],
) -> Result<bool, StoreError> {
    let suppressed = tx
        .rows(
            "SELECT watch FROM suppressions WHERE recipient = $1",
            &[key(recipient).into()],
        )?
        .iter_mut()
        .map(super::Row::next_text)
        .collect::<Result<Vec<_>, _>>()?;
    let is_for = |watch: &str| suppressed.iter().any(|one| one == watch);
    Ok(is_for("") || !alerts.is_empty() && alerts.iter().all(|alert| is_for(&alert.found.watch.0)))
}

/// Addresses are told apart without their capitals, as the configuration does.
fn key(recipient: &str) -> String {
    recipient.trim().to_lowercase()
}
