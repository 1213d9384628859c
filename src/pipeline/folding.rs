//! Copies in the flagging stage: what of an article is compared, and what becomes of the matches of a copy.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Plan, StageError};
use crate::alerting::{Told, notices, of_story, told};
use crate::domain::{
    self, Alert, Article, ArticleText, Desk, EntryId, Field, FoundCopy, Hit, HoldReason, Near,
    NearArticle, Passage, Past, Priority, Signature, Spike, SpikeFacts, StoryMark, StoryMember,
    StoryPast, Timestamp, Watch, WatchDay, WatchName,
};
use crate::matching;
use crate::schedule::{day_begins, day_of, is_weekend};
use crate::store::{FlagWork, Judge, Judged, Unflagged};
use crate::story::{
    self, Day, Definition, MIN_STORIES, Placing, ReadArticle, definitions, other_sense,
};

/// The most sentences of a copy that are quoted: a full report behind a brief adds many.
const MOST_ADDED: usize = 5;

/// An article, with what the matcher found in it.
#[derive(Debug)]
pub(super) struct Matched {
    pub(super) work: FlagWork,
    /// Every hit, also of watches that do not look at its feed.
    pub(super) hits: Vec<Hit>,
}

/// Reads the articles that watches fired on, on a thread of its own: those whose texts may be read.
pub(super) async fn prepare(
    plan: &Arc<Plan>,
    matched: Vec<Matched>,
    is_trusted: impl Fn(&FlagWork) -> bool,
) -> Result<(Vec<FlagWork>, HashMap<EntryId, Prepared>), StageError> {
    let trusted: Vec<bool> = matched.iter().map(|one| is_trusted(&one.work)).collect();
    let plan = Arc::clone(plan);
    let reading = tokio::task::spawn_blocking(move || {
        let mut prepared = HashMap::new();
        let mut works = Vec::with_capacity(matched.len());
        for (Matched { work, hits }, is_trusted) in matched.into_iter().zip(trusted) {
            if is_trusted && !work.matches.is_empty() {
                // A defect that one text brings out must not cost its neighbours their alerts.
                let reading = || Prepared::of(&plan, &work.article, hits);
                let read = catch_unwind(AssertUnwindSafe(reading));
                prepared.extend(read.ok().map(|read| (work.article.claim.id, read)));
            }
            works.push(work);
        }
        (works, prepared)
    });
    Ok(reading.await?)
}

/// What of an article is compared with others.
#[derive(Debug)]
pub(super) struct Prepared {
    read: ReadArticle,
    /// For each watch that fired, by its place, the sentences of the text that it looks for.
    met: HashMap<usize, Vec<usize>>,
    /// For each watch, by its place, what an abbreviation that it looks for stands for instead.
    senses: HashMap<usize, Definition>,
    /// True if a watch fired on the headline or the feed's words alone.
    has_headline_match: bool,
    hits: Vec<Hit>,
}

impl Prepared {
    /// Reads an article that watches fired on, with the hits of all of them.
    fn of(plan: &Plan, article: &Unflagged, hits: Vec<Hit>) -> Self {
        let watches = &plan.watches;
        let (page, feed) = (&article.article, &article.feed_url);
        let read = ReadArticle::new(NearArticle {
            feed: feed.as_str().to_owned(),
            site: page.site.clone(),
            url: page.url.as_ref().map(|url| url.as_str().to_owned()),
            title: page.title.clone(),
            text: page.text.clone(),
        });
        let definitions = once_asked(watches, page);
        let mut senses = HashMap::new();
        let mut met = HashMap::new();
        let mut has_headline_match = false;
        for hit in &hits {
            let in_text = hit.spans.iter().filter(|span| span.field == Field::Body);
            let starts = in_text.map(|span| span.start).collect();
            let sentences: Vec<usize> = bytes_of(&page.text, starts)
                .into_iter()
                .filter_map(|byte| read.sentence_at(byte))
                .collect();
            if let Some(watch) = watches.get(hit.watch) {
                let other = other_sense(&hit.terms, &definitions, &watch.sense, &watch.not_sense);
                senses.extend(other.map(|other| (hit.watch, other.clone())));
            }
            has_headline_match |= sentences.is_empty();
            met.insert(hit.watch, sentences);
        }
        Self {
            read,
            met,
            senses,
            has_headline_match,
            hits,
        }
    }

    /// The sentences among those that a copy adds in which its watch found something, with the matcher's own marks.
    fn marked(&self, article: &Article, watch: usize, added: &str) -> Vec<Passage> {
        let Some(hit) = self.hits.iter().find(|hit| hit.watch == watch) else {
            return Vec::new();
        };
        let paragraphs = domain::paragraphs(&article.text);
        let text = ArticleText::of(article, &paragraphs, &[]);
        let mut passages = matching::passages(&text, hit);
        passages.retain(|passage| added.contains(&passage.text));
        passages.truncate(MOST_ADDED);
        passages
    }
}

/// What the abbreviations of an article stand for, if a watch asks.
fn once_asked(watches: &[Watch], page: &Article) -> Vec<Definition> {
    let asks = |watch: &Watch| !(watch.sense.is_empty() && watch.not_sense.is_empty());
    if watches.iter().any(asks) {
        definitions(&page.text)
    } else {
        Vec::new()
    }
}

/// The bytes of a text at code points of the same text with every line end doubled.
fn bytes_of(text: &str, mut places: Vec<usize>) -> Vec<usize> {
    places.sort_unstable();
    places.dedup();
    let mut wanted = places.into_iter().peekable();
    let mut found = Vec::new();
    let mut at = 0;
    for (byte, c) in text.char_indices() {
        let length = if c == '\n' { 2 } else { 1 };
        while wanted.next_if(|place| *place < at + length).is_some() {
            found.push(byte);
        }
        at += length;
    }
    found
}

