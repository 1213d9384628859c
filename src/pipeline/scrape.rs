//! entry -> article: fetches the page behind an entry and stores its text, or the feed's own text instead.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tracing::{debug, info, warn};
use url::Url;

use super::alone::Alone;
use super::gate::Unread;
use super::robots::{self, Says};
use super::{Context, Plan, Stage, StageError};
use crate::alerting;
use crate::clock;
use crate::domain::{
    self, Article, ArticleMode, ArticleText, Budget, DocumentName, Entry, EntryId, FeedWords,
    FirstArticles, HostMemory, PageKey, PageLines, Shown, SiteRule, TextBasis, TextHash,
    Validators, shown_url,
};
use crate::extract::{self, ExtractError, Extracted, NoPage, Note, Page, Prior, Rule};
use crate::http::{Asked, Body, FetchError, Get, Purpose, Turn};
use crate::parse;
use crate::schedule;
use crate::store::{Claim, PageQueue, QueuePlace, Scraped, Unscraped};

/// The most that is taken of a page, after decompression; the largest live blogs stay below.
const MAX_PAGE_BYTES: u64 = 4 * 1024 * 1024;

/// What a reader of pages accepts.
const ACCEPT: &str = "text/html, application/xhtml+xml, */*;q=0.5";

/// Pages that are fetched or read at once. An entry is claimed only when its host has a turn for it, so that no host
/// holds more of these places than it may have requests.
const WIDTH: usize = 128;

/// Entries of one feed that are taken at once for which no page is fetched.
const WITHOUT_PAGE: usize = 32;

/// Pages of one article that are read at most, the first among them.
const MAX_PAGES: usize = 5;

/// Pages that are begun at once where they only fill the archive: news that come in meanwhile find room.
const BACKLOG_AT_ONCE: usize = 1;

/// Pages that only send on which are followed, one after the other.
const MAX_ONWARD: usize = 2;

/// A claim outlives the fetch by this: a minute to wait for a turn at a host that a redirect or a site rule leads to, and
/// the time to read and store.
const LEASE_MARGIN: Duration = Duration::from_mins(2);

/// How long what was read of a page serves for other feeds that announce it: a page changes.
const KNOWN_FOR: Duration = Duration::from_hours(1);

/// The scraping stage.
#[derive(Debug, Clone, Default)]
pub struct Scrape {
    round: Arc<Mutex<Round>>,
    /// Sites that are asked what robots may read.
    asking: Alone,
    /// Pages that are being read.
    reading: Alone,
}

/// Where the round of all queues stands, so that each host and each feed gets its turn.
#[derive(Debug, Default)]
struct Round {
    last: QueuePlace,
    /// How long the host waits that may be asked next.
    gap: Option<Duration>,
}

/// An entry that was claimed, with what its host allows.
#[derive(Debug)]
pub struct PageWork {
    entry: Unscraped,
    chance: Chance,
}

impl PageWork {
    /// One that waits for the turn of its page where it must.
    fn without_hurry(entry: Unscraped) -> Self {
        let chance = Chance::NoPage;
        Self { entry, chance }
    }
}

/// What is possible for an entry.
#[derive(Debug)]
enum Chance {
    /// No page is fetched for it, or none that it has a turn for already.
    NoPage,
    /// It is the turn of its page.
    Turn(Box<Turn>),
    /// The pages of its host hang: none is asked for.
    Resting(FetchError),
}

impl Stage for Scrape {
    type Work = PageWork;
    type Claim = Claim<EntryId>;

    const NAME: &'static str = "scrape";

    fn width(&self, _: &Context) -> usize {
        WIDTH
    }

    fn least_room(&self) -> usize {
        WIDTH / 4
    }

    fn can_be_cut_off(&self) -> bool {
        true
    }

    fn waits(&self) -> Option<Duration> {
        self.round().gap
    }

