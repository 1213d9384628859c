//! What waits for channels that have left the configuration.

use super::tx::{Row, StoreError, Tx};
use super::{Store, json_names, json_rows, ms};
use crate::domain::{ChannelName, Timestamp};

/// A channel that has left the configuration, and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adrift {
    /// Its name.
    pub channel: ChannelName,
    /// Legs that wait for it, or were given up.
    pub legs: u64,
}

impl Store {
    /// Tells for which channels something waits that are not among these.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn adrift(&self, configured: Vec<ChannelName>) -> Result<Vec<Adrift>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT name, waiting FROM channels
                 WHERE waiting > 0 AND name NOT IN (SELECT e.value ->> 0 FROM {each $1} AS e) ORDER BY name",
                &[json_names(&configured)],
            )?
            .iter_mut()
            .map(adrift)
            .collect()
        })
        .await
    }

    /// Tells whether something has waited since `before` for channels that are not among these.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_adrift(
        &self,
        configured: Vec<ChannelName>,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(move |tx| {
            // Few channels have left, and all of them are looked at before any delivery is.
            let found = tx.first(
                "SELECT 1 FROM channels c JOIN deliveries d ON d.channel = c.name
                 WHERE c.waiting > 0 AND c.name NOT IN (SELECT e.value ->> 0 FROM {each $1} AS e)
                     AND d.state = 0 AND d.set_at < $2 LIMIT 1",
                &[json_names(&configured), ms(before).into()],
            )?;
            Ok(found.is_some())
        })
        .await
    }

    /// Gives up what has waited since `before` for channels that are not among these; returns how much for each.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn give_up_adrift(
        &self,
        configured: Vec<ChannelName>,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Adrift>, StoreError> {
        self.write(move |tx| give_up_adrift(tx, &configured, before, now))
            .await
    }
}

fn adrift(row: &mut Row) -> Result<Adrift, StoreError> {
    Ok(Adrift {
        channel: ChannelName(row.next_text()?),
        legs: u64::try_from(row.next_int()?).unwrap_or_default(),
    })
}

/// Why what waits for a channel without a configuration is given up.
const REMOVED: &str = "its channel was taken out of the configuration more than a day ago";

fn give_up_adrift(
    tx: &mut dyn Tx,
    configured: &[ChannelName],
    before: Timestamp,
    now: Timestamp,
) -> Result<Vec<Adrift>, StoreError> {
    let mut given_up = tx
        .rows(
            "UPDATE deliveries SET state = 2, ended_at = $1, reason = $2, lease_until = 0
             WHERE state = 0 AND set_at < $3 AND lease_until <= $1
                 AND channel NOT IN (SELECT e.value ->> 0 FROM {each $4} AS e)
             RETURNING id",
            &[
                ms(now).into(),
                REMOVED.into(),
                ms(before).into(),
                json_names(configured),
            ],
        )?
        .iter_mut()
        .map(|row| row.next_text().map(|id| serde_json::json!([id])))
        .collect::<Result<Vec<_>, _>>()?;
    if given_up.is_empty() {
        return Ok(Vec::new());
    }
    let counted = tx
        .rows(
            "SELECT channel, COUNT(*) FROM legs
             WHERE delivery_id IN (SELECT e.value ->> 0 FROM {each $1} AS e) GROUP BY channel",
            &[json_rows(std::mem::take(&mut given_up))],
        )?
        .iter_mut()
        .map(adrift)
        .collect::<Result<Vec<_>, _>>()?;
    for one in &counted {
        tx.exec(
            "UPDATE channels SET waiting = waiting - $1, abandoned = abandoned + $1 WHERE name = $2",
            &[
                super::limit_of(usize::try_from(one.legs).unwrap_or(usize::MAX)),
                one.channel.0.as_str().into(),
            ],
        )?;
    }
    Ok(counted)
}
