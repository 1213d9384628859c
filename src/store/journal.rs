//! What people changed by hand, and the answers to requests that may come twice.

use super::tx::{StoreError, Tx};
use super::{Store, limit_of, ms, timestamp};
use crate::domain::{AlertId, Timestamp};

/// A change that was made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// Its place in the journal.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub who: String,
    /// What was done, in a word.
    pub what: String,
    /// To which one.
    pub subject: String,
    /// How it was before.
    pub before: String,
    /// How it was after.
    pub after: String,
}

/// A change as it is written down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) what: &'a str,
    pub(super) subject: &'a str,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

impl<'a> Change<'a> {
    /// A change of which nothing but itself is to be said.
    pub(super) fn of(what: &'a str, subject: &'a str) -> Self {
        Self {
            what,
            subject,
            before: "",
            after: "",
        }
    }
}

/// Writes a change down, in the transaction that makes it.
pub(super) fn write_down(
    tx: &mut dyn Tx,
    change: &Change<'_>,
    who: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        "INSERT INTO journal (at, who, what, subject, before, after) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            ms(at).into(),
            who.into(),
            change.what.into(),
            change.subject.into(),
            change.before.into(),
            change.after.into(),
        ],
    )?;
    Ok(())
}

/// What people think of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opinion {
    /// It was worth telling.
    Useful,
    /// It was not.
    Noise,
}

impl Opinion {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Useful => "useful",
            Self::Noise => "noise",
        }
    }

    /// Reads the word for it.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Useful, Self::Noise]
            .into_iter()
            .find(|mark| mark.as_str() == word)
    }
}

/// What is known of an answer to a request with a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// Nothing: it is to be answered now, and whoever comes next is told to wait.
    New,
    /// It is being answered.
    UnderWay,
    /// The key was used for another request.
    Other,
    /// It was answered so.
    Before {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
}

impl Store {
    /// The changes that were made by hand below a place in the journal, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn journal(
        &self,
        below: Option<i64>,
        limit: usize,
    ) -> Result<Vec<JournalLine>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT seq, at, who, what, subject, before, after FROM journal WHERE seq < $1
                 ORDER BY seq DESC LIMIT $2",
                &[below.unwrap_or(i64::MAX).into(), limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(JournalLine {
                    seq: row.next_int()?,
                    at: timestamp(row)?,
                    who: row.next_text()?,
                    what: row.next_text()?,
                    subject: row.next_text()?,
                    before: row.next_text()?,
                    after: row.next_text()?,
                })
            })
            .collect()
        })
        .await
    }

    /// Writes down what was done by hand elsewhere than in the store.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write_down(
        &self,
        what: &'static str,
        subject: String,
        after: String,
        who: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            let change = Change {
                after: &after,
                ..Change::of(what, &subject)
            };
            write_down(tx, &change, &who, now)
        })
        .await
    }

    /// Marks an alert, or takes its mark away; tells whether there is such an alert.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_alert(
        &self,
        alert: AlertId,
        mark: Option<Opinion>,
        who: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let id = alert.0.as_str();
            if tx.first("SELECT 1 FROM alerts WHERE id = $1", &[id.into()])?.is_none() {
                return Ok(false);
            }
            let before = tx
                .first("SELECT mark FROM alert_marks WHERE alert_id = $1", &[id.into()])?
                .map(|mut row| row.next_text())
                .transpose()?
                .unwrap_or_default();
            match mark {
                Some(mark) => tx.exec(
                    "INSERT INTO alert_marks (alert_id, mark, who, at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (alert_id) DO UPDATE SET mark = excluded.mark, who = excluded.who, at = excluded.at",
                    &[id.into(), mark.as_str().into(), who.as_str().into(), ms(now).into()],
                )?,
                None => tx.exec("DELETE FROM alert_marks WHERE alert_id = $1", &[id.into()])?,
            };
            let change = Change {
                what: "alert-marked",
                subject: id,
                before: &before,
                after: mark.map_or("", Opinion::as_str),
            };
            write_down(tx, &change, &who, now)?;
            Ok(true)
        })
        .await
    }

    /// Begins to answer a request that carries a key of its own; answers from before `forget` are forgotten.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_answer(
        &self,
        key: String,
        request: String,
        forget: Timestamp,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        self.write(move |tx| {
            tx.exec(
                "DELETE FROM web_answers WHERE made_at < $1",
                &[ms(forget).into()],
            )?;
            let values = [
                key.as_str().into(),
                request.as_str().into(),
                ms(now).into(),
            ];
            let begun = tx.exec(
                "INSERT INTO web_answers (key, request, status, body, made_at) VALUES ($1, $2, 0, '', $3)
                 ON CONFLICT (key) DO NOTHING",
                &values,
            )?;
            if begun > 0 {
                return Ok(Answered::New);
            }
            let found = tx.first(
                "SELECT request, status, body FROM web_answers WHERE key = $1",
                &[key.as_str().into()],
            )?;
            let Some(mut row) = found else {
                return Ok(Answered::UnderWay);
            };
            let (of, status, body) = (row.next_text()?, row.next_int()?, row.next_text()?);
            Ok(match u16::try_from(status).unwrap_or_default() {
                _ if of != request => Answered::Other,
                0 => Answered::UnderWay,
                status => Answered::Before { status, body },
            })
        })
        .await
    }

    /// Keeps the answer to a request with a key of its own; one that failed on our side is forgotten, so that it can be
    /// asked again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_answer(
        &self,
        key: String,
        status: u16,
        body: String,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            if status >= 500 {
                return tx.exec(
                    "DELETE FROM web_answers WHERE key = $1",
                    &[key.as_str().into()],
                );
            }
            tx.exec(
                "UPDATE web_answers SET status = $1, body = $2 WHERE key = $3",
                &[
                    i64::from(status).into(),
                    body.as_str().into(),
                    key.as_str().into(),
                ],
            )
        })
        .await
        .map(drop)
    }
}
