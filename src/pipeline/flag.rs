//! article -> matches -> alerts: finds the watches that fire on an article and decides who is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::folding::{self, Folding, Matched};
use super::gate::ToRead;
use super::{Context, Plan, Stage, StageError};
use crate::alerting::{self, Candidate, Decision, Told};
use crate::domain::{
    self, ArticleText, Desk, DocumentName, EntryId, Feed, FeedId, Held, Hit, HoldReason, Inquiry,
    InstallationId, Match, Past, Quote, Shown, Timestamp, Watch,
};
use crate::matching::{self, Matcher};
use crate::parse;
use crate::store::{Claim, FlagWork, Flagged, Judged, Unflagged, UnflaggedRound};
use crate::story::Placing;
use crate::tally::Ending;

/// Articles that are matched in one step: one commit takes in what came of all of them.
const BATCH: usize = 32;

/// Matching takes milliseconds; a claim that lasts longer belongs to a process in trouble.
const LEASE: Duration = Duration::from_mins(5);

/// Bytes of a feed's summary that are matched where nothing else of an article may be.
const MAX_BARE_BYTES: usize = 16 * 1024;

/// The longest sentence that an alert shows, in characters.
const MAX_SENTENCE_CHARS: usize = 500;

/// The flagging stage. What is decided is decided in the store's transaction, so that any number of them may run; one
/// step at a time keeps the order of the news.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The feed that had its turn last.
    last: Arc<Mutex<FeedId>>,
    placing: Arc<Mutex<Placing>>,
}

impl Default for Flag {
    fn default() -> Self {
        Self {
            last: Arc::new(Mutex::new(FeedId(0))),
            placing: Arc::default(),
        }
    }
}

impl Flag {
    fn last(&self) -> MutexGuard<'_, FeedId> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for Flag {
    type Work = Vec<Unflagged>;
    type Claim = Vec<Claim<EntryId>>;

    const NAME: &'static str = "flag";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, ctx: &Context, _: usize) -> Result<Vec<Vec<Unflagged>>, StageError> {
        let after = *self.last();
        let UnflaggedRound { articles, last } = ctx
            .store
            .next_unflagged(after, ctx.clock.now(), LEASE, BATCH)
            .await?;
        *self.last() = last;
        Ok(if articles.is_empty() {
            Vec::new()
        } else {
            vec![articles]
        })
    }

    async fn work(&self, ctx: &Context, articles: Vec<Unflagged>) -> Result<Ending, StageError> {
        let plan = ctx.plan();
        let matched = match_aside(ctx, &plan, articles).await;
        let trusted = |work: &FlagWork| ctx.gate.trusts(&named(&work.article));
        let (works, prepared) = folding::prepare(&plan, matched, trusted).await?;
        let now = ctx.clock.now();
        let installation = ctx.installation.clone();
        let inquiry = inquiry(&plan, &works, now);
        let judge = Folding {
            plan: Arc::clone(&plan),
            prepared,
            placing: Arc::clone(&self.placing),
            now,
            rest: move |past: &Past, desk: &mut Desk, work: &FlagWork, told: &Tells<'_>| {
                judge(&plan, &installation, past, desk, work, told, now)
            },
        };
        let flagged = ctx.store.flag(works, inquiry, judge, now).await?;
        for one in &flagged {
            log(one);
        }
        if flagged
            .iter()
            .any(|one| !one.judged.raised.is_empty() || !one.spikes.is_empty())
        {
            ctx.wake.notify.notify_waiters();
        }
        Ok(Ending::Done)
    }

    fn claim_of(articles: &Vec<Unflagged>) -> Vec<Claim<EntryId>> {
        articles.iter().map(|article| article.claim).collect()
    }

    async fn put_back(
        &self,
        ctx: &Context,
        claims: Vec<Vec<Claim<EntryId>>>,
    ) -> Result<(), StageError> {
        Ok(ctx.store.put_back_entries(claims.concat()).await?)
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>> {
        Some(Arc::clone(&ctx.wake.flag))
    }
}

/// Tells of a watch, by its place and name, what it has told of an article's report.
type Tells<'t> = dyn Fn(usize, &Watch) -> Told + 't;

/// A hit with what is told of it.
struct Found {
    hit: Hit,
    sentence: String,
    quote: Quote,
}

