//! entry -> article: fetches the page behind an entry and stores its text, or the feed's own text instead.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{info, warn};
use url::Url;

use super::gate::Unread;
use super::{Context, Plan, Stage, StageError};
use crate::clock;
use crate::domain::{
    Article, ArticleMode, Entry, EntryId, FeedWords, FirstArticles, HostMemory, PageKey, PageLines,
    Shown, SiteRule, TextHash, Validators, shown_url,
};
use crate::extract::{self, ExtractError, Extracted, NoPage, Note, Page, Prior, Rule};
use crate::http::{Body, FetchError, Get, Purpose};
use crate::parse;
use crate::schedule;
use crate::store::{Claim, Scraped, Unscraped};

/// The most that is taken of a page, after decompression; the largest live blogs stay below.
const MAX_PAGE_BYTES: u64 = 4 * 1024 * 1024;

/// What a reader of pages accepts.
const ACCEPT: &str = "text/html, application/xhtml+xml, */*;q=0.5";

/// Pages that are fetched or wait for their host at once: the fifty new pages of a slow site must not make those of
/// others late. How many requests there are at a time is bounded in `http`.
const WIDTH: usize = 128;

/// Pages of one article that are read at most, the first among them.
const MAX_PAGES: usize = 5;

/// Pages that are begun at once where they only fill the archive: news that come in meanwhile find room.
const BACKLOG_AT_ONCE: usize = 1;

/// Pages that only send on which are followed, one after the other.
const MAX_ONWARD: usize = 2;

/// A claim outlives the fetch by this: a minute to wait for a turn at the host, and the time to read and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// The scraping stage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scrape;

impl Stage for Scrape {
    type Work = Unscraped;
    type Claim = Claim<EntryId>;

    const NAME: &'static str = "scrape";

    fn width(&self, _: &Context) -> usize {
        WIDTH
    }

