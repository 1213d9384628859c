//! Stories: which reports tell of one event.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::reports::Settled;
use super::tx::{StoreError, Tx};
use super::{Store, forget_in_rounds, json_ids, limit_of, ms, tallied, tally, timestamp};
use crate::domain::{
    Newest, Raised, ReportId, StoryLine, StoryMark, StoryMember, StoryPast, StoryReport, Timestamp,
};

/// Days after its last report in which a story may go on, in milliseconds.
const IDLE_MS: i64 = 5 * 24 * 60 * 60 * 1000;
/// Reports that a new one is compared with: those that share most terms.
const COMPARED: usize = 48;
/// Reports with a term that are looked at, the newest: when thousands come at once with the same words, each of them must
/// not be compared with all.
const HOLDERS: usize = 128;

/// Terms and reports of which it is kept what was read.
const MAX_TERMS: usize = 50_000;
const MAX_MEMBERS: usize = 4_096;

/// What was read of stories, as the next article mostly needs it again: the next transaction too, where no other worker has
/// put a report to a story since.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// How many reports had been put to stories then.
    puts: i64,
    /// How many of those this transaction has put.
    own: usize,
    /// The newest reports with each term, in the order in which they came.
    holders: HashMap<u32, Vec<i64>>,
    /// The reports, where they have a story.
    members: Newest<i64, Option<StoryMember>, MAX_MEMBERS>,
}

impl Read {
    /// Begins a transaction with what an earlier one has read, if that still holds.
    pub(super) fn begin(tx: &mut dyn Tx, kept: Option<Self>) -> Result<Self, StoreError> {
        let puts = tallied(tx, PUTS)?;
        let mut read = kept.filter(|kept| kept.puts == puts).unwrap_or_default();
        read.puts = puts;
        if read.holders.len() > MAX_TERMS {
            read.holders.clear();
        }
        read.members.make_room(0);
        Ok(read)
    }

    /// Ends a transaction; what was read is good as soon as it is committed.
    pub(super) fn end(&mut self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        let own = std::mem::take(&mut self.own);
        self.puts += i64::try_from(own).unwrap_or(i64::MAX);
        tally(tx, PUTS, own)
    }
}

/// The name under which it is counted how many reports were put to stories.
const PUTS: &str = "story-reports";

/// The reports that share most with a new one.
pub(super) fn near(
    tx: &mut dyn Tx,
    mark: &StoryMark,
    read: &mut Read,
) -> Result<Vec<StoryMember>, StoreError> {
    read_holders(tx, mark, read)?;
    let holders = mark.terms.iter().filter_map(|term| read.holders.get(term));
    let newest = holders.flat_map(|all| all.iter().rev().take(HOLDERS));
    let best = sharing_most(newest.copied().collect());
    read_members(tx, &best, read)?;
    let members = best
        .iter()
        .filter_map(|report| read.members.get(*report)?.clone());
    // What was read a while ago may have become too old since.
    let since = ms(mark.at).saturating_sub(IDLE_MS);
    Ok(members.filter(|member| ms(member.at) >= since).collect())
}

/// Of reports, each named once for each term that it shares, those that are named most, in the order in which they came.
fn sharing_most(mut named: Vec<i64>) -> Vec<i64> {
    named.sort_unstable();
    let runs = named.chunk_by(|one, next| one == next);
    let mut counted: Vec<(Reverse<usize>, i64)> = runs
        .filter_map(|run| Some((Reverse(run.len()), *run.first()?)))
        .collect();
    if counted.len() > COMPARED {
        counted.select_nth_unstable(COMPARED);
        counted.truncate(COMPARED);
    }
    let mut best: Vec<i64> = counted.into_iter().map(|(_, report)| report).collect();
    best.sort_unstable();
    best
}

fn read_holders(tx: &mut dyn Tx, mark: &StoryMark, read: &mut Read) -> Result<(), StoreError> {
    let unread = |term: &&u32| !read.holders.contains_key(term);
    let unread: Vec<u32> = mark.terms.iter().filter(unread).copied().collect();
    if unread.is_empty() {
        return Ok(());
    }
    let terms = json_ids(unread.iter().copied().map(i64::from));
    let none = unread.into_iter().map(|term| (term, Vec::new()));
    let mut found: HashMap<u32, Vec<i64>> = none.collect();
    for mut row in tx.rows(
        "SELECT t.term, t.report_id FROM {each $1} AS e JOIN story_terms t ON t.term = CAST(e.value AS BIGINT)
             AND t.report_id > COALESCE((SELECT o.report_id FROM story_terms o
                 WHERE o.term = CAST(e.value AS BIGINT) ORDER BY o.report_id DESC LIMIT 1 OFFSET $2), 0)
         WHERE t.at >= $3",
        &[
            terms,
            limit_of(HOLDERS),
            ms(mark.at).saturating_sub(IDLE_MS).into(),
        ],
    )? {
        let term = u32::try_from(row.next_int()?).unwrap_or_default();
        found.entry(term).or_default().push(row.next_int()?);
    }
    // Reports are numbered as they come.
    for reports in found.values_mut() {
        reports.sort_unstable();
    }
    read.holders.extend(found);
    Ok(())
}

