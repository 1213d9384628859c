//! Alerts: to which story an article belongs, what it raised, what was held, and who is to be told.

use super::entries::State;
use super::tx::{Row, StoreError, Tx, Val};
use super::{Store, json_list, list, ms, offset_s, opt_local_timestamp, opt_url, timestamp, url};
use crate::domain::{
    Alert, AlertId, DeliveryId, Destination, EntryId, Held, Match, Priority, StoryId, Timestamp,
    WatchName, shown_url,
};

/// The story an article belongs to, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryState {
    /// Its id.
    pub id: StoryId,
    /// The watches that have raised an alert for it.
    pub alerted: Vec<WatchName>,
}

/// What became of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Flagged {
    /// The entry it was made of.
    pub entry: EntryId,
    /// The alerts raised, each with its deliveries.
    pub raised: Vec<Raised>,
    /// The matches that raised none.
    pub held: Vec<Held>,
}

/// An alert, and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// The alert.
    pub alert: Alert,
    /// Its destinations; empty when the watch names no channel.
    pub destinations: Vec<Destination>,
}

impl Store {
    /// Finds the story of an article that matched, or begins one.
    ///
    /// Articles of several feeds that share a link tell one story. Two entries of one feed never do, though
    /// they share a link: a page that collects several news is announced once for each.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn story_of(
        &self,
        entry: EntryId,
        link_key: Option<String>,
    ) -> Result<StoryState, StoreError> {
        self.tx(move |tx| {
            let story = match settled_story(tx, entry)? {
                Some(story) => story,
                None => settle_story(tx, entry, link_key)?,
            };
            let alerted = tx
                .rows(
                    "SELECT watch FROM alerts WHERE story_id = $1",
                    &[Val::Int(story)],
                )?
                .iter()
                .map(|row| row.text(0).map(WatchName))
                .collect::<Result<_, _>>()?;
            Ok(StoryState {
                id: StoryId(story),
                alerted,
            })
        })
        .await
    }

    /// Stores what was found in some articles, with the alerts and their deliveries, in one transaction.
    ///
    /// # Errors
    /// When the database refuses; then the articles wait to be matched again.
    pub async fn record_flagged(
        &self,
        flagged: Vec<Flagged>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx(move |tx| {
            for article in &flagged {
                for raised in &article.raised {
                    raise(tx, raised, now)?;
                }
                for held in &article.held {
                    hold(tx, article.entry, held, now)?;
                }
                tx.exec(
                    "UPDATE entries SET state = $1, lease_until = 0 WHERE id = $2",
                    &[State::Done.into(), article.entry.0.into()],
                )?;
            }
            Ok(())
        })
        .await
    }
}

fn settled_story(tx: &mut dyn Tx, entry: EntryId) -> Result<Option<i64>, StoreError> {
    tx.rows(
        "SELECT story_id FROM entries WHERE id = $1",
        &[entry.0.into()],
    )?
    .first()
    .map_or(Ok(None), |row| row.opt_int(0))
}

fn settle_story(
    tx: &mut dyn Tx,
    entry: EntryId,
    link_key: Option<String>,
) -> Result<i64, StoreError> {
    let own_key = format!("entry:{entry}");
    let shared = link_key.map(|link| format!("link:{link}"));
    let key = match shared {
        Some(key) if !feed_has_another_entry_in(tx, entry, &key)? => key,
        Some(_) | None => own_key,
    };
    tx.exec(
        "INSERT INTO stories (key) VALUES ($1) ON CONFLICT (key) DO NOTHING",
        &[key.as_str().into()],
    )?;
    let story = tx
        .rows("SELECT id FROM stories WHERE key = $1", &[key.into()])?
        .first()
        .map_or(
            Err(StoreError::Shape {
                column: 0,
                wanted: "the new story's id",
            }),
            |row| row.int(0),
        )?;
    tx.exec(
        "UPDATE entries SET story_id = $1 WHERE id = $2",
        &[story.into(), entry.0.into()],
    )?;
    Ok(story)
}

fn feed_has_another_entry_in(
    tx: &mut dyn Tx,
    entry: EntryId,
    key: &str,
) -> Result<bool, StoreError> {
    let found = tx.rows(
        "SELECT 1 FROM stories s
             JOIN entries other ON other.story_id = s.id
             JOIN entries this ON this.feed_id = other.feed_id
         WHERE s.key = $1 AND this.id = $2 AND other.id <> this.id LIMIT 1",
        &[key.into(), entry.0.into()],
    )?;
    Ok(!found.is_empty())
}

