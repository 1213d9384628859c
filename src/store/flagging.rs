//! Flagging: what was matched is judged inside the transaction that stores the judgement, so that it rests on what is
//! true, however many workers flag.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::reports::Settled;
use super::tx::{StoreError, Tx};
use super::unflagged::Unflagged;
use super::{
    Store, copies, desk, json_list, json_rows, legs, ms, reports, spikes, stories, tally,
    timestamp, visits,
};
use crate::domain::{
    AlertId, Desk, EntryId, FoundCopy, Held, HoldReason, Inquiry, Match, Near, Past, PastAlert,
    Raised, ReportId, Signature, Spike, StoryMark, StoryMember, StoryPast, Timestamp, WatchDay,
    WatchName,
};

/// An article that was matched.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagWork {
    /// The article, claimed.
    pub article: Unflagged,
    /// The keys that it shares with its copies: `link:...`.
    pub report_keys: Vec<String>,
    /// What fired on it: the place of each watch in the list that was matched, and what it found.
    pub matches: Vec<(usize, Match)>,
}

/// What is to become of the matches of an article.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judged {
    /// The alerts to raise.
    pub raised: Vec<Raised>,
    /// The matches that raise none.
    pub held: Vec<Held>,
}

/// What became of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Flagged {
    /// The entry it was made of.
    pub entry: EntryId,
    /// False where the claim had ended: then nothing was written.
    pub stood: bool,
    /// What was stored.
    pub judged: Judged,
    /// The spikes that people are told of by it.
    pub spikes: Vec<Spike>,
}

/// Decides what becomes of articles, by what the store knows when it asks.
///
/// It may be asked again for the same article when the transaction collided with another one.
pub trait Judge: Send + 'static {
    /// The numbers by which the report of an article is found; none where each article is its own report.
    fn signature(&self, _: &FlagWork) -> Option<Signature> {
        None
    }

    /// The report that an article tells again, among those that share something with it.
    fn fold(&self, _: &FlagWork, _: &Near) -> Option<FoundCopy> {
        None
    }

    /// What the report of an article is put to a story by; none where stories are not told apart.
    fn mark(&self, _: &FlagWork) -> Option<StoryMark> {
        None
    }

    /// The story that a new report belongs to, by its nearest reports.
    fn story(&self, _: &StoryMark, _: &[StoryMember]) -> Option<i64> {
        None
    }

    /// The day that stories are counted for, from 1970; none where they are not.
    fn day(&self) -> Option<i64> {
        None
    }

    /// Whether so many stories of a watch on one day may be a spike.
    fn may_be_spike(&self, _: &WatchName, _: i64) -> bool {
        false
    }

    /// The spike that the last of these days of a watch is, and who is told.
    fn spike(&self, _: &WatchName, _: &[WatchDay], _: &mut Desk) -> Option<Spike> {
        None
    }

    /// What becomes of the matches of an article, which is a copy or not, of a story or not.
    fn judge(
        &self,
        past: &Past,
        desk: &mut Desk,
        work: &FlagWork,
        copy: Option<&FoundCopy>,
        story: Option<&StoryPast>,
    ) -> Judged;
}

impl<F: Fn(&Past, &mut Desk, &FlagWork) -> Judged + Send + 'static> Judge for F {
    fn judge(
        &self,
        past: &Past,
        desk: &mut Desk,
        work: &FlagWork,
        _: Option<&FoundCopy>,
        _: Option<&StoryPast>,
    ) -> Judged {
        self(past, desk, work)
    }
}

impl Store {
    /// Stores what is to become of articles that were matched, as `judge` decides it from what was decided before: all in
    /// one transaction.
    ///
    /// Articles are judged one after the other: each sees what its neighbour has just raised, and the desk, which answers
    /// the inquiry, as its neighbour has left it.
    ///
    /// # Errors
    /// When the database refuses; then the articles wait to be matched again.
    pub async fn flag(
        &self,
        works: Vec<FlagWork>,
        inquiry: Inquiry,
        judge: impl Judge,
        now: Timestamp,
    ) -> Result<Vec<Flagged>, StoreError> {
        let known = Arc::clone(&self.stories);
        let (flagged, stories) = self
            .write(move |tx| {
                // Where this is undone nobody finds it again.
                let stories = lock(&known).take();
                let mut step = Step::begin(tx, &works, (&inquiry, stories), &judge, now)?;
                let standing = finish(tx, &works)?;
                let mut flagged = Vec::with_capacity(works.len());
                for work in &works {
                    let entry = work.article.claim.id;
                    let standing = standing.get(&entry);
                    let (judged, spikes) = match standing {
                        Some(report) if !work.matches.is_empty() => {
                            one(tx, (work, *report), &mut step, &judge, now)?
                        }
                        _ => Default::default(),
                    };
                    flagged.push(Flagged {
                        entry,
                        stood: standing.is_some(),
                        judged,
                        spikes,
                    });
                }
                Ok((flagged, step.end(tx, now)?))
            })
            .await?;
        if stories.is_some() {
            *lock(&self.stories) = stories;
        }
        Ok(flagged)
    }
}