/// Matches articles on a thread of their own: together, or each alone where one was under way when the process died.
async fn match_aside(ctx: &Context, plan: &Arc<Plan>, articles: Vec<Unflagged>) -> Vec<Matched> {
    let names = articles.iter().map(named);
    let trusted: Option<Vec<String>> = names
        .map(|name| ctx.gate.trusts(&name).then_some(name))
        .collect();
    let articles: Vec<Arc<Unflagged>> = articles.into_iter().map(Arc::new).collect();
    if let Some(names) = trusted {
        let (of, together) = (Arc::clone(plan), articles.clone());
        let matching = move || -> Vec<_> {
            let each = together.iter();
            each.map(|article| hits(&of, article)).collect()
        };
        if let Ok(found) = ctx.gate.match_together(names, matching).await {
            let works = articles.into_iter().zip(found);
            return works
                .map(|(article, hits)| matched(plan, article, hits))
                .collect();
        }
    }
    let mut works = Vec::with_capacity(articles.len());
    for article in articles {
        let hits = match_alone(ctx, plan, &article).await;
        works.push(matched(plan, article, hits));
    }
    works
}

fn named(article: &Unflagged) -> String {
    DocumentName::ArticleText(article.claim.id).to_string()
}

/// Matches one article; where its text must not be matched, its headline and the beginning of the feed's summary.
async fn match_alone(ctx: &Context, plan: &Arc<Plan>, article: &Arc<Unflagged>) -> Vec<Found> {
    let (of, which) = (Arc::clone(plan), Arc::clone(article));
    let matching = move |_| hits(&of, &which);
    let read = ToRead::new(named(article), b"");
    let passing = ctx.gate.pass(&article.feed_url, read, LEASE, matching);
    passing.await.unwrap_or_else(|unread| {
        warn!(entry.id = %article.claim.id, error = %unread, "article matched by the feed's words alone");
        hits(plan, &without_text(article))
    })
}

/// What is left of an article whose text must not be matched.
fn without_text(article: &Unflagged) -> Unflagged {
    let mut bare = article.clone();
    bare.article.text.clear();
    let summary = bare.feed_words.summary.as_mut();
    if let Some(summary) = summary {
        summary.truncate(summary.floor_char_boundary(MAX_BARE_BYTES));
    }
    bare
}

fn matched(plan: &Plan, article: Arc<Unflagged>, found: Vec<Found>) -> Matched {
    let feed = plan.feeds.get(&article.feed_url);
    let hits = found.iter().map(|found| found.hit.clone()).collect();
    let work = FlagWork {
        report_keys: report_keys(&article),
        matches: matches_of(plan, feed, &article, found),
        article: Arc::unwrap_or_clone(article),
    };
    Matched { work, hits }
}

fn hits(plan: &Plan, article: &Unflagged) -> Vec<Found> {
    let paragraphs = domain::paragraphs(&article.article.text);
    let feed = plan.feeds.get(&article.feed_url);
    let tags = feed.map_or(&[][..], |feed| &feed.tags);
    let text = ArticleText::of(&article.article, &paragraphs, tags).with_feed(&article.feed_words);
    // A defect that one text brings out must not cost its neighbours their alerts.
    let hits = catch_unwind(AssertUnwindSafe(|| hits_of(&plan.matcher, &text)));
    hits.unwrap_or_else(|_| {
        error!(entry.id = %article.claim.id, "matching an article ran into a defect of newswatch");
        Vec::new()
    })
}