fn read_members(tx: &mut dyn Tx, reports: &[i64], read: &mut Read) -> Result<(), StoreError> {
    let unread = |report: &&i64| read.members.get(**report).is_none();
    let unread: Vec<i64> = reports.iter().filter(unread).copied().collect();
    if unread.is_empty() {
        return Ok(());
    }
    let reports = json_ids(unread.iter().copied());
    for report in unread {
        read.members.insert(report, None);
    }
    for mut row in tx.rows(
        "SELECT p.report_id, p.at, p.language, p.profile, r.story_id
         FROM story_reports p JOIN reports r ON r.id = p.report_id
         WHERE p.report_id IN (SELECT CAST(e.value AS BIGINT) FROM {each $1} AS e) AND r.story_id IS NOT NULL",
        &[reports],
    )? {
        let report = row.next_int()?;
        let member = StoryMember {
            report: ReportId(report),
            at: timestamp(&mut row)?,
            language: row.next_text()?.into(),
            profile: row.next_text()?.into(),
            story: row.next_int()?,
        };
        read.members.insert(report, Some(member));
    }
    Ok(())
}

/// Puts a report that has none to a story, or begins one with it; tells what is known of the story.
pub(super) fn put(
    tx: &mut dyn Tx,
    settled: Settled,
    mark: &StoryMark,
    story: Option<i64>,
    read: &mut Read,
) -> Result<StoryPast, StoreError> {
    let report = settled.report;
    let mut past = match story {
        Some(story) => go_on(tx, story, mark)?,
        None => begin(tx, mark)?,
    };
    tx.exec(
        "UPDATE reports SET story_id = $1 WHERE id = $2",
        &[past.id.into(), report.0.into()],
    )?;
    tx.exec(
        "INSERT INTO story_reports (report_id, at, language, profile) VALUES ($1, $2, $3, $4)
         ON CONFLICT (report_id) DO NOTHING",
        &[
            report.0.into(),
            ms(mark.at).into(),
            mark.language.as_str().into(),
            mark.profile.as_str().into(),
        ],
    )?;
    let terms = mark.terms.iter();
    tx.each(
        "INSERT INTO story_terms (term, report_id, at)
         {VALUES} {0 BIGINT}, CAST($1 AS BIGINT), CAST($2 AS BIGINT) {END}
         ON CONFLICT (term, report_id) DO NOTHING",
        &[report.0.into(), ms(mark.at).into()],
        terms.map(|term| serde_json::json!([term])).collect(),
    )?;
    if !settled.is_new {
        // What was told of it before it had a story is told of its story.
        tx.exec(
            "INSERT INTO story_told (story_id, watch, alert_id)
             SELECT CAST($1 AS BIGINT), watch, id FROM alerts WHERE report_id = $2 ORDER BY seq
             ON CONFLICT (story_id, watch) DO NOTHING",
            &[past.id.into(), report.0.into()],
        )?;
    }
    if story.is_some() || !settled.is_new {
        past.told = told(tx, past.id)?;
    }
    for term in &mark.terms {
        if let Some(holders) = read.holders.get_mut(term) {
            if holders.len() >= 2 * HOLDERS {
                holders.drain(..HOLDERS);
            }
            // An older report may come to a story later than a newer one.
            let place = holders.partition_point(|holder| *holder <= report.0);
            holders.insert(place, report.0);
        }
    }
    let member = StoryMember {
        report,
        at: mark.at,
        language: mark.language.as_str().into(),
        profile: mark.profile.as_str().into(),
        story: past.id,
    };
    read.members.insert(report.0, Some(member));
    read.own += 1;
    Ok(past)
}

/// Begins a story with a report.
fn begin(tx: &mut dyn Tx, mark: &StoryMark) -> Result<StoryPast, StoreError> {
    let id = tx.number(
        "INSERT INTO stories (title, first_at, last_at, reports) VALUES ($1, $2, $2, 1) RETURNING id",
        &[mark.title.as_str().into(), ms(mark.at).into()],
    )?;
    Ok(StoryPast {
        id,
        reports: 1,
        first_at: mark.at,
        told: Vec::new(),
    })
}