fn lock(known: &Mutex<Option<stories::Read>>) -> MutexGuard<'_, Option<stories::Read>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the articles of one transaction share: what was read for all of them, and what is written once for all.
#[derive(Default)]
struct Step {
    desk: Desk,
    stories: stories::Read,
    legs: legs::Counted,
    has_matches: bool,
    alerts: usize,
    held: usize,
}

impl Step {
    fn begin(
        tx: &mut dyn Tx,
        works: &[FlagWork],
        (inquiry, stories): (&Inquiry, Option<stories::Read>),
        judge: &impl Judge,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        if works.iter().all(|work| work.matches.is_empty()) {
            return Ok(Self::default());
        }
        copies::take_turn(tx)?;
        if let Some(day) = judge.day() {
            spikes::note_day(tx, day)?;
        }
        Ok(Self {
            desk: desk::read(tx, inquiry, now)?,
            stories: stories::Read::begin(tx, stories)?,
            has_matches: true,
            ..Self::default()
        })
    }

    /// Writes what is written once; returns what was read of stories, for the next transaction.
    fn end(mut self, tx: &mut dyn Tx, now: Timestamp) -> Result<Option<stories::Read>, StoreError> {
        if !self.has_matches {
            return Ok(None);
        }
        desk::write(tx, &self.desk)?;
        self.legs.write(tx)?;
        tally(tx, "alerts", self.alerts)?;
        tally(tx, "held", self.held)?;
        copies::forget(tx, now)?;
        stories::forget(tx, now)?;
        self.stories.end(tx)?;
        Ok(Some(self.stories))
    }
}

/// Marks the articles as done whose claims still stand, and tells which those are, each with the report that it belongs to
/// already. What was told from the feed's text for now goes back to wait for its page.
fn finish(
    tx: &mut dyn Tx,
    works: &[FlagWork],
) -> Result<HashMap<EntryId, Option<ReportId>>, StoreError> {
    let rows = works.iter().map(|work| {
        let claim = work.article.claim;
        serde_json::json!([claim.id.0, claim.until])
    });
    tx.rows(
        "UPDATE entries SET state = CASE WHEN page_at > 0 THEN 0 ELSE 2 END,
             not_before = CASE WHEN page_at > 0 THEN page_at ELSE not_before END, lease_until = 0
         FROM {each $1} AS e
         WHERE entries.id = CAST(e.value ->> 0 AS BIGINT)
             AND entries.lease_until = CAST(e.value ->> 1 AS BIGINT) AND entries.state = 1
         RETURNING entries.id, entries.report_id",
        &[json_rows(rows.collect())],
    )?
    .iter_mut()
    .map(|row| Ok((EntryId(row.next_int()?), row.next_opt_int()?.map(ReportId))))
    .collect()
}

fn one(
    tx: &mut dyn Tx,
    (work, report): (&FlagWork, Option<ReportId>),
    step: &mut Step,
    judge: &impl Judge,
    now: Timestamp,
) -> Result<(Judged, Vec<Spike>), StoreError> {
    let entry = work.article.claim.id;
    let (settled, copy) = settle(tx, work, report, judge, now)?;
    let story = put_to_story(tx, work, settled, judge, &mut step.stories)?;
    let past = Past {
        report: settled.report,
        alerts: past_alerts(tx, settled)?,
        story,
    };
    let desk = &mut step.desk;
    let mut judged = judge.judge(&past, desk, work, copy.as_ref(), past.story.as_ref());
    hold_back_doubles(tx, &past, &mut judged)?;
    forget_repetitions(tx, entry, &mut judged)?;
    raise(tx, &judged.raised)?;
    visits::plan(tx, entry, &judged.raised, now)?;
    if let Some(story) = &past.story {
        stories::note_told(tx, story.id, &judged.raised)?;
    }
    legs::set_out(tx, &judged.raised, &mut step.legs, now)?;
    step.alerts += judged.raised.len();
    step.held += hold(tx, entry, &judged.held, now)?;
    let spikes = count_story(tx, &past, &judged, (&mut step.desk, judge), now)?;
    Ok((judged, spikes))
}