    async fn claim(&self, ctx: &Context, limit: usize) -> Result<Vec<PageWork>, StageError> {
        let plan = ctx.plan();
        let now = ctx.clock.now();
        let after = self.round().last.clone();
        let queues = ctx.store.page_queues(after, now).await?;
        let chosen = self.choose_turns(&plan, queues, limit);
        let pages = u32::try_from(MAX_PAGES).unwrap_or(u32::MAX);
        let lease = plan.poll.timeout * pages + LEASE_MARGIN;
        if chosen.is_empty() {
            if plan.first_articles != FirstArticles::Read {
                return Ok(Vec::new());
            }
            let few = limit.min(BACKLOG_AT_ONCE);
            let backlog = ctx.store.next_backlog(now, lease, few).await?;
            return Ok(backlog.into_iter().map(PageWork::without_hurry).collect());
        }
        let wanted = chosen
            .iter()
            .map(|(place, chances)| (place.clone(), chances.len()))
            .collect();
        let claimed = ctx.store.next_unscraped(wanted, now, lease).await?;
        let chances = chosen.into_iter().map(|(_, chances)| chances);
        let works = claimed
            .into_iter()
            .zip(chances)
            .flat_map(|(entries, chances)| {
                let pairs = entries.into_iter().zip(chances);
                pairs.map(|(entry, chance)| PageWork { entry, chance })
            });
        Ok(works.collect())
    }