    fn least_room(&self) -> usize {
        WIDTH / 4
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<Unscraped>, StageError> {
        let pages = u32::try_from(MAX_PAGES).unwrap_or(u32::MAX);
        let lease = ctx.plan().poll.timeout * pages + LEASE_MARGIN;
        let now = ctx.clock.now();
        let work = ctx.store.next_unscraped(now, lease, limit).await?;
        if work.is_empty() && ctx.plan().first_articles == FirstArticles::Read {
            let few = limit.min(BACKLOG_AT_ONCE);
            return Ok(ctx.store.next_backlog(now, lease, few).await?);
        }
        Ok(work)
    }

    async fn work(&self, ctx: &Context, work: Unscraped) -> Result<(), StageError> {
        let plan = ctx.plan();
        let page = match read(ctx, &plan, &work).await {
            Ok(page) => Ok(page),
            Err(Failure::Passing(reason)) if try_again(ctx, &plan, &work, &reason).await? => {
                return Ok(());
            }
            Err(Failure::Passing(reason) | Failure::Lasting(reason)) => Err(NoPage::Failed(reason)),
            Err(Failure::NotWanted) => Err(NoPage::NotWanted),
        };
        let rule_problem = page
            .as_ref()
            .ok()
            .and_then(|page| rule_problem(&page.found));
        let memory = remembered(ctx, page.as_ref().ok()).await?;
        let chosen = choose_aside(ctx, &work, page, memory).await;
        info!(
            entry.id = %work.claim.id,
            title = %Shown::of(&chosen.article.title),
            size_bytes = chosen.article.text.len(),
            basis = %chosen.article.basis,
            lines.dropped = chosen.dropped,
            "entry scraped"
        );
        let scraped = Scraped {
            article: chosen.article,
            feed_words: chosen.feed_words,
            rule_problem,
            page: chosen.lines,
        };
        let now = ctx.clock.now();
        if ctx.store.record_article(work.claim, scraped, now).await? {
            ctx.wake.flag.notify_waiters();
        } else {
            warn!(entry.id = %work.claim.id, "reading a page came too late; another one reads it");
        }
        Ok(())
    }

    fn claim_of(work: &Unscraped) -> Claim<EntryId> {
        work.claim
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Claim<EntryId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_entries(claims).await?)
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>> {
        Some(Arc::clone(&ctx.wake.scrape))
    }
}

/// What of the site rule did not fit the page.
fn rule_problem(found: &Extracted) -> Option<String> {
    found.notes.iter().find_map(|note| match note {
        Note::RuleMatchedNothing { .. } | Note::NextPageFailed { .. } => {
            Some(format!("site rule: {note}"))
        }
        Note::CutBytes { .. }
        | Note::CutAttributes { .. }
        | Note::TextNotShown { .. }
        | Note::RepeatedLines { .. } => None,
    })
}

/// A page that was read.
struct ReadPage {
    found: Extracted,
    /// Where people are sent.
    shown: Url,
    /// By what it is known among the pages of its host; none where the operator has said what its text is.
    key: Option<PageKey>,
}

/// What is remembered of the host of a page.
async fn remembered(ctx: &Context, page: Option<&ReadPage>) -> Result<HostMemory, StageError> {
    match page.and_then(|page| page.key.clone()) {
        Some(key) => Ok(ctx.store.host_memory(key).await?),
        None => Ok(HostMemory::default()),
    }
}

/// The article that an entry gets.
struct Chosen {
    article: Article,
    /// What readers of the feed see.
    feed_words: FeedWords,
    /// What is to be remembered of its page.
    lines: Option<PageLines>,
    /// Lines of the page that were dropped because its host repeats them.
    dropped: usize,
}

/// Reads the feed's own text and chooses on a thread of its own; where that panics, the headline is all there is.
async fn choose_aside(
    ctx: &Context,
    work: &Unscraped,
    page: Result<ReadPage, NoPage>,
    memory: HostMemory,
) -> Chosen {
    let entry = work.entry.clone();
    let headline = Entry {
        summary: None,
        content: None,
        ..entry.clone()
    };
    let named = format!("the feed's text of entry {}", work.claim.id);
    let choosing = ctx.gate.pass(named, extract::READING_BUDGET, move |_| {
        choose(&entry, page, &memory)
    });
    choosing.await.unwrap_or_else(|unread| {
        let problem = format!("the feed's text: {unread}");
        Chosen {
            article: extract::choose(&headline, Err(NoPage::Failed(problem))),
            feed_words: FeedWords {
                title: headline.title,
                summary: None,
            },
            lines: None,
            dropped: 0,
        }
    })
}

/// Chooses the text of an entry once the lines are dropped that the page's host repeats.
fn choose(entry: &Entry, page: Result<ReadPage, NoPage>, memory: &HostMemory) -> Chosen {
    let (mut lines, mut dropped) = (None, 0);
    let page = page.map(|page| {
        let mut found = page.found;
        if let Some(key) = page.key {
            // As the page has them: a line that was forgotten because it was dropped would come back.
            lines = Some(PageLines::new(key, extract::line_hashes(&found.text)));
            dropped = extract::drop_repeated(&mut found, entry, memory);
        }
        (found, page.shown)
    });
    Chosen {
        article: extract::choose(entry, page),
        feed_words: feed_words(entry),
        lines,
        dropped,
    }
}

/// What readers of the feed see of an entry.
fn feed_words(entry: &Entry) -> FeedWords {
    let summary = entry.summary.as_deref().map(extract::fragment_text);
    FeedWords {
        title: entry.title.clone(),
        summary: summary.filter(|text| !text.is_empty()),
    }
}

/// Why there is no page; a reason is a clause for people.
enum Failure {
    /// Nobody asked for it.
    NotWanted,
    /// Another try may bring it.
    Passing(String),
    /// It is not to be had.
    Lasting(String),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        if error.is_transient() {
            Self::Passing(error.to_string())
        } else {
            Self::Lasting(error.to_string())
        }
    }
}

impl From<ExtractError> for Failure {
    fn from(error: ExtractError) -> Self {
        Self::Lasting(error.to_string())
    }
}

/// How the pages of an article are read.
#[derive(Debug, Clone)]
struct Reading {
    /// The address of the feed in the configuration.
    feed: Url,
    rule: Option<SiteRule>,
    prior: Prior,
}

async fn read(ctx: &Context, plan: &Plan, work: &Unscraped) -> Result<ReadPage, Failure> {
    let mode = plan
        .feeds
        .get(&work.feed_url)
        .map_or(ArticleMode::Auto, |feed| feed.article.clone());
    let rule = match mode {
        ArticleMode::Never => return Err(Failure::NotWanted),
        ArticleMode::Auto => None,
        ArticleMode::Rule(rule) => Some(*rule),
    };
    let Some(link) = &work.entry.link else {
        return Err(Failure::NotWanted);
    };
    let rewrite = rule.as_ref().and_then(|rule| rule.url.as_ref());
    let rewritten = rewrite
        .map(|rewrite| extract::rewritten(rewrite, link))
        .transpose()
        .map_err(|error| Failure::Lasting(format!("site rule: {error}")))?;
    let asked = rewritten.as_ref().unwrap_or(link);
    // Where the operator names the text, nobody knows better: nothing is dropped, and nothing learned.
    let names_text = rule.as_ref().is_some_and(|rule| rule.body.is_some());
    let reading = Reading {
        feed: work.feed_url.clone(),
        rule,
        prior: Prior {
            now: Some(ctx.clock.now()),
            published: work.entry.published,
        },
    };
    let (first, url) = read_page(ctx, plan, asked, reading.clone()).await?;
    let key = (!names_text).then(|| page_key(&url, &work.entry)).flatten();
    let found = with_next_pages(ctx, plan, first, &url, reading).await;
    // People are sent to the article itself, not to the page that it was read from.
    let shown = if asked == link { url } else { link.clone() };
    Ok(ReadPage { found, shown, key })
}