/// Finds the report of an article, or begins one; tells what it is a copy of.
fn settle(
    tx: &mut dyn Tx,
    work: &FlagWork,
    report: Option<ReportId>,
    judge: &impl Judge,
    now: Timestamp,
) -> Result<(Settled, Option<FoundCopy>), StoreError> {
    let (entry, keys) = (work.article.claim.id, &work.report_keys);
    let signature = judge.signature(work).unwrap_or_default();
    let (settled, copy) = if let Some(report) = report {
        (Settled::known(report), None)
    } else {
        let owners = reports::owners(tx, keys)?;
        let copy = find_copy(tx, work, (&signature, &owners), judge, now)?;
        let settled = match &copy {
            Some(copy) => reports::join(tx, entry, keys, copy.report)?,
            None => reports::settle(tx, entry, keys, &owners, now)?,
        };
        (settled, copy)
    };
    copies::keep(tx, entry, settled.report, &signature, copy.as_ref(), now)?;
    Ok((settled, copy))
}

/// Counts the story of an article for the watches that found it, whoever is told of it.
fn count_story(
    tx: &mut dyn Tx,
    past: &Past,
    judged: &Judged,
    (desk, judge): (&mut Desk, &impl Judge),
    now: Timestamp,
) -> Result<Vec<Spike>, StoreError> {
    let Some(day) = judge.day() else {
        return Ok(Vec::new());
    };
    let raised = judged.raised.iter().map(|raised| &raised.alert.found.watch);
    let held = judged.held.iter().filter(|held| held.reason.is_of_news());
    let watches = raised.chain(held.map(|held| &held.found.watch));
    let story = past.story.as_ref().map_or(-past.report.0, |story| story.id);
    spikes::count(tx, (day, story), watches, &mut Spiking { judge, desk }, now)
}

/// Who judges spikes, with the desk.
struct Spiking<'a, J> {
    judge: &'a J,
    desk: &'a mut Desk,
}

impl<J: Judge> spikes::Spikes for Spiking<'_, J> {
    fn may_be(&self, watch: &WatchName, stories: i64) -> bool {
        self.judge.may_be_spike(watch, stories)
    }

    fn judge(&mut self, watch: &WatchName, days: &[WatchDay]) -> Option<Spike> {
        self.judge.spike(watch, days, self.desk)
    }
}

/// The report that an article tells again, among those that share sentences with it or own its keys.
fn find_copy(
    tx: &mut dyn Tx,
    work: &FlagWork,
    (signature, owners): (&Signature, &[ReportId]),
    judge: &impl Judge,
    now: Timestamp,
) -> Result<Option<FoundCopy>, StoreError> {
    if signature.sought.is_empty() {
        return Ok(None);
    }
    let near = copies::near(tx, signature, owners, now)?;
    Ok(judge.fold(work, &near))
}

/// Puts a report that has no story to one; tells what is known of the story of any.
fn put_to_story(
    tx: &mut dyn Tx,
    work: &FlagWork,
    settled: Settled,
    judge: &impl Judge,
    read: &mut stories::Read,
) -> Result<Option<StoryPast>, StoreError> {
    if !settled.is_new
        && let Some(known) = stories::past(tx, settled.report)?
    {
        return Ok(Some(known));
    }
    let Some(mark) = judge.mark(work) else {
        return Ok(None);
    };
    let near = stories::near(tx, &mark, read)?;
    let story = judge.story(&mark, &near);
    stories::put(tx, settled, &mark, story, read).map(Some)
}

fn past_alerts(tx: &mut dyn Tx, settled: Settled) -> Result<Vec<PastAlert>, StoreError> {
    if settled.is_new {
        return Ok(Vec::new());
    }
    tx.rows(
        "SELECT id, watch, episode, title, raised_at FROM alerts WHERE report_id = $1 ORDER BY raised_at, seq",
        &[settled.report.0.into()],
    )?
    .iter_mut()
    .map(|row| {
        Ok(PastAlert {
            id: AlertId(row.next_text()?),
            watch: WatchName(row.next_text()?),
            episode: row.next_int()?,
            title: row.next_text()?,
            raised_at: timestamp(row)?,
        })
    })
    .collect()
}

/// Turns an alert that its watch has raised before, in this episode or under this id, into a held match: each match is in
/// the book as one or the other.
fn hold_back_doubles(tx: &mut dyn Tx, past: &Past, judged: &mut Judged) -> Result<(), StoreError> {
    let rows = judged
        .raised
        .iter()
        .map(|raised| serde_json::json!([raised.alert.id.0]));
    let known_ids = tx
        .rows(
            "SELECT id FROM alerts WHERE id IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
            &[json_rows(rows.collect())],
        )?
        .iter_mut()
        .map(|row| row.next_text().map(AlertId))
        .collect::<Result<Vec<_>, _>>()?;
    let mut kept: Vec<Raised> = Vec::with_capacity(judged.raised.len());
    for raised in std::mem::take(&mut judged.raised) {
        let (id, watch) = (&raised.alert.id, &raised.alert.found.watch);
        let told = past
            .alerts
            .iter()
            .find(|past| past.watch == *watch && past.episode == raised.episode)
            .map(|past| past.id.clone())
            .or_else(|| known_ids.contains(id).then(|| id.clone()))
            .or_else(|| {
                let twin = kept.iter().find(|kept| {
                    kept.alert.id == *id
                        || kept.alert.found.watch == *watch && kept.episode == raised.episode
                });
                twin.map(|twin| twin.alert.id.clone())
            });
        match told {
            None => kept.push(raised),
            Some(alert) => judged.held.push(Held {
                found: raised.alert.found,
                reason: HoldReason::StoryKnown { alert },
            }),
        }
    }
    judged.raised = kept;
    Ok(())
}