/// Counts another report of a story; who was told of it is left to be asked.
fn go_on(tx: &mut dyn Tx, story: i64, mark: &StoryMark) -> Result<StoryPast, StoreError> {
    let counted = tx.first(
        "UPDATE stories SET reports = reports + 1, last_at = CASE WHEN last_at < $1 THEN $1 ELSE last_at END
         WHERE id = $2 RETURNING reports, first_at",
        &[ms(mark.at).into(), story.into()],
    )?;
    let mut row = counted.ok_or(StoreError::Shape {
        column: 0,
        wanted: "the story of a report",
    })?;
    Ok(StoryPast {
        id: story,
        reports: row.next_int()?,
        first_at: timestamp(&mut row)?,
        told: Vec::new(),
    })
}

/// Notes the first alert of each watch of a story.
pub(super) fn note_told(tx: &mut dyn Tx, story: i64, raised: &[Raised]) -> Result<(), StoreError> {
    if raised.is_empty() {
        return Ok(());
    }
    let rows = raised.iter().map(|raised| {
        let alert = &raised.alert;
        serde_json::json!([alert.found.watch.0, alert.id.0])
    });
    tx.each(
        "INSERT INTO story_told (story_id, watch, alert_id)
         {VALUES} CAST($1 AS BIGINT), {0}, {1} {END}
         ON CONFLICT (story_id, watch) DO NOTHING",
        &[story.into()],
        rows.collect(),
    )?;
    Ok(())
}

/// Forgets some of what stories that are over are found by: more than the reports of a step add.
pub(super) fn forget(tx: &mut dyn Tx, now: Timestamp) -> Result<(), StoreError> {
    let before = ms(now).saturating_sub(IDLE_MS);
    forget_in_rounds(
        tx,
        "DELETE FROM story_terms WHERE (term, report_id) IN
             (SELECT term, report_id FROM story_terms WHERE at < $1 ORDER BY at LIMIT 64)",
        before,
    )?;
    forget_in_rounds(
        tx,
        "DELETE FROM story_reports WHERE report_id IN
             (SELECT report_id FROM story_reports WHERE at < $1 ORDER BY at LIMIT 64)",
        before,
    )
}

/// What is known of the story of a report.
pub(super) fn past(tx: &mut dyn Tx, report: ReportId) -> Result<Option<StoryPast>, StoreError> {
    let found = tx.first(
        "SELECT s.id, s.reports, s.first_at FROM reports r JOIN stories s ON s.id = r.story_id WHERE r.id = $1",
        &[report.0.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let (id, reports, first_at) = (row.next_int()?, row.next_int()?, timestamp(&mut row)?);
    Ok(Some(StoryPast {
        id,
        reports,
        first_at,
        told: told(tx, id)?,
    }))
}

/// The first alert of each watch of a story.
fn told(tx: &mut dyn Tx, story: i64) -> Result<Vec<(String, String)>, StoreError> {
    tx.rows(
        "SELECT watch, alert_id FROM story_told WHERE story_id = $1 ORDER BY watch",
        &[story.into()],
    )?
    .iter_mut()
    .map(|row| Ok((row.next_text()?, row.next_text()?)))
    .collect()
}

impl Store {
    /// The stories that went on last, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn stories(&self, limit: usize) -> Result<Vec<StoryLine>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT id, title, first_at, last_at, reports FROM stories ORDER BY last_at DESC, id DESC LIMIT $1",
                &[limit_of(limit)],
            )?
            .iter_mut()
            .map(|row| {
                Ok(StoryLine {
                    id: row.next_int()?,
                    title: row.next_text()?,
                    first_at: timestamp(row)?,
                    last_at: timestamp(row)?,
                    reports: row.next_int()?,
                })
            })
            .collect()
        })
        .await
    }

    /// What was told in a story: its articles in the order in which they came, copies with what they add.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn story(&self, id: i64) -> Result<Vec<StoryReport>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT r.id, e.found_at, COALESCE(f.name, f.title, f.url), a.title, a.url, a.lang,
                     c.same_words, c.of_words, c.delta
                 FROM reports r JOIN entries e ON e.report_id = r.id JOIN feeds f ON f.id = e.feed_id
                 LEFT JOIN articles a ON a.entry_id = e.id LEFT JOIN copies c ON c.entry_id = e.id
                 WHERE r.story_id = $1 ORDER BY e.id",
                &[id.into()],
            )?
            .iter_mut()
            .map(|row| {
                Ok(StoryReport {
                    report: ReportId(row.next_int()?),
                    at: timestamp(row)?,
                    outlet: row.next_text()?,
                    title: row.next_opt_text()?,
                    url: row.next_opt_text()?,
                    lang: row.next_opt_text()?,
                    copied: row.next_opt_int()?.zip(row.next_opt_int()?),
                    delta: row
                        .next_opt_text()?
                        .and_then(|list| serde_json::from_str(&list).ok())
                        .unwrap_or_default(),
                })
            })
            .collect()
        })
        .await
    }
}