fn raise(tx: &mut dyn Tx, raised: &Raised, now: Timestamp) -> Result<(), StoreError> {
    let alert = &raised.alert;
    // The same watch and story again: an answer to a claim whose lease had run out. The first one stands.
    let added = tx.exec(
        "INSERT INTO alerts (id, watch, story_id, entry_id, priority, score, terms, sentence, title,
             url, source, published_at, published_offset_s, summary_only, raised_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (watch, story_id) DO NOTHING",
        &[
            alert.id.0.as_str().into(),
            alert.found.watch.0.as_str().into(),
            alert.story.0.into(),
            alert.entry.0.into(),
            alert.priority.as_str().into(),
            alert.found.score.into(),
            json_list(&alert.found.terms).into(),
            alert.found.sentence.as_str().into(),
            alert.title.as_str().into(),
            alert.url.clone().map(String::from).into(),
            alert.source.clone().into(),
            alert.published.map(|at| ms(at.at)).into(),
            offset_s(alert.published),
            i64::from(alert.summary_only).into(),
            ms(alert.raised_at).into(),
        ],
    )?;
    if added == 0 {
        return Ok(());
    }
    for destination in &raised.destinations {
        let alerts = std::slice::from_ref(&alert.id);
        let id = DeliveryId::derive(destination, alerts);
        tx.exec(
            "INSERT INTO deliveries (id, channel, recipient, state, not_before, created_at)
             VALUES ($1, $2, $3, 0, $4, $5)",
            &[
                id.0.as_str().into(),
                destination.channel.0.as_str().into(),
                destination.recipient.clone().into(),
                ms(now).into(),
                ms(now).into(),
            ],
        )?;
        tx.exec(
            "INSERT INTO delivery_alerts (delivery_id, alert_id) VALUES ($1, $2)",
            &[id.0.into(), alert.id.0.as_str().into()],
        )?;
    }
    Ok(())
}

fn hold(tx: &mut dyn Tx, entry: EntryId, held: &Held, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO held (watch, entry_id, reason, score, terms, sentence, held_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            held.found.watch.0.as_str().into(),
            entry.0.into(),
            held.reason.as_str().into(),
            held.found.score.into(),
            json_list(&held.found.terms).into(),
            held.found.sentence.as_str().into(),
            ms(now).into(),
        ],
    )?;
    Ok(())
}

/// The columns that [`read`] reads, of a table named `a`.
pub(super) const COLUMNS: &str = "a.id, a.watch, a.score, a.terms, a.sentence, a.priority, a.story_id, \
     a.entry_id, a.title, a.url, a.source, a.published_at, a.published_offset_s, a.summary_only, \
     a.raised_at";

/// Reads an alert from a row of [`COLUMNS`], with the feeds that have announced its story so far.
pub(super) fn read(tx: &mut dyn Tx, row: &Row) -> Result<Alert, StoreError> {
    let story = row.int(6)?;
    Ok(Alert {
        id: AlertId(row.text(0)?),
        found: Match {
            watch: WatchName(row.text(1)?),
            score: row.real(2)?,
            terms: list(row, 3)?,
            sentence: row.text(4)?,
        },
        priority: priority(row, 5)?,
        story: StoryId(story),
        entry: EntryId(row.int(7)?),
        feeds: feeds_of(tx, story)?,
        title: row.text(8)?,
        url: opt_url(row, 9)?,
        source: row.opt_text(10)?,
        published: opt_local_timestamp(row, 11)?,
        summary_only: row.int(13)? != 0,
        raised_at: timestamp(row, 14)?,
    })
}

fn feeds_of(tx: &mut dyn Tx, story: i64) -> Result<Vec<String>, StoreError> {
    let mut feeds = Vec::new();
    for row in tx.rows(
        "SELECT COALESCE(f.name, f.title), f.url FROM entries e JOIN feeds f ON f.id = e.feed_id
         WHERE e.story_id = $1 ORDER BY e.id",
        &[Val::Int(story)],
    )? {
        let feed = match row.opt_text(0)? {
            Some(name) => name,
            None => shown_url(&url(&row, 1)?),
        };
        if !feeds.contains(&feed) {
            feeds.push(feed);
        }
    }
    Ok(feeds)
}

fn priority(row: &Row, column: usize) -> Result<Priority, StoreError> {
    let word = row.text(column)?;
    [Priority::Low, Priority::Normal, Priority::High]
        .into_iter()
        .find(|priority| priority.as_str() == word)
        .ok_or(StoreError::Shape {
            column,
            wanted: "a priority",
        })
}
