//! Versions: what an alerted article said, each time it said something else, and who was told of it.

use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, limit_of, list, object, opt_timestamp, timestamp};
use crate::domain::{
    Alert, AlertId, ChangeFacts, ChannelName, DeliveryId, DeliveryState, Destination, EntryId,
    Timestamp,
};

/// What an article said at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleVersion {
    /// When.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// The text; none where the page was gone.
    pub text: Option<String>,
    /// Whether it is the whole text.
    pub is_whole: bool,
    /// Whether a visit found it; else an alert was raised on it.
    pub was_visited: bool,
}

/// A version as people ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// Its number, from 1.
    pub number: i64,
    /// When it was found.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// In which ways it differs from the one before.
    pub kinds: Vec<String>,
    /// The sentences that differ.
    pub changes: Vec<ChangeFacts>,
    /// Who was told, or will be.
    pub updates: Vec<UpdateLine>,
}

/// What an alerted article of a story says otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryChange {
    /// The feed.
    pub outlet: String,
    /// Its address.
    pub url: Option<String>,
    /// When it was found.
    pub at: Timestamp,
    /// In which ways it differs.
    pub kinds: Vec<String>,
    /// The sentences that differ.
    pub changes: Vec<ChangeFacts>,
}

impl Store {
    /// What the alerted articles of a story say otherwise than when somebody was told, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn story_changes(
        &self,
        story: i64,
        limit: usize,
    ) -> Result<Vec<StoryChange>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT COALESCE(f.name, f.title, f.url), a.url, v.at, v.kinds, v.changes
                 FROM reports r JOIN entries e ON e.report_id = r.id JOIN feeds f ON f.id = e.feed_id
                 JOIN article_versions v ON v.entry_id = e.id LEFT JOIN articles a ON a.entry_id = e.id
                 WHERE r.story_id = $1 AND v.visited = 1 ORDER BY v.at DESC, e.id DESC, v.number DESC LIMIT $2",
                &[story.into(), limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(StoryChange {
                    outlet: row.next_text()?,
                    url: row.next_opt_text()?,
                    at: timestamp(row)?,
                    kinds: list(row)?,
                    changes: object(row)?,
                })
            })
            .collect()
        })
        .await
    }
}

/// A message that tells of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateLine {
    /// Its id.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelName,
    /// The mail address, for a channel that has several.
    pub recipient: Option<String>,
    /// Where it stands.
    pub state: DeliveryState,
}

/// What an article said, the oldest first.
pub(super) fn of_entry(tx: &mut dyn Tx, entry: EntryId) -> Result<Vec<ArticleVersion>, StoreError> {
    tx.rows(
        "SELECT at, title, text, is_whole, visited FROM article_versions WHERE entry_id = $1 ORDER BY number",
        &[entry.0.into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(ArticleVersion {
            at: timestamp(row)?,
            title: row.next_text()?,
            text: row.next_opt_text()?,
            is_whole: row.next_flag()?,
            was_visited: row.next_flag()?,
        })
    })
    .collect()
}

/// The id of the message that tells a receiver of a version.
pub(super) fn id_of(alert: &AlertId, destination: &Destination, number: i64) -> DeliveryId {
    DeliveryId::derive(destination, &[AlertId(format!("{alert}:{number}"))])
}

/// What the article of an alert said, and who was told of it.
pub(super) fn lines_of(
    tx: &mut dyn Tx,
    alert: &Alert,
    told: &[Destination],
) -> Result<Vec<VersionLine>, StoreError> {
    let mut rows = tx.rows(
        "SELECT number, at, title, kinds, changes FROM article_versions WHERE entry_id = $1 ORDER BY number",
        &[alert.entry.0.into()],
    )?;
    rows.iter_mut()
        .map(|row| {
            let number = row.next_int()?;
            let mut updates = Vec::new();
            for destination in told {
                updates.extend(update_line(tx, alert, destination, number)?);
            }
            Ok(VersionLine {
                number,
                at: timestamp(row)?,
                title: row.next_text()?,
                kinds: list(row)?,
                changes: object(row)?,
                updates,
            })
        })
        .collect()
}

fn update_line(
    tx: &mut dyn Tx,
    alert: &Alert,
    destination: &Destination,
    number: i64,
) -> Result<Option<UpdateLine>, StoreError> {
    let id = id_of(&alert.id, destination, number);
    let found = tx.first(
        "SELECT state, not_before, ended_at, reason FROM deliveries WHERE id = $1",
        &[Val::from(id.0.as_str())],
    )?;
    found
        .map(|mut row| {
            Ok(UpdateLine {
                state: state(&mut row)?,
                id,
                channel: destination.channel.clone(),
                recipient: destination.recipient.clone(),
            })
        })
        .transpose()
}

fn state(row: &mut Row) -> Result<DeliveryState, StoreError> {
    let state = row.next_int()?;
    let not_before = timestamp(row)?;
    let at = opt_timestamp(row)?.unwrap_or(not_before);
    let reason = row.next_opt_text()?;
    Ok(match state {
        0 => DeliveryState::Waiting { not_before },
        1 => DeliveryState::Sent { at },
        _ => DeliveryState::Abandoned {
            at,
            reason: reason.unwrap_or_default(),
        },
    })
}