/// Leaves out what was held because of an alert of the same entry: its article is matched again once its page was read,
/// and what the feed's text had told already is no match of its own.
fn forget_repetitions(
    tx: &mut dyn Tx,
    entry: EntryId,
    judged: &mut Judged,
) -> Result<(), StoreError> {
    let known = |held: &Held| match &held.reason {
        HoldReason::StoryKnown { alert } => Some(alert.clone()),
        HoldReason::FeedRemoved
        | HoldReason::Copy { .. }
        | HoldReason::OtherSense { .. }
        | HoldReason::TooOld { .. }
        | HoldReason::Muted { .. }
        | HoldReason::Silenced(_)
        | HoldReason::Acknowledged { .. } => None,
    };
    let rows = judged.held.iter().filter_map(known);
    let rows: Vec<_> = rows.map(|alert| serde_json::json!([alert.0])).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let own = tx
        .rows(
            "SELECT id FROM alerts WHERE id IN (SELECT e.value ->> 0 FROM {each $1} AS e) AND entry_id = $2",
            &[json_rows(rows), entry.0.into()],
        )?
        .iter_mut()
        .map(|row| row.next_text().map(AlertId))
        .collect::<Result<Vec<_>, _>>()?;
    judged
        .held
        .retain(|held| known(held).is_none_or(|alert| !own.contains(&alert)));
    Ok(())
}

fn raise(tx: &mut dyn Tx, raised: &[Raised]) -> Result<(), StoreError> {
    if raised.is_empty() {
        return Ok(());
    }
    let rows = raised.iter().map(|raised| {
        let (alert, found) = (&raised.alert, &raised.alert.found);
        serde_json::json!([
            alert.id.0,
            found.watch.0,
            alert.report.0,
            raised.episode,
            alert.entry.0,
            alert.priority.as_str(),
            found.score,
            json_list(&found.terms),
            found.sentence,
            alert.title,
            alert.url.as_ref().map(url::Url::as_str),
            alert.source,
            alert.published.map(|at| ms(at.at)),
            alert.published.map(|at| at.offset.seconds()),
            i64::from(alert.summary_only),
            ms(alert.raised_at),
            super::json_object(&found.quote),
            super::json_object(&alert.reading),
            ms(raised.told_at),
            json_list(&alert.notes),
        ])
    });
    tx.each(
        "INSERT INTO alerts (id, watch, report_id, episode, entry_id, priority, score, terms, sentence, title,
             url, source, published_at, published_offset_s, summary_only, raised_at, quote, reading,
             told_at, notes)
         {VALUES} {0}, {1}, {2 BIGINT}, {3 BIGINT},
             {4 BIGINT}, {5}, {6 DOUBLE PRECISION},
             {7}, {8}, {9}, {10}, {11},
             {12 BIGINT}, {13 BIGINT}, {14 BIGINT},
             {15 BIGINT}, {16}, {17},
             {18 BIGINT}, {19} {END}",
        &[],
        rows.collect(),
    )?;
    Ok(())
}

/// Stores what was held; returns how much of it was not held before.
fn hold(
    tx: &mut dyn Tx,
    entry: EntryId,
    held: &[Held],
    now: Timestamp,
) -> Result<usize, StoreError> {
    if held.is_empty() {
        return Ok(0);
    }
    let rows = held.iter().map(|held| {
        serde_json::json!([
            held.found.watch.0,
            held.reason.as_str(),
            serde_json::json!(held.reason).to_string(),
            held.found.score,
            json_list(&held.found.terms),
            held.found.sentence,
        ])
    });
    tx.exec(
        "INSERT INTO held (entry_id, held_at, watch, reason, detail, score, terms, sentence)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), e.value ->> 0, e.value ->> 1, e.value ->> 2,
             CAST(e.value ->> 3 AS DOUBLE PRECISION), e.value ->> 4, e.value ->> 5
         FROM {each $3} AS e WHERE true ON CONFLICT (entry_id, watch) DO NOTHING",
        &[entry.0.into(), ms(now).into(), json_rows(rows.collect())],
    )
}
