//! Silences as people make and end them, and what they acknowledge.

use url::Url;

use super::desk::silence;
use super::tx::StoreError;
use super::{Store, behind, json_rows, limit_of, ms, timestamp, url};
use crate::domain::{AlertId, HoldReason, ReportId, Silence, Timestamp, WatchName};

/// What of a raised alert silences ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenceable {
    /// Its number.
    pub seq: i64,
    /// The alert.
    pub alert: AlertId,
    /// Its watch.
    pub watch: WatchName,
    /// The headline.
    pub title: String,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Its report.
    pub report: ReportId,
    /// The number of its story.
    pub story: Option<i64>,
    /// The address of its feed in the configuration.
    pub feed_url: Url,
    /// The feed's own title.
    pub feed_title: Option<String>,
    /// The text; empty where no words are asked for, or the article is not kept any more.
    pub text: String,
}

impl Store {
    /// Adds a silence, whose number and counts are not looked at; returns its number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_silence(&self, silence: Silence) -> Result<i64, StoreError> {
        self.write(move |tx| {
            tx.number(
                "INSERT INTO silences (watch, feed, report_id, text, author, reason, starts_at, ends_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                &[
                    silence.watch.as_ref().map(|watch| watch.0.clone()).into(),
                    silence.feed.clone().into(),
                    silence.story.map(|story| story.0).into(),
                    silence.text.clone().into(),
                    silence.author.as_str().into(),
                    silence.reason.as_str().into(),
                    ms(silence.from).into(),
                    ms(silence.until).into(),
                ],
            )
        })
        .await
    }

    /// Alerts raised since a time, as silences ask for them: the newest first, those before the last of the list before.
    /// Texts are long, and read only where they are wanted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn silenceable(
        &self,
        with_text: bool,
        since: Timestamp,
        below: Option<(Timestamp, i64)>,
        limit: usize,
    ) -> Result<Vec<Silenceable>, StoreError> {
        let text = if with_text {
            "COALESCE(r.text, '')"
        } else {
            "''"
        };
        let (at, seq) = below.map_or((i64::MAX, i64::MAX), |(at, seq)| (ms(at), seq));
        let sql = format!(
            "SELECT a.seq, a.id, a.watch, a.title, a.raised_at, a.report_id, p.story_id, f.url, f.title, {text}
             FROM alerts a JOIN entries e ON e.id = a.entry_id JOIN feeds f ON f.id = e.feed_id
                 JOIN reports p ON p.id = a.report_id LEFT JOIN articles r ON r.entry_id = a.entry_id
             WHERE a.raised_at >= $1 AND (a.raised_at, a.seq) < ($2, $3)
             ORDER BY a.raised_at DESC, a.seq DESC LIMIT $4"
        );
        self.read(move |tx| {
            tx.rows(
                &sql,
                &[ms(since).into(), at.into(), seq.into(), limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(Silenceable {
                    seq: row.next_int()?,
                    alert: AlertId(row.next_text()?),
                    watch: WatchName(row.next_text()?),
                    title: row.next_text()?,
                    raised_at: timestamp(row)?,
                    report: ReportId(row.next_int()?),
                    story: row.next_opt_int()?,
                    feed_url: url(row)?,
                    feed_title: row.next_opt_text()?,
                    text: row.next_text()?,
                })
            })
            .collect()
        })
        .await
    }

    /// The number of the story of a report; none while it is alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn story_of_report(&self, report: ReportId) -> Result<Option<i64>, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT story_id FROM reports WHERE id = $1",
                &[report.0.into()],
            )?;
            let story = found.map(|mut row| row.next_opt_int()).transpose()?;
            Ok(story.flatten())
        })
        .await
    }

    /// Ends a silence now; false where it has ended before, or never was.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_silence(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let ended = tx.exec(
                "UPDATE silences SET ends_at = $1 WHERE id = $2 AND ends_at > $1",
                &[ms(now).into(), id.into()],
            )?;
            Ok(ended > 0)
        })
        .await
    }

    /// Lists silences, the newest last: those that have not ended, or all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn silences(&self, ending_after: Timestamp) -> Result<Vec<Silence>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT s.id, s.watch, s.feed, s.report_id, r.story_id, s.text, s.author, s.reason, s.starts_at,
                     s.ends_at, s.held
                 FROM silences s LEFT JOIN reports r ON r.id = s.report_id WHERE s.ends_at > $1 ORDER BY s.id",
                &[ms(ending_after).into()],
            )?
            .iter_mut()
            .map(silence)
            .collect()
        })
        .await
    }

    /// The report of the alert whose id begins so, or that has this address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn report_named(&self, name: &str) -> Result<Option<ReportId>, StoreError> {
        let (name, behind) = (name.to_owned(), behind(name));
        let address = format!("link:{name} ");
        self.read(move |tx| {
            let found = tx.first(
                "SELECT report_id FROM alerts WHERE id >= $1 AND id < $2
                 UNION ALL SELECT report_id FROM report_keys WHERE key >= $3 AND key < $4 LIMIT 1",
                &[
                    name.as_str().into(),
                    behind.as_str().into(),
                    // Behind the address stands which of the news of that page it is.
                    address.as_str().into(),
                    super::behind(&address).into(),
                ],
            )?;
            found
                .map(|mut row| row.next_int().map(ReportId))
                .transpose()
        })
        .await
    }

    /// Notes that somebody has acknowledged the alerts whose id begins so: others are not told any more. Returns how many
    /// alerts there are, and how many legs are held now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn acknowledge(
        &self,
        id: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(usize, usize), StoreError> {
        let (id, behind, by) = (id.to_owned(), behind(id), by.to_owned());
        let reason = HoldReason::Acknowledged {
            by: by.clone(),
            at: now,
        };
        let detail = serde_json::json!(reason).to_string();
        self.write(move |tx| {
            let alerts = tx.exec(
                "UPDATE alerts SET acked_at = COALESCE(acked_at, $1), acked_by = COALESCE(acked_by, $2)
                 WHERE id >= $3 AND id < $4",
                &[
                    ms(now).into(),
                    by.as_str().into(),
                    id.as_str().into(),
                    behind.as_str().into(),
                ],
            )?;
            let channels = tx
                .rows(
                    "UPDATE legs SET state = 2, reason = 'acknowledged', detail = $1
                     WHERE alert_id >= $2 AND alert_id < $3 AND state = 0 AND reason = 'escalation'
                     RETURNING channel",
                    &[
                        detail.as_str().into(),
                        id.as_str().into(),
                        behind.as_str().into(),
                    ],
                )?
                .iter_mut()
                .map(super::Row::next_text)
                .collect::<Result<Vec<_>, _>>()?;
            let rows = channels.iter().map(|name| serde_json::json!([name]));
            tx.exec(
                "UPDATE channels SET waiting = waiting - e.number, held = held + e.number
                 FROM (SELECT value ->> 0 AS name, COUNT(*) AS number FROM {each $1} GROUP BY 1) AS e
                 WHERE channels.name = e.name",
                &[json_rows(rows.collect())],
            )?;
            Ok((alerts, channels.len()))
        })
        .await
    }
}
