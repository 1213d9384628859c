//! article -> matches -> alerts: finds the watches that fire on an article and decides who is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{error, info};

use super::{Context, Stage, StageError};
use crate::alerting::{self, Candidate, Decision};
use crate::domain::{self, ArticleText, EntryId, Feed, Held, Hit, HoldReason, Match, Timestamp};
use crate::matching::{self, Matcher};
use crate::parse;
use crate::store::{Flagged, Raised, Unflagged};

/// Articles that are matched in one step: one commit takes in what came of all of them.
const BATCH: usize = 32;

/// Matching takes milliseconds; a claim that lasts longer belongs to a process in trouble.
const LEASE: Duration = Duration::from_mins(5);

/// The longest sentence that an alert shows, in characters.
const MAX_SENTENCE_CHARS: usize = 500;

/// The flagging stage. One step at a time: two articles of one story must not raise an alert each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flag;

impl Stage for Flag {
    type Work = Vec<Unflagged>;
    type Claim = Vec<EntryId>;

    const NAME: &'static str = "flag";

    fn width(&self) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Vec<Unflagged>>, StageError> {
        let articles = ctx
            .store
            .next_unflagged(ctx.clock.now(), LEASE, BATCH)
            .await?;
        Ok(if articles.is_empty() {
            Vec::new()
        } else {
            vec![articles]
        })
    }

    async fn work(&self, ctx: &Context, articles: Vec<Unflagged>) -> Result<(), StageError> {
        let found = match_aside(ctx, articles).await?;
        let (with_hits, without): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, hits)| !hits.is_empty());
        let unmatched = without
            .into_iter()
            .map(|(article, _)| Flagged {
                entry: article.id,
                raised: Vec::new(),
                held: Vec::new(),
            })
            .collect();
        ctx.store.record_flagged(unmatched, ctx.clock.now()).await?;
        // One after the other: the story of an article shows what its neighbour has just raised.
        for (article, matches) in with_hits {
            raise(ctx, &article, matches).await?;
        }
        Ok(())
    }

    fn claim_of(articles: &Vec<Unflagged>) -> Vec<EntryId> {
        articles.iter().map(|article| article.id).collect()
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Vec<EntryId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_entries(claims.concat()).await?)
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>> {
        Some(Arc::clone(&ctx.wake.flag))
    }
}

/// The matches of each article: the place of the watch in the list, and what it found.
type Matches = Vec<(usize, Match)>;

async fn match_aside(
    ctx: &Context,
    articles: Vec<Unflagged>,
) -> Result<Vec<(Unflagged, Matches)>, StageError> {
    let matcher = Arc::clone(&ctx.matcher);
    let tags: Vec<Vec<String>> = articles
        .iter()
        .map(|article| {
            let feed = ctx.feeds.get(&article.feed_url);
            feed.map_or_else(Vec::new, |feed| feed.tags.clone())
        })
        .collect();
    let found = tokio::task::spawn_blocking(move || {
        articles
            .into_iter()
            .zip(tags)
            .map(|(article, tags)| {
                let paragraphs = domain::paragraphs(&article.article.text);
                let text = ArticleText::of(&article.article, &paragraphs, &tags);
                // A defect that one text brings out must not cost its neighbours their alerts.
                let hits = catch_unwind(AssertUnwindSafe(|| hits_of(&matcher, &text)));
                (article, hits.ok())
            })
            .collect::<Vec<_>>()
    })
    .await?;
    Ok(found
        .into_iter()
        .map(|(article, hits)| {
            if hits.is_none() {
                error!(entry.id = %article.id, "matching an article ran into a defect of newswatch");
            }
            let found = matches_of(ctx, &article, hits.unwrap_or_default());
            (article, found)
        })
        .collect())
}

/// What the matcher finds, each with its sentence.
fn hits_of(matcher: &Matcher, text: &ArticleText<'_>) -> Vec<(Hit, String)> {
    matcher
        .hits(text)
        .into_iter()
        .map(|hit| {
            let sentence = matching::sentence(text, &hit, MAX_SENTENCE_CHARS);
            (hit, sentence)
        })
        .collect()
}

/// Keeps the hits of watches that look at the article's feed. Of a feed that has left the configuration nobody knows any
/// more who looked at it: all are kept, to be held.
fn matches_of(ctx: &Context, work: &Unflagged, hits: Vec<(Hit, String)>) -> Matches {
    let feed = ctx.feeds.get(&work.feed_url);
    hits.into_iter()
        .filter_map(|(hit, sentence)| {
            let watch = ctx.watches.get(hit.watch)?;
            let found = Match {
                watch: watch.name.clone(),
                score: hit.score,
                terms: hit.terms,
                sentence,
            };
            feed.is_none_or(|feed| alerting::looks_at(watch, feed, work.feed_title.as_deref()))
                .then_some((hit.watch, found))
        })
        .collect()
}

async fn raise(ctx: &Context, work: &Unflagged, matches: Matches) -> Result<(), StageError> {
    let flagged = match ctx.feeds.get(&work.feed_url) {
        Some(feed) => decided(ctx, work, feed, matches).await?,
        None => held_for_its_feed(work, matches),
    };
    for raised in &flagged.raised {
        info!(entry.id = %work.id, watch = %raised.alert.found.watch, alert.id = %raised.alert.id, "alert raised");
    }
    for held in &flagged.held {
        info!(entry.id = %work.id, watch = %held.found.watch, reason = held.reason.as_str(), "match held");
    }
    let has_raised = !flagged.raised.is_empty();
    ctx.store
        .record_flagged(vec![flagged], ctx.clock.now())
        .await?;
    if has_raised {
        ctx.wake.notify.notify_waiters();
    }
    Ok(())
}

/// Holds every match of an article whose feed has left the configuration while it was under way.
fn held_for_its_feed(work: &Unflagged, matches: Matches) -> Flagged {
    Flagged {
        entry: work.id,
        raised: Vec::new(),
        held: matches
            .into_iter()
            .map(|(_, found)| Held {
                found,
                reason: HoldReason::FeedRemoved,
            })
            .collect(),
    }
}

async fn decided(
    ctx: &Context,
    work: &Unflagged,
    feed: &Feed,
    matches: Matches,
) -> Result<Flagged, StageError> {
    let link_key = work.link.as_ref().map(parse::canonical_link);
    let story = ctx.store.story_of(work.id, link_key).await?;
    let candidate = Candidate {
        installation: &ctx.installation,
        entry: work.id,
        key: &work.key,
        feed,
        article: &work.article,
        story: story.id,
        alerted: &story.alerted,
    };
    Ok(decide(ctx, matches, &candidate, ctx.clock.now()))
}

fn decide(ctx: &Context, matches: Matches, candidate: &Candidate<'_>, now: Timestamp) -> Flagged {
    let mut flagged = Flagged {
        entry: candidate.entry,
        raised: Vec::new(),
        held: Vec::new(),
    };
    for (place, found) in matches {
        let Some(watch) = ctx.watches.get(place) else {
            continue;
        };
        match alerting::decide(watch, found, candidate, now) {
            Decision::Raise(alert) => flagged.raised.push(Raised {
                alert: *alert,
                destinations: watch.notify.clone(),
            }),
            Decision::Hold(held) => flagged.held.push(held),
        }
    }
    flagged
}