/// Judges articles as `rest` does, once it is known whether they are copies.
pub(super) struct Folding<R> {
    /// The plan in force.
    pub(super) plan: Arc<Plan>,
    /// What is compared, for each article that a watch fired on.
    pub(super) prepared: HashMap<EntryId, Prepared>,
    /// What puts reports to stories.
    pub(super) placing: Arc<Mutex<Placing>>,
    /// The time.
    pub(super) now: Timestamp,
    /// What becomes of an article, by what each watch has told of its report.
    pub(super) rest: R,
}

impl<R> Judge for Folding<R>
where
    R: Fn(&Past, &mut Desk, &FlagWork, &dyn Fn(usize, &Watch) -> Told) -> Judged + Send + 'static,
{
    fn signature(&self, work: &FlagWork) -> Option<Signature> {
        let prepared = self.prepared.get(&work.article.claim.id)?;
        Some(prepared.read.signature())
    }

    fn fold(&self, work: &FlagWork, near: &Near) -> Option<FoundCopy> {
        let prepared = self.prepared.get(&work.article.claim.id)?;
        let copy = prepared.read.fold(near)?;
        // What a headline says of its own is told, whatever stands below it.
        let report = near
            .reports
            .iter()
            .find(|report| report.id == copy.report)?;
        let is_told = !prepared.has_headline_match || prepared.read.shares_headline(report);
        is_told.then_some(copy)
    }

    fn mark(&self, work: &FlagWork) -> Option<StoryMark> {
        let prepared = self.prepared.get(&work.article.claim.id)?;
        let language = work.article.article.lang.as_deref().unwrap_or_default();
        Some(prepared.read.mark(language, self.now))
    }

    fn story(&self, mark: &StoryMark, near: &[StoryMember]) -> Option<i64> {
        let mut placing = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        placing.story(mark, near)
    }

    fn day(&self) -> Option<i64> {
        Some(day_of(&self.plan.zone, self.now))
    }

    fn may_be_spike(&self, watch: &WatchName, stories: i64) -> bool {
        let mut watches = self.plan.watches.iter();
        stories >= i64::from(MIN_STORIES)
            && watches.any(|one| one.name == *watch && one.spike.is_some())
    }

    fn spike(&self, watch: &WatchName, days: &[WatchDay], desk: &mut Desk) -> Option<Spike> {
        let mut watches = self.plan.watches.iter();
        let watch = watches.find(|one| one.name == *watch)?;
        let (today, before) = days.split_last()?;
        if Some(today.day) != self.day() || today.is_spike {
            return None;
        }
        let known: Vec<Day> = before.iter().map(day).collect();
        let expected = story::expected(&known, is_weekend(today.day))?;
        if !story::is_spike(today.stories, expected, watch.spike?) {
            return None;
        }
        let goes_on = before.last().is_some_and(|yesterday| yesterday.is_spike);
        let notices = if goes_on {
            Vec::new()
        } else {
            notices(watch, &self.plan.rules(), desk, self.now)
        };
        Some(Spike {
            facts: SpikeFacts {
                watch: watch.name.0.clone(),
                from: day_begins(&self.plan.zone, today.day),
                until: Some(self.now),
                stories: u64::from(today.stories),
                usual: expected.stories,
                alerts: Vec::new(),
            },
            notices,
            is_urgent: watch.priority == Priority::High,
        })
    }

    fn judge(
        &self,
        past: &Past,
        desk: &mut Desk,
        work: &FlagWork,
        copy: Option<&FoundCopy>,
        story: Option<&StoryPast>,
    ) -> Judged {
        let prepared = self.prepared.get(&work.article.claim.id);
        let of_watch = |place: usize, watch: &Watch| {
            if let Some(other) = prepared.and_then(|prepared| prepared.senses.get(&place)) {
                return Told::Known(HoldReason::OtherSense {
                    short: other.short.clone(),
                    long: other.long.clone(),
                });
            }
            let met = prepared.and_then(|prepared| prepared.met.get(&place));
            told(watch, past, story, copy, met.map_or(&[][..], Vec::as_slice))
        };
        let mut judged = (self.rest)(past, desk, work, &of_watch);
        for raised in &mut judged.raised {
            if raised.alert.reading.adds_to.is_some() {
                self.mark(&mut raised.alert, prepared, work);
            }
            raised.alert.reading.story = story.map(|story| story.id);
            let said = story.and_then(|story| of_story(story, self.now));
            raised.alert.notes.extend(said);
        }
        judged
    }
}

impl<R> Folding<R> {
    /// Marks what a copy adds; the alert quotes these sentences alone.
    fn mark(&self, alert: &mut Alert, prepared: Option<&Prepared>, work: &FlagWork) {
        let mut watches = self.plan.watches.iter();
        let watch = watches.position(|watch| watch.name == alert.found.watch);
        let (Some(prepared), Some(watch)) = (prepared, watch) else {
            return;
        };
        let article = &work.article.article;
        let marked = prepared.marked(article, watch, &alert.found.sentence);
        if !marked.is_empty() {
            alert.found.quote.passages = marked;
        }
    }
}

fn day(of: &WatchDay) -> Day {
    Day {
        stories: of.stories,
        is_weekend: is_weekend(of.day),
        is_spike: of.is_spike,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_the_text_whose_line_ends_are_single() {
        let text = "Ärger am\nHafen";
        let doubled = "Ärger am\n\nHafen";
        let place = doubled.chars().position(|c| c == 'H').unwrap();
        assert_eq!(
            bytes_of(text, vec![place, 1]),
            [2, text.find('H').unwrap()],
            "code points become bytes"
        );
    }
}