    async fn work(&self, ctx: &Context, work: PageWork) -> Result<(), StageError> {
        let plan = ctx.plan();
        let PageWork {
            entry: work,
            chance,
        } = work;
        let page_address = shared_page(&plan, &work);
        let _alone = match &page_address {
            Some(address) => Some(self.reading.with(address).await),
            None => None,
        };
        if let Some(address) = &page_address
            && !work.is_read_again
            && let Some(known) = known_page(ctx, &work, address).await?
        {
            return record(ctx, work.claim, known).await;
        }
        let mut set_aside = None;
        let page = match read(&self.asking, ctx, &plan, &work, chance).await {
            Ok(page) => Ok(page),
            Err(Failure::SetAside { document }) => {
                set_aside = Some(document);
                Err(NoPage::Failed(format!("the page: {}", Unread::SetAside)))
            }
            Err(Failure::Passing(reason)) if put_off(ctx, &plan, &work, &reason).await? => {
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
        let article_url = chosen.article.url.clone();
        if let Some(problem) = chosen.problem {
            warn!(entry.id = %work.claim.id, feed = shown_url(&work.feed_url), error = problem, "entry's own text not read whole");
        }
        let scraped = Scraped {
            article: chosen.article,
            feed_words: chosen.feed_words,
            rule_problem,
            page: chosen.lines,
            own: page_address
                .as_ref()
                .and(article_url.as_ref())
                .map(|url| TextHash::of(&parse::canonical_link(url))),
            link: page_address.map(|address| TextHash::of(&address)),
            set_aside: chosen.set_aside.or(set_aside),
        };
        record(ctx, work.claim, scraped).await
    }

    fn claim_of(work: &PageWork) -> Claim<EntryId> {
        work.entry.claim
    }

    async fn put_back(&self, ctx: &Context, claims: Vec<Claim<EntryId>>) -> Result<(), StageError> {
        Ok(ctx.store.put_back_entries(claims).await?)
    }

    fn bell(&self, ctx: &Context) -> Option<Arc<Notify>> {
        Some(Arc::clone(&ctx.wake.scrape))
    }
}

impl Scrape {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes round the queues and takes of each what its host allows now.
    fn choose_turns(
        &self,
        plan: &Plan,
        queues: Vec<PageQueue>,
        limit: usize,
    ) -> Vec<(QueuePlace, Vec<Chance>)> {
        let mut round = self.round();
        round.gap = None;
        let mut room = limit;
        let mut chosen = Vec::new();
        for queue in queues {
            if room == 0 {
                break;
            }
            let (chances, gap) = chances(plan, &queue, room);
            round.gap = match (round.gap, gap) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            round.last = queue.place.clone();
            if chances.is_empty() {
                continue;
            }
            room = room.saturating_sub(chances.len());
            chosen.push((queue.place, chances));
        }
        chosen
    }
}

/// What is possible for the entries of a queue now, and where nothing more is because of the gap between two requests, how
/// long that lasts.
fn chances(plan: &Plan, queue: &PageQueue, room: usize) -> (Vec<Chance>, Option<Duration>) {
    let batch = room.min(WITHOUT_PAGE);
    let is_wanted = plan
        .feeds
        .get(&queue.feed_url)
        .is_none_or(|feed| feed.article != ArticleMode::Never);
    let Some(link) = queue.link.as_ref().filter(|_| is_wanted) else {
        let chances = std::iter::repeat_with(|| Chance::NoPage);
        return (chances.take(batch).collect(), None);
    };
    let mut turns = Vec::new();
    while turns.len() < room {
        match plan.http.ask_turn(link) {
            Asked::Now(turn) => turns.push(Chance::Turn(turn)),
            Asked::Later(gap) => return (turns, gap),
            Asked::Resting(error) => {
                let chances = std::iter::repeat_with(|| Chance::Resting(error.clone()));
                return (chances.take(batch).collect(), None);
            }
        }
    }
    (turns, None)
}

async fn record(ctx: &Context, claim: Claim<EntryId>, scraped: Scraped) -> Result<(), StageError> {
    let now = ctx.clock.now();
    if ctx.store.record_article(claim, scraped, now).await? {
        ctx.wake.flag.notify_waiters();
    } else {
        warn!(entry.id = %claim.id, "reading a page came too late; another one reads it");
    }
    Ok(())
}

/// The address of an entry's page, where the page is the same whichever feed announces it.
fn shared_page(plan: &Plan, work: &Unscraped) -> Option<String> {
    let feed = plan.feeds.get(&work.feed_url)?;
    let link = work.entry.link.as_ref()?;
    (feed.article == ArticleMode::Auto).then(|| parse::canonical_link(link))
}

/// What was read of a page a short while ago, for another feed.
async fn known_page(
    ctx: &Context,
    work: &Unscraped,
    address: &str,
) -> Result<Option<Scraped>, StageError> {
    let since = ctx.clock.now().checked_sub(KNOWN_FOR).unwrap_or_default();
    let address = TextHash::of(address);
    let known = ctx.store.known_page(work.claim.id, address, since).await?;
    let Some(article) = known else {
        return Ok(None);
    };
    info!(entry.id = %work.claim.id, "entry has a page that was read for another feed");
    let entry = work.entry.clone();
    let named = DocumentName::FeedText(work.claim.id).to_string();
    let reading = move |budget| feed_words(&entry, &Budget::new(&clock::still_time(budget)));
    let passing = ctx
        .gate
        .pass(&work.feed_url, named, extract::READING_BUDGET, reading);
    Ok(passing.await.ok().map(|feed_words| Scraped {
        article,
        feed_words,
        rule_problem: None,
        page: None,
        link: None,
        own: None,
        set_aside: None,
    }))
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
    /// Whether another page had sent on to it.
    was_sent_on: bool,
}

/// One page of an article.
struct Leaf {
    found: Extracted,
    url: Url,
    /// Whether another page had sent on to it.
    was_sent_on: bool,
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
    /// Why the feed's own text was not read whole, if it was not.
    problem: Option<String>,
    /// The name of that text, where it is set aside.
    set_aside: Option<String>,
}

/// Reads the feed's own text and chooses on a thread of its own; where that text must not be read, its headline and the
/// words of its summary are all there is.
async fn choose_aside(
    ctx: &Context,
    work: &Unscraped,
    page: Result<ReadPage, NoPage>,
    memory: HostMemory,
) -> Chosen {
    let entry = work.entry.clone();
    let named = DocumentName::FeedText(work.claim.id).to_string();
    let choosing = ctx.gate.pass(
        &work.feed_url,
        named.clone(),
        extract::READING_BUDGET,
        move |budget| choose(&entry, page, &memory, &clock::still_time(budget)),
    );
    let unread = match choosing.await {
        Ok(chosen) => return chosen,
        Err(unread) => unread,
    };
    let problem = format!("the feed's text: {unread}");
    let plain = Entry {
        summary: work.entry.summary.as_deref().map(parse::plain),
        content: None,
        ..work.entry.clone()
    };
    let missing = Err(NoPage::Failed(problem.clone()));
    let mut chosen = choose_text(&plain, missing, &Budget::new(&|| true));
    chosen.problem = Some(problem);
    chosen.set_aside = (unread == Unread::SetAside).then_some(named);
    chosen
}

/// Chooses the text of an entry once the lines are dropped that the page's host repeats.
fn choose(
    entry: &Entry,
    page: Result<ReadPage, NoPage>,
    memory: &HostMemory,
    still_time: &dyn Fn() -> bool,
) -> Chosen {
    let budget = Budget::new(still_time);
    let (mut lines, mut dropped) = (None, 0);
    let mut told = entry.clone();
    let page = page.map(|page| {
        let mut found = page.found;
        // What links by way of another page often names its own search, and not the article.
        if page.was_sent_on && found.title.is_some() {
            told.title = None;
        }
        if let Some(key) = page.key {
            // As the page has them: a line that was forgotten because it was dropped would come back.
            lines = Some(PageLines::new(key, extract::line_hashes(&found.text)));
            dropped = extract::drop_repeated(&mut found, entry, memory, &budget);
        }
        (found, page.shown)
    });
    let mut chosen = choose_text(&told, page, &budget);
    chosen.feed_words.title.clone_from(&entry.title);
    chosen.lines = lines;
    chosen.dropped = dropped;
    if budget.is_spent() {
        chosen.problem = Some("the feed's text takes too long to read".into());
    }
    chosen
}

fn choose_text(
    entry: &Entry,
    page: Result<(Extracted, Url), NoPage>,
    budget: &Budget<'_>,
) -> Chosen {
    Chosen {
        article: extract::choose(entry, page, budget),
        feed_words: feed_words(entry, budget),
        lines: None,
        dropped: 0,
        problem: None,
        set_aside: None,
    }
}

/// What readers of the feed see of an entry.
fn feed_words(entry: &Entry, budget: &Budget<'_>) -> FeedWords {
    let summary = entry.summary.as_deref();
    let summary = summary.map(|html| extract::fragment_text(html, budget));
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
    /// It is not read any more.
    SetAside { document: String },
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

async fn read(
    asking: &Alone,
    ctx: &Context,
    plan: &Plan,
    work: &Unscraped,
    chance: Chance,
) -> Result<ReadPage, Failure> {
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
    let mut turn = match chance {
        Chance::Turn(turn) => Some(turn),
        Chance::Resting(error) => return Err(error.into()),
        Chance::NoPage => None,
    };
    let access = plan.accesses.get(&work.feed_url);
    let turn_of_robots = turn.as_deref_mut();
    match robots::says(ctx, plan, asking, asked, access, turn_of_robots).await {
        Says::Yes => {}
        Says::No => {
            let reason = "the site asks robots not to read this page (robots.txt)";
            return Err(Failure::Lasting(reason.into()));
        }
        Says::Unknown(error) => {
            let reason = format!("robots.txt cannot be read, and so no page is: {error}");
            return Err(Failure::Passing(reason));
        }
    }
    let feed = &work.feed_url;
    let Leaf {
        found: first,
        url,
        was_sent_on,
    } = read_page(ctx, plan, feed, asked, reading.clone(), turn.as_deref_mut()).await?;
    let key = (!names_text).then(|| page_key(&url, &work.entry)).flatten();
    let found = with_next_pages(ctx, plan, feed, first, &url, reading).await;
    drop(turn);
    // People are sent to the article itself, not to the page that it was read from.
    let shown = if asked == link { url } else { link.clone() };
    Ok(ReadPage {
        found,
        shown,
        key,
        was_sent_on,
    })
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
    feed: &Url,
    mut whole: Extracted,
    first: &Url,
    reading: Reading,
) -> Extracted {
    let mut read = vec![first.clone()];
    for _ in 1..MAX_PAGES {
        let Some(next) = whole.next.take().filter(|next| !read.contains(next)) else {
            break;
        };
        match read_page(ctx, plan, feed, &next, reading.clone(), None).await {
            Ok(Leaf { url, .. })
                if url.origin() != first.origin() || url != next && read.contains(&url) =>
            {
                break;
            }
            Ok(Leaf {
                found: page, url, ..
            }) => {
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
            Err(Failure::SetAside { .. }) => {
                let reason = Unread::SetAside.to_string();
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
    feed: &Url,
    asked: &Url,
    reading: Reading,
    mut turn: Option<&mut Turn>,
) -> Result<Leaf, Failure> {
    let (mut body, mut url) = fetch_page(plan, asked, &reading, turn.as_deref_mut()).await?;
    let mut was_sent_on = false;
    for _ in 0..MAX_ONWARD {
        let Some(next) = extract::onward(&body.bytes, &url) else {
            break;
        };
        (body, url) = fetch_page(plan, &next, &reading, turn.as_deref_mut()).await?;
        was_sent_on = true;
    }
    let document = DocumentName::At(url.clone()).to_string();
    let extracting = extract_aside(ctx, feed, document.clone(), body, url.clone(), reading);
    match extracting.await {
        Ok(found) => Ok(Leaf {
            found: found?,
            url,
            was_sent_on,
        }),
        Err(Unread::SetAside) => Err(Failure::SetAside { document }),
        Err(Unread::Defect) => Err(Failure::Lasting(format!("the page: {}", Unread::Defect))),
    }
}

async fn fetch_page(
    plan: &Plan,
    asked: &Url,
    reading: &Reading,
    turn: Option<&mut Turn>,
) -> Result<(Body, Url), Failure> {
    let request = Get {
        url: asked,
        accept: ACCEPT,
        validators: &Validators::default(),
        max_body_bytes: MAX_PAGE_BYTES,
        timeout: plan.poll.timeout,
        purpose: Purpose::Page,
        access: plan.accesses.get(&reading.feed),
    };
    let fetched = match turn {
        Some(turn) => plan.http.get_in_turn(&request, turn).await?,
        None => plan.http.get(&request).await?,
    };
    let Some(body) = fetched.body else {
        return Err(Failure::Lasting("the server sent no page".into()));
    };
    Ok((body, fetched.final_url))
}

/// Reads the page on a thread of its own; the outer error says why it was not read at all.
async fn extract_aside(
    ctx: &Context,
    feed: &Url,
    document: String,
    body: Body,
    url: Url,
    how: Reading,
) -> Result<Result<Extracted, ExtractError>, Unread> {
    let reading = ctx
        .gate
        .pass(feed, document, extract::READING_BUDGET, move |budget| {
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

/// Puts the entry off when it has tries left; tells whether it did. People do not wait for a page to be told what the feed
/// says already.
async fn put_off(
    ctx: &Context,
    plan: &Arc<Plan>,
    work: &Unscraped,
    reason: &str,
) -> Result<bool, StageError> {
    let Some(wait) = plan.page_retry.get(work.failed_tries as usize) else {
        return Ok(false);
    };
    let now = ctx.clock.now();
    let at = schedule::after(now, schedule::jittered(*wait, fastrand::f64()));
    let (feed, title) = (shown_url(&work.feed_url), work.entry.title.as_deref());
    let title = title.map(|title| Shown::of(title).to_string());
    if work.failed_tries == 0 {
        warn!(entry.id = %work.claim.id, feed, title, try_again_at = %at, error = reason, "page fetch failed");
    } else {
        debug!(entry.id = %work.claim.id, feed, title, try_again_at = %at, error = reason, "page fetch failed again");
    }
    let early = if work.is_told {
        None
    } else {
        told_by_the_feed(ctx, plan, work, reason).await
    };
    match early {
        Some(scraped) => {
            if ctx
                .store
                .record_for_now(work.claim, scraped, at, now)
                .await?
            {
                ctx.wake.flag.notify_waiters();
            }
        }
        None => {
            ctx.store.record_page_failure(work.claim, at).await?;
        }
    }
    Ok(true)
}

/// The feed's own text of an entry, where a watch fires on it.
async fn told_by_the_feed(
    ctx: &Context,
    plan: &Arc<Plan>,
    work: &Unscraped,
    reason: &str,
) -> Option<Scraped> {
    let (plan, work, reason) = (Arc::clone(plan), work.clone(), reason.to_owned());
    let named = DocumentName::FeedText(work.claim.id).to_string();
    let feed = work.feed_url.clone();
    let matching = ctx
        .gate
        .pass(&feed, named, extract::READING_BUDGET, move |budget| {
            let page = Err(NoPage::Failed(reason.clone()));
            let still_time = clock::still_time(budget);
            let chosen = choose(&work.entry, page, &HostMemory::default(), &still_time);
            let problem = format!("{reason}; the page will be read again");
            let article = Article {
                basis: TextBasis::FeedForNow { problem },
                ..chosen.article
            };
            fires(&plan, &work, &article, &chosen.feed_words).then_some(Scraped {
                article,
                feed_words: chosen.feed_words,
                rule_problem: None,
                page: None,
                link: None,
                own: None,
                set_aside: None,
            })
        });
    matching.await.ok().flatten()
}

/// Whether a watch that looks at the entry's feed fires on an article.
fn fires(plan: &Plan, work: &Unscraped, article: &Article, words: &FeedWords) -> bool {
    let Some(feed) = plan.feeds.get(&work.feed_url) else {
        return false;
    };
    let paragraphs = domain::paragraphs(&article.text);
    let text = ArticleText::of(article, &paragraphs, &feed.tags).with_feed(words);
    plan.matcher.hits(&text).iter().any(|hit| {
        let watch = plan.watches.get(hit.watch);
        watch.is_some_and(|watch| alerting::looks_at(watch, feed, work.feed_title.as_deref()))
    })
}
