//! What people have done with a feed at once: it is polled now, or paused for a reason.

use super::journal::{Change, write_down};
use super::tx::{StoreError, Tx};
use super::{Store, ms};
use crate::domain::{FeedId, Timestamp};

impl Store {
    /// Makes a feed due now; tells whether it can be polled at all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn poll_now(
        &self,
        feed: FeedId,
        who: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let changed = tx.exec(
                "UPDATE polls SET due_at = $1, polled_at = $1 WHERE feed_id = $2 AND active = 1 AND paused = 0",
                &[ms(now).into(), feed.0.into()],
            )?;
            if changed > 0 {
                let subject = address_of(tx, feed)?;
                write_down(tx, &Change::of("feed-polled", &subject), &who, now)?;
            }
            Ok(changed > 0)
        })
        .await
    }

    /// Pauses a feed for a reason, or lets a paused one go on: then it is due now. Tells whether anything has changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pause_feed(
        &self,
        feed: FeedId,
        why: Option<String>,
        who: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let id = feed.0;
            let changed = tx.exec(
                "UPDATE polls SET paused = $1 WHERE feed_id = $2 AND active = 1 AND paused <> $1",
                &[why.is_some().into(), id.into()],
            )?;
            if changed == 0 {
                return Ok(false);
            }
            let at = why.is_some().then(|| ms(now));
            let by = why.is_some().then(|| who.clone());
            tx.exec(
                "UPDATE feeds SET paused_at = $1, paused_by = $2, paused_why = $3 WHERE id = $4",
                &[at.into(), by.into(), why.clone().into(), id.into()],
            )?;
            let subject = address_of(tx, feed)?;
            let change = Change {
                after: why.as_deref().unwrap_or_default(),
                ..Change::of(
                    if why.is_some() {
                        "feed-paused"
                    } else {
                        "feed-resumed"
                    },
                    &subject,
                )
            };
            write_down(tx, &change, &who, now)?;
            if why.is_none() {
                tx.exec(
                    "UPDATE polls SET due_at = $1, polled_at = $1 WHERE feed_id = $2",
                    &[ms(now).into(), id.into()],
                )?;
            }
            Ok(true)
        })
        .await
    }
}

/// The address of a feed, as it is shown.
fn address_of(tx: &mut dyn Tx, feed: FeedId) -> Result<String, StoreError> {
    let row = tx.first("SELECT url FROM feeds WHERE id = $1", &[feed.0.into()])?;
    let address = row.map(|mut row| super::url(&mut row)).transpose()?;
    Ok(address.map_or_else(String::new, |url| crate::domain::shown_url(&url)))
}