/// By what a page is known among those of its host.
fn page_key(url: &Url, entry: &Entry) -> Option<PageKey> {
    let host = url.host_str()?;
    Some(PageKey {
        host: host.strip_prefix("www.").unwrap_or(host).to_owned(),
        address: TextHash::of(&parse::canonical_link(url)),
        headline: entry.title.as_deref().and_then(extract::headline_hash),
    })
}

/// Adds the texts of the pages on which the article goes on.
async fn with_next_pages(
    ctx: &Context,
    plan: &Plan,
    mut whole: Extracted,
    first: &Url,
    reading: Reading,
) -> Extracted {
    let mut read = vec![first.clone()];
    for _ in 1..MAX_PAGES {
        let Some(next) = whole.next.take().filter(|next| !read.contains(next)) else {
            break;
        };
        match read_page(ctx, plan, &next, reading.clone()).await {
            Ok((_, url))
                if url.origin() != first.origin() || url != next && read.contains(&url) =>
            {
                break;
            }
            Ok((page, url)) => {
                read.extend([next, url]);
                if !page.text.is_empty() {
                    whole.text.push('\n');
                    whole.text.push_str(&page.text);
                }
                whole.next = page.next;
            }
            Err(Failure::Passing(reason) | Failure::Lasting(reason)) => {
                whole.notes.push(Note::NextPageFailed { reason });
            }
            Err(Failure::NotWanted) => {}
        }
    }
    whole
}

/// Fetches a page and reads it.
async fn read_page(
    ctx: &Context,
    plan: &Plan,
    asked: &Url,
    reading: Reading,
) -> Result<(Extracted, Url), Failure> {
    let (mut body, mut url) = fetch_page(plan, asked, &reading).await?;
    for _ in 0..MAX_ONWARD {
        let Some(next) = extract::onward(&body.bytes, &url) else {
            break;
        };
        (body, url) = fetch_page(plan, &next, &reading).await?;
    }
    let extracted = extract_aside(ctx, body, url.clone(), reading)
        .await
        .map_err(|unread| Failure::Lasting(format!("the page: {unread}")))??;
    Ok((extracted, url))
}

async fn fetch_page(plan: &Plan, asked: &Url, reading: &Reading) -> Result<(Body, Url), Failure> {
    let request = Get {
        url: asked,
        accept: ACCEPT,
        validators: &Validators::default(),
        max_body_bytes: MAX_PAGE_BYTES,
        timeout: plan.poll.timeout,
        purpose: Purpose::Page,
        access: plan.accesses.get(&reading.feed),
    };
    let fetched = plan.http.get(&request).await?;
    let Some(body) = fetched.body else {
        return Err(Failure::Lasting("the server sent no page".into()));
    };
    Ok((body, fetched.final_url))
}

/// Reads the page on a thread of its own; the outer error says why it was not read at all.
async fn extract_aside(
    ctx: &Context,
    body: Body,
    url: Url,
    how: Reading,
) -> Result<Result<Extracted, ExtractError>, Unread> {
    let named = shown_url(&url);
    let reading = ctx
        .gate
        .pass(named, extract::READING_BUDGET, move |budget| {
            let rule = how.rule.as_ref().and_then(|rule| Rule::new(rule).ok());
            let page = Page {
                bytes: &body.bytes,
                content_type: body.content_type.as_deref(),
                url: Some(&url),
            };
            let still_time = clock::still_time(budget);
            extract::article_given(&page, rule.as_ref(), how.prior, &still_time)
        });
    reading.await
}

/// Puts the entry off when it has tries left; tells whether it did.
async fn try_again(
    ctx: &Context,
    plan: &Plan,
    work: &Unscraped,
    reason: &str,
) -> Result<bool, StageError> {
    let Some(wait) = plan.page_retry.get(work.failed_tries as usize) else {
        return Ok(false);
    };
    let at = schedule::after(ctx.clock.now(), schedule::jittered(*wait, fastrand::f64()));
    ctx.store.record_page_failure(work.claim, at).await?;
    warn!(entry.id = %work.claim.id, try_again_at = %at, error = reason, "page fetch failed");
    Ok(true)
}