/// The keys by which an article of several feeds is one report: its addresses, each with what tells which of the news
/// under that address it is.
///
/// An address alone proves nothing: vendors announce all their news under the page that lists them.
fn report_keys(article: &Unflagged) -> Vec<String> {
    let text = &article.article;
    let announced = article.feed_words.title.as_deref().unwrap_or(&text.title);
    let mut keys = Vec::new();
    let addresses = [article.link.as_ref(), text.url.as_ref()];
    for address in addresses.into_iter().flatten() {
        let address = parse::report_address(address);
        keys.push(format!("link:{address} {}", parse::folded(announced)));
        // A feed may word its headlines anew; the page's own headline says that the page is about nothing else.
        if parse::folded(&text.title) != parse::folded(announced) && !parse::is_front_page(&address)
        {
            let is_of_this = parse::share_words(&text.title, announced);
            keys.extend(
                is_of_this.then(|| format!("link:{address} {}", parse::folded(&text.title))),
            );
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What the matcher finds, each with its sentence and what is quoted.
fn hits_of(matcher: &Matcher, text: &ArticleText<'_>) -> Vec<Found> {
    let hits = matcher.hits(text).into_iter();
    hits.map(|hit| Found {
        sentence: matching::sentence(text, &hit, MAX_SENTENCE_CHARS),
        quote: matching::quote(text, &hit),
        hit,
    })
    .collect()
}

/// Keeps the hits of watches that look at the article's feed. Of a feed that has left the configuration nobody knows any
/// more who looked at it: all are kept, to be held.
fn matches_of(
    plan: &Plan,
    feed: Option<&Feed>,
    work: &Unflagged,
    found: Vec<Found>,
) -> Vec<(usize, Match)> {
    found
        .into_iter()
        .filter_map(|found| {
            let Found {
                hit,
                sentence,
                quote,
            } = found;
            let watch = plan.watches.get(hit.watch)?;
            let found = Match {
                watch: watch.name.clone(),
                score: hit.score,
                terms: hit.terms,
                sentence: best(&quote).map_or(sentence, str::to_owned),
                quote,
            };
            feed.is_none_or(|feed| alerting::looks_at(watch, feed, work.feed_title.as_deref()))
                .then_some((hit.watch, found))
        })
        .collect()
}

/// The passage that meets most of what was asked for; none where it is not from the article itself.
fn best(quote: &Quote) -> Option<&str> {
    let of_article = quote.passages.iter().filter(|passage| !passage.of_feed);
    let best = of_article.rev().max_by_key(|passage| passage.marks.len())?;
    (!best.marks.is_empty()).then_some(best.text.as_str())
}

fn watches_of<'a>(plan: &'a Plan, work: &'a FlagWork) -> impl Iterator<Item = &'a Watch> {
    let places = work.matches.iter().map(|(place, _)| *place);
    places.filter_map(|place| plan.watches.get(place))
}

/// What has to be known before it is decided about the matches of these articles.
fn inquiry(plan: &Plan, works: &[FlagWork], now: Timestamp) -> Inquiry {
    let watches = works.iter().flat_map(|work| watches_of(plan, work));
    alerting::inquiry(watches, &plan.rules(), now)
}

/// Decides what becomes of the matches of an article.
fn judge(
    plan: &Plan,
    installation: &InstallationId,
    past: &Past,
    desk: &mut Desk,
    work: &FlagWork,
    told: &Tells<'_>,
    now: Timestamp,
) -> Judged {
    let mut judged = Judged::default();
    let Some(feed) = plan.feeds.get(&work.article.feed_url) else {
        // The feed has left the configuration while its article was under way.
        judged.held = work
            .matches
            .iter()
            .map(|(_, found)| Held {
                found: found.clone(),
                reason: HoldReason::FeedRemoved,
            })
            .collect();
        return judged;
    };
    let candidate = Candidate {
        installation,
        entry: work.article.claim.id,
        key: &work.article.key,
        feed,
        feed_title: work.article.feed_title.as_deref(),
        article: &work.article.article,
        found_at: work.article.found_at,
        past,
    };
    let firing: Vec<&Watch> = watches_of(plan, work).collect();
    for (place, found) in &work.matches {
        let Some(watch) = plan.watches.get(*place) else {
            continue;
        };
        let told = told(*place, watch);
        let started = match alerting::started(&watch.name, found, past, told) {
            Ok(started) => started,
            Err(held) => {
                judged.held.push(*held);
                continue;
            }
        };
        let candidate = Candidate {
            past: &started.past,
            ..candidate
        };
        match alerting::decide(
            (watch, started.found),
            &firing,
            &candidate,
            &plan.rules(),
            desk,
            now,
        ) {
            Decision::Raise(mut raised) => {
                raised.episode = started.episode;
                raised.alert.reading.adds_to = started.adds_to;
                if let Some(title) = started.title {
                    raised.alert.title = title;
                }
                judged.raised.push(*raised);
            }
            Decision::Hold(held) => judged.held.push(held),
        }
    }
    judged
}

fn log(flagged: &Flagged) {
    let entry = flagged.entry;
    if !flagged.stood {
        warn!(entry.id = %entry, "matching an article came too late; another one matches it");
    }
    for raised in &flagged.judged.raised {
        let alert = &raised.alert;
        info!(
            entry.id = %entry,
            alert.id = %alert.id,
            feed = alert.feeds.first().map(|feed| Shown::of(feed).to_string()),
            watch = %alert.found.watch,
            title = %Shown::of(&alert.title),
            "alert raised"
        );
    }
    for spike in &flagged.spikes {
        let facts = &spike.facts;
        info!(
            watch = facts.watch,
            stories = facts.stories,
            usual = facts.usual,
            messages = spike.notices.len(),
            "far more stories than usual"
        );
    }
    for held in &flagged.judged.held {
        info!(entry.id = %entry, watch = %held.found.watch, reason = held.reason.as_str(), "match held");
    }
}
